"""Laws of billing, tried on random subscriptions, changes and interventions."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.billing import difference, proposed
from ..engine.ledger import PeriodBook
from ..engine.period import Alignment, Interval, Schedule
from ..engine.terms import LineTerms
from .common_engine import CENT, YEN, Ledger, reproducible, served, some_day
from .common_engine_lines import portfolios, prices, total_by_period

roundings = st.sampled_from([CENT, YEN, Decimal("0.05"), Decimal("0.001")])
gaps = st.lists(st.integers(1, 70), min_size=1, max_size=8)


class Story:
    """One subscription that is changed now and then, and billed on the way."""

    def __init__(self, schedule, price, rounding, **terms):
        self.schedule = schedule
        self.terms = terms
        self.today = schedule.start
        self.lines = []
        self.ledger = Ledger(rounding)
        self.add(schedule.start, price)

    def add(self, start, price):
        self.lines.append(
            LineTerms(len(self.lines), start, None, price, self.schedule, **self.terms)
        )

    def cut(self, end):
        """Nothing is served from this day on, known today, perhaps long after it."""
        self.lines = [
            replace(terms, end=max(terms.start, min(end, terms.end or end)))
            for terms in self.lines
        ]

    def live(self, step):
        """Let some days pass, do one thing about a day near today, and bill."""
        pause, action, offset, price, ahead = step
        self.today += timedelta(days=pause)
        effective = max(self.schedule.start, self.today + timedelta(days=offset))
        if action in ("change", "cancel"):
            self.cut(effective)
        if action in ("change", "add"):
            self.add(effective, price)
        if action == "reactivate":
            self.lines[-1] = replace(self.lines[-1], end=None)
        self.bill(days_ahead=ahead)

    def bill(self, **options):
        return self.ledger.bill(self.lines, self.today, **options)


grids = st.builds(
    lambda months, start: Schedule(
        Interval(months, "month"), Alignment.anniversary(), start
    ),
    st.sampled_from([1, 3, 12]),
    some_day,
)
steps = st.lists(
    st.tuples(
        st.integers(0, 45),
        st.sampled_from(["change", "cancel", "add", "reactivate", "nothing"]),
        st.integers(-60, 40),
        prices,
        st.sampled_from([0, 0, 10, 40]),
    ),
    max_size=7,
)


@tagged("post_install", "-at_install")
class TestBillingIsADifference(BaseCase):
    @reproducible
    @given(portfolios, gaps, roundings, st.integers(0, 30))
    def test_billing_after_billing_proposes_nothing(self, lines, gaps, rounding, ahead):
        ledger = Ledger(rounding)
        today = lines[0].schedule.start
        for gap in gaps:
            today += timedelta(days=gap)
            ledger.bill(lines, today, days_ahead=ahead)
            self.assertEqual(ledger.bill(lines, today, days_ahead=ahead), ())

    @reproducible
    @given(portfolios, roundings, st.integers(1, 500), st.integers(1, 31))
    def test_one_go_equals_month_by_month(self, lines, rounding, days, gap):
        start = lines[0].schedule.start
        end = start + timedelta(days=days)
        step_by_step = Ledger(rounding)
        today = start
        while today < end:
            step_by_step.bill(lines, today)
            today += timedelta(days=gap)
        step_by_step.bill(lines, end)
        in_one_go = proposed(lines, end, rounding)
        self.assertEqual(total_by_period(step_by_step.rows), total_by_period(in_one_go))
        self.assertEqual(len(step_by_step.rows), len(in_one_go))

    @reproducible
    @given(
        grids,
        prices,
        st.sampled_from(["advance", "arrears"]),
        roundings,
        steps,
        st.integers(0, 60),
    )
    def test_billed_minus_credited_is_what_was_served(
        self, schedule, price, timing, rounding, steps, more
    ):
        """Daily proration and credit; any changes, and a cancellation at the end."""
        story = Story(schedule, price, rounding, timing=timing)
        for step in steps:
            story.live(step)
        story.cut(story.today + timedelta(days=more))
        story.bill()
        story.today += timedelta(days=500)
        story.bill()
        self.assertEqual(story.ledger.total, served(story.lines, rounding))
        self.assertEqual(story.bill(), ())

    @reproducible
    @given(grids, prices, steps)
    def test_changes_leave_the_same_ledger_as_if_known_from_the_start(
        self, schedule, price, steps
    ):
        story = Story(schedule, price, CENT)
        for step in steps:
            story.live(step)
        story.bill()
        billed = total_by_period(story.ledger.rows)
        known = total_by_period(proposed(story.lines, story.today, CENT))
        for key, amount in known.items():
            self.assertEqual(billed.pop(key), amount)
        ahead = [whole for (_line, whole), amount in billed.items() if amount]
        self.assertFalse([w for w in ahead if w.end <= story.today], "billed too much")

    @reproducible
    @given(portfolios, gaps, st.randoms(use_true_random=False))
    def test_the_order_of_rows_does_not_matter(self, lines, gaps, random):
        ledger = Ledger()
        today = lines[0].schedule.start
        for gap in gaps:
            today += timedelta(days=gap)
            ledger.bill(lines, today)
        shorter = [replace(terms, end=today) for terms in lines]
        rows = list(ledger.rows)
        random.shuffle(rows)
        self.assertEqual(
            difference(shorter, rows, today, CENT),
            difference(shorter, ledger.rows, today, CENT),
        )


@tagged("post_install", "-at_install")
class TestInterventions(BaseCase):
    """People void, credit and waive at random; the law holds all the same."""

    @reproducible
    @given(grids, prices, roundings, steps, st.integers(0, 2**32))
    def test_a_credit_never_exceeds_what_was_billed_and_not_yet_credited(
        self, schedule, price, rounding, steps, seed
    ):
        random = Random(seed)  # noqa: S311 a repeatable story, not a secret
        story = Story(schedule, price, rounding)
        for step in steps:
            story.live(step)
            self._intervene(story.ledger, random)
            story.bill()
            self.assertEqual(story.bill(), ())
            self._assert_nothing_overdrawn(story.ledger)

    def _intervene(self, ledger, random):
        charges = [
            (book.net[row.key], book.remaining(row), row)
            for book in self._books(ledger)
            for row in book.charges
        ]
        if not charges:
            return
        net, remaining, row = random.choice(charges)
        action = random.choice(["void", "credit", "waive", "bill again", "nothing"])
        if action == "void":
            ledger.correct(row, -net)
        elif action == "credit":
            ledger.correct(row, -remaining, "credit")
        elif action == "waive":
            ledger.credit_by_hand(row, remaining)
        elif action == "bill again":
            waiver = ledger.credit_by_hand(row, remaining)
            ledger.correct(waiver, -remaining)

    def _books(self, ledger):
        groups = {}
        for row in ledger.rows:
            groups.setdefault((row.line, row.whole), []).append(row)
        return [PeriodBook(rows) for rows in groups.values()]

    def _assert_nothing_overdrawn(self, ledger):
        for book in self._books(ledger):
            for row in book.charges:
                self.assertGreaterEqual(book.remaining(row) * book.net[row.key], 0)
                self.assertLessEqual(abs(book.remaining(row)), abs(book.net[row.key]))
            for row in book.waivers:
                self.assertGreaterEqual(book.net[row.key] * row.amount, 0)
