"""Seasons, renewals and states of members: worked examples and properties."""

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.errors import PeriodError
from ..engine.interval import Alignment, Interval
from ..engine.membership import (
    Facts,
    PeriodRule,
    dues_share,
    state_on,
)
from ..engine.period import Period
from .common_engine import reproducible

YEAR = Interval(1, "year")
SEASON = Alignment.season(9, 1)
CALENDAR = Alignment("calendar")
ROLLING = Alignment("anniversary")
DAYS = st.dates(date(2019, 1, 1), date(2031, 12, 31))
RULES = st.builds(
    PeriodRule,
    st.sampled_from([YEAR, Interval(6, "month"), Interval(3, "month")]),
    st.sampled_from([CALENDAR, ROLLING]),
    st.sampled_from(["none", "month", "day"]),
    late=st.sampled_from(["follow", "anew"]),
) | st.builds(
    PeriodRule,
    st.just(YEAR),
    st.builds(Alignment.season, st.integers(1, 12), st.integers(1, 28)),
    st.sampled_from(["none", "month", "day"]),
    st.none() | st.tuples(st.integers(1, 12), st.integers(1, 31)),
    st.sampled_from(["follow", "anew"]),
)


def days(text):
    """Return a period from its first and last day as people write it."""
    first, last = map(date.fromisoformat, text.split(".."))
    return Period(first, last + timedelta(days=1))


@tagged("post_install", "-at_install")
class TestMembershipPeriods(BaseCase):
    def test_season_by_month_counts_the_month_of_joining(self):
        rule = PeriodRule(YEAR, SEASON, "month")
        found = rule.join(date(2026, 11, 10))
        self.assertEqual(found.period, days("2026-11-10..2027-08-31"))
        self.assertEqual(found.share * 60, 50)
        self.assertEqual(rule.join(date(2026, 9, 30)).share, 1)
        self.assertEqual(rule.join(date(2027, 8, 31)).share, Fraction(1, 12))

    def test_calendar_year_by_day(self):
        found = PeriodRule(YEAR, CALENDAR, "day").join(date(2026, 7, 1))
        self.assertEqual(found.share, Fraction(184, 365))
        self.assertEqual(round(found.share * 100, 2), Fraction("50.41"))

    def test_joining_from_june_is_for_the_next_season(self):
        rule = PeriodRule(YEAR, SEASON, "month", (6, 1))
        self.assertEqual(
            rule.join(date(2026, 5, 31)).period, days("2026-05-31..2026-08-31")
        )
        found = rule.join(date(2026, 6, 1))
        self.assertEqual(found.period, days("2026-06-01..2027-08-31"))
        self.assertEqual(found.whole, days("2026-09-01..2027-08-31"))
        self.assertEqual(found.share, 1)

    def test_a_date_that_lies_in_the_first_year_of_a_season(self):
        rule = PeriodRule(YEAR, SEASON, next_from=(11, 30))
        self.assertEqual(
            rule.join(date(2026, 12, 1)).period, days("2026-12-01..2028-08-31")
        )
        self.assertEqual(
            rule.join(date(2026, 11, 29)).period, days("2026-11-29..2027-08-31")
        )

    def test_the_last_of_february_stands_for_the_29th_and_30th(self):
        rule = PeriodRule(YEAR, SEASON, next_from=(2, 30))
        for day in (date(2027, 2, 28), date(2028, 2, 29)):
            self.assertEqual(rule.join(day).whole.start.year, day.year)

    def test_each_member_a_year_of_their_own(self):
        rule = PeriodRule(YEAR, ROLLING, "day")
        found = rule.join(date(2024, 2, 29))
        self.assertEqual((found.period.end, found.share), (date(2025, 2, 28), 1))
        with self.assertRaises(PeriodError):
            PeriodRule(YEAR, ROLLING, next_from=(6, 1))

    def test_renewed_early_goes_on_where_the_year_ends(self):
        rule = PeriodRule(YEAR, CALENDAR, "day")
        found = rule.renew(days("2026-01-01..2026-12-31"), date(2026, 12, 20))
        self.assertEqual(found.period, days("2027-01-01..2027-12-31"))
        self.assertEqual(found.share, 1)

    def test_renewed_late(self):
        covered = days("2025-01-01..2025-12-31")
        follow = PeriodRule(YEAR, CALENDAR, "day")
        self.assertEqual(
            follow.renew(covered, date(2026, 3, 10)).period,
            days("2026-01-01..2026-12-31"),
        )
        # The whole of 2026 went by: it is not sold any more.
        self.assertEqual(
            follow.renew(covered, date(2027, 3, 10)).period,
            days("2027-01-01..2027-12-31"),
        )
        anew = PeriodRule(YEAR, CALENDAR, "day", late="anew")
        found = anew.renew(covered, date(2026, 7, 1))
        self.assertEqual(found.period, days("2026-07-01..2026-12-31"))
        self.assertEqual(found.share, Fraction(184, 365))

    def test_renewed_in_june_after_a_gap_is_for_the_next_season(self):
        rule = PeriodRule(YEAR, SEASON, next_from=(6, 1))
        found = rule.renew(days("2025-09-01..2026-08-31"), date(2027, 6, 20))
        self.assertEqual(found.period, days("2027-06-20..2028-08-31"))

    def test_rolling_years_keep_their_day(self):
        rule = PeriodRule(YEAR, ROLLING)
        first = days("2024-02-29..2025-02-27")
        second = rule.renew(first, date(2025, 2, 1)).period
        self.assertEqual(second, days("2025-02-28..2026-02-27"))
        fifth = rule.renew(Period(first.start, date(2028, 2, 29)), date(2028, 3, 2))
        self.assertEqual(fifth.period, days("2028-02-29..2029-02-27"))

    @reproducible
    @given(RULES, DAYS)
    def test_joining_begins_on_its_day_and_is_never_free(self, rule, day):
        found = rule.join(day)
        self.assertEqual(found.period.start, day)
        self.assertEqual(found.period.end, found.whole.end)
        self.assertTrue(0 < found.share <= 1)

    @reproducible
    @given(RULES, DAYS, st.integers(-800, 1600))
    def test_no_day_is_sold_twice_and_no_period_that_is_over(self, rule, day, later):
        covered = rule.join(day).period
        renewal = max(covered.start, covered.end + timedelta(days=later))
        found = rule.renew(covered, renewal)
        self.assertGreaterEqual(found.period.start, covered.end)
        self.assertGreater(found.period.end, renewal)
        if renewal < covered.end:
            self.assertEqual(found.period.start, covered.end)
        self.assertTrue(0 < found.share <= 1)

    @reproducible
    @given(RULES, DAYS, st.integers(1, 6))
    def test_who_renews_in_time_has_no_gap(self, rule, day, times):
        covered = rule.join(day).period
        periods = [covered]
        for _turn in range(times):
            covered = rule.renew(covered, covered.end - timedelta(days=1)).period
            periods.append(covered)
        self.assertEqual(
            [one.start for one in periods[1:]], [one.end for one in periods[:-1]]
        )
        self.assertEqual(sum(one.days for one in periods), (covered.end - day).days)

    def test_shares_of_periods_of_several_years(self):
        whole = days("2026-01-01..2027-12-31")
        self.assertEqual(dues_share(days("2027-12-31..2027-12-31"), whole, "none"), 1)
        rest = days("2027-01-15..2027-12-31")
        self.assertEqual(dues_share(rest, whole, "month"), Fraction(1, 2))


