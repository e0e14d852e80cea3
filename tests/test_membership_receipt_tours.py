"""In the browser: the January campaign of a treasurer."""

from odoo.tests import HttpCase, freeze_time, new_test_user, tagged

from .common_receipts import DOT, ReceiptCommon


@tagged("post_install", "-at_install")
@freeze_time("2027-01-12 10:00:00")
class TestReceiptTours(ReceiptCommon, HttpCase):
    def test_january(self):
        new_test_user(
            self.env,
            "rr_tour_treasurer",
            "recurring_revenue.group_manager,base.group_system,"
            "base.group_partner_manager",
            lang="en_US",
        )
        self._given(230, "2026-03-04")
        self._given(50, "2026-03-05", receipted_elsewhere="HelloAsso 4")
        self._given(70, "2026-03-06", self._donor("Nowhere", city=False))
        self.company.rr_receipt_signature = False
        self.start_tour(
            "/odoo/receipts-of-a-year", "rr_tax_receipts", login="rr_tour_treasurer"
        )
        self.company.rr_receipt_signature = DOT
        self.start_tour(
            "/odoo/receipts-of-a-year",
            "rr_tax_receipts_issue",
            login="rr_tour_treasurer",
        )
        receipts = self.env["recurring.tax.receipt"].search([], order="number")
        self.assertEqual(receipts.mapped("number"), [1, 2, 3])
        self.assertEqual(sum(receipts.mapped("amount")), 230 + 70 + 230)
