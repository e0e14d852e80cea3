from datetime import date, timedelta
from itertools import islice, pairwise

from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.errors import AlignmentError, PeriodError
from ..engine.period import (
    VALID_ALIGNMENTS,
    Alignment,
    Interval,
    Period,
    Schedule,
    check_alignment,
    hull,
    subtract,
)
from .common_engine import (
    VALID_PAIRS,
    day,
    monthly,
    reproducible,
    schedules,
    some_day,
    span,
)

MONTH = Interval(1, "month")
QUARTER = Interval(3, "month")
YEAR = Interval(1, "year")


def boundaries(schedule, count):
    return [str(schedule.boundary(n)) for n in range(count)]


@tagged("post_install", "-at_install")
class TestPeriodProperties(BaseCase):
    @reproducible
    @given(schedules, some_day, st.integers(1, 1200))
    def test_periods_tile_the_line_without_gap_or_overlap(self, schedule, start, days):
        end = start + timedelta(days=days)
        wholes = list(schedule.periods(start, end))
        self.assertTrue(wholes[0].contains(start))
        self.assertTrue(wholes[-1].contains(end - timedelta(days=1)))
        for one, following in pairwise(wholes):
            self.assertEqual(one.end, following.start)
        self.assertEqual(sum(whole.clip(start, end).days for whole in wholes), days)

    @reproducible
    @given(schedules, st.integers(-20, 40))
    def test_period_n_never_depends_on_the_one_before(self, schedule, n):
        """Boundary n is anchor + n x interval, by an independent calendar."""
        interval = schedule.interval
        step = relativedelta(months=n * interval.months, days=n * interval.days)
        expected = schedule.anchor + step
        if schedule.alignment.day > schedule.anchor.day:  # a short month's anchor
            last = expected.replace(day=1) + relativedelta(months=1, days=-1)
            expected = last.replace(day=min(last.day, schedule.alignment.day))
        self.assertEqual(schedule.boundary(n), expected)
        self.assertEqual(
            schedule.period(n), Period(schedule.boundary(n), schedule.boundary(n + 1))
        )

    @reproducible
    @given(schedules, some_day)
    def test_a_day_lies_in_the_period_that_its_index_names(self, schedule, today):
        n = schedule.index_at(today)
        self.assertTrue(schedule.boundary(n) <= today < schedule.boundary(n + 1))
        self.assertEqual(schedule.period_at(today), schedule.period(n))
        self.assertEqual(schedule.next_boundary(today), schedule.boundary(n + 1))
        for m in (n - 3, n, n + 3):
            self.assertEqual(schedule.index_at(schedule.boundary(m)), m)

    @reproducible
    @given(schedules)
    def test_the_anchor_is_the_first_aligned_date_from_the_start(self, schedule):
        self.assertGreaterEqual(schedule.anchor, schedule.start)
        self.assertLessEqual(schedule.boundary(-1), schedule.anchor)
        self.assertEqual(schedule.first_full_boundary, schedule.anchor)
        if schedule.alignment.kind != "day_of_month" or schedule.interval == MONTH:
            self.assertLess(schedule.boundary(-1), schedule.start)
        again = Schedule(
            schedule.interval, schedule.alignment, schedule.start, schedule.anchor
        )
        self.assertEqual(again, schedule)


