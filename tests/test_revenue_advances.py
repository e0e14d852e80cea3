"""Advances: payments without an invoice at the end of a month are shown as such."""

from odoo.tests import freeze_time, tagged

from .common_cut_off import CutOffCommon


@tagged("post_install", "-at_install")
@freeze_time("2028-01-15")
class TestRevenueAdvances(CutOffCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.receivable = cls.customer.property_account_receivable_id
        cls.bank = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1
        )

    def _pay(self, day, amount, customer=None, **values):
        """Return the line of the receivable account of what a customer paid."""
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "date": day,
                "amount": amount,
                "payment_ref": "Transfer",
                "partner_id": (customer or self.customer).id,
                **values,
            }
        )
        suspense = line.move_id.line_ids.filtered(
            lambda one: one.account_id == self.bank.suspense_account_id
        )
        suspense.account_id = self.receivable
        return suspense

    def _match(self, payment, invoice):
        lines = invoice.line_ids.filtered(lambda one: one.account_id == self.receivable)
        (payment | lines).reconcile()

    def test_paid_before_the_invoice(self):
        payment = self._pay("2026-01-20", 1440)
        invoice = self._invoice("2026-02-03", 1200)
        self._match(payment, invoice)
        run = self._close("2026-01")
        self.assertEqual(
            self._booked(run, "advance"),
            [("2026-01-31", {"4191": -1440, "4111": 1440})],
        )
        self.assertEqual(
            self._booked(run, "reversal"),
            [("2026-02-01", {"4191": 1440, "4111": -1440})],
        )
        self.assertEqual(self._balance(self.advances, "2026-01-31"), 1440)
        self.assertEqual(self._balance(self.receivable, "2026-01-31"), 0)
        self.assertEqual(self._balance(self.advances), 0)
        self.assertNative(run)
        self.assertEqual(run.move_ids.line_ids.partner_id, self.customer)
        # The lines of the closing match one another, nothing waits for an invoice.
        lines = run.move_ids.line_ids.filtered(
            lambda one: one.account_id == self.receivable
        )
        self.assertTrue(all(lines.mapped("reconciled")))
        self.assertFalse(self._close("2026-02").move_ids)

    def test_what_was_matched_by_then_is_no_advance(self):
        payment = self._pay("2026-01-20", 1500)
        self._match(payment, self._invoice("2026-01-10", 1000))
        run = self._close("2026-01")
        self.assertEqual(
            self._booked(run, "advance"), [("2026-01-31", {"4191": -300, "4111": 300})]
        )

    def test_credit_notes_are_no_advances(self):
        invoice = self._invoice("2026-01-10", 1000)
        self._credit_note(invoice, "2026-01-12")
        self.assertFalse(self._close("2026-01").move_ids)

    def test_by_customer_and_once(self):
        other = self._customer("Other")
        self._pay("2026-01-20", 100)
        self._pay("2026-01-21", 50)
        self._pay("2026-01-22", 30, other)
        run = self._close("2026-01")
        [advance] = run.move_ids.filtered(
            lambda move: move.rr_closing_role == "advance"
        )
        shown = advance.line_ids.filtered(lambda one: one.account_id == self.receivable)
        self.assertEqual(
            {line.partner_id: line.balance for line in shown},
            {self.customer: 150, other: 30},
        )
        self.assertFalse(self._close("2026-01").move_ids)
        self._pay("2026-01-25", 20)
        again = self._close("2026-01")
        self.assertEqual(self._booked(again, "advance")[0][1]["4191"], -20)

    def test_foreign_currency(self):
        self.env["res.currency.rate"].create(
            {"currency_id": self.dollar.id, "name": "2026-01-01", "rate": 1.25}
        )
        self._pay(
            "2026-01-20", 80, foreign_currency_id=self.dollar.id, amount_currency=100
        )
        run = self._close("2026-01")
        [advance] = run.move_ids.filtered(
            lambda move: move.rr_closing_role == "advance"
        )
        line = advance.line_ids.filtered(lambda one: one.account_id == self.advances)
        self.assertEqual((line.amount_currency, line.balance), (-100, -80))

    def test_settings(self):
        self._pay("2026-01-20", 100)
        self.company.rr_closing_advances = "never"
        self.assertFalse(self._close("2026-01").move_ids)
        self.company.rr_closing_advances = "always"
        self.company.rr_advance_account_id = False
        with self.assertRefused("account of advances"):
            self._close("2026-01")

    def test_only_where_wanted_under_a_continuous_policy(self):
        self.policy.treatment = "continuous"
        self._pay("2026-01-20", 100)
        self.assertFalse(self._close("2026-01").move_ids)
        self.company.rr_closing_advances = "always"
        self.assertEqual(len(self._close("2026-01").move_ids), 2)

    def test_taken_back(self):
        self._pay("2026-01-20", 100)
        run = self._close("2026-01")
        run.action_undo()
        for day in ("2026-01-31", "2026-02-01"):
            self.assertNeutral(run, day)
        self.assertEqual(len(self._close("2026-01").move_ids), 2)
