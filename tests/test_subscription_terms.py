"""Terms: what a renewal bills, and that one bad record stops nobody else's."""

from datetime import date
from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from ..models.guard import applying
from .common_billing import BillingCommon

LOGGER = "odoo.addons.recurring_revenue.models.subscription.subscription_terms"


@tagged("post_install", "-at_install")
@freeze_time("2026-01-20")
class TestRenewalByHand(BillingCommon):
    def _renewed(self, billed, **version):
        """A term of January, billed up to ``billed`` and renewed on 20 January."""
        plan = self._plan(term_count=1, term_unit="month", renewal="manual", **version)
        sub = self._subscribe(plan, "2026-01-01")
        self._bill(billed)
        sub.action_renew()
        return sub

    def test_weeks_that_the_old_term_cut_short(self):
        """Billed to 20 February: the week of 29 January goes on past the old end."""
        sub = self._renewed("2026-02-20", interval_unit="week")
        items = sub._difference(date(2026, 2, 20))[sub.id]
        self.assertEqual(
            [(str(i.part.start), str(i.part.last_day)) for i in items],
            [
                ("2026-02-01", "2026-02-04"),
                ("2026-02-05", "2026-02-11"),
                ("2026-02-12", "2026-02-18"),
                ("2026-02-19", "2026-02-25"),
            ],
        )
        self.assertEqual(sub.next_billing_date, date(2026, 1, 29))

    def test_months_after_the_old_term(self):
        sub = self._renewed("2026-03-31")
        self.assertEqual(sub.next_billing_date, date(2026, 2, 1))
        self._bill("2026-03-31")
        self.assertBilled(
            sub,
            [
                ("charge", "2026-01-01", "2026-01-31", 30.0),
                ("charge", "2026-02-01", "2026-02-28", 30.0),
            ],
        )

    def test_what_was_billed_beyond_the_old_term_belongs_to_the_new(self):
        """Imported as billed to 15 February: only from there on is there more to bill,
        and the line goes on past that day."""
        plan = self._plan(term_count=2, term_unit="month", renewal="manual")
        sub = self._subscribe(plan, "2025-12-01")
        line = applying(sub.line_ids)
        line.bill_until = date(2026, 2, 15)
        self._bill("2026-02-01")
        sub.action_renew()
        self.assertFalse(line.bill_until)
        self.assertEqual(line.end_date, date(2026, 4, 1))
        items = sub._difference(date(2026, 3, 1))[sub.id]
        self.assertEqual(
            [(str(i.part.start), float(i.amount)) for i in items],
            [("2026-02-15", 15.0), ("2026-03-01", 30.0)],
        )

    def test_the_history_says_what_it_costs(self):
        with freeze_time("2026-02-10"):
            sub = self._renewed("2026-02-10")
            self.assertEqual(sub.change_ids.sorted("id")[-1].type, "renew")
            self.assertEqual(sub.change_ids.sorted("id")[-1].amount_effect, 30.0)

    def test_a_plan_without_a_term_has_nothing_to_renew(self):
        """A last day that came with an import, on a plan that runs until cancelled."""
        sub = self._subscribe(self._plan(), "2026-01-01")
        applying(sub).term_end = "2026-02-01"
        with self.assertRefused("has no term"):
            sub.action_renew()


