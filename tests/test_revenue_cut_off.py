"""Cut-off: invoices book revenue, closing defers it for one night."""

from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from .common_cut_off import CutOffCommon


@tagged("post_install", "-at_install")
@freeze_time("2028-01-15")
class TestRevenueCutOff(CutOffCommon):
    def _bill_the_three(self):
        """2,400: A and B for the year, C for the twelve months from February."""
        return [
            self._invoice("2026-01-02", 1200, "2026-01-01", "2026-12-31"),
            self._invoice("2026-01-02", 600, "2026-01-01", "2026-12-31"),
            self._invoice("2026-01-02", 600, "2026-02-01", "2027-01-31"),
        ]

    def test_the_example(self):
        """At 31 January of 2,400 billed: revenue -2,250, reversed on 1 February."""
        invoices = self._bill_the_three()
        for invoice in invoices:
            self.assertEqual(invoice.invoice_line_ids.account_id, self.income)
            self.assertFalse(invoice.invoice_line_ids.rr_revenue_account_id)
        self.assertEqual(self._balance(self.income, "2026-01-31"), 2400)
        run = self._close("2026-01")
        self.assertEqual(run.state, "done")
        self.assertEqual(
            self._booked(run, "deferral"),
            [("2026-01-31", {"487": -2250, self._code(): 2250})],
        )
        self.assertEqual(
            self._booked(run, "reversal"),
            [("2026-02-01", {"487": 2250, self._code(): -2250})],
        )
        self.assertEqual(self._balance(self.income, "2026-01-31"), 150)
        self.assertEqual(self._balance(self.deferred, "2026-01-31"), 2250)
        self.assertEqual(self._balance(self.deferred, "2026-02-01"), 0)
        self.assertNative(run)
        [deferral] = run.move_ids.filtered(
            lambda move: move.rr_closing_role == "deferral"
        )
        lines = deferral.line_ids.filtered(
            lambda line: line.account_id == self.deferred
        )
        self.assertEqual(sorted(lines.mapped("balance")), [-1100, -600, -550])
        self.assertEqual(
            lines.rr_schedule_id, self.env["recurring.revenue.schedule"].search([])
        )
        self.assertTrue(all(lines.mapped("reconciled")))
        self.assertFalse(deferral.line_ids.tax_ids | deferral.line_ids.tax_line_id)

    def _code(self):
        return self.income.code[:4].rstrip("0")

    def test_twice_adds_nothing(self):
        self._bill_the_three()
        self._close("2026-01")
        again = self._close("2026-01")
        self.assertEqual((again.state, again.move_count), ("done", 0))

    def test_an_invoice_that_came_after_the_closing(self):
        """A second closing of the month adds only what the first did not know."""
        self._bill_the_three()
        self._close("2026-01")
        self._invoice("2026-01-20", 1200, "2026-01-01", "2026-12-31")
        again = self._close("2026-01")
        self.assertEqual(
            self._booked(again, "deferral"),
            [("2026-01-31", {"487": -1100, self._code(): 1100})],
        )
        self.assertEqual(self._balance(self.deferred, "2026-01-31"), 3350)
        self.assertEqual(self._balance(self.deferred, "2026-02-01"), 0)

    def test_the_next_month(self):
        self._bill_the_three()
        self._close("2026-01")
        self._invoice("2026-02-10", 1200, "2026-03-01", "2027-02-28")
        run = self._close("2026-02")
        # A 1,000, B 500, C 550 and the new one whole.
        self.assertEqual(self._balance(self.deferred, "2026-02-28"), 3250)
        self.assertEqual(self._balance(self.income, "2026-02-28"), 350)
        self.assertEqual(run.move_count, 2)
        self._close("2027-02")
        self.assertEqual(self._balance(self.deferred, "2027-02-28"), 0)
        self.assertEqual(self._balance(self.income), 3600)

    def test_missed_months_need_no_entry_of_their_own(self):
        self._bill_the_three()
        run = self._close("2026-03")
        self.assertEqual(
            [day for day, _lines in self._booked(run, "deferral")], ["2026-03-31"]
        )
        self.assertEqual(self._balance(self.deferred, "2026-03-31"), 900 + 450 + 500)

    def test_a_credit_note_takes_its_part(self):
        """Terminated on 1 July: what is credited is not deferred any more."""
        invoice = self._invoice("2026-01-02", 1200, "2026-01-01", "2026-12-31")
        self._credit_note(
            invoice, "2026-06-10", amount=600, cause="terminated", since="2026-07-01"
        )
        self._close("2026-05")
        self.assertEqual(self._balance(self.deferred, "2026-05-31"), 700)
        self._close("2026-06")
        self.assertEqual(self._balance(self.deferred, "2026-06-30"), 0)
        self.assertEqual(self._balance(self.income, "2026-06-30"), 600)

    def test_a_family_below_zero(self):
        """A credit without its invoice is deferred the other way round."""
        credit = self._invoice(
            "2026-01-02", 1200, "2026-01-01", "2026-12-31", move_type="out_refund"
        )
        self.assertEqual(self._schedule(credit).amount, -1200)
        self._close("2026-01")
        self.assertEqual(self._balance(self.deferred, "2026-01-31"), -1100)
        self.assertEqual(self._balance(self.income, "2026-01-31"), -100)
        self.assertEqual(self._balance(self.deferred), 0)

    def test_two_currencies(self):
        """One entry per currency, each at the rate of its invoices."""
        self._bill_the_three()
        self.env["res.currency.rate"].create(
            {"currency_id": self.dollar.id, "name": "2026-01-01", "rate": 1.25}
        )
        self.env["res.currency.rate"].create(
            {"currency_id": self.dollar.id, "name": "2026-01-31", "rate": 2.0}
        )
        self._invoice(
            "2026-01-02", 1000, "2026-01-01", "2026-12-31", currency_id=self.dollar.id
        )
        run = self._close("2026-01")
        deferrals = run.move_ids.filtered(
            lambda move: move.rr_closing_role == "deferral"
        )
        self.assertEqual(deferrals.currency_id, self.dollar | self.company.currency_id)
        self.assertEqual(len(deferrals), 2)
        [foreign] = deferrals.filtered(lambda move: move.currency_id == self.dollar)
        line = foreign.line_ids.filtered(lambda one: one.account_id == self.deferred)
        self.assertEqual((line.amount_currency, line.balance), (-916.67, -733.34))
        self.assertEqual(self._balance(self.deferred, "2026-01-31"), 2983.34)
        self.assertEqual(self._balance(self.deferred), 0)
        self.assertFalse(
            self.env["account.partial.reconcile"].search(
                [("exchange_move_id", "!=", False)]
            )
        )

    def test_lines_by_customer(self):
        self.company.rr_revenue_detail = "customer"
        self._bill_the_three()
        run = self._close("2026-01")
        self.assertEqual([len(move.line_ids) for move in run.move_ids], [2, 2])
        self.assertEqual(self._balance(self.deferred, "2026-01-31"), 2250)
        rows = self.env["recurring.revenue.adjustment"].search([])
        self.assertEqual(len(rows), 3)
        self.assertEqual(len(rows.move_line_id), 1)

    def test_what_people_read(self):
        """Before: what is adjusted, and not that nothing is; after: the way to it."""
        self._bill_the_three()
        run = self.env["recurring.revenue.run"].create({"month": "2026-01-01"})
        self.assertIn("Deferred, and reversed on the next day", run.preview_html)
        self.assertNotIn("Nothing is left to recognise", run.preview_html)
        self.assertEqual(run.adjustment_count, 0)
        run.unlink()
        run = self._close("2026-01")
        self.assertEqual(run.adjustment_count, 3)
        action = run.action_open_adjustments()
        found = self.env["recurring.revenue.adjustment"].search(action["domain"])
        self.assertEqual(sum(found.mapped("revenue")), -2250)

    def test_batches(self):
        self._bill_the_three()
        with patch("odoo.addons.recurring_revenue.models.revenue.cut_off.ROWS", 2):
            run = self._close("2026-01")
        self.assertEqual(
            [list(lines.values())[0] for _day, lines in self._booked(run, "deferral")],
            [-1650, -600],
        )
        self.assertEqual(self._balance(self.deferred, "2026-01-31"), 2250)
        self.assertEqual(self._balance(self.deferred), 0)

    def test_killed_and_continued(self):
        """A batch that was committed is not booked again."""
        self._bill_the_three()
        with patch("odoo.addons.recurring_revenue.models.revenue.cut_off.ROWS", 2):
            run = self.env["recurring.revenue.run"].create({"month": "2026-01-01"})
            run._set_state(("draft",), "running")
            while run._count_open():
                run._book_batch()
            self.assertEqual(run._book_batch(), 2)
            self.assertEqual(self._balance(self.deferred, "2026-01-31"), 1650)
            run._set_state(("running",), "stopped")
            run.action_continue()
            self.assertEqual(run.state, "done")
            self.assertEqual(run._book_batch(), 0)
        self.assertEqual(self._balance(self.deferred, "2026-01-31"), 2250)

    def test_what_came_since_is_offered(self):
        """An invoice of January that is served later leaves no month to recognise."""
        self._bill_the_three()
        run = self._close("2026-01")
        self.assertFalse(run.open_count)
        self._invoice("2026-01-20", 120, "2026-02-01", "2026-02-28")
        run.invalidate_recordset()
        self.assertTrue(run.open_count)
        run.action_continue()
        self.assertFalse(run.open_count)
        self.assertEqual(self._balance(self.deferred, "2026-01-31"), 2370)

    def test_taken_back(self):
        """Both days are neutral again, and the month can be closed anew."""
        self._bill_the_three()
        run = self._close("2026-01")
        run.action_undo()
        self.assertEqual(run.state, "undone")
        for day in ("2026-01-31", "2026-02-01"):
            self.assertNeutral(run, day)
        self.assertEqual(self._balance(self.income, "2026-01-31"), 2400)
        lines = run.move_ids.line_ids.filtered(
            lambda line: line.account_id == self.deferred
        )
        self.assertTrue(all(lines.mapped("reconciled")))
        self.assertFalse(
            self.env["recurring.revenue.slice"].search([("run_id", "!=", False)])
        )
        again = self._close("2026-01")
        self.assertEqual(again.move_count, 2)
        self.assertEqual(self._balance(self.deferred, "2026-01-31"), 2250)
        self.assertEqual(self._balance(self.deferred), 0)

    def test_taken_back_after_the_month_was_locked(self):
        """What cannot be booked on the last day any more is booked on the next: then
        everything is neutral, and the locked month stays as it was."""
        self._bill_the_three()
        run = self._close("2026-01")
        self.company.fiscalyear_lock_date = "2026-01-31"
        run.action_undo()
        self.assertNeutral(run, "2026-02-01")
        self.assertEqual(self._balance(self.deferred, "2026-01-31"), 2250)
        self.assertEqual(self._balance(self.deferred, "2026-02-01"), 0)
        self.assertEqual(self._balance(self.income), 2400)

    def test_a_locked_month(self):
        self._bill_the_three()
        self.company.fiscalyear_lock_date = "2026-01-31"
        run = self._close("2026-01")
        self.assertEqual(
            [day for day, _lines in self._booked(run, "deferral")], ["2026-02-01"]
        )
        self.assertEqual(
            [day for day, _lines in self._booked(run, "reversal")], ["2026-02-02"]
        )
        [deferral] = run.move_ids.filtered(
            lambda move: move.rr_closing_role == "deferral"
        )
        self.assertIn("2026-01, booked on the first open day", deferral.ref)

    def test_beside_what_is_deferred_at_once(self):
        """The balance of the deferred account: what either treatment says."""
        self._policy(nature="one_off", treatment="continuous", method="month")
        self._bill_the_three()
        invoice = self._invoice("2026-01-02", 120, "2026-01-01", "2026-12-31", False)
        product = invoice.invoice_line_ids.product_id.product_tmpl_id
        product.rr_revenue_nature_id = self._revenue_nature("one_off")
        invoice.action_post()
        self._close("2026-01")
        self.assertEqual(self._balance(self.deferred, "2026-01-31"), 2250 + 110)
        self.assertEqual(self._balance(self.deferred, "2026-02-01"), 110)

    def test_the_books_say_what_the_months_say(self):
        """At the closing date: months after it, and what is deferred at once."""
        self._policy("2026-01-10", treatment="continuous", method="month")
        self._bill_the_three()
        self._invoice("2026-01-12", 120, "2026-01-01", "2026-12-31")
        self._close("2026-01")
        adjustments = self.env["recurring.revenue.adjustment"]
        for day, held in (("2026-01-30", 0), ("2026-01-31", 2250), ("2026-02-01", 0)):
            found = adjustments._deferred_on(self.company, day)
            self.assertEqual(float(sum(found.values())), held)
            self.assertEqual(self._balance(self.deferred, day), held + self._open(day))

    def test_analytic(self):
        plan = self.env["account.analytic.plan"].create({"name": "Project"})
        account = self.env["account.analytic.account"].create(
            {"name": "Alpha", "plan_id": plan.id}
        )
        invoice = self._invoice(
            "2026-01-02", 1200, "2026-01-01", "2026-12-31", post=False
        )
        invoice.invoice_line_ids.analytic_distribution = {str(account.id): 100}
        invoice.action_post()
        self._close("2026-01")
        lines = self.env["account.analytic.line"].search([("company_id", "!=", False)])
        by_day = {str(line.date): line.amount for line in lines}
        self.assertEqual(
            by_day, {"2026-01-02": 1200, "2026-01-31": -1100, "2026-02-01": 1100}
        )

    def test_another_company_is_not_touched(self):
        other = self.env["res.company"].create({"name": "Other"})
        self._bill_the_three()
        self._close("2026-01")
        rows = self.env["recurring.revenue.adjustment"].search([])
        self.assertEqual(rows.company_id, self.company)
        self.assertFalse(
            self.env["account.move"].search([("company_id", "=", other.id)])
        )

    def test_adjustments_are_not_typed(self):
        self._bill_the_three()
        run = self._close("2026-01")
        row = self.env["recurring.revenue.adjustment"].search([], limit=1)
        for attempt in (
            lambda: row.write({"amount": 1}),
            lambda: row.unlink(),
            lambda: row.copy(),
        ):
            with self.assertRefused("not typed"):
                attempt()
        with self.assertRefused("stays with the run"):
            run.move_ids[:1].rr_closing_role = "undo"
        with self.assertRefused("Take the closing back"):
            run.move_ids[:1].button_draft()
