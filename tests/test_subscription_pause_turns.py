"""What meets a pause: phases, terms, another day of resuming, an end, other changes."""

from datetime import date

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from .common_changes import ChangeCommon


class PauseCommon(ChangeCommon):
    def _day_comes(self, sub, day):
        with freeze_time(day):
            sub._advance_lifecycle(self.company, self._day(day))
            self._bill(day)

    def assertRuns(self, sub, rows):
        """The recurring lines with days: (first day, last day, quantity, price)."""
        lines = sub.line_ids.filtered(lambda line: line._has_service())
        self.assertEqual(
            [
                (
                    str(line.start_date),
                    str(line.last_day or ""),
                    line.quantity,
                    line.price_unit,
                )
                for line in lines.sorted(lambda line: (line.start_date, line.id))
            ],
            rows,
        )

    def assertTurns(self, sub, rows):
        changes = sub.change_ids.filtered(lambda change: change.type != "start")
        self.assertEqual(
            [
                (change.type, change.state, str(change.effective_date))
                for change in changes.sorted("id")
            ],
            rows,
        )


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestShiftedPause(PauseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shift = cls._plan_of_seats("Shift", 30.0, pause_billing="shift")
        cls.term = {"term_count": 1, "term_unit": "year", "renewal": "none"}
        cls.year = cls._plan_of_seats(
            "Year", 360.0, interval_unit="year", pause_billing="shift", **cls.term
        )

    def test_phases_follow_the_new_billing_day(self):
        """Three months at 10.00: the first is paid, two are to come, on the 25th."""
        phases = [Command.create({"sequence": 0, "periods": 3, "price": 10.0})]
        plan = self._plan(
            "Ramp",
            [{"unit_price": 30.0, "phase_ids": phases}],
            pause_billing="shift",
        )
        sub = self._running(billed="2026-04-01", plan=plan)
        self._change(sub, "pause", {"until": "2026-05-10"})
        self._day_comes(sub, "2026-05-10")
        self._bill("2026-08-25")
        self.assertBilled(
            sub,
            [
                ("charge", "2026-04-01", "2026-04-30", 10.0),
                ("charge", "2026-05-25", "2026-06-24", 10.0),
                ("charge", "2026-06-25", "2026-07-24", 10.0),
                ("charge", "2026-07-25", "2026-08-24", 30.0),
                ("charge", "2026-08-25", "2026-09-24", 30.0),
            ],
        )

    def test_phases_of_a_pause_that_ends_earlier_than_planned(self):
        phases = [Command.create({"sequence": 0, "periods": 3, "price": 10.0})]
        plan = self._plan(
            "Ramp",
            [{"unit_price": 30.0, "phase_ids": phases}],
            pause_billing="shift",
        )
        sub = self._running(billed="2026-04-01", plan=plan)
        self._change(sub, "pause", {"until": "2026-06-10"})
        with freeze_time("2026-05-10"):
            self._change(sub, "resume")
        self._bill("2026-07-25")
        self.assertBilled(
            sub,
            [
                ("charge", "2026-04-01", "2026-04-30", 10.0),
                ("charge", "2026-05-25", "2026-06-24", 10.0),
                ("charge", "2026-06-25", "2026-07-24", 10.0),
                ("charge", "2026-07-25", "2026-08-24", 30.0),
            ],
        )

    def test_what_changed_meanwhile_stands_when_it_ends_earlier(self):
        sub = self._running(billed="2026-04-01", plan=self.shift)
        self._change(sub, "pause", {"until": "2026-06-10"})
        line = sub.line_ids.filtered(lambda line: line.start_date == date(2026, 6, 10))
        self._quantity(sub, 3, line=line, when="date", date="2026-06-10")
        with freeze_time("2026-05-10"):
            self._change(sub, "resume")
        self._bill("2026-05-25")
        self.assertBilled(
            sub,
            [
                ("charge", "2026-04-01", "2026-04-30", 30.0),
                ("charge", "2026-05-25", "2026-06-24", 90.0),
            ],
        )

    def test_longer_than_the_term(self):
        """What is paid is served after it: 350 days from 1 May 2027."""
        sub = self._running(billed="2026-04-01", plan=self.year)
        self._change(sub, "pause", {"until": "2027-05-01"})
        self.assertEqual(sub.end_date, date(2028, 4, 15))
        self._day_comes(sub, "2027-04-02")
        self.assertEqual(sub.state, "paused")
        self._day_comes(sub, "2027-05-01")
        self.assertEqual(
            (sub.state, sub.end_date, sub.term_end),
            ("active", date(2028, 4, 15), date(2028, 4, 15)),
        )
        self._day_comes(sub, "2028-04-15")
        self.assertEqual(sub.state, "closed")
        self.assertBilled(sub, [("charge", "2026-04-01", "2027-03-31", 360.0)])

    def test_open_ended_beyond_the_term(self):
        sub = self._running(billed="2026-04-01", plan=self.year)
        self._change(sub, "pause")
        self.assertFalse(sub.end_date)
        self._day_comes(sub, "2027-04-02")
        self.assertEqual(sub.state, "paused")
        with freeze_time("2027-05-01"):
            self._change(sub, "resume")
        self.assertEqual(sub.end_date, date(2028, 4, 15))
        self.assertEqual(max(sub.line_ids.mapped("end_date")), date(2028, 4, 15))
        self.assertNothingLeft(sub, "2028-04-14")

    def test_only_a_billing_officer_has_paid_days_credited(self):
        seller = new_test_user(self.env, "seller", "recurring_revenue.group_user")
        sub = self._running(billed="2026-04-01", plan=self.shift, user_id=seller.id)
        asked = {"until": "2026-05-10", "billing": "credit"}
        with self.assertRaises(AccessError):
            sub.with_user(seller).action_change("pause", asked)
        officer = new_test_user(self.env, "bill", "recurring_revenue.group_billing")
        change = self._change(sub.with_user(officer), "pause", asked)
        self.assertEqual(change.amount_effect, -15.0)


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestPauseTurns(PauseCommon):
    def setUp(self):
        super().setUp()
        self.sub = self._running(billed="2026-04-01")

    def _pause(self, until="2026-06-01", **options):
        values = {"until": until} if until else {}
        return self._change(self.sub, "pause", values, **options)

    def _held(self, **version):
        fee = self._product("Holding")
        return self._plan_of_seats(
            "Held", 30.0, pause_product_id=fee.id, pause_price=6.0, **version
        )

    def test_over_before_it_was_entered(self):
        """The state, the lines and the history agree at once."""
        self._pause("2026-04-10", when="date", date="2026-04-05")
        self.assertEqual(self.sub.state, "active")
        self.assertTurns(
            self.sub,
            [
                ("pause", "applied", "2026-04-05"),
                ("resume", "applied", "2026-04-10"),
            ],
        )
        self.assertDue(
            self.sub,
            "2026-04-16",
            [
                ("credit", "2026-04-05", "2026-04-30", -26.0),
                ("charge", "2026-04-10", "2026-04-30", 21.0),
            ],
        )

    def test_not_resumed_before_it_was_paused(self):
        self._pause()
        with self.assertRefused("is paused from 04/16/2026 on"):
            self._change(self.sub, "resume", when="date", date="2026-04-10")

    def test_resumed_another_day_than_asked_before(self):
        self._pause()
        with freeze_time("2026-04-20"):
            self._change(self.sub, "resume", when="date", date="2026-05-10")
            self._change(self.sub, "resume")
        self.assertEqual(self.sub.state, "active")
        self.assertRuns(
            self.sub,
            [
                ("2026-04-01", "2026-04-15", 1.0, 30.0),
                ("2026-04-20", "", 1.0, 30.0),
            ],
        )
        self.assertTurns(
            self.sub,
            [
                ("pause", "applied", "2026-04-16"),
                ("resume", "withdrawn", "2026-06-01"),
                ("resume", "withdrawn", "2026-05-10"),
                ("resume", "applied", "2026-04-20"),
            ],
        )

    def test_another_day_withdrawn_the_first_one_holds_again(self):
        self._pause()
        with freeze_time("2026-04-20"):
            asked = self._change(self.sub, "resume", when="date", date="2026-05-10")
            asked.action_withdraw()
        self._day_comes(self.sub, "2026-05-10")
        self.assertEqual(self.sub.state, "paused")
        self._day_comes(self.sub, "2026-06-01")
        self.assertEqual(self.sub.state, "active")
        self.assertRuns(
            self.sub,
            [
                ("2026-04-01", "2026-04-15", 1.0, 30.0),
                ("2026-06-01", "", 1.0, 30.0),
            ],
        )

    def test_resumed_later_than_planned(self):
        """Nothing but the holding fee is billed until then."""
        sub = self.sub = self._running(billed="2026-04-01", plan=self._held())
        self._pause("2026-05-01")
        with freeze_time("2026-04-20"):
            self._change(sub, "resume", when="date", date="2026-06-01")
        self._day_comes(sub, "2026-05-01")
        self.assertEqual(sub.state, "paused")
        self._day_comes(sub, "2026-06-01")
        self.assertEqual(sub.state, "active")
        self.assertBilled(
            sub,
            [
                ("charge", "2026-04-01", "2026-04-30", 30.0),
                ("charge", "2026-04-16", "2026-04-30", 3.0),
                ("charge", "2026-05-01", "2026-05-31", 6.0),
                ("credit", "2026-04-16", "2026-04-30", -15.0),
                ("charge", "2026-06-01", "2026-06-30", 30.0),
            ],
        )

    def test_not_resumed_later_than_the_plan_allows(self):
        plan = self._plan_of_seats("Short", 30.0, pause_days_max=30)
        sub = self.sub = self._running(billed="2026-04-01", plan=plan)
        self._pause("2026-05-01")
        with self.assertRefused("resume on 05/16/2026 at the latest"):
            self._change(sub, "resume", when="date", date="2026-05-17")

    def test_what_is_scheduled_within_it_stands_when_it_ends_earlier(self):
        self._quantity(self.sub, 5, when="date", date="2026-05-15")
        self._pause()
        with freeze_time("2026-05-01"):
            self._change(self.sub, "resume")
        self.assertRuns(
            self.sub,
            [
                ("2026-04-01", "2026-04-15", 1.0, 30.0),
                ("2026-05-01", "2026-05-14", 1.0, 30.0),
                ("2026-05-15", "", 5.0, 30.0),
            ],
        )

    def test_days_that_were_free_stay_free(self):
        """Billed again from 20 May, paused from 2 to 9 May: nothing before the 20th."""
        self._change(self.sub, "postpone", {"until": "2026-05-20"})
        self._day_comes(self.sub, "2026-05-01")
        with freeze_time("2026-05-02"):
            self._pause("2026-05-10")
        self.assertDue(
            self.sub, "2026-05-31", [("charge", "2026-05-20", "2026-06-19", 30.0)]
        )

    def test_resumed_while_it_is_cancelled(self):
        """The cancellation stands; once withdrawn, the service runs as it is billed."""
        self._pause()
        self.sub._cancel(date(2026, 9, 1), credit=True)
        self._day_comes(self.sub, "2026-06-01")
        self.assertEqual(self.sub.state, "cancelling")
        with freeze_time("2026-06-15"):
            self.sub.action_undo_cancel()
        self.assertEqual(self.sub.state, "active")

    def test_paused_while_it_is_cancelled(self):
        self._pause("2026-08-01", when="date", date="2026-06-01")
        self.sub._cancel(date(2026, 9, 1), credit=True)
        self._day_comes(self.sub, "2026-06-01")
        self.assertEqual(self.sub.state, "cancelling")
        with freeze_time("2026-06-15"):
            self.sub.action_undo_cancel()
        self.assertEqual((self.sub.state, self.sub.end_date), ("paused", False))
        self._day_comes(self.sub, "2026-08-01")
        self.assertEqual(self.sub.state, "active")

    def test_closed_while_paused_and_reactivated(self):
        """The service comes back, not its holding fee."""
        for plan in (self.pro, self._held()):
            sub = self.sub = self._running(billed="2026-04-01", plan=plan)
            self._pause()
            sub._cancel(date(2026, 5, 1), credit=True)
            self._bill("2026-04-16")
            self._day_comes(sub, "2026-05-01")
            self.assertEqual(sub.state, "closed")
            with freeze_time("2026-06-01"):
                self._change(sub, "reactivate")
                self.assertEqual((sub.state, sub.recurring_amount), ("active", 30.0))
                sub._cancel(date(2026, 7, 1), credit=True)
                sub.action_undo_cancel()
                self.assertEqual(sub.state, "active")

    def test_nothing_changes_beside_a_holding_fee(self):
        """Another plan, or an add-on, would run while the service is paused."""
        sub = self.sub = self._running(billed="2026-04-01", plan=self._held())
        self._pause()
        with freeze_time("2026-04-20"):
            with self.assertRefused("no service on that day: resume it first"):
                self._change(sub, "plan", {"plan_id": self.pro.id}, when="now")
            charge = sub.plan_version_id.charge_ids[1]
            with self.assertRefused("no service on that day: resume it first"):
                self._change(sub, "addon_add", {"charge_id": charge.id})
            with self.assertRefused("no service on that day: resume it first"):
                self._change(sub, "anchor", {"day": 10})
        self._change(
            sub, "plan", {"plan_id": self.pro.id}, when="date", date="2026-07-01"
        )
        self._day_comes(sub, "2026-06-01")
        self._day_comes(sub, "2026-07-01")
        self.assertEqual((sub.state, sub.plan_id), ("active", self.pro))

    def test_a_holding_fee_in_another_currency(self):
        self.env["res.currency.rate"].create(
            {
                "currency_id": self.dollar.id,
                "name": "2026-01-01",
                "rate": 2.0,
                "company_id": self.company.id,
            }
        )
        dollars = self.env["product.pricelist"].create(
            {"name": "USD", "currency_id": self.dollar.id}
        )
        sub = self.sub = self._running(plan=self._held(), pricelist_id=dollars.id)
        self._pause()
        self.assertRuns(
            sub,
            [
                ("2026-04-01", "2026-04-15", 1.0, 60.0),
                ("2026-04-16", "2026-05-31", 1.0, 12.0),
                ("2026-06-01", "", 1.0, 60.0),
            ],
        )

    def test_not_before_another_pause(self):
        sub = self.sub
        self._pause("2026-04-20")
        self._day_comes(sub, "2026-04-20")
        with (
            freeze_time("2026-05-01"),
            self.assertRefused("choose that day or a later"),
        ):
            self._pause("2026-05-25", when="date", date="2026-04-10")
