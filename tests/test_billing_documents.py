"""What a billing makes: which documents, with which lines, taxes and dates."""

from datetime import date

from odoo.tests import freeze_time, tagged

from .common_billing import BillingCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-12-01")
class TestBillingDocuments(BillingCommon):
    # ------------------------------------------------------------------
    # Periods and amounts
    # ------------------------------------------------------------------

    def test_month_ends_do_not_drift(self):
        """Given a start on 31 January, then 28 February, 31 March, 30 April."""
        sub = self._subscribe(self._plan(), "2025-01-31")
        for day in ("2025-01-31", "2025-02-28", "2025-03-31", "2025-04-30"):
            run = self._bill(day)
            self.assertEqual(run.invoice_count, 1)
        self.assertBilled(
            sub,
            [
                ("charge", "2025-01-31", "2025-02-27", 30.0),
                ("charge", "2025-02-28", "2025-03-30", 30.0),
                ("charge", "2025-03-31", "2025-04-29", 30.0),
                ("charge", "2025-04-30", "2025-05-30", 30.0),
            ],
        )
        self.assertEqual(sub.next_billing_date, date(2025, 5, 31))

    def test_stub_is_a_share_of_the_whole_period(self):
        """Given monthly on day 15 and a start on 1 January: first 14 of 31 days."""
        plan = self._plan(
            charges=[{"unit_price": 31}],
            alignment="day_of_month",
            alignment_day=15,
        )
        sub = self._subscribe(plan, "2025-01-01")
        run = self._bill("2025-01-20")
        self.assertBilled(
            sub,
            [
                ("charge", "2025-01-01", "2025-01-14", 14.0),
                ("charge", "2025-01-15", "2025-02-14", 31.0),
            ],
        )
        first = run.move_ids.invoice_line_ids.sorted("deferred_start_date")[0]
        self.assertEqual(first.price_subtotal, 14.0)
        self.assertIn("14 of 31 days", first.name)
        self.assertEqual(first.deferred_start_date, date(2025, 1, 1))
        self.assertEqual(first.deferred_end_date, date(2025, 1, 14))

    def test_yearly_cancelled_after_90_days(self):
        """Given 1,200 a year, when cancelled after 90 of 365 days, 904.11 come back."""
        plan = self._plan(charges=[{"unit_price": 1200}], interval_unit="year")
        sub = self._subscribe(plan, "2025-01-01")
        invoice = self._bill("2025-01-01").move_ids
        sub._cancel(date(2025, 4, 1), credit=True)
        run = self._bill("2025-04-01")
        self.assertEqual(run.credit_note_count, 1)
        credit_note = run.move_ids
        self.assertEqual(credit_note.amount_untaxed, 904.11)
        self.assertEqual(credit_note.reversed_entry_id, invoice)
        self.assertEqual(credit_note.ref, f"Reversal of: {invoice.name}")
        self.assertIn(f"Credit of {invoice.name}", credit_note.invoice_line_ids.name)
        self.assertEqual(invoice.amount_residual, 355.07)
        self.assertEqual(sub.billed_item_ids[0].amount, -904.11)
        self.assertEqual(sub.billed_through, date(2025, 4, 1))
        self.assertNothingLeft(sub, "2026-01-01")
        self.env["recurring.subscription"]._advance_lifecycle(
            self.company, date(2025, 4, 2)
        )
        self.assertEqual(sub.state, "closed")

    def test_cancelled_without_credit_keeps_what_was_billed(self):
        plan = self._plan(charges=[{"unit_price": 1200}], interval_unit="year")
        sub = self._subscribe(plan, "2025-01-01")
        self._bill("2025-01-01")
        sub._cancel(date(2025, 4, 1), credit=False)
        self.assertEqual(sub.line_ids.bill_until, date(2026, 1, 1))
        self.assertEqual(self._bill("2026-06-01").move_ids.ids, [])
        self.assertEqual(sum(sub.billed_item_ids.mapped("amount")), 1200.0)

    def test_arrears_are_billed_when_served(self):
        sub = self._subscribe(self._plan(timing="arrears"), "2025-01-10")
        self.assertEqual(sub.next_billing_date, date(2025, 2, 10))
        self.assertEqual(self._bill("2025-02-09").invoice_count, 0)
        self._bill("2025-02-10")
        self.assertBilled(sub, [("charge", "2025-01-10", "2025-02-09", 30.0)])

    def test_days_ahead(self):
        self._subscribe(self._plan(days_ahead=10), "2025-02-01")
        self.assertEqual(self._bill("2025-01-21").invoice_count, 0)
        self.assertEqual(self._bill("2025-01-22").invoice_count, 1)

    def test_catch_up_in_one_invoice_or_three(self):
        """Three missed months give three dated lines, by the plan's choice."""
        self._subscribe(self._plan(), "2025-01-01")
        invoice = self._bill("2025-03-05").move_ids
        self.assertEqual(len(invoice), 1)
        self.assertEqual(
            [str(line.deferred_start_date) for line in invoice.invoice_line_ids],
            ["2025-01-01", "2025-02-01", "2025-03-01"],
        )
        self._subscribe(self._plan("Each", catch_up="per_period"), "2025-01-01")
        invoices = self._bill("2025-03-05").move_ids
        self.assertEqual(len(invoices), 3)
        self.assertEqual(set(invoices.mapped("amount_untaxed")), {30.0})

    def test_zero_is_recorded_without_an_invoice(self):
        sub = self._subscribe(self._plan(charges=[{"unit_price": 0}]), "2025-01-01")
        run = self._bill("2025-01-01")
        self.assertEqual((run.invoice_count, run.zero_count), (0, 1))
        self.assertBilled(sub, [("charge", "2025-01-01", "2025-01-31", 0.0)])
        self.assertEqual(sub.next_billing_date, date(2025, 2, 1))
        wanted = self._plan("Shown", [{"unit_price": 0}], zero_invoice=True)
        self._subscribe(wanted, "2025-01-01")
        invoice = self._bill("2025-01-01").move_ids
        self.assertEqual(invoice.mapped("amount_total"), [0.0])

    def test_one_off_and_discount(self):
        plan = self._plan(
            charges=[
                {"unit_price": 19.99, "charge_model": "per_unit"},
                {"unit_price": 50, "role": "one_off", "name": "Set-up"},
            ]
        )
        sub = self._subscribe(
            plan, "2025-01-01", lines=[{"quantity": 3, "discount": 12.34}]
        )
        invoice = self._bill("2025-01-01").move_ids
        recurring, once = invoice.invoice_line_ids
        # 3 x 19.99 x 0.8766 = 52.569702
        self.assertEqual(recurring.price_subtotal, 52.57)
        self.assertEqual((recurring.quantity, recurring.discount), (3.0, 12.34))
        self.assertEqual(once.price_subtotal, 50.0)
        self.assertFalse(once.deferred_start_date)
        self.assertEqual(self._bill("2025-02-01").move_ids.amount_untaxed, 52.57)
        self.assertEqual(sub.billed_through, date(2025, 3, 1))

    def test_line_is_one_at_the_amount_where_odoo_would_round_otherwise(self):
        """A quantity of 1.125 is stored 1.13 by an invoice line: show the amount."""
        plan = self._plan(charges=[{"unit_price": 80, "charge_model": "per_unit"}])
        self._subscribe(plan, "2025-01-01", lines=[{"quantity": 1.125}])
        line = self._bill("2025-01-01").move_ids.invoice_line_ids
        self.assertEqual((line.quantity, line.price_subtotal), (1.0, 90.0))
        self.assertIn("1.125 x", line.name)

    def test_tiers_are_explained(self):
        plan = self._plan(
            charges=[
                {
                    "charge_model": "graduated",
                    "tiers": [(10, 5.0), (0, 4.0)],
                    "default_quantity": 14,
                }
            ]
        )
        self._subscribe(plan, "2025-01-01")
        line = self._bill("2025-01-01").move_ids.invoice_line_ids
        self.assertEqual(line.price_subtotal, 66.0)
        self.assertIn("10 x", line.name)
        self.assertIn("4 x", line.name)

    def test_negative_line(self):
        """A rebate as a charge of its own lowers the invoice."""
        plan = self._plan(
            charges=[{"unit_price": 30}, {"unit_price": -5, "name": "Rebate"}]
        )
        self._subscribe(plan, "2025-01-01")
        self.assertEqual(self._bill("2025-01-01").move_ids.amount_untaxed, 25.0)
