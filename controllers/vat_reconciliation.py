from odoo import http

from .xlsx_file import readable, xlsx_file


class VatReconciliation(http.Controller):
    @http.route(
        "/recurring_revenue/vat_reconciliation/<int:report_id>",
        type="http",
        auth="user",
        readonly=True,
    )
    def reconciliation(self, report_id):
        """Hand out a reconciliation that the user computed, as xlsx."""
        report = readable("recurring.vat.reconciliation", report_id)
        return xlsx_file(report._xlsx(), f"{report._title()}.xlsx")