@tagged("post_install", "-at_install")
class TestPeriodExamples(BaseCase):
    def test_monthly_from_31_january(self):
        self.assertEqual(
            boundaries(monthly("2025-01-31"), 4),
            ["2025-01-31", "2025-02-28", "2025-03-31", "2025-04-30"],
        )

    def test_yearly_from_29_february_is_back_in_2028(self):
        schedule = Schedule(YEAR, Alignment.anniversary(), day("2024-02-29"))
        self.assertEqual(
            boundaries(schedule, 5),
            ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"],
        )

    def test_last_day_of_month_starting_in_february_keeps_the_31st(self):
        schedule = monthly("2025-02-10", Alignment.last_day())
        self.assertEqual(
            boundaries(schedule, 4),
            ["2025-02-28", "2025-03-31", "2025-04-30", "2025-05-31"],
        )
        self.assertEqual(
            schedule.period_at(day("2025-02-10")), span("2025-01-31", "2025-02-28")
        )

    def test_quarters_on_the_30th_starting_in_february(self):
        schedule = Schedule(QUARTER, Alignment.day_of_month(30), day("2025-02-10"))
        self.assertEqual(
            boundaries(schedule, 5),
            ["2025-02-28", "2025-05-30", "2025-08-30", "2025-11-30", "2026-02-28"],
        )

    def test_yearly_on_the_last_day_of_february(self):
        schedule = Schedule(YEAR, Alignment.last_day(), day("2025-02-10"))
        self.assertEqual(
            boundaries(schedule, 4),
            ["2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"],
        )

    def test_season_of_a_year_from_1_september(self):
        schedule = Schedule(YEAR, Alignment.season(9, 1), day("2025-01-20"))
        self.assertEqual(boundaries(schedule, 2), ["2025-09-01", "2026-09-01"])
        self.assertEqual(schedule.boundary(-1), day("2024-09-01"))

    def test_terms_of_a_season(self):
        schedule = Schedule(QUARTER, Alignment.season(9, 1), day("2025-01-20"))
        self.assertEqual(
            boundaries(schedule, 4),
            ["2025-03-01", "2025-06-01", "2025-09-01", "2025-12-01"],
        )

    def test_calendar_weeks_quarters_and_years(self):
        calendar = Alignment.calendar()
        week = Schedule(Interval(1, "week"), calendar, day("2025-01-01"))
        quarter = Schedule(QUARTER, calendar, day("2025-01-02"))
        year = Schedule(YEAR, calendar, day("2025-01-01"))
        self.assertEqual(week.anchor, day("2025-01-06"))  # a Monday
        self.assertEqual(quarter.anchor, day("2025-04-01"))
        self.assertEqual(year.anchor, day("2025-01-01"))

    def test_an_anniversary_may_be_anchored_before_or_after_the_start(self):
        for anchor in ("2020-02-29", "2025-05-29"):
            schedule = Schedule(
                MONTH, Alignment.anniversary(), day("2025-03-10"), day(anchor)
            )
            self.assertEqual(schedule.first_full_boundary, day("2025-03-29"))
            self.assertEqual(
                schedule.period_at(schedule.start), span("2025-02-28", "2025-03-29")
            )

    def test_an_anchor_off_the_alignment_is_refused(self):
        with self.assertRaises(AlignmentError) as caught:
            Schedule(
                MONTH, Alignment.day_of_month(15), day("2025-01-01"), day("2025-01-10")
            )
        self.assertEqual(caught.exception.values["anchor"], day("2025-01-10"))

    def test_endless_periods(self):
        schedule = monthly("2025-01-31")
        first = islice(schedule.periods(day("2025-02-01")), 2)
        self.assertEqual(
            [str(whole.start) for whole in first], ["2025-01-31", "2025-02-28"]
        )

    def test_an_interval_may_go_back(self):
        self.assertEqual(MONTH.add(day("2025-03-31"), -1), day("2025-02-28"))
        self.assertEqual(
            Interval(2, "week").add(day("2025-01-15"), -1), day("2025-01-01")
        )


