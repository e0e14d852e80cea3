from odoo import http
from odoo.http import request

from .xlsx_file import readable, xlsx_file

SHEETS = {
    "schedule": "recurring.revenue.schedule",
    "subscription": "recurring.subscription",
}


class RevenueStatement(http.Controller):
    @http.route(
        "/recurring_revenue/revenue/<int:report_id>",
        type="http",
        auth="user",
        readonly=True,
    )
    def revenue(self, report_id):
        """Hand out a report of revenue as xlsx."""
        report = readable("recurring.revenue.statement", report_id)
        return xlsx_file(report._xlsx(), report._file_name())

    @http.route(
        "/recurring_revenue/revenue_sheet/<string:model>/<int:record_id>",
        type="http",
        auth="user",
        readonly=True,
    )
    def sheet(self, model, record_id):
        """Hand out the auditor's sheet of a schedule or a subscription as xlsx."""
        if model not in SHEETS:
            raise request.not_found()
        record = readable(SHEETS[model], record_id)
        name = f"{record._revenue_sheet_name()}.xlsx"
        return xlsx_file(record._revenue_sheet_xlsx(), name)
