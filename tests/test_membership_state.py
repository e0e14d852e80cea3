"""Where members stand: the query says what the engine says."""

from datetime import date, timedelta
from random import Random

from odoo.tests import freeze_time, tagged

from ..engine.membership import Facts, state_on
from ..engine.period import Period
from ..models.guard import applying
from .common_membership import MembershipCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-01")
class TestMembershipState(MembershipCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.year = cls._membership_plan(
            "Year", [{"unit_price": 100.0}], alignment="calendar"
        )

    def _paid(self, member, *days):
        for day in days:
            dues = member._call_dues(date.fromisoformat(day))
            with freeze_time(day):
                dues.action_call()
                dues.line_ids._mark_paid(date.fromisoformat(day))

    def _state(self, member, day):
        return member.with_context(membership_day=day).state

    def test_paid_two_years_and_not_the_third(self):
        member = self._member("Jean", "2024-01-01", self.year)
        self._paid(member, "2024-01-01", "2024-12-20")
        for day, state in (
            ("2023-12-31", "pending"),
            ("2024-01-01", "up_to_date"),
            ("2025-12-31", "up_to_date"),
            ("2026-01-01", "grace"),
            ("2026-01-30", "grace"),
            ("2026-01-31", "lapsed"),
        ):
            self.assertEqual(self._state(member, day), state, day)
        self.assertEqual(str(member.covered_until), "2025-12-31")

    def test_paid_after_the_assembly(self):
        member = self._member("Jean", "2026-01-01", self.year)
        with freeze_time("2026-01-02"):
            dues = member._call_dues(date(2026, 1, 2))
            dues.action_call()
        dues.line_ids._mark_paid(date(2026, 2, 10))
        self.assertEqual(self._state(member, "2026-02-09"), "awaiting")
        self.assertEqual(self._state(member, "2026-02-10"), "up_to_date")
        dues.line_ids._mark_unpaid()
        self.assertEqual(self._state(member, "2026-03-01"), "awaiting")

    def test_counts_when_it_is_called(self):
        plan = self._membership_plan(
            "Call", [{"unit_price": 9.0}], alignment="calendar", rr_counts_from="call"
        )
        member = self._member("Jean", "2026-03-01", plan)
        member._call_dues(date(2026, 3, 1)).action_call()
        self.assertEqual(member.state, "up_to_date")

    def test_counts_when_the_board_accepts(self):
        plan = self._membership_plan(
            "Board",
            [{"unit_price": 9.0}],
            alignment="calendar",
            rr_counts_from="acceptance",
        )
        member = self._member("Jean", "2026-03-01", plan)
        dues = member._call_dues(date(2026, 3, 1))
        dues.action_call()
        dues.line_ids._mark_paid(date(2026, 3, 1))
        self.assertEqual(member.state, "pending")
        member.action_accept()
        self.assertEqual(member.state, "up_to_date")

    def test_departure(self):
        member = self._member("Jean", "2026-01-01", self.year)
        self._paid(member, "2026-01-01")
        with self.assertRefused("Say why"):
            member._depart("resigned_on", date(2026, 2, 1), " ")
        with self.assertRefused("had not joined yet"):
            member._depart("resigned_on", date(2025, 2, 1), "Moved away")
        member._depart("resigned_on", date(2026, 2, 1), "Moved away")
        self.assertEqual(self._state(member, "2026-01-31"), "up_to_date")
        self.assertEqual(member.state, "resigned")
        with self.assertRefused("left already"):
            member._depart("resigned_on", date(2026, 2, 1), "Moved away")
        self.assertFalse(member._call_dues(date(2026, 12, 20)))

    def test_found_by_standing(self):
        paid = self._member("A", "2026-01-01", self.year)
        self._paid(paid, "2026-01-01")
        honorary = self._member("B", "2026-01-01", category_id=self.honorary.id)
        other = self._member("C", "2026-01-01", self.year)
        members = paid | honorary | other
        for states, found in (
            (["up_to_date"], paid),
            (["up_to_date", "honorary"], paid | honorary),
            (["pending"], other),
        ):
            domain = [("id", "in", members.ids), ("state", "in", states)]
            self.assertEqual(members.search(domain), found)
        domain = [("id", "in", members.ids), ("state", "!=", "pending")]
        self.assertEqual(members.search(domain), paid | honorary)

    def test_one_query_for_all(self):
        members = self.env["recurring.membership"]
        for number in range(5):
            members |= self._member(f"M{number}", "2026-01-01", self.year)
        self.env.invalidate_all()
        with self.assertQueryCount(1):
            members._states_on(date(2026, 3, 1))

    def test_the_query_says_what_the_engine_says(self):
        chance = Random(6)
        start = date(2024, 1, 1)
        for number in range(25):
            member = self._member(f"R{number}", start, self.year)
            covered, called = [], None
            day = start + timedelta(days=chance.randint(0, 500))
            for _turn in range(chance.randint(0, 3)):
                dues = member._call_dues(day)
                with freeze_time(day):
                    dues.action_call()
                line = dues.line_ids
                if chance.random() < 0.3:
                    called = day
                    break
                line._mark_paid(day)
                covered.append((day, Period(line.date_start, line.date_end)))
                day += timedelta(days=chance.randint(0, 700))
            left = {}
            for field in ("resigned_on", "excluded_on"):
                if chance.random() < 0.2:
                    left[field] = start + timedelta(days=chance.randint(0, 1500))
            if left and chance.random() < 0.5:
                left["rejoined_on"] = start + timedelta(days=chance.randint(0, 1700))
            applying(member).write(left)
            if chance.random() < 0.1:
                left["lifetime_from"] = start + timedelta(days=chance.randint(0, 1500))
                member.lifetime_from = left["lifetime_from"]
            for _turn in range(12):
                asked = start + timedelta(days=chance.randint(-100, 2000))
                known = tuple(period for paid, period in covered if paid <= asked)
                facts = Facts(known, called, **left)
                with self.subTest(member=number, day=asked):
                    [(state, _end)] = member._states_on(asked).values()
                    self.assertEqual(state, state_on(facts, asked, 30))
