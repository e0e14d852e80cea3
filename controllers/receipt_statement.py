from odoo import http

from .xlsx_file import readable, xlsx_file


class ReceiptStatement(http.Controller):
    @http.route(
        "/recurring_revenue/receipts/<int:report_id>",
        type="http",
        auth="user",
        readonly=True,
    )
    def receipts(self, report_id):
        """Hand out a report on tax receipts as xlsx."""
        report = readable("recurring.receipt.statement", report_id)
        return xlsx_file(report._xlsx(), report._file_name())
