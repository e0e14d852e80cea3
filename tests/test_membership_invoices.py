"""Dues as invoices: a claim in the books, and what pays, unpays and credits it."""

from datetime import date
from decimal import Decimal

from odoo import Command
from odoo.tests import freeze_time, new_test_user, tagged

from .common_membership import MembershipCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-10")
class TestMembershipInvoices(MembershipCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bank = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1
        )
        cls.claimed = cls._membership_plan(
            "Claimed",
            [
                {"name": "Dues", "unit_price": 60.0},
                {"name": "Entrance fee", "unit_price": 10.0, "role": "one_off"},
            ],
            alignment="season",
            alignment_month="9",
            rr_dues_basis="month",
            rr_dues_document="invoice",
        )
        products = cls.claimed.current_version_id.charge_ids.product_id
        products.taxes_id = [Command.clear()]
        cls.jeanne = cls._member("Jeanne", "2026-11-10", cls.claimed)
        cls.dues = cls.jeanne._call_dues(date(2026, 11, 10))

    def _pay(self, invoice, amount, day):
        """Register a payment as an accountant does, on the invoice."""
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        wizard.create(
            {"amount": amount, "payment_date": day, "journal_id": self.bank.id}
        )._create_payments()

    def _contributions(self):
        return self.env["recurring.contribution"].search([])

    def test_the_claim(self):
        self.assertTrue(self.dues.is_invoiced)
        self.dues.due_on = "2026-12-15"
        self.dues.action_call()
        invoice = self.dues.invoice_ids
        self.assertEqual((invoice.state, invoice.amount_total), ("posted", 60))
        self.assertEqual(invoice.partner_id, self.jeanne.partner_id)
        self.assertEqual(str(invoice.invoice_date_due), "2026-12-15")
        self.assertEqual(
            [
                (
                    line.price_subtotal,
                    line.deferred_start_date and str(line.deferred_start_date),
                    line.deferred_end_date and str(line.deferred_end_date),
                )
                for line in invoice.invoice_line_ids
            ],
            [(50.0, "2026-11-10", "2027-08-31"), (10.0, False, False)],
        )
        self.assertIn(self.jeanne.number, invoice.invoice_line_ids[0].name)
        self.assertNotIn("Jeanne", "".join(invoice.line_ids.mapped("name")))
        self.assertEqual(self.jeanne.state, "awaiting")

    def test_paid_unpaid_and_paid_again(self):
        self.dues.action_call()
        invoice = self.dues.invoice_ids
        self._pay(invoice, 20, "2026-11-12")
        self.assertFalse(self.dues.line_ids.filtered("paid_on"))
        self.assertEqual(self._contributions().amount, 20)
        self._pay(invoice, 40, "2026-11-20")
        self.assertEqual(
            {str(line.paid_on) for line in self.dues.line_ids}, {"2026-11-20"}
        )
        self.assertEqual(self.jeanne.state, "awaiting")  # on the tenth
        self.assertEqual(
            self.jeanne.with_context(membership_day="2026-11-20").state, "up_to_date"
        )
        money = self._contributions().sorted("date")
        self.assertEqual(
            [(str(one.date), one.amount, one.state) for one in money],
            [("2026-11-12", 20, "booked"), ("2026-11-20", 40, "booked")],
        )
        self.assertEqual(money.mapped("line_ids.amount"), [20, 30, 10])
        self.assertEqual(money.move_id, invoice)
        invoice.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        ).remove_move_reconcile()
        self.assertFalse(self.dues.line_ids.filtered("paid_on"))
        self.assertFalse(self.dues.line_ids.filtered("counts_on"))
        self.assertEqual(set(money.mapped("state")), {"returned"})
        self.assertEqual(invoice.amount_residual, 60)

    def test_nothing_is_booked_twice(self):
        self.dues.action_call()
        [invoice] = self.dues.invoice_ids
        with self.assertRefused("was invoiced: match"):
            self.env["recurring.contribution"].create(
                {
                    "partner_id": self.jeanne.partner_id.id,
                    "journal_id": self.bank.id,
                    "line_ids": [
                        Command.create(
                            {
                                "kind": "dues",
                                "dues_line_id": self.dues.line_ids[0].id,
                                "amount": 5,
                            }
                        )
                    ],
                }
            ).action_book()
        made = self.dues._receive(
            self.jeanne.partner_id,
            date(2026, 11, 12),
            Decimal("60"),
            journal_id=self.bank.id,
            mode="card",
        )
        self.assertEqual((made.state, made.mode, made.amount), ("booked", "card", 60))
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))
        self.assertEqual(str(self.dues.line_ids[0].paid_on), "2026-11-12")
        income = self.env["account.move.line"].search(
            [
                ("partner_id", "=", self.jeanne.partner_id.id),
                ("account_id.account_type", "=", "income"),
            ]
        )
        self.assertEqual(sum(income.mapped("balance")), -60)
        with self.assertRefused("more than what is still owed"):
            self.dues._receive(
                self.jeanne.partner_id,
                date(2026, 11, 12),
                Decimal("0.01"),
                journal_id=self.bank.id,
            )

    def test_a_credit_note_cancels(self):
        self.dues.action_call()
        [invoice] = self.dues.invoice_ids
        with self.assertRefused("the credit note of"):
            self.dues.action_cancel()
        with self.assertRefused("credit it"):
            invoice.button_draft()
        invoice._reverse_moves([{"date": date(2026, 11, 11)}], cancel=True)
        self.assertEqual(self.dues.state, "cancelled")
        self.assertTrue(all(self.dues.line_ids.mapped("is_cancelled")))
        again = self.jeanne._call_dues(date(2026, 11, 12))
        self.assertEqual(again.amount, 60)

    def test_third_parties_get_an_invoice_of_their_own(self):
        council = self.env["res.partner"].create({"name": "Works council"})
        self.env["recurring.dues.share"].create(
            {"dues_id": self.dues.id, "partner_id": council.id, "amount": 55}
        )
        self.dues.action_call()
        theirs, own = self.dues.invoice_ids.sorted("amount_total", reverse=True)
        self.assertEqual((theirs.partner_id, theirs.amount_total), (council, 55))
        self.assertEqual(theirs.invoice_line_ids.mapped("price_subtotal"), [50, 5])
        self.assertEqual(own.amount_total, 5)
        self._pay(theirs, 55, "2026-11-12")
        dues, entrance = self.dues.line_ids
        self.assertEqual(str(dues.paid_on), "2026-11-12")
        self.assertFalse(entrance.paid_on)
        self._pay(own, 5, "2026-11-13")
        self.assertEqual(str(entrance.paid_on), "2026-11-13")
        self.assertEqual(
            {one.partner_id: one.amount for one in self._contributions()},
            {council: 55, self.jeanne.partner_id: 5},
        )

    def test_with_vat_where_the_product_bears_it(self):
        tax = self.env["account.tax"].create(
            {
                "name": "VAT 20 incl.",
                "amount": 20,
                "price_include_override": "tax_included",
            }
        )
        self.claimed.current_version_id.charge_ids.product_id.taxes_id = tax
        self.dues.action_call()
        [invoice] = self.dues.invoice_ids
        self.assertEqual((invoice.amount_total, invoice.amount_untaxed), (60, 50))
        self._pay(invoice, 60, "2026-11-12")
        self.assertEqual(str(self.dues.line_ids[0].paid_on), "2026-11-12")
        self.assertFalse(self._contributions())  # a price, and no gift
        self.assertEqual((self.dues.amount_left, self.dues.progress), (0, "paid"))

    def test_a_call_may_be_invoiced_by_exception(self):
        plain = self._member("Paul", "2026-11-10")
        dues = plain._call_dues(date(2026, 11, 10))
        self.assertFalse(dues.is_invoiced)
        dues.is_invoiced = True
        dues.line_ids.charge_id.product_id.taxes_id = [Command.clear()]
        dues.action_call()
        self.assertEqual(dues.invoice_ids.amount_total, 60)
        with self.assertRefused("stays what it is"):
            dues.is_invoiced = False
        with self.assertRefused("stays with the dues"):
            dues.invoice_ids.rr_dues_id = self.dues
        with self.assertRefused("stays with the dues"):
            dues.invoice_ids.invoice_line_ids[0].rr_dues_line_id = False

    def test_it_counts_on_invoice(self):
        plan = self._membership_plan(
            "At once",
            [{"unit_price": 60.0}],
            alignment="calendar",
            rr_dues_document="invoice",
            rr_counts_from="call",
        )
        plan.current_version_id.charge_ids.product_id.taxes_id = [Command.clear()]
        paul = self._member("Paul", "2026-11-10", plan)
        paul._call_dues(date(2026, 11, 10)).action_call()
        self.assertEqual(paul.state, "up_to_date")

    def test_a_secretary_calls_and_invoices(self):
        secretary = new_test_user(
            self.env, "secretary", groups="recurring_revenue.group_secretary"
        )
        self.dues.with_user(secretary).action_call()
        self.assertEqual(self.dues.invoice_ids.state, "posted")

    def test_a_free_membership_has_no_invoice(self):
        plan = self._membership_plan(
            "Free",
            [{"unit_price": 0.0}],
            alignment="calendar",
            rr_dues_document="invoice",
        )
        paul = self._member("Paul", "2026-11-10", plan)
        dues = paul._call_dues(date(2026, 11, 10))
        dues.action_call()
        self.assertFalse(dues.invoice_ids)
        self.assertEqual(paul.state, "up_to_date")
