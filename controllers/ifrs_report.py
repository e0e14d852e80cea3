from odoo import http

from .xlsx_file import readable, xlsx_file


class IfrsReport(http.Controller):
    @http.route(
        "/recurring_revenue/ifrs_report/<int:report_id>",
        type="http",
        auth="user",
        readonly=True,
    )
    def ifrs_report(self, report_id):
        """Hand out a report by IFRS 15 that the user computed, as xlsx."""
        report = readable("recurring.revenue.ifrs.report", report_id)
        return xlsx_file(report._xlsx(), f"{report._title()}.xlsx")