@tagged("post_install", "-at_install")
class TestAlignmentTable(BaseCase):
    def test_the_table_decides_every_combination(self):
        allowed = {
            ("day", "anniversary"): [1, 2, 3, 5, 12, 18],
            ("week", "anniversary"): [1, 2, 3, 5, 12, 18],
            ("month", "anniversary"): [1, 2, 3, 5, 12, 18],
            ("year", "anniversary"): [1, 2, 3, 5, 12, 18],
            ("month", "day_of_month"): [1, 2, 3, 5, 12, 18],
            ("year", "day_of_month"): [1, 2, 3, 5, 12, 18],
            ("month", "season"): [1, 2, 3, 12],
            ("year", "season"): [1],
            ("week", "calendar"): [1],
            ("month", "calendar"): [1, 2, 3, 12],
            ("year", "calendar"): [1],
        }
        self.assertEqual(set(allowed), set(VALID_ALIGNMENTS))
        kinds = (
            Alignment.anniversary(),
            Alignment.day_of_month(15),
            Alignment.season(9, 1),
            Alignment.calendar(),
        )
        for unit in ("day", "week", "month", "year"):
            for alignment in kinds:
                for count in (1, 2, 3, 5, 12, 18):
                    pair = (Interval(count, unit), alignment)
                    if count in allowed.get((unit, alignment.kind), ()):
                        check_alignment(*pair)
                        continue
                    with self.assertRaises(AlignmentError):
                        check_alignment(*pair)

    def test_every_valid_pair_makes_a_schedule_from_any_month_end(self):
        for pair in VALID_PAIRS:
            for start in ("2024-02-29", "2025-01-29", "2025-01-30", "2025-01-31"):
                schedule = Schedule(*pair, day(start))
                self.assertGreaterEqual(schedule.anchor, day(start))

    def test_what_does_not_exist_is_refused(self):
        for kind, day_, month in (
            ("moon", 0, 0),
            ("day_of_month", 0, 0),
            ("day_of_month", 32, 0),
            ("season", 31, 9),
            ("season", 1, 13),
            ("season", 30, 2),
            ("anniversary", 15, 0),
            ("calendar", 0, 4),
        ):
            with self.assertRaises(AlignmentError):
                Alignment(kind, day_, month)
        with self.assertRaises(PeriodError):
            Interval(0, "month")
        with self.assertRaises(PeriodError):
            Interval(1, "decade")


@tagged("post_install", "-at_install")
class TestPeriodSets(BaseCase):
    def test_a_period_is_half_open(self):
        january = span("2025-01-01", "2025-02-01")
        self.assertTrue(january.contains(day("2025-01-01")))
        self.assertFalse(january.contains(day("2025-02-01")))
        self.assertEqual(january.days, 31)
        self.assertEqual(january.last_day, day("2025-01-31"))

    def test_an_empty_period_is_refused(self):
        for end in ("2025-01-01", "2024-12-31"):
            with self.assertRaises(PeriodError):
                span("2025-01-01", end)

    def test_clipping(self):
        january = span("2025-01-01", "2025-02-01")
        self.assertEqual(
            january.clip(day("2025-01-20"), day("2025-03-01")),
            span("2025-01-20", "2025-02-01"),
        )
        self.assertIsNone(january.clip(day("2025-02-01"), day("2025-03-01")))
        self.assertEqual(january.clip(day("2024-01-01"), None), january)

    def test_difference_leaves_none_one_or_two(self):
        january = span("2025-01-01", "2025-02-01")
        self.assertEqual(january.minus(january), ())
        self.assertEqual(
            january.minus(span("2025-01-01", "2025-01-10")),
            (span("2025-01-10", "2025-02-01"),),
        )
        self.assertEqual(
            january.minus(span("2025-01-10", "2025-01-20")),
            (span("2025-01-01", "2025-01-10"), span("2025-01-20", "2025-02-01")),
        )
        self.assertEqual(january.minus(span("2025-02-01", "2025-03-01")), (january,))

    @reproducible
    @given(st.lists(st.tuples(some_day, st.integers(1, 400)), max_size=5))
    def test_subtract_and_hull_count_like_sets_of_days(self, pairs):
        others = [Period(start, start + timedelta(days=n)) for start, n in pairs]
        year = Period(date(2025, 1, 1), date(2026, 1, 1))
        rest = subtract([year], others)
        expected = _days(year) - {d for other in others for d in _days(other)}
        self.assertEqual({d for period in rest for d in _days(period)}, expected)
        self.assertEqual(sum(period.days for period in rest), len(expected))
        if rest:
            whole = hull(rest)
            self.assertEqual((whole.start, whole.last_day), _ends(expected))


def _days(period):
    return {period.start + timedelta(days=n) for n in range(period.days)}


def _ends(days):
    return min(days), max(days)
