"""Phases count whole periods from the first day billed; worked examples, properties."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.period import Alignment, Interval, Schedule
from ..engine.phases import Ramp
from .common_engine import day, monthly, reproducible


def ramp(first, alignment=None, stub_counts=False):
    return Ramp(monthly(first, alignment), day(first), stub_counts)


def texts(spans):
    return [(str(start), str(end)) for start, end in spans]


@tagged("post_install", "-at_install")
class TestEnginePhases(BaseCase):
    def test_months_from_the_31st_do_not_drift(self):
        self.assertEqual(
            texts(ramp("2026-01-31").spans([1, 2])),
            [
                ("2026-01-31", "2026-02-28"),
                ("2026-02-28", "2026-04-30"),
                ("2026-04-30", "None"),
            ],
        )

    def test_a_stub_comes_on_top_unless_it_counts(self):
        calendar = Alignment.calendar()
        self.assertEqual(
            texts(ramp("2026-04-16", calendar).spans([1]))[1], ("2026-06-01", "None")
        )
        self.assertEqual(
            texts(ramp("2026-04-16", calendar, stub_counts=True).spans([1]))[1],
            ("2026-05-01", "None"),
        )
        # a first period in full is no stub
        self.assertEqual(
            texts(ramp("2026-04-01", calendar).spans([1]))[1], ("2026-05-01", "None")
        )

    def test_moved_to_another_first_day(self):
        old, new = ramp("2026-05-01"), ramp("2026-04-20")
        self.assertEqual(old.moved(day("2026-05-01"), new), day("2026-04-20"))
        self.assertEqual(old.moved(day("2026-11-01"), new), day("2026-10-20"))
        calendar = Alignment.calendar()
        old, new = ramp("2026-05-01", calendar), ramp("2026-04-20", calendar)
        # six whole months, and the stub before them
        self.assertEqual(old.moved(day("2026-11-01"), new), day("2026-11-01"))

    @reproducible
    @given(
        first=st.dates(date(2024, 1, 1), date(2028, 12, 31)),
        then=st.dates(date(2024, 1, 1), date(2028, 12, 31)),
        counts=st.lists(st.integers(1, 14), min_size=1, max_size=4),
        unit=st.sampled_from(["day", "week", "month", "year"]),
        aligned=st.booleans(),
        stub_counts=st.booleans(),
    )
    def test_phases_follow_each_other_and_move_as_they_were_counted(
        self, first, then, counts, unit, aligned, stub_counts
    ):
        kind = Alignment.calendar() if aligned and unit != "day" else None
        alignment = kind or Alignment.anniversary()

        def ramp_from(start):
            schedule = Schedule(Interval(1, unit), alignment, start)
            return Ramp(schedule, start, stub_counts)

        one, other = ramp_from(first), ramp_from(then)
        spans = one.spans(counts)
        self.assertEqual(spans[0][0], first)
        for (_start, end), (start, _end) in zip(spans, spans[1:], strict=False):
            self.assertEqual(end, start)
        self.assertTrue(all(end is None or start < end for start, end in spans))
        moved = [(one.moved(start, other)) for start, _end in spans]
        self.assertEqual(moved, [start for start, _end in other.spans(counts)])
