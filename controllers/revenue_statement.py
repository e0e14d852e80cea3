from odoo import http
from odoo.http import content_disposition, request

from .import_template import XLSX

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
        report = request.env["recurring.revenue.statement"].browse(report_id).exists()
        if not report:
            raise request.not_found()
        report.check_access("read")
        return self._file(report._xlsx(), report._file_name())

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
        record = request.env[SHEETS[model]].browse(record_id).exists()
        if not record:
            raise request.not_found()
        record.check_access("read")
        name = f"{record._revenue_sheet_name()}.xlsx"
        return self._file(record._revenue_sheet_xlsx(), name)

    def _file(self, content, name):
        return request.make_response(
            content,
            headers=[
                ("Content-Type", XLSX),
                ("Content-Disposition", content_disposition(name)),
            ],
        )