@tagged("post_install", "-at_install")
class TestMembershipState(BaseCase):
    def test_paid_two_years_and_not_the_third(self):
        facts = Facts(
            covered=(days("2024-01-01..2024-12-31"), days("2025-01-01..2025-12-31")),
            called_on=date(2025, 12, 1),
        )
        for day, state in (
            ("2023-12-31", "pending"),
            ("2024-01-01", "up_to_date"),
            ("2025-12-31", "up_to_date"),
            ("2026-01-01", "grace"),
            ("2026-01-30", "grace"),
            ("2026-01-31", "lapsed"),
            ("2036-01-01", "lapsed"),
        ):
            self.assertEqual(state_on(facts, date.fromisoformat(day), 30), state, day)

    def test_called_and_not_paid(self):
        facts = Facts(called_on=date(2026, 9, 1))
        self.assertEqual(state_on(facts, date(2026, 8, 31)), "pending")
        self.assertEqual(state_on(facts, date(2026, 9, 1)), "awaiting")

    def test_paid_for_a_season_to_come(self):
        facts = Facts(covered=(days("2026-09-01..2027-08-31"),))
        self.assertEqual(state_on(facts, date(2026, 8, 31)), "pending")
        self.assertEqual(state_on(facts, date(2026, 9, 1)), "up_to_date")

    def test_who_left_on_the_first_day_without(self):
        covered = (days("2026-01-01..2026-12-31"),)
        resigned = Facts(covered=covered, resigned_on=date(2026, 5, 1))
        self.assertEqual(state_on(resigned, date(2026, 4, 30)), "up_to_date")
        self.assertEqual(state_on(resigned, date(2026, 5, 1)), "resigned")
        both = Facts(
            covered=covered,
            resigned_on=date(2026, 5, 1),
            excluded_on=date(2026, 6, 1),
            honorary=True,
        )
        self.assertEqual(state_on(both, date(2026, 6, 1)), "excluded")

    def test_who_left_and_joined_again(self):
        facts = Facts(
            covered=(days("2026-01-01..2026-12-31"), days("2028-01-01..2028-12-31")),
            resigned_on=date(2026, 5, 1),
        )
        self.assertEqual(state_on(facts, date(2027, 12, 31)), "resigned")
        self.assertEqual(state_on(facts, date(2028, 1, 1)), "up_to_date")
        self.assertEqual(state_on(facts, date(2029, 1, 1)), "lapsed")

    def test_honorary_and_lifetime(self):
        self.assertEqual(state_on(Facts(honorary=True), date(2026, 1, 1)), "honorary")
        lifetime = Facts(lifetime_from=date(2026, 3, 1))
        self.assertEqual(state_on(lifetime, date(2026, 2, 28)), "pending")
        self.assertEqual(state_on(lifetime, date(2066, 3, 1)), "up_to_date")

    @reproducible
    @given(
        st.lists(st.tuples(DAYS, st.integers(1, 800)), max_size=4),
        DAYS,
        st.integers(0, 90),
    )
    def test_never_forgotten(self, spans, day, grace):
        periods = tuple(
            Period(start, start + timedelta(days=length)) for start, length in spans
        )
        state = state_on(Facts(covered=periods), day, grace)
        begun = any(period.start <= day for period in periods)
        self.assertEqual(state == "pending", not begun)
        self.assertEqual(
            state == "up_to_date", any(period.contains(day) for period in periods)
        )
