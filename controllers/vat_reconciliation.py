from odoo import http
from odoo.http import content_disposition, request

from .import_template import XLSX


class VatReconciliation(http.Controller):
    @http.route(
        "/recurring_revenue/vat_reconciliation/<int:report_id>",
        type="http",
        auth="user",
        readonly=True,
    )
    def reconciliation(self, report_id):
        """Hand out a reconciliation that the user computed, as xlsx."""
        report = request.env["recurring.vat.reconciliation"].browse(report_id).exists()
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
