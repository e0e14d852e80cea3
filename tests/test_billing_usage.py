"""Usage on invoices: after the period, late, corrected, by every price model."""

from datetime import date

from odoo.tests import freeze_time, tagged

from ..engine.period import Period
from .common_usage import UsageCommon

MAY = Period(date(2026, 5, 1), date(2026, 6, 1))


@tagged("post_install", "-at_install")
@freeze_time("2026-08-20 10:00:00")
class TestUsageBilling(UsageCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls._usage_plan()
        cls.sub = cls._subscribe(cls.plan, "2026-05-01")

    # ------------------------------------------------------------------
    # The usual month
    # ------------------------------------------------------------------

    def test_billed_with_the_next_month(self):
        self._bill("2026-05-01")
        self._record(("2026-05-03", 1200), ("2026-05-31T21:59:59Z", 34))
        self._record(("2026-05-31T22:00:00Z", 500))
        self._bill("2026-06-01")
        self.assertEqual(self._usage_rows(), [("charge", "2026-05-01", 1234, 2.34)])
        [invoice] = self.sub.billed_item_ids.move_id.sorted("id")[-1:]
        self.assertEqual(
            invoice.invoice_line_ids.mapped("price_subtotal"), [30.0, 2.34]
        )
        usage_line = invoice.invoice_line_ids[1]
        self.assertEqual(
            usage_line.name.splitlines(),
            [
                "API calls",
                "05/01/2026 - 05/31/2026",
                "Used: 1,234 calls",
                "1,000 included",
                "234 x 0.01\N{NO-BREAK SPACE}€ = 2.34\N{NO-BREAK SPACE}€",
            ],
        )
        self.assertEqual(str(usage_line.deferred_start_date), "2026-05-01")
        self.assertEqual(str(usage_line.deferred_end_date), "2026-05-31")
        self.assertNothingLeft(self.sub, "2026-06-01")

    def test_a_plain_price_stands_on_the_line(self):
        sub = self._of(self._usage_charge(), ("2026-05-03", 1234))
        line = sub.billed_item_ids.move_line_id
        self.assertEqual((line.quantity, line.price_unit), (1234, 0.01))
        self.assertEqual(line.price_subtotal, 12.34)
        self.assertEqual(line.name.splitlines()[-1], "Used: 1,234 calls")

    def test_nothing_used_makes_no_line(self):
        self._bill("2026-06-01")
        self.assertEqual(self._usage_rows(), [("charge", "2026-05-01", 0, 0.0)])
        lines = self.sub.billed_item_ids.move_line_id
        self.assertEqual(len(lines), 2)
        self.assertEqual(self.sub.next_billing_date, date(2026, 7, 1))

    def test_usage_alone_makes_a_plan(self):
        plan = self._usage_plan(self._usage_charge(), base=0, name="As you go")
        sub = self._subscribe(plan, "2026-05-01")
        self.assertEqual(sub.next_billing_date, date(2026, 6, 1))
        self.assertEqual(sub.recurring_amount, 0)

    # ------------------------------------------------------------------
    # Late and corrected
    # ------------------------------------------------------------------

    def _billed_may(self, quantity=1200):
        self._record(("2026-05-03", quantity))
        with freeze_time("2026-06-02 10:00:00"):
            self._bill("2026-06-01")

    @freeze_time("2026-06-10 10:00:00")
    def test_late_usage_comes_with_the_next_invoice(self):
        self._billed_may()
        self.assertEqual(self._record(("2026-05-30", 50)), ["late"])
        self.assertTrue(self.env["recurring.usage"].search([("late", "=", True)]))
        self.assertEqual(self.sub.next_billing_date, date(2026, 7, 1))
        self._record(("2026-06-03", 1100))
        self._bill("2026-07-01")
        self.assertEqual(
            self._usage_rows(),
            [
                ("charge", "2026-05-01", 1200, 2.0),
                ("charge", "2026-05-01", 1250, 0.5),
                ("charge", "2026-06-01", 1100, 1.0),
            ],
        )
        texts = list(self._invoice_texts().values())
        [late] = [text for text in texts if "Late usage" in text]
        self.assertEqual(
            late.splitlines(),
            [
                "API calls",
                "Late usage of 05/01/2026 - 05/31/2026",
                "Used: 1,250 calls",
                "1,000 included",
                "250 x 0.01\N{NO-BREAK SPACE}€ = 2.50\N{NO-BREAK SPACE}€",
                "less what was billed before: 2.00\N{NO-BREAK SPACE}€",
            ],
        )
        self.assertNothingLeft(self.sub, "2026-07-01")

    @freeze_time("2026-06-10 10:00:00")
    def test_a_cancelled_event_is_credited_and_no_more_than_was_billed(self):
        self._billed_may()
        event = self.env["recurring.usage"].search([])
        event.action_cancel()
        self.assertEqual(event.state, "cancelled")
        self._bill("2026-07-01")
        self.assertEqual(
            self._usage_rows(),
            [
                ("charge", "2026-05-01", 1200, 2.0),
                ("credit", "2026-05-01", 0, -2.0),
                ("charge", "2026-06-01", 0, 0.0),
            ],
        )
        self.assertNothingLeft(self.sub, "2026-07-01")
        self._record(("2026-05-30", -5000))
        self._bill("2026-08-01")
        self.assertEqual(sum(row[3] for row in self._usage_rows()), 0)

    @freeze_time("2026-06-10 10:00:00")
    def test_a_correction_within_what_is_included_changes_nothing(self):
        self._billed_may(900)
        self._record(("2026-05-20", -100))
        self._bill("2026-07-01")
        self.assertEqual([row[3] for row in self._usage_rows()], [0, 0])

    @freeze_time("2026-06-20 10:00:00")
    def test_late_usage_of_what_is_closed_is_billed(self):
        self._record(("2026-05-03", 1100))
        self.sub._cancel(date(2026, 6, 1), credit=True)
        self._bill("2026-06-01")
        self.env["recurring.subscription"]._advance_lifecycle(
            self.company, date(2026, 6, 2)
        )
        self.assertEqual(self.sub.state, "closed")
        self.assertEqual(self._record(("2026-05-31", 30)), ["late"])
        self.assertEqual(self.sub.state, "cancelling")
        self._bill("2026-06-20")
        self.assertEqual([row[3] for row in self._usage_rows()], [1.0, 0.3])
        self.env["recurring.subscription"]._advance_lifecycle(
            self.company, date(2026, 6, 21)
        )
        self.assertEqual(self.sub.state, "closed")

    @freeze_time("2026-06-10 10:00:00")
    def test_an_event_that_the_billing_did_not_see_is_found_at_night(self):
        """Two transactions at one time: neither sees the other."""
        self._billed_may()
        self.sub._reopen_from(date(2026, 6, 1))
        self._record(("2026-05-30", 50))
        self.env.flush_all()
        self.env.cr.execute("UPDATE recurring_usage SET late = FALSE")
        self.env.cr.execute(
            "UPDATE recurring_subscription SET settled_through = '2026-06-01'"
            " WHERE id = %s",
            [self.sub.id],
        )
        self.env.invalidate_all()
        self.assertNothingLeft(self.sub, "2026-06-10")
        usage = self.env["recurring.usage"]
        with freeze_time(self.env.cr.now()):
            usage._sweep_unseen(self.company, self.env.cr.now().date())
        [item] = self.sub._difference(date(2026, 6, 10))[self.sub.id]
        self.assertEqual(str(item.amount), "0.50")

    # ------------------------------------------------------------------
    # Explained, and cheap
    # ------------------------------------------------------------------

    def test_why(self):
        self._record(("2026-05-03", 1200))
        self._bill("2026-06-01")
        row = self.sub.billed_item_ids.filtered(lambda r: r.line_id.role == "usage")
        texts = row._why_texts()
        self.assertIn("Used: 1,200 calls", texts)
        self.assertIn("1,000 included", texts)

    def test_one_query_rates_a_portfolio(self):
        """Forty subscriptions cost the queries of four, on two meters."""
        disk = self._meter("Disk", "disk", aggregation="time_weighted")
        plan = self._usage_plan(self._usage_charge(), self._usage_charge(disk))
        subs = self.env["recurring.subscription"].union(
            *(self._subscribe(plan, "2026-05-01") for _number in range(40))
        )
        self._record(("2026-05-03", 5), sub=subs[0])
        self.env.flush_all()
        counts = []
        for some in (subs[:4], subs):
            self.env.invalidate_all()
            lines = some.line_ids.filtered(lambda line: line.role == "usage")
            for line in lines:  # what every billing has read already
                line._open_spans(date(2026, 8, 20))
                line.charge_id.meter_id.read()
                line.company_id._rr_zone()
            before = self.env.cr.sql_log_count
            uses = lines._uses()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts, [2, 2])
        self.assertEqual(uses[self._usage_lines(subs[0])[0].id][MAY].quantity, 5)

    def test_a_plan_without_usage_asks_nothing_of_it(self):
        sub = self._subscribe(self._plan("Flat"), "2026-05-01")
        sub._engine_lines()
        self.env.flush_all()
        with self.assertQueryCount(0):
            self.assertEqual(sub.line_ids._uses(), {})
