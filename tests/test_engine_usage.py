"""What was used: events to quantities, quantities to amounts."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.errors import RatingError
from ..engine.rating import ChargeTerms, check_terms
from ..engine.usage import (
    AGGREGATIONS,
    Event,
    aggregate,
    rate_events,
    round_quantity,
)
from .common_engine import reproducible

APRIL = datetime(2025, 4, 1), datetime(2025, 5, 1)


def event(moment, quantity="1", value=None):
    return Event(datetime.fromisoformat(moment), Decimal(quantity), value)


def decimals(*texts):
    return [Decimal(text) for text in texts]


events_in_april = st.lists(
    st.builds(
        Event,
        st.datetimes(APRIL[0], APRIL[1] - timedelta(microseconds=1)),
        st.decimals(0, 1000, places=3),
        st.sampled_from("abcde"),
    ),
    max_size=12,
)


@tagged("post_install", "-at_install")
class TestAggregation(BaseCase):
    def _of(self, aggregation, *events, carried="0"):
        return aggregate(aggregation, events, *APRIL, carried=Decimal(carried))

    def test_each_way_of_adding_up(self):
        events = [
            event("2025-04-02", "5", "ann"),
            event("2025-04-20", "3", "bob"),
            event("2025-04-10", "9", "ann"),
        ]
        expected = {"sum": 17, "maximum": 9, "last": 3, "unique": 2}
        for name, quantity in expected.items():
            with self.subTest(name):
                self.assertEqual(self._of(name, *events), quantity)

    def test_the_start_belongs_to_the_period_and_the_end_does_not(self):
        edges = [event("2025-04-01"), event("2025-05-01"), event("2025-03-31T23:59:59")]
        self.assertEqual(self._of("sum", *edges), 1)

    def test_weighted_by_time_holds_each_value_until_the_next(self):
        """10 GB for 10 days, 40 for 15, 0 for 5: 700 GB-days over 30 days."""
        events = [event("2025-04-11", "40"), event("2025-04-26", "0")]
        weighted = self._of("time_weighted", *events, carried="10")
        self.assertEqual(weighted, Fraction(700, 30))

    def test_weighted_by_time_counts_seconds(self):
        weighted = self._of("time_weighted", event("2025-04-30T23:59:59", "30"))
        self.assertEqual(weighted, Fraction(30, 30 * 86_400))

    def test_what_is_carried_costs_the_whole_period(self):
        self.assertEqual(self._of("time_weighted", carried="8"), 8)
        self.assertEqual(self._of("sum", carried="8"), 0)

    def test_corrections_do_not_make_it_negative(self):
        self.assertEqual(
            self._of("sum", event("2025-04-02", "5"), event("2025-04-03", "-7")), 0
        )

    def test_unknown_ways_are_refused(self):
        with self.assertRaises(RatingError):
            self._of("median")
        with self.assertRaises(RatingError):
            round_quantity(Decimal(1), 0, "sideways")

    @reproducible
    @given(events_in_april, st.sampled_from(sorted(AGGREGATIONS)))
    def test_the_order_in_which_events_arrive_does_not_matter(self, events, name):
        moments = {event.at for event in events}
        if len(moments) == len(events):
            self.assertEqual(self._of(name, *events), self._of(name, *reversed(events)))

    @reproducible
    @given(events_in_april, st.dates(date(2025, 4, 2), date(2025, 4, 30)))
    def test_a_sum_cut_in_two_is_the_same(self, events, cut):
        middle = datetime(cut.year, cut.month, cut.day)
        first = aggregate("sum", events, APRIL[0], middle)
        self.assertEqual(
            first + aggregate("sum", events, middle, APRIL[1]), self._of("sum", *events)
        )

    @reproducible
    @given(events_in_april, st.decimals(0, 1000, places=3))
    def test_an_average_lies_between_the_extremes(self, events, carried):
        weighted = self._of("time_weighted", *events, carried=str(carried))
        values = [carried, *(event.quantity for event in events)]
        self.assertLessEqual(min(values), weighted)
        self.assertLessEqual(weighted, max(values))

    @reproducible
    @given(st.fractions(0, 10_000), st.integers(0, 6))
    def test_rounding_stays_within_one_unit(self, value, digits):
        down, near, up = (
            round_quantity(value, digits, way) for way in ("down", "half_up", "up")
        )
        self.assertLessEqual(down, value)
        self.assertLessEqual(value, up)
        self.assertIn(near, (down, up))
        self.assertLessEqual(abs(Fraction(near) - value), Fraction(1, 2 * 10**digits))


@tagged("post_install", "-at_install")
class TestEventPrices(BaseCase):
    def _rate(self, *sums, **terms):
        values = {
            name: Decimal(value) if isinstance(value, str) else value
            for name, value in terms.items()
        }
        return rate_events(ChargeTerms("percentage", **values), decimals(*sums))

    def _steps(self, rating):
        return [(step.kind, str(step.amount)) for step in rating.steps]

    def test_percent_and_fee_of_each_event(self):
        """2 % of 300.00 and 0.25 for each of three payments."""
        rating = self._rate("100", "150", "50", percent="2", fixed_fee="0.25")
        self.assertEqual(rating.amount, Decimal("6.75"))
        self.assertEqual(rating.quantity, 300)
        self.assertEqual(self._steps(rating), [("percentage", "6.75")])

    def test_free_events_come_first(self):
        rating = self._rate("100", "150", "50", percent="2", free_events=1)
        self.assertEqual(rating.amount, 4)

    def test_free_money_is_used_up_and_the_rest_of_that_event_is_charged(self):
        rating = self._rate(
            "100", "150", "50", percent="2", fixed_fee="0.25", included="120"
        )
        # 100 free, 20 of 150 free: 130 and 50 at 2 %, two fees.
        self.assertEqual(rating.amount, Decimal("4.10"))
        self.assertEqual(rating.steps[0].quantity, 120)

    def test_minimum_and_maximum_of_an_event(self):
        rating = self._rate(
            "10", "100", "10000", percent="1", event_minimum="0.50", event_maximum="25"
        )
        # 0.10 becomes 0.50, 1.00 stays, 100.00 becomes 25.00.
        self.assertEqual(rating.amount, Decimal("26.50"))
        self.assertEqual(
            self._steps(rating),
            [
                ("percentage", "101.10"),
                ("event_minimum", "0.40"),
                ("event_maximum", "-75.00"),
            ],
        )

    def test_what_is_paid_back_gives_back_its_percent_but_no_fee(self):
        rating = self._rate("100", "-40", percent="2", fixed_fee="0.25")
        self.assertEqual(rating.amount, Decimal("1.45"))
        self.assertEqual(self._rate("-40", percent="2").amount, 0)

    def test_commitment_and_cap_of_the_period(self):
        self.assertEqual(self._rate("100", percent="2", minimum="10").amount, 10)
        self.assertEqual(self._rate("9000", percent="2", maximum="50").amount, 50)

    def test_contradicting_limits_are_refused(self):
        for terms in (
            {"event_minimum": Decimal(-1)},
            {"fixed_fee": Decimal(-1)},
            {"free_events": -1},
            {"event_minimum": Decimal(5), "event_maximum": Decimal(4)},
        ):
            with self.subTest(**terms), self.assertRaises(RatingError):
                check_terms(ChargeTerms("percentage", **terms))

    @reproducible
    @given(
        st.lists(st.decimals(-500, 5000, places=2), max_size=8),
        st.integers(0, 3),
        st.decimals(0, 500, places=2),
        st.decimals(0, 2, places=2),
        st.one_of(st.none(), st.decimals(2, 20, places=2)),
    )
    def test_steps_add_up_and_never_owe_the_customer(
        self, sums, free, included, least, most
    ):
        terms = ChargeTerms(
            "percentage",
            percent=Decimal("1.5"),
            fixed_fee=Decimal("0.10"),
            included=included,
            event_minimum=least,
            event_maximum=most,
            free_events=free,
        )
        rating = rate_events(terms, sums)
        self.assertEqual(sum(step.amount for step in rating.steps), rating.amount)
        self.assertGreaterEqual(rating.amount, 0)
        for step in rating.steps:
            self.assertEqual(
                step.quantity * step.unit_price + step.flat_fee, step.amount
            )
        if most is not None:
            self.assertLessEqual(rating.amount, most * len(sums))
