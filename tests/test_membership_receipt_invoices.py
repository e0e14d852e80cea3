"""Tax receipts of dues that were invoiced: paid in parts, credited, paid back."""

from datetime import date

from odoo import Command
from odoo.tests import freeze_time, tagged

from ..models.membership.receipts.receipt_eligibility import GiftsOfYear
from .common_receipts import ReceiptCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-12-15")
class TestReceiptInvoices(ReceiptCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        plan = cls._membership_plan(
            "Claimed",
            [{"name": "Dues", "unit_price": 60.0, "rr_is_gift": True}],
            alignment="calendar",
            rr_dues_document="invoice",
        )
        plan.current_version_id.charge_ids.product_id.taxes_id = [Command.clear()]
        member = cls._member("Jeanne", "2026-02-01", plan)
        member.partner_id.write(
            {"street": "1 rue X", "zip": "69001", "city": "Lyon", "lang": "en_US"}
        )
        dues = member._call_dues(date(2026, 2, 1))
        dues.action_call()
        cls.invoice = dues.invoice_ids
        cls.receipts = cls.env["recurring.tax.receipt"]

    def _pay(self, amount, day="2026-03-01"):
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=self.invoice.ids
        )
        wizard.create(
            {"amount": amount, "payment_date": day, "journal_id": self.bank.id}
        )._create_payments()
        return self.env["recurring.contribution"].search([], limit=1, order="id desc")

    def _findings(self):
        return [
            (one.status, one.amount)
            for one in GiftsOfYear(self.company, 2026).findings()
        ]

    def _credit(self, amount):
        """Post a credit note of an amount, and match it with what is still owed."""
        credit = self.invoice._reverse_moves([{"date": "2026-04-01"}])
        credit.invoice_line_ids.write({"price_unit": amount})
        credit.action_post()
        (credit | self.invoice).line_ids.filtered(
            lambda line: (
                line.account_id.account_type == "asset_receivable"
                and not line.reconciled
            )
        ).reconcile()

    def _rows(self):
        report = self.env["recurring.receipt.statement"].create({"year": 2026})
        return {row["key"]: row["cells"][1]["text"] for row in report.table["rows"]}

    def test_paid_in_parts(self):
        """What came is a gift, though more is owed; the invoice counts once."""
        first = self._pay(20)
        self.assertEqual(self._findings(), [("eligible", 20)])
        self.receipts._issue_for(first)
        self._pay(30, "2026-05-01")
        rows = self._rows()
        self.assertEqual(
            (rows["accounts"], rows["invoiced"], rows["booked"]),
            ("60.00", "-10.00", "50.00"),
        )
        self.assertEqual((rows["eligible"], rows["ledger"]), ("-30.00", "20.00"))
        self.assertEqual(rows["difference"], "0.00")

    def test_a_credit_note_for_what_nobody_paid(self):
        """It lowers the claim; the payment is certified as it was."""
        receipt = self.receipts._issue_for(self._pay(20))
        self._credit(10)
        self.assertEqual(receipt.state, "issued")
        self.assertEqual(self.invoice.amount_residual, 30)
        self._pay(30, "2026-05-01")
        self.assertEqual(self._findings(), [("receipted", 20), ("eligible", 30)])
        rows = self._rows()
        self.assertEqual((rows["accounts"], rows["booked"]), ("50.00", "50.00"))
        self.assertNotIn("invoiced", rows)

    def test_a_credit_note_for_what_was_paid(self):
        receipt = self.receipts._issue_for(self._pay(60))
        self._credit(60)
        self.assertEqual(receipt.state, "cancelled")
        self.assertEqual(self._findings(), [("excluded", 0)])

    def test_a_payment_taken_off_its_invoice(self):
        receipt = self.receipts._issue_for(self._pay(60))
        self.invoice.line_ids.remove_move_reconcile()
        self.assertEqual(receipt.state, "cancelled")
        self.assertIn(self.invoice.name, receipt.cancel_reason)
        self.assertEqual(self._findings(), [])
        self.assertEqual(self._rows()["difference"], "0.00")
