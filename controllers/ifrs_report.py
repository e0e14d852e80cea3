from odoo import http
from odoo.http import content_disposition, request

from .import_template import XLSX


class IfrsReport(http.Controller):
    @http.route(
        "/recurring_revenue/ifrs_report/<int:report_id>",
        type="http",
        auth="user",
        readonly=True,
    )
    def ifrs_report(self, report_id):
        """Hand out a report by IFRS 15 that the user computed, as xlsx."""
        report = request.env["recurring.revenue.ifrs.report"].browse(report_id).exists()
        if not report:
            raise request.not_found()
        report.check_access("read")
        name = f"{report._title()}.xlsx"
        return request.make_response(
            report._xlsx(),
            headers=[
                ("Content-Type", XLSX),
                ("Content-Disposition", content_disposition(name)),
            ],
        )
