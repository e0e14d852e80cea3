from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.errors import ProrationError
from ..engine.period import Interval, Period
from ..engine.proration import ShareText, explain, share
from .common_engine import day, reproducible, schedules, some_day, span


@tagged("post_install", "-at_install")
class TestProrationProperties(BaseCase):
    @reproducible
    @given(
        schedules,
        some_day,
        st.lists(st.integers(1, 10_000), max_size=6),
        st.sampled_from(["actual", "thirty"]),
    )
    def test_shares_of_parts_that_tile_the_whole_sum_to_1(
        self, schedule, today, cuts, basis
    ):
        whole = schedule.period_at(today)
        inside = {cut % whole.days for cut in cuts} | {0, whole.days}
        edges = [Interval(1, "day").add(whole.start, n) for n in sorted(inside)]
        parts = [Period(*pair) for pair in zip(edges, edges[1:], strict=False)]
        shares = [share(part, whole, basis) for part in parts]
        self.assertEqual(sum(shares), 1)
        self.assertTrue(all(0 <= value <= 1 for value in shares))

    @reproducible
    @given(schedules, some_day)
    def test_none_charges_the_whole_for_any_part(self, schedule, today):
        whole = schedule.period_at(today)
        one_day = Period(today, Interval(1, "day").add(today, 1))
        self.assertEqual(share(one_day, whole, "none"), 1)


@tagged("post_install", "-at_install")
class TestProrationExamples(BaseCase):
    def test_monthly_on_day_15_starting_1_january_has_a_stub_of_14_31(self):
        whole = span("2024-12-15", "2025-01-15")
        stub = span("2025-01-01", "2025-01-15")
        self.assertEqual(share(stub, whole, "actual"), Fraction(14, 31))
        self.assertEqual(explain(stub, whole, "actual"), ShareText(14, 31, "actual"))

    def test_the_text_is_not_reduced(self):
        april = span("2025-04-01", "2025-05-01")
        half = explain(span("2025-04-16", "2025-05-01"), april, "actual")
        self.assertEqual(str(half), "15/30")

    def test_ninety_days_of_a_leap_year(self):
        year = span("2024-01-01", "2025-01-01")
        part = span("2024-01-01", "2024-03-31")
        self.assertEqual(share(part, year, "actual"), Fraction(90, 366))

    def test_thirty_days_in_a_month_of_31(self):
        january = span("2025-01-01", "2025-02-01")
        cases = {
            ("2025-01-01", "2025-01-16"): 15,
            ("2025-01-16", "2025-02-01"): 15,
            ("2025-01-30", "2025-01-31"): 0,  # the 31st adds nothing
            ("2025-01-31", "2025-02-01"): 1,
        }
        for (start, end), days in cases.items():
            text = explain(span(start, end), january, "thirty")
            self.assertEqual(text, ShareText(days, 30, "thirty"))

    def test_thirty_days_in_february(self):
        cases = {
            ("2025-02-01", "2025-02-16"): 15,
            ("2025-02-27", "2025-02-28"): 3,  # the last day counts as the 30th
            ("2025-02-28", "2025-03-01"): 1,
        }
        for (start, end), days in cases.items():
            text = explain(span(start, end), span("2025-02-01", "2025-03-01"), "thirty")
            self.assertEqual(text, ShareText(days, 30, "thirty"))
        leap = span("2024-02-01", "2024-03-01")
        text = explain(span("2024-02-28", "2024-02-29"), leap, "thirty")
        self.assertEqual(text, ShareText(2, 30, "thirty"))

    def test_thirty_days_in_a_quarter_and_a_year(self):
        quarter = span("2025-01-01", "2025-04-01")
        year = span("2025-01-01", "2026-01-01")
        february = span("2025-02-01", "2025-03-01")
        self.assertEqual(str(explain(february, quarter, "thirty")), "30/90")
        self.assertEqual(str(explain(february, year, "thirty")), "30/360")

    def test_thirty_days_from_month_end_to_month_end(self):
        whole = span("2025-01-31", "2025-02-28")
        part = span("2025-01-31", "2025-02-15")
        self.assertEqual(str(explain(part, whole, "thirty")), "15/30")

    def test_thirty_falls_back_to_actual_in_weeks(self):
        week = span("2025-01-27", "2025-02-03")
        text = explain(span("2025-01-30", "2025-02-01"), week, "thirty")
        self.assertEqual(text, ShareText(2, 7, "actual"))

    def test_what_lies_outside_is_refused(self):
        with self.assertRaises(ProrationError) as caught:
            share(
                span("2025-01-31", "2025-02-02"),
                span("2025-01-01", "2025-02-01"),
                "actual",
            )
        self.assertEqual(caught.exception.values["end"], day("2025-02-02"))

    def test_an_unknown_basis_is_refused(self):
        week = span("2025-01-27", "2025-02-03")
        with self.assertRaises(ProrationError):
            share(week, week, "lunar")
