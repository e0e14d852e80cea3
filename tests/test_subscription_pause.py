"""Paused and resumed: nothing billed twice, nothing lost, every day accounted for."""

from datetime import date

from odoo.tests import freeze_time, tagged

from .common_changes import ChangeCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestPause(ChangeCommon):
    def _advance(self, sub, day):
        with freeze_time(day):
            sub._advance_lifecycle(self.company, date.fromisoformat(day))

    def test_credited_and_resumed_by_itself(self):
        """16 April to 9 May: half of April back, 10 to 31 May charged."""
        sub = self._running(billed="2026-04-01")
        change = self._change(sub, "pause", {"until": "2026-05-10"})
        self.assertEqual((sub.state, change.amount_effect), ("paused", -15.0))
        self.assertEqual(change.monthly_effect, -30.0)
        self.assertEqual(sub.next_billing_date, date(2026, 4, 16))
        self._bill("2026-04-16")
        self.assertEqual(
            self._documents(sub), [("out_invoice", 30.0), ("out_refund", 15.0)]
        )
        self.assertEqual(sub.next_billing_date, date(2026, 5, 10))
        self.assertFalse(self._bill("2026-05-09").move_ids)
        self._advance(sub, "2026-05-09")
        self.assertEqual(sub.state, "paused")
        self._advance(sub, "2026-05-10")
        self.assertEqual(sub.state, "active")
        self._bill("2026-06-01")
        self.assertBilled(
            sub,
            [
                ("charge", "2026-04-01", "2026-04-30", 30.0),
                ("credit", "2026-04-16", "2026-04-30", -15.0),
                ("charge", "2026-05-10", "2026-05-31", 21.29),
                ("charge", "2026-06-01", "2026-06-30", 30.0),
            ],
        )
        types = sub.change_ids.sorted("id").mapped(lambda c: (c.type, c.state))
        self.assertEqual(types[1:], [("pause", "applied"), ("resume", "applied")])

    def test_shifted_the_paid_days_come_after(self):
        """Half of April is paid: it is served from 10 to 24 May, then a new month."""
        plan = self._plan_of_seats("Shift", 30.0, pause_billing="shift")
        sub = self._running(billed="2026-04-01", plan=plan)
        change = self._change(sub, "pause", {"until": "2026-05-10"})
        self.assertEqual(change.amount_effect, 0.0)
        self.assertEqual(sub.next_billing_date, date(2026, 5, 25))
        self._advance(sub, "2026-05-10")
        self._bill("2026-06-25")
        self.assertBilled(
            sub,
            [
                ("charge", "2026-04-01", "2026-04-30", 30.0),
                ("charge", "2026-05-25", "2026-06-24", 30.0),
                ("charge", "2026-06-25", "2026-07-24", 30.0),
            ],
        )

    def test_a_shifted_term_lasts_longer(self):
        plan = self._plan_of_seats(
            "Shift",
            30.0,
            pause_billing="shift",
            term_count=6,
            term_unit="month",
            renewal="none",
        )
        sub = self._running(billed="2026-04-01", plan=plan)
        self._change(sub, "pause", {"until": "2026-05-16"})
        self.assertEqual(sub.end_date, date(2026, 10, 31))
        self._advance(sub, "2026-05-16")
        self.assertEqual(sub.end_date, date(2026, 10, 31))
        self._bill("2026-12-01")
        self.assertEqual(sum(sub.billed_item_ids.mapped("amount")), 6 * 30.0)

    def test_open_ended_until_someone_resumes(self):
        sub = self._running(billed="2026-04-01")
        self._change(sub, "pause")
        self._bill("2026-04-16")
        self.assertFalse(sub.next_billing_date)
        with self.assertRefused("is paused already"):
            self._change(sub, "pause")
        with freeze_time("2026-07-01"):
            change = self._change(sub, "resume")
            self.assertEqual((sub.state, change.amount_effect), ("active", 30.0))
            self.assertDue(
                sub, "2026-07-01", [("charge", "2026-07-01", "2026-07-31", 30.0)]
            )
            with self.assertRefused("is not paused"):
                self._change(sub, "resume")

    def test_open_ended_and_shifted(self):
        plan = self._plan_of_seats("Shift", 30.0, pause_billing="shift")
        sub = self._running(billed="2026-04-01", plan=plan)
        self._change(sub, "pause")
        self.assertFalse(sub.next_billing_date)
        with freeze_time("2026-07-01"):
            self._change(sub, "resume")
        self.assertEqual(sub.next_billing_date, date(2026, 7, 16))

    def test_resumed_earlier_than_planned(self):
        sub = self._running(billed="2026-04-01")
        self._change(sub, "pause", {"until": "2026-06-01"})
        self._bill("2026-04-16")
        with freeze_time("2026-05-01"):
            self._change(sub, "resume")
            planned = sub.change_ids.filtered(lambda c: c.type == "resume")
            self.assertEqual(sorted(planned.mapped("state")), ["applied", "withdrawn"])
            self.assertDue(
                sub,
                "2026-06-01",
                [
                    ("charge", "2026-05-01", "2026-05-31", 30.0),
                    ("charge", "2026-06-01", "2026-06-30", 30.0),
                ],
            )
        self._advance(sub, "2026-06-01")
        self.assertEqual(sub.state, "active")

    def test_shifted_and_resumed_earlier(self):
        plan = self._plan_of_seats("Shift", 30.0, pause_billing="shift")
        sub = self._running(billed="2026-04-01", plan=plan)
        self._change(sub, "pause", {"until": "2026-06-01"})
        with freeze_time("2026-05-01"):
            self._change(sub, "resume")
        self.assertEqual(sub.next_billing_date, date(2026, 5, 16))

    def test_a_holding_fee(self):
        fee = self._product("Holding")
        plan = self._plan_of_seats(
            "Held", 30.0, pause_product_id=fee.id, pause_price=6.0
        )
        sub = self._running(billed="2026-04-01", plan=plan)
        change = self._change(sub, "pause", {"until": "2026-06-01"})
        self.assertEqual((change.amount_effect, change.monthly_effect), (-12.0, -24.0))
        self._advance(sub, "2026-05-01")
        self._bill("2026-06-01")
        self.assertBilled(
            sub,
            [
                ("charge", "2026-04-01", "2026-04-30", 30.0),
                ("credit", "2026-04-16", "2026-04-30", -15.0),
                ("charge", "2026-04-16", "2026-04-30", 3.0),
                ("charge", "2026-05-01", "2026-05-31", 6.0),
                ("charge", "2026-06-01", "2026-06-30", 30.0),
            ],
        )

    def test_the_longest_pause_of_the_plan(self):
        plan = self._plan_of_seats("Short", 30.0, pause_days_max=30)
        sub = self._running(billed="2026-04-01", plan=plan)
        with self.assertRefused("resume on 05/16/2026 at the latest"):
            self._change(sub, "pause", {"until": "2026-05-17"})
        self._change(sub, "pause")
        self.assertEqual(sub.line_ids[-1].start_date, date(2026, 5, 16))
        self._advance(sub, "2026-05-16")
        self.assertEqual(sub.state, "active")

    def test_longer_than_the_term_is_refused(self):
        plan = self._plan_of_seats(
            "Term", 30.0, term_count=6, term_unit="month", renewal="none"
        )
        sub = self._running(billed="2026-04-01", plan=plan)
        with self.assertRefused("before the pause would be over"):
            self._change(sub, "pause", {"until": "2026-10-01"})
        with self.assertRefused("ends after it starts"):
            self._change(sub, "pause", {"until": "2026-04-16"})

    def test_resuming_after_the_end_says_what_to_do(self):
        plan = self._plan_of_seats(
            "Term", 30.0, term_count=1, term_unit="month", renewal="none"
        )
        sub = self._running(billed="2026-04-01", plan=plan)
        self._change(sub, "pause")
        with freeze_time("2026-05-02"), self.assertRefused("while it was paused"):
            self._change(sub, "resume")
        self._bill("2026-04-16")
        self._advance(sub, "2026-05-02")
        self.assertEqual(sub.state, "closed")

    def test_twice_in_a_yearly_plan(self):
        """Each pause gives back its days; together never more than was paid."""
        plan = self._plan_of_seats("Year", 365.0, interval_unit="year")
        sub = self._running("2026-01-01", "2026-01-01", plan)
        self._change(sub, "pause", {"until": "2026-05-16"})
        self._bill("2026-04-16")
        self._advance(sub, "2026-05-16")
        self._bill("2026-05-16")
        with freeze_time("2026-06-01"):
            self._change(sub, "pause", {"until": "2026-07-01"})
            self._bill("2026-06-01")
        self._advance(sub, "2026-07-01")
        self._bill("2026-12-31")
        # 30 days in April and May, 30 in June
        self.assertEqual(sum(sub.billed_item_ids.mapped("amount")), 365.0 - 60.0)
        self.assertNothingLeft(sub, "2026-12-31")

    def test_scheduled_ahead_and_withdrawn(self):
        sub = self._running(billed="2026-04-01")
        change = self._change(
            sub, "pause", {"until": "2026-08-01"}, when="date", date="2026-06-01"
        )
        self.assertEqual((sub.state, change.state), ("active", "scheduled"))
        self.assertDue(
            sub, "2026-07-31", [("charge", "2026-05-01", "2026-05-31", 30.0)]
        )
        planned = sub.change_ids.filtered(lambda c: c.type == "resume")
        with self.assertRefused("belongs to a pause"):
            planned.action_withdraw()
        change.action_withdraw()
        self.assertEqual(planned.state, "withdrawn")
        self.assertDue(
            sub,
            "2026-06-30",
            [
                ("charge", "2026-05-01", "2026-05-31", 30.0),
                ("charge", "2026-06-01", "2026-06-30", 30.0),
            ],
        )

    def test_cancelled_while_paused(self):
        sub = self._running(billed="2026-04-01")
        self._change(sub, "pause", {"until": "2026-06-01"})
        self._bill("2026-04-16")
        sub._cancel(date(2026, 5, 1), credit=True)
        self.assertEqual(sub.state, "cancelling")
        sub.action_undo_cancel()
        self.assertEqual(sub.state, "paused")
        sub._cancel(date(2026, 5, 1), credit=True)
        self._advance(sub, "2026-05-01")
        self.assertEqual(sub.state, "closed")
        self._advance(sub, "2026-06-01")
        self.assertEqual(sub.state, "closed")
        self.assertFalse(self._bill("2026-07-01").move_ids)

    def test_the_state_and_the_next_billing_agree(self):
        """While it is paused the preview says what billing then does."""
        sub = self._running(billed="2026-04-01")
        self._change(sub, "pause", {"until": "2026-05-10"})
        expected = sub._expected(date(2026, 4, 16), date(2026, 6, 1))
        self.assertEqual(
            [(str(row.day), row.untaxed) for row in expected],
            [("2026-04-16", -15.0), ("2026-05-10", 21.29), ("2026-06-01", 30.0)],
        )
