"""Ending a subscription, and changing one's mind about the day or the money."""

from datetime import date

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from ..models.guard import applying
from .common_billing import BillingCommon


class CancellationCommon(BillingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reason = cls.env.ref("recurring_revenue.close_reason_price")

    def _cancel(self, sub, last_day, credit):
        sub.action_cancel("date", last_day, reason=self.reason, credit=credit)

    def _proposed(self, sub, day):
        """What billing at ``day`` would do: (kind, first day, amount)."""
        items = sub._difference(date.fromisoformat(day))[sub.id]
        return [(i.kind, str(i.part.start), float(i.amount)) for i in items]

    def _effects(self, sub):
        changes = sub.change_ids.sorted("id")
        return changes.filtered(lambda c: c.type == "cancel").mapped("amount_effect")


@tagged("post_install", "-at_install")
class TestChangedCancellation(CancellationCommon):
    """A second cancellation replaces the first one: its day and its money."""

    def setUp(self):
        super().setUp()
        clock = freeze_time("2026-01-05")
        clock.start()
        self.addCleanup(clock.stop)
        self.sub = self._subscribe(self._plan(), "2026-01-01")
        self._bill("2026-01-01")

    def test_moved_to_a_later_day(self):
        """10 January becomes 31 March: February and March are billed."""
        self._cancel(self.sub, "2026-01-10", credit=True)
        self._cancel(self.sub, "2026-03-31", credit=True)
        self.assertEqual(self.sub.end_date, date(2026, 4, 1))
        self.assertEqual(self.sub.line_ids.end_date, self.sub.end_date)
        self.assertEqual(self.sub.next_billing_date, date(2026, 2, 1))
        self.assertEqual(
            self._proposed(self.sub, "2026-06-01"),
            [("charge", "2026-02-01", 30.0), ("charge", "2026-03-01", 30.0)],
        )
        self.assertEqual(self._effects(self.sub), [-20.32, 20.32])

    def test_moved_to_a_later_day_after_the_credit_was_given(self):
        """The days from 11 January on were given back: they are charged again, also
        where billing has closed January since."""
        self._cancel(self.sub, "2026-01-10", credit=True)
        self._bill("2026-01-05")
        self._bill("2026-02-20")
        self._cancel(self.sub, "2026-03-31", credit=True)
        self._bill("2026-03-01")
        self.assertBilled(
            self.sub,
            [
                ("charge", "2026-01-01", "2026-01-31", 30.0),
                ("credit", "2026-01-11", "2026-01-31", -20.32),
                ("charge", "2026-01-11", "2026-01-31", 20.32),
                ("charge", "2026-02-01", "2026-02-28", 30.0),
                ("charge", "2026-03-01", "2026-03-31", 30.0),
            ],
        )
        self.assertNothingLeft(self.sub, "2026-06-01")

    def test_moved_to_an_earlier_day(self):
        self._cancel(self.sub, "2026-03-31", credit=True)
        self._cancel(self.sub, "2026-01-10", credit=True)
        self.assertEqual(self.sub.line_ids.end_date, date(2026, 1, 11))
        self.assertEqual(
            self._proposed(self.sub, "2026-06-01"), [("credit", "2026-01-11", -20.32)]
        )

    def test_changed_to_no_credit(self):
        self._cancel(self.sub, "2026-01-10", credit=True)
        self._cancel(self.sub, "2026-01-10", credit=False)
        self.assertEqual(self._proposed(self.sub, "2026-01-11"), [])
        self.assertEqual(self._effects(self.sub), [-20.32, 20.32])

    def test_changed_to_credit(self):
        self._cancel(self.sub, "2026-01-10", credit=False)
        self._cancel(self.sub, "2026-01-10", credit=True)
        self.assertEqual(
            self._proposed(self.sub, "2026-01-11"), [("credit", "2026-01-11", -20.32)]
        )
        self.assertEqual(self._effects(self.sub), [0.0, -20.32])

    def test_no_credit_does_not_take_back_what_was_given(self):
        """What was credited already is not billed any more, so it does not stay."""
        self._cancel(self.sub, "2026-01-10", credit=True)
        self._bill("2026-01-05")
        self._cancel(self.sub, "2026-01-10", credit=False)
        self.assertEqual(self._proposed(self.sub, "2026-06-01"), [])

    def test_undone_as_a_whole(self):
        for last_day, credit in (
            ("2026-01-10", True),
            ("2026-03-31", False),
            ("2026-02-10", False),
        ):
            self._cancel(self.sub, last_day, credit=credit)
        self.sub.action_undo_cancel()
        self.assertEqual(self.sub.state, "active")
        self.assertFalse(self.sub.end_date)
        self.assertFalse(self.sub.line_ids.end_date or self.sub.line_ids.bill_until)
        self.assertEqual(
            self._proposed(self.sub, "2026-03-01"),
            [("charge", "2026-02-01", 30.0), ("charge", "2026-03-01", 30.0)],
        )
        self._cancel(self.sub, "2026-02-10", credit=True)
        self.assertEqual(self.sub.line_ids.end_date, date(2026, 2, 11))

    def test_cancelled_again_after_a_new_start(self):
        """What was cancelled before the subscription was filled anew is forgotten."""
        sub = self._subscribe(self._plan(), "2026-01-01")
        self._cancel(sub, "2025-12-31", credit=True)
        sub._set_state(("cancelling",), "closed")
        sub._back_to_draft({"start_date": "2026-01-01"})
        sub._add_plan_lines()
        sub.action_activate()
        self._cancel(sub, "2026-02-10", credit=True)
        self.assertEqual(sub.line_ids.end_date, date(2026, 2, 11))
        sub.action_undo_cancel()
        self.assertFalse(sub.end_date or sub.line_ids.end_date)


@tagged("post_install", "-at_install")
@freeze_time("2026-01-20")
class TestCancelledBeyondTheTerm(CancellationCommon):
    """A term that does not renew by itself is the end that was agreed."""

    def _with_term(self, renewal="manual", **version):
        plan = self._plan(term_count=1, term_unit="month", renewal=renewal, **version)
        return self._subscribe(plan, "2026-01-01")

    def test_a_later_day_needs_a_renewal(self):
        for renewal in ("none", "manual"):
            sub = self._with_term(renewal)
            with self.subTest(renewal), self.assertRefused("Renew it first"):
                self._cancel(sub, "2026-02-28", credit=True)
        sub.action_renew()
        self._cancel(sub, "2026-02-20", credit=True)
        self.assertEqual(sub.line_ids.end_date, date(2026, 2, 21))

    def test_also_when_cancelled_already(self):
        sub = self._with_term()
        self._cancel(sub, "2026-01-25", credit=True)
        with self.assertRefused("Renew it first"):
            self._cancel(sub, "2026-02-28", credit=True)
        self._cancel(sub, "2026-01-31", credit=True)
        self.assertEqual(sub.line_ids.end_date, date(2026, 2, 1))
        sub.action_undo_cancel()
        self.assertEqual(sub.end_date, date(2026, 2, 1))
        self.assertEqual(sub.line_ids.end_date, date(2026, 2, 1))

    def test_the_wizard_says_so_before(self):
        sub = self._with_term()
        wizard = self.env["recurring.cancel.wizard"].create(
            {
                "subscription_id": sub.id,
                "reason_id": self.reason.id,
                "when": "date",
                "last_day": "2026-02-28",
            }
        )
        self.assertIn("Renew it first", wizard.preview)
        with self.assertRaises(UserError):
            wizard.action_confirm()

    def test_the_period_ends_with_the_term_at_the_latest(self):
        """Weeks of Thursdays: the one of 29 January is cut short by the term."""
        sub = self._with_term(interval_unit="week")
        with freeze_time("2026-01-30"):
            sub.action_cancel("period_end", reason=self.reason)
        self.assertEqual(sub.end_date, date(2026, 2, 1))

    def test_today_after_the_term_is_the_end_of_the_term(self):
        sub = self._with_term()
        with freeze_time("2026-02-10"):
            sub.action_cancel("now", reason=self.reason)
        self.assertEqual(sub.end_date, date(2026, 2, 1))

    def test_a_line_that_ends_on_a_day_of_its_own_keeps_it(self):
        plan = self._plan(charges=[{"unit_price": 30.0}, {"unit_price": 5.0}])
        lines = [{}, {"last_day": "2026-02-10"}]
        sub = self._subscribe(plan, "2026-01-01", lines=lines)
        own = sub.line_ids[1]
        self._cancel(sub, "2026-02-05", credit=True)
        self.assertEqual(own.end_date, date(2026, 2, 6))
        self._cancel(sub, "2026-03-31", credit=True)
        self.assertEqual(own.end_date, date(2026, 2, 11))
        self.assertEqual(sub.line_ids[0].end_date, date(2026, 4, 1))


@tagged("post_install", "-at_install")
class TestAtTermEnd(CancellationCommon):
    def test_a_start_in_the_past_ends_with_the_running_term(self):
        """From 2024 by the year: on 20 November 2026 the term ends with 2026."""
        plan = self._plan(term_count=1, term_unit="year", renewal="automatic")
        with freeze_time("2026-11-20"):
            sub = self._subscribe(plan, "2024-01-01")
            self.assertEqual(sub.term_start, date(2026, 1, 1))
            self.assertEqual(sub.term_last_day, date(2026, 12, 31))
            self._bill("2026-11-20")
            sub.action_cancel("term_end", reason=self.reason, credit=True)
        self.assertEqual(sub.end_date, date(2027, 1, 1))
        self.assertEqual(
            self._proposed(sub, "2027-03-01"), [("charge", "2026-12-01", 30.0)]
        )

    def test_a_term_whose_renewal_nobody_has_written_down_yet(self):
        plan = self._plan(term_count=1, term_unit="month", renewal="automatic")
        with freeze_time("2026-01-31"):
            sub = self._subscribe(plan, "2026-01-31")
            self.assertEqual(sub.term_end, date(2026, 2, 28))
        with freeze_time("2026-04-10"):
            sub.action_cancel("term_end", reason=self.reason)
        self.assertEqual(sub.end_date, date(2026, 4, 30), "counted from the start")


@tagged("post_install", "-at_install")
class TestWithoutCredit(CancellationCommon):
    """What is billed of the period in which the service ends stays paid, no more."""

    def test_a_period_billed_ahead_is_given_back(self):
        """Ten days ahead, on 25 January: February is billed but never begins."""
        with freeze_time("2026-01-25"):
            sub = self._subscribe(self._plan(days_ahead=10), "2026-01-01")
            self._bill("2026-01-25")
            sub.action_cancel("period_end", reason=self.reason, credit=False)
            self.assertEqual(sub.last_day, date(2026, 1, 31))
            self.assertEqual(sub.change_ids.sorted("id")[-1].amount_effect, -30.0)
            self._bill("2026-01-25")
        self.assertBilled(
            sub,
            [
                ("charge", "2026-01-01", "2026-01-31", 30.0),
                ("charge", "2026-02-01", "2026-02-28", 30.0),
                ("credit", "2026-02-01", "2026-02-28", -30.0),
            ],
        )
        self.assertNothingLeft(sub, "2026-06-01")

    def test_the_period_of_the_last_day_stays_paid(self):
        """The same on 20 January for that day: January stays, February goes back."""
        with freeze_time("2026-01-25"):
            sub = self._subscribe(self._plan(days_ahead=10), "2026-01-01")
            self._bill("2026-01-25")
            self._cancel(sub, "2026-01-20", credit=False)
        self.assertEqual(sub.line_ids.end_date, date(2026, 1, 21))
        self.assertEqual(sub.line_ids.bill_until, date(2026, 2, 1))
        self.assertEqual(
            self._proposed(sub, "2026-06-01"), [("credit", "2026-02-01", -30.0)]
        )

    def test_a_day_in_a_past_that_is_closed(self):
        """On 20 March for 10 January: January stays, February and March go back."""
        with freeze_time("2026-03-20"):
            sub = self._subscribe(self._plan(), "2026-01-01")
            self._bill("2026-03-20")
            self._cancel(sub, "2026-01-10", credit=False)
        self.assertEqual(
            self._proposed(sub, "2026-06-01"),
            [("credit", "2026-02-01", -30.0), ("credit", "2026-03-01", -30.0)],
        )

    def test_a_term_that_was_billed_beyond(self):
        """Imported as billed to the end of February, on a term that ends with January:
        with credit February goes back, without it too, as it never begins."""
        plan = self._plan(days_ahead=31, term_count=1, term_unit="month")
        for credit in (True, False):
            with self.subTest(credit=credit), freeze_time("2026-01-20"):
                sub = self._subscribe(plan, "2026-01-01", renewal="manual")
                applying(sub.line_ids).bill_until = date(2026, 3, 1)
                self._bill("2026-01-20")
                sub.action_cancel("term_end", reason=self.reason, credit=credit)
                self.assertEqual(
                    self._proposed(sub, "2026-06-01"), [("credit", "2026-02-01", -30.0)]
                )
                sub.action_undo_cancel()
                self.assertEqual(sub.line_ids.end_date, date(2026, 2, 1))
                self.assertEqual(sub.line_ids.bill_until, date(2026, 3, 1))
                self.assertEqual(self._proposed(sub, "2026-06-01"), [])

    def test_a_service_that_never_began(self):
        with freeze_time("2026-01-25"):
            sub = self._subscribe(self._plan(days_ahead=10), "2026-02-01")
            self._bill("2026-01-25")
            self._cancel(sub, "2026-01-31", credit=False)
        self.assertEqual(
            self._proposed(sub, "2026-06-01"), [("credit", "2026-02-01", -30.0)]
        )
