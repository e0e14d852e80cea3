"""In the browser: gifts are typed, found on the bank statement, and waived."""

import base64

from odoo import Command
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged

from .common_gifts import GiftCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-20 10:00:00")
class TestGiftTours(GiftCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.treasurer = new_test_user(
            cls.env,
            "rr_tour_treasurer",
            "recurring_revenue.group_treasurer",
            lang="en_US",
        )

    def test_typed(self):
        self.start_tour("/odoo/record-gift", "rr_gift_entry", login="rr_tour_treasurer")
        gifts = self.env["recurring.contribution"].search(
            [("partner_id", "=", self.donor.id)], order="id"
        )
        self.assertEqual(gifts.mapped("amount"), [50.0, 30.0])
        self.assertEqual(gifts.mapped("state"), ["booked", "booked"])
        self.assertEqual(gifts[0].cheque_number, "1234567")

    def test_from_the_bank(self):
        self._gift(1.0).action_book()  # so that the name is known
        self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "date": "2026-11-15",
                "payment_ref": "VIR DURAND CAMILLE",
                "amount": 100.0,
            }
        )
        self.start_tour("/odoo/bank-gifts", "rr_bank_gift", login="rr_tour_treasurer")
        self.assertEqual(self._balance("754"), -101)

    def test_waived(self):
        files = self.env["ir.attachment"].create(
            [
                {"name": name, "raw": base64.b64decode("UERG")}
                for name in ("ticket", "signed")
            ]
        )
        sheet = self.env["recurring.expense.waiver"].create(
            {
                "partner_id": self.donor.id,
                "signed_on": "2026-11-10",
                "document_ids": [Command.set(files[1].ids)],
                "line_ids": [
                    Command.create(
                        {
                            "date": "2026-11-03",
                            "name": "Train",
                            "amount": 71.10,
                            "attachment_ids": [Command.set(files[0].ids)],
                        }
                    )
                ],
            }
        )
        self.start_tour(
            "/odoo/waived-expenses", "rr_expense_waiver", login="rr_tour_treasurer"
        )
        self.assertEqual(sheet.state, "booked")
        self.assertEqual(self._balance("75412"), -71.10)