@tagged("post_install", "-at_install")
@freeze_time("2026-01-20")
class TestRenewalByItself(BillingCommon):
    def _month_by_month(self, start, **values):
        plan = self._plan(term_count=1, term_unit="month", renewal="automatic")
        return self._subscribe(plan, start, **values)

    def test_a_start_in_the_past_stands_in_the_running_term(self):
        sub = self._month_by_month("2025-10-31")
        self.assertEqual(sub.term_start, date(2025, 12, 31))
        self.assertEqual(sub.term_end, date(2026, 1, 31))

    def test_by_hand_the_first_term_is_the_first(self):
        sub = self._month_by_month("2025-10-31", renewal="manual")
        self.assertEqual(sub.term_start, date(2025, 10, 31))
        self.assertEqual(sub.term_end, date(2025, 11, 30))

    def test_several_terms_at_once(self):
        sub = self._month_by_month("2026-01-20")
        sub._advance_lifecycle(self.company, date(2026, 5, 3))
        self.assertEqual(sub.term_start, date(2026, 4, 20))
        self.assertEqual(sub.term_end, date(2026, 5, 20))
        renewals = sub.change_ids.filtered(lambda change: change.type == "renew")
        self.assertEqual(renewals.mapped("effective_date"), [date(2026, 2, 20)])

    def test_a_term_off_the_grid_goes_on_from_its_end(self):
        sub = self._month_by_month("2026-01-20")
        self.assertEqual(sub._next_term_end(date(2026, 3, 20)), date(2026, 4, 20))
        self.assertEqual(sub._next_term_end(date(2026, 3, 5)), date(2026, 4, 5))


@tagged("post_install", "-at_install")
@freeze_time("2026-01-20")
class TestOneBadRecord(BillingCommon):
    """Law 6: what fails is left as it was; the others are renewed, asked, closed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        term = {"term_count": 1, "term_unit": "month"}
        cls.by_itself = cls._plan("Auto", renewal="automatic", **term)
        cls.by_hand = cls._plan("Hand", renewal="manual", **term)
        cls.fixed = cls._plan("Fixed", renewal="none", **term)

    def _advance(self, day, method, bad):
        """Move everything to ``day``; ``method`` fails for ``bad`` after its work."""
        subscriptions = self.env.registry["recurring.subscription"]
        original = getattr(subscriptions, method)

        def failing(sub, *args, **kwargs):
            result = original(sub, *args, **kwargs)
            if sub == bad:
                raise ValueError("boom")
            return result

        with (
            patch.object(subscriptions, method, failing),
            self.assertLogs(LOGGER, "ERROR") as log,
        ):
            bad._advance_lifecycle(self.company, date.fromisoformat(day))
        self.assertIn(f"subscription {bad.id} failed", log.output[0])
        self.assertEqual(len(log.output), 1)

    def test_renewals_go_on(self):
        bad, good = (self._subscribe(self.by_itself, "2026-01-01") for _n in "ab")
        self._advance("2026-02-10", "_record_change", bad)
        self.assertEqual(bad.term_end, date(2026, 2, 1))
        self.assertEqual(bad.change_ids.mapped("type"), ["start"])
        self.assertEqual((bad.health, good.health), ("problem", "fine"))
        self.assertIn("boom", bad.problem_message)
        shown = self.env["recurring.today"].get_today()["sections"]
        [failed] = [section for section in shown if section["id"] == "daily"]
        self.assertEqual(failed["count"], 1)
        self.assertEqual(good.term_end, date(2026, 3, 1))

    def test_reminders_and_closings_go_on(self):
        bad, good = (self._subscribe(self.by_hand, "2026-01-15") for _n in "ab")
        ending = self._subscribe(self.fixed, "2025-12-20")
        self._bill("2026-01-20")
        self._advance("2026-01-25", "activity_schedule", bad)
        self.assertFalse(bad.activity_ids)
        self.assertTrue(good.activity_ids)
        self.assertEqual(ending.state, "closed")

    def test_closings_go_on(self):
        bad, good = (self._subscribe(self.fixed, "2025-12-20") for _n in "ab")
        self._bill("2026-01-20")
        self._advance("2026-01-25", "_set_state", bad)
        self.assertEqual((bad.state, good.state), ("active", "closed"))
        bad._advance_lifecycle(self.company, date(2026, 1, 26))
        self.assertEqual(bad.state, "closed", "the next day tries again")
        self.assertEqual(bad.health, "fine")
        self.assertFalse(bad.problem_date)
