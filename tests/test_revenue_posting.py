"""From a posted invoice to its schedule, and from a closing to revenue."""

from odoo.tests import freeze_time, tagged

from .common_revenue import RevenueCommon


@tagged("post_install", "-at_install")
@freeze_time("2028-01-15")
class TestRevenuePosting(RevenueCommon):
    def test_the_year_from_the_middle_of_november(self):
        """1,200 from 15 November: 52.60, 101.92, and 1,045.48 left at the end."""
        invoice = self._invoice("2026-11-15", 1200, "2026-11-15", "2027-11-14")
        line = invoice.invoice_line_ids
        income = line.rr_revenue_account_id
        self.assertEqual(line.account_id, self.deferred)
        self.assertEqual(income.account_type, "income")
        schedule = self._schedule(invoice)
        self.assertEqual(schedule.amount, 1200)
        self.assertEqual(len(self._months(schedule)), 13)
        self._close("2026-11")
        self.assertEqual(self._balance(income, "2026-11-30"), 52.60)
        self._close("2026-12")
        self.assertEqual(self._balance(income, "2026-12-31"), 154.52)
        self.assertEqual(self._balance(self.deferred, "2026-12-31"), 1045.48)
        self.assertEqual(schedule.deferred, 1045.48)
        self.assertAgrees("2026-12-31")
        run = self._close("2027-11")
        self.assertEqual(run.amount, 1045.48)
        self.assertEqual(self._balance(self.deferred), 0)
        self.assertTrue(line.reconciled)

    def test_missed_months_stand_at_their_own_ends(self):
        self._invoice("2026-11-15", 1200, "2026-11-15", "2027-11-14")
        run = self._close("2027-01")
        self.assertEqual(
            [
                (str(move.date), move.amount_total)
                for move in run.move_ids.sorted("date")
            ],
            [("2026-11-30", 52.60), ("2026-12-31", 101.92), ("2027-01-31", 101.92)],
        )

    def test_a_second_closing_adds_nothing(self):
        self._invoice("2026-11-15", 1200, "2026-11-15", "2027-11-14")
        self._close("2026-11")
        again = self._close("2026-11")
        self.assertEqual((again.state, again.move_count), ("done", 0))
        self.assertEqual(self._balance(self.deferred), 1147.40)

    def test_no_schedule_within_the_month(self):
        invoice = self._invoice("2026-11-02", 100, "2026-11-01", "2026-11-30")
        self.assertFalse(self._schedule(invoice))
        self.assertNotEqual(invoice.invoice_line_ids.account_id, self.deferred)
        late = self._invoice("2026-12-02", 100, "2026-11-01", "2026-11-30")
        self.assertFalse(self._schedule(late))

    def test_no_schedule_without_a_period(self):
        invoice = self._invoice("2026-11-02", 100)
        self.assertFalse(self._schedule(invoice))

    def test_months_are_booked_after_the_invoice(self):
        """Billed in March for the year: January and February are earned in March."""
        invoice = self._invoice("2026-03-10", 1200, "2026-01-01", "2026-12-31")
        run = self._close("2026-03")
        self.assertEqual([str(move.date) for move in run.move_ids], ["2026-03-31"])
        self.assertEqual(run.amount, 295.89)
        months = self._months(self._schedule(invoice))
        self.assertEqual((months["2026-01"], months["2026-02"]), (101.92, 92.05))

    def test_locked_months_are_booked_on_the_first_open_day(self):
        invoice = self._invoice("2026-11-15", 1200, "2026-11-15", "2027-11-14")
        self.company.fiscalyear_lock_date = "2026-12-31"
        run = self._close("2026-12")
        self.assertEqual({str(move.date) for move in run.move_ids}, {"2027-01-01"})
        self.assertEqual(self._balance(self.deferred, "2026-12-31"), 1200)
        self.assertIn("2026-11", run.move_ids.sorted("id")[0].ref)
        booked = self._schedule(invoice).slice_ids.filtered("run_id")
        self.assertEqual(
            [(str(part.month), str(part.booked_on)) for part in booked],
            [("2026-11-01", "2027-01-01"), ("2026-12-01", "2027-01-01")],
        )

    def test_foreign_currency_keeps_its_rate(self):
        rates = self.env["res.currency.rate"]
        for day, rate in (("2026-01-01", 1.25), ("2026-02-01", 2.0)):
            rates.create({"currency_id": self.dollar.id, "name": day, "rate": rate})
        invoice = self._invoice(
            "2026-01-01", 1000, "2026-01-01", "2026-03-31", currency_id=self.dollar.id
        )
        schedule = self._schedule(invoice)
        self.assertEqual((schedule.amount_currency, schedule.amount), (1000, 800))
        self._close("2026-02")
        left = invoice.invoice_line_ids
        # 31 days of March of 90.
        self.assertEqual(left.amount_residual_currency, -344.44)
        self.assertEqual(left.amount_residual, -275.55)
        self.assertAgrees()
        self._close("2026-03")
        self.assertEqual((left.amount_residual, left.reconciled), (0, True))
        self.assertFalse(
            self.env["account.partial.reconcile"].search(
                [("exchange_move_id", "!=", False)]
            )
        )

    def test_lines_by_customer(self):
        self.company.rr_revenue_detail = "customer"
        for _number in range(3):
            self._invoice("2026-11-15", 1200, "2026-11-15", "2027-11-14")
        run = self._close("2026-11")
        self.assertEqual(len(run.move_ids.line_ids), 2)
        self.assertEqual(run.amount, 157.80)
        self._close("2027-11")
        self.assertEqual(self._balance(self.deferred), 0)

    def test_a_closing_is_taken_back(self):
        invoice = self._invoice("2026-11-15", 1200, "2026-11-15", "2027-11-14")
        self._close("2026-11")
        run = self._close("2026-12")
        run.action_undo()
        self.assertEqual(run.state, "undone")
        self.assertEqual(self._balance(self.deferred), 1147.40)
        self.assertAgrees()
        again = self._close("2026-12")
        self.assertEqual(again.amount, 101.92)
        self.assertEqual(self._schedule(invoice).deferred, 1045.48)

    def test_entries_of_a_closing_stay(self):
        self._invoice("2026-11-15", 1200, "2026-11-15", "2027-11-14")
        run = self._close("2026-11")
        with self.assertRefused("Take the closing back"):
            run.move_ids.button_draft()

    def test_back_to_draft_before_and_after(self):
        invoice = self._invoice("2026-11-15", 1200, "2026-11-15", "2027-11-14")
        income = invoice.invoice_line_ids.rr_revenue_account_id
        invoice.button_draft()
        self.assertFalse(self._schedule(invoice))
        invoice.invoice_line_ids.deferred_end_date = "2026-11-30"
        invoice.action_post()
        self.assertEqual(invoice.invoice_line_ids.account_id, income)
        self.assertFalse(self._schedule(invoice))
        invoice.button_draft()
        invoice.invoice_line_ids.deferred_end_date = "2027-11-14"
        invoice.action_post()
        self._close("2026-11")
        with self.assertRefused("Credit it with a credit note"):
            invoice.button_draft()

    def test_a_copy_starts_from_the_income_account(self):
        invoice = self._invoice("2026-11-15", 1200, "2026-11-15", "2027-11-14")
        income = invoice.invoice_line_ids.rr_revenue_account_id
        copy = invoice.copy()
        self.assertEqual(copy.invoice_line_ids.account_id, income)
        self.assertFalse(copy.invoice_line_ids.rr_revenue_account_id)

    def test_a_run_of_the_billing(self):
        subscription = self._subscribe(self._yearly(), "2026-11-15")
        self._bill("2026-11-15")
        [invoice] = subscription.billed_item_ids.move_id
        schedule = self._schedule(invoice)
        self.assertEqual(schedule.subscription_id, subscription)
        self.assertEqual(invoice.invoice_line_ids.account_id, self.deferred)
        self.assertEqual(self._months(schedule)["2026-12"], 101.92)
        self.assertEqual(subscription._difference(invoice.date), {subscription.id: ()})

    def test_analytic_follows_recognition(self):
        plan = self.env["account.analytic.plan"].create({"name": "Project"})
        account = self.env["account.analytic.account"].create(
            {"name": "Alpha", "plan_id": plan.id}
        )
        invoice = self._invoice(
            "2026-11-15", 1200, "2026-11-15", "2027-11-14", post=False
        )
        invoice.invoice_line_ids.analytic_distribution = {str(account.id): 100}
        invoice.action_post()
        self.assertFalse(account.line_ids)
        run = self._close("2026-11")
        booked = run.move_ids.line_ids.analytic_line_ids
        self.assertEqual(booked.mapped("amount"), [52.60])

    def test_a_missing_account_is_named(self):
        self.deferred.reconcile = False
        with self.assertRefused("allow reconciliation"):
            self._invoice("2026-11-15", 1200, "2026-11-15", "2027-11-14")
        self.company.rr_revenue_journal_id = False
        with self.assertRefused("Journal of Revenue"):
            self._invoice("2026-11-15", 1200, "2026-11-15", "2027-11-14")
