"""What will be billed next, until when, and how far history is closed."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.billing import difference
from ..engine.period import Alignment, Interval, Period, Schedule
from ..engine.preview import next_due, settled_through, upcoming
from .common_engine import (
    CENT,
    Ledger,
    amounts,
    day,
    line,
    monthly,
    parts,
    reproducible,
    span,
)
from .common_engine_lines import portfolios

SEAT = line("2025-01-31")
QUARTER = Schedule(Interval(3, "month"), Alignment.anniversary(), day("2025-01-31"))


def looks(function, lines, ledger, *dates, **options):
    dates = [day(text) for text in dates]
    return function(lines, ledger.rows, *dates, CENT, **options)


@tagged("post_install", "-at_install")
class TestUpcoming(BaseCase):
    def test_until_the_end_of_the_term(self):
        lines = [SEAT, line("2025-01-31", "2025-07-31", "90", "care", QUARTER)]
        shown = looks(upcoming, lines, Ledger(), "2025-01-31", "2025-07-30")
        self.assertEqual(
            [(str(date), amounts(items)) for date, items in shown],
            [
                ("2025-01-31", ["30.00", "90.00"]),
                ("2025-02-28", ["30.00"]),
                ("2025-03-31", ["30.00"]),
                ("2025-04-30", ["30.00", "90.00"]),
                ("2025-05-31", ["30.00"]),
                ("2025-06-30", ["30.00"]),
            ],
        )

    def test_what_is_late_or_owed_comes_today(self):
        """April was cut after it was billed, and May is late."""
        ledger = Ledger()
        april = monthly("2025-04-01")
        ledger.bill([line("2025-04-01", schedule=april)], "2025-04-01")
        lines = [
            line("2025-04-01", "2025-04-16", schedule=april),
            line("2025-05-01", None, "60", "new", april),
        ]
        shown = looks(upcoming, lines, ledger, "2025-05-10", "2025-06-30")
        self.assertEqual(
            [(str(date), amounts(items)) for date, items in shown],
            [("2025-05-10", ["-15.00", "60.00"]), ("2025-06-01", ["60.00"])],
        )

    def test_a_credit_for_a_day_to_come_is_given_today(self):
        ledger = Ledger()
        ledger.bill([line("2025-04-01")], "2025-04-01")
        cut = line("2025-04-01", "2025-04-16")
        [(date, [item])] = looks(upcoming, [cut], ledger, "2025-04-10", "2025-12-31")
        self.assertEqual((date, item.due), (day("2025-04-10"), day("2025-04-10")))
        self.assertEqual(difference([cut], ledger.rows, date, CENT), (item,))


@tagged("post_install", "-at_install")
class TestNextDue(BaseCase):
    def test_before_on_and_after_the_day(self):
        ledger = Ledger()
        for today in ("2025-01-01", "2025-01-31", "2025-02-10"):
            due = looks(next_due, [SEAT], ledger, today)
            self.assertEqual(due, day("2025-01-31"))
        ledger.bill([SEAT], "2025-01-31")
        due = looks(next_due, [SEAT], ledger, "2025-01-31")
        self.assertEqual(due, day("2025-02-28"))

    def test_billed_ahead(self):
        ledger = Ledger()
        ledger.bill([SEAT], "2025-01-31", days_ahead=40)  # through 30 April
        due = looks(next_due, [SEAT], ledger, "2025-02-01", days_ahead=5)
        self.assertEqual(due, day("2025-03-26"))

    def test_a_period_billed_ahead_and_voided_comes_back_when_it_is_due(self):
        ledger = Ledger()
        ledger.bill([SEAT], "2025-02-20", days_ahead=10)
        ledger.void(ledger.rows[-1])  # 28 February to 31 March
        due = looks(next_due, [SEAT], ledger, "2025-02-21")
        self.assertEqual(due, day("2025-02-28"))

    def test_in_arrears(self):
        seat = line("2025-01-31", "2025-02-10", timing="arrears")
        due = looks(next_due, [seat], Ledger(), "2025-01-31")
        self.assertEqual(due, day("2025-02-10"))

    def test_never_again(self):
        ledger = Ledger()
        ended = line("2025-01-31", "2025-02-28")
        ledger.bill([ended], "2025-01-31")
        self.assertIsNone(looks(next_due, [ended], ledger, "2025-02-01"))
        self.assertIsNone(looks(next_due, [], Ledger(), "2025-02-01"))

    def test_a_credit_is_due_at_once(self):
        ledger = Ledger()
        ledger.bill([SEAT], "2025-01-31")
        cut = line("2025-01-31", "2025-02-20")
        due = looks(next_due, [cut], ledger, "2025-02-10")
        self.assertEqual(due, day("2025-02-10"))

    def test_closed_history_is_not_looked_at(self):
        old = line("2000-01-31")
        closed = {"closed_before": day("2025-03-31")}
        due = looks(next_due, [old], Ledger(), "2025-03-30", **closed)
        self.assertEqual(due, day("2025-03-31"))

    @reproducible
    @given(portfolios, st.integers(0, 200), st.integers(0, 20))
    def test_it_is_the_first_day_with_something_to_bill(self, lines, days, ahead):
        ledger = Ledger()
        today = lines[0].schedule.start + timedelta(days=days)
        ledger.bill(lines, today, days_ahead=ahead)
        due = next_due(lines, ledger.rows, today, CENT, ahead)
        for n in range(1, 120):
            date = today + timedelta(days=n)
            found = difference(lines, ledger.rows, date, CENT, ahead)
            self.assertEqual(bool(found), due is not None and date >= due)

    @reproducible
    @given(portfolios, st.integers(0, 200), st.integers(1, 120))
    def test_upcoming_is_what_daily_runs_will_bill(self, lines, days, more):
        ledger = Ledger()
        today = lines[0].schedule.start + timedelta(days=days)
        until = today + timedelta(days=more)
        shown = upcoming(lines, ledger.rows, today, until, CENT)
        really = []
        for n in range(more + 1):
            items = ledger.bill(lines, today + timedelta(days=n))
            if items:
                really.append((today + timedelta(days=n), items))
        self.assertEqual(shown, tuple(really))


@tagged("post_install", "-at_install")
class TestSettledThrough(BaseCase):
    def test_never_later_than_the_date_asked(self):
        ledger = Ledger()
        ledger.bill([SEAT], "2025-04-15")
        closed = looks(settled_through, [SEAT], ledger, "2025-04-15")
        self.assertEqual(closed, day("2025-04-15"))

    def test_nothing_is_closed_before_a_period_has_ended(self):
        ledger = Ledger()
        self.assertIsNone(looks(settled_through, [SEAT], ledger, "2025-04-15"))
        ledger.bill([SEAT], "2025-01-31")
        self.assertIsNone(looks(settled_through, [SEAT], ledger, "2025-02-01"))

    def test_an_unbilled_period_stays_open(self):
        ledger = Ledger()
        ledger.bill([SEAT], "2025-04-15")
        ledger.void(ledger.rows[1])  # 28 February to 31 March
        closed = looks(settled_through, [SEAT], ledger, "2025-04-15")
        self.assertEqual(closed, day("2025-03-30"))
        ledger.bill([SEAT], "2025-04-15", closed_before=closed)
        closed = looks(settled_through, [SEAT], ledger, "2025-04-15")
        self.assertEqual(closed, day("2025-04-15"))

    def test_an_opening_off_our_grid_stays_open_with_the_month_it_reaches_into(self):
        """Paid to 15 October elsewhere; the rest of October is billed."""
        ledger = Ledger()
        ledger.opening("line", span("2025-09-15", "2025-10-15"), "30")
        seat = line("2025-09-15", amount="31", schedule=monthly("2025-09-01"))
        ledger.bill([seat], "2025-10-15")
        closed = looks(settled_through, [seat], ledger, "2025-10-20")
        self.assertIsNone(closed)
        closed = looks(settled_through, [seat], ledger, "2025-10-31")
        self.assertIsNone(closed)
        ledger.bill([seat], "2025-11-01")
        closed = looks(settled_through, [seat], ledger, "2025-11-01")
        self.assertEqual(closed, day("2025-11-01"))

    def test_an_opening_kept_open_keeps_earlier_ones_open(self):
        """A year that is open from 10 February on leaves February open too."""
        year = Schedule(Interval(1, "year"), Alignment.calendar(), day("2025-01-01"))
        lines = [
            line("2025-01-01", key="seat", schedule=monthly("2025-01-01")),
            line("2025-01-01", key="domain", amount="365", schedule=year),
        ]
        ledger = Ledger()
        ledger.opening("seat", span("2025-01-01", "2025-02-05"), "30")
        ledger.opening("domain", span("2025-01-01", "2025-02-10"), "40")
        ledger.bill(lines, "2025-06-20")
        closed = looks(settled_through, lines, ledger, "2025-06-20")
        self.assertIsNone(closed)

    @reproducible
    @given(portfolios, st.lists(st.integers(1, 90), min_size=1, max_size=6))
    def test_closing_changes_nothing(self, lines, gaps):
        """Runs that leave out closed history bill what runs over all of it do."""
        careful, quick = Ledger(), Ledger()
        today, closed = lines[0].schedule.start, None
        for gap in gaps:
            today += timedelta(days=gap)
            careful.bill(lines, today)
            quick.bill(lines, today, closed_before=closed)
            self.assertEqual(quick.rows, careful.rows)
            closed = settled_through(
                lines, quick.rows, today, CENT, closed_before=closed
            )
            self.assertEqual(closed, settled_through(lines, quick.rows, today, CENT))
            rows = [r for r in quick.rows if not closed or r.whole.end > closed]
            self.assertEqual(
                difference(lines, rows, today, CENT, closed_before=closed), ()
            )

    @reproducible
    @given(
        portfolios,
        st.lists(st.tuples(st.integers(-40, 40), st.integers(1, 120)), max_size=2),
        st.lists(st.integers(1, 60), min_size=1, max_size=6),
    )
    def test_closing_never_bills_again_what_a_former_system_billed(
        self, lines, openings, gaps
    ):
        """Prepaid periods off any grid: the careful and the quick way agree."""
        careful, quick = Ledger(), Ledger()
        today, closed = lines[0].schedule.start, None
        for offset, days in openings:
            start = today + timedelta(days=offset)
            whole = Period(start, start + timedelta(days=days))
            for ledger in (careful, quick):
                ledger.opening(lines[0].key, whole, "100")
        for gap in gaps:
            today += timedelta(days=gap)
            careful.bill(lines, today)
            rows = [r for r in quick.rows if not closed or r.whole.end > closed]
            items = difference(lines, rows, today, CENT, closed_before=closed)
            self.assertEqual(items, quick.bill(lines, today, closed_before=closed))
            self.assertEqual(quick.rows, careful.rows)
            closed = settled_through(lines, rows, today, CENT, closed_before=closed)

    def test_rows_of_closed_periods_may_be_handed_in(self):
        ledger = Ledger()
        ledger.bill([SEAT], "2025-04-15")
        closed = day("2025-04-15")
        self.assertEqual(ledger.bill([SEAT], "2025-04-15", closed_before=closed), ())

    def test_the_work_does_not_grow_with_age(self):
        """Twenty years of history: the open periods only are looked at."""
        old = line("2005-01-31")
        touched = difference([old], [], day("2025-01-31"), CENT, 0, day("2025-01-30"))
        self.assertEqual(parts(touched)[0], ("2024-12-31", "2025-01-31"))
        self.assertEqual(len(touched), 2)
