"""Changes of a contract by IFRS 15.20-21, and what somebody decided instead."""

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from .common_revenue_ifrs import IfrsCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-01-01")
class TestIfrsModification(IfrsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._policy("2020-02-01", method="month")
        cls.seats = cls._seats()

    @classmethod
    def _seats(cls, **charge):
        """10 a seat and month, for a year."""
        return cls._plan(
            "Seats",
            [
                {
                    "name": "Seat",
                    "charge_model": "per_unit",
                    "unit_price": 10.0,
                    "default_quantity": 10,
                    "product_id": cls._product("Seat").id,
                    **charge,
                }
            ],
            term_count=12,
            term_unit="month",
            renewal="automatic",
        )

    def _changed(self, sub, day="2026-07-01", **values):
        """Change the line of a subscription on a day and return its versions."""
        with freeze_time(day):
            line = sub.line_ids.sorted("id")[-1]
            sub.action_change("lines", {"lines": [{"line_id": line.id, **values}]})
            return self._contracts(sub, current=False)

    def test_more_of_the_same_at_its_price_is_a_separate_contract(self):
        sub = self._subscribe(self.seats, "2026-01-01")
        before, after = self._changed(sub, quantity=15)
        self.assertEqual((before.price, after.price), (1200, 1500))
        self.assertEqual(after.treatment, "separate")
        self.assertEqual(after.previous_id, before)
        self.assertFalse(before.is_current)
        months = self._ifrs(sub)
        self.assertEqual((months["2026-06"], months["2026-07"]), (100, 150))
        self.assertFalse(self._figures(sub, "modification"))

    def test_another_price_counts_from_then_on(self):
        sub = self._subscribe(self.seats, "2026-01-01")
        _before, after = self._changed(sub, price_unit=8.0)
        self.assertEqual((after.treatment, after.price), ("prospective", 1080))
        months = self._ifrs(sub)
        self.assertEqual((months["2026-06"], months["2026-07"]), (100, 80))

    def test_one_service_is_caught_up(self):
        """1,200 for a year, 1,080 since half of it was over: 90 a month from the
        beginning, so that 60 too much was earned by then."""
        sub = self._subscribe(self._seats(rr_obligation_timing="single"), "2026-01-01")
        _before, after = self._changed(sub, price_unit=8.0)
        self.assertEqual((after.treatment, after.price), ("catch_up", 1080))
        months = self._ifrs(sub)
        self.assertEqual((months["2026-06"], months["2026-08"]), (100, 90))
        self.assertEqual(months["2026-07"], 30)
        self.assertEqual(round(sum(months.values()), 2), 1080)

    def test_free_months_before_a_change(self):
        """Two free months were spread; what is left of them goes on to be."""
        plan = self._seats()
        sub = self._subscribe(plan, "2026-01-01")
        with freeze_time("2026-03-01"):
            sub.action_change(
                "lines",
                {"lines": [{"line_id": sub.line_ids.id, "discount": 50.0}]},
            )
        months = self._ifrs(sub)
        self.assertEqual((months["2026-02"], months["2026-03"]), (100, 50))

    def test_somebody_decides_otherwise(self):
        sub = self._subscribe(self.seats, "2026-01-01")
        _before, after = self._changed(sub, price_unit=8.0)
        change = after.change_id
        user = new_test_user(
            self.env, "clerk", "recurring_revenue.group_billing", context={}
        )
        with self.assertRaises(AccessError):
            change.with_user(user).action_set_modification("catch_up", "Because")
        with self.assertRefused("Say why"):
            change.action_set_modification("catch_up", " ")
        with freeze_time("2026-07-02"):
            change.action_set_modification("catch_up", "One project")
        [_old, after] = self._contracts(sub, current=False)
        self.assertEqual(
            (after.rule_treatment, after.treatment), ("prospective", "catch_up")
        )
        self.assertTrue(after.overridden)
        self.assertEqual(after.override_note, "One project")
        self.assertEqual(after.override_user_id, self.env.user)
        self.assertIn("One project", sub.message_ids[0].body)
        months = self._ifrs(sub)
        self.assertEqual((months["2026-07"], months["2026-08"]), (30, 90))
        self.assertEqual(
            self._figures(sub, "modification"),
            {"2026-07": -50} | {f"2026-{month:02}": 10 for month in range(8, 13)},
        )

    def test_upgrade(self):
        """Another plan takes the rest of the term: from then on."""
        sub = self._subscribe(self.seats, "2026-01-01")
        versions, months = self._upgraded(sub, renewal="automatic")
        self.assertEqual(versions[-1].treatment, "prospective")
        self.assertEqual(str(versions[-1].last_day), "2026-12-31")
        self.assertEqual((months["2026-06"], months["2026-07"]), (100, 160))

    def test_upgrade_that_commits_anew(self):
        """The new term is part of the contract that was modified."""
        sub = self._subscribe(self.seats, "2026-01-01")
        [before, after], months = self._upgraded(
            sub, term_count=24, renewal="automatic"
        )
        self.assertEqual(
            (str(before.last_day), str(after.last_day)), ("2026-12-31", "2028-06-30")
        )
        self.assertEqual((before.price, after.price), (1200, 600 + 24 * 160))
        self.assertEqual((months["2026-06"], months["2028-06"]), (100, 160))

    def _upgraded(self, sub, **version):
        version = {"term_count": 12, "term_unit": "month", **version}
        better = self._plan(
            "Better", [{"unit_price": 160.0, "name": "Better"}], **version
        )
        with freeze_time("2026-07-01"):
            sub.action_change("plan", {"plan_id": better.id}, when="now")
            return self._contracts(sub, current=False), self._ifrs(sub)

    def test_end_before_the_term_is_over(self):
        sub = self._subscribe(self.seats, "2026-01-01")
        with freeze_time("2026-06-15"):
            sub.action_cancel("date", "2026-06-30", credit=True)
            _before, after = self._contracts(sub, current=False)
            months = self._ifrs(sub)
        self.assertEqual((after.price, str(after.last_day)), (600, "2026-06-30"))
        self.assertEqual(set(months.values()), {100})
        self.assertEqual(max(months), "2026-06")

    def test_what_was_known_stays_known(self):
        """A change that is agreed after a closing adds rows from the day after it."""
        sub = self._subscribe(self.seats, "2026-01-01")
        self._bill("2026-01-01")
        self._measure()
        with freeze_time("2026-08-03"):
            self._close("2026-07")
            known = self._ifrs(sub, "2026-07-31")
            line = sub.line_ids
            sub.action_change(
                "lines",
                {"lines": [{"line_id": line.id, "price_unit": 8.0}]},
                date="2026-07-01",
            )
            self.assertEqual(self._ifrs(sub, "2026-07-31"), known)
            self.assertEqual(known["2026-07"], 100)
            months = self._ifrs(sub)
            self.assertEqual((months["2026-07"], months["2026-08"]), (80, 80))
            before, after = self._contracts(sub, current=False)
        self.assertEqual(str(after.known_on), "2026-08-03")
        self.assertEqual((before.price, after.price), (1200, 1080))
