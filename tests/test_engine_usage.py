"""What was used: events to quantities, quantities to amounts, amounts to items."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.errors import BillingError, RatingError
from ..engine.period import Period
from ..engine.preview import next_due, settled_through
from ..engine.rating import ChargeTerms, Tier, check_terms
from ..engine.usage import (
    AGGREGATIONS,
    Event,
    UsageTerms,
    Use,
    aggregate,
    rate_events,
    round_quantity,
)
from .common_engine import CENT, Ledger, amounts, day, line, parts, reproducible, span

APRIL = datetime(2025, 4, 1), datetime(2025, 5, 1)
MAY = span("2025-05-01", "2025-06-01")
JUNE = span("2025-06-01", "2025-07-01")


def event(moment, quantity="1", value=None):
    return Event(datetime.fromisoformat(moment), Decimal(quantity), value)


def decimals(*texts):
    return [Decimal(text) for text in texts]


def per_call(used=(), price="0.01", **terms):
    """Usage terms of calls at a price each; ``used`` is {whole period: calls}."""
    use = {whole: Use(Decimal(calls)) for whole, calls in dict(used).items()}
    charge = ChargeTerms("per_unit", Decimal(price), **terms)
    return UsageTerms(charge, use)


def metered(usage, start="2025-05-01", end=None, **terms):
    return line(start, end, amount="0", timing="arrears", usage=usage, **terms)


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


@tagged("post_install", "-at_install")
class TestUsageBilled(BaseCase):
    def setUp(self):
        super().setUp()
        self.ledger = Ledger()

    def _bill(self, usage, through, **options):
        return self.ledger.bill([metered(usage, **options)], through, document=7)

    def test_billed_after_the_period(self):
        usage = per_call({MAY: 1200})
        self.assertEqual(self._bill(usage, "2025-05-31"), ())
        items = self._bill(usage, "2025-06-01")
        self.assertEqual(amounts(items), ["12.00"])
        self.assertEqual(parts(items), [("2025-05-01", "2025-06-01")])
        self.assertEqual(self._bill(usage, "2025-06-01"), ())

    def test_usage_in_advance_is_refused(self):
        with self.assertRaises(BillingError):
            line("2025-05-01", usage=per_call())

    def test_nothing_used_is_a_row_of_zero_and_billed_no_more(self):
        self.assertEqual(amounts(self._bill(per_call(), "2025-06-01")), ["0.00"])
        self.assertEqual(self._bill(per_call(), "2025-06-15"), ())

    def test_late_usage_is_a_further_charge_for_its_own_period(self):
        self._bill(per_call({MAY: 1200}), "2025-06-01")
        usage = per_call({MAY: 1250, JUNE: 300})
        late, june = self._bill(usage, "2025-07-01")
        self.assertEqual((late.kind, str(late.amount)), ("charge", "0.50"))
        self.assertEqual((late.part, late.whole, late.share), (MAY, MAY, None))
        self.assertEqual((june.part, str(june.amount)), (JUNE, "3.00"))
        self.assertIsNotNone(june.share)
        self.assertEqual(self._bill(usage, "2025-07-01"), ())

    def test_late_usage_after_a_period_without_any(self):
        self._bill(per_call(), "2025-06-01")
        [late] = self._bill(per_call({MAY: 100}), "2025-06-02")
        self.assertEqual((late.part, str(late.amount)), (MAY, "1.00"))

    def test_a_correction_downwards_credits_the_difference_and_never_more(self):
        self._bill(per_call({MAY: 1200}), "2025-06-01")
        [credit] = self._bill(per_call({MAY: 900}), "2025-06-02")
        self.assertEqual((credit.kind, str(credit.amount)), ("credit", "-3.00"))
        self.assertEqual(credit.document, 7)
        [rest] = self._bill(per_call(), "2025-06-03")
        self.assertEqual(str(rest.amount), "-9.00")
        self.assertEqual(self.ledger.total, 0)
        self.assertEqual(self._bill(per_call(), "2025-06-03"), ())
        # Used after all.
        self.assertEqual(
            amounts(self._bill(per_call({MAY: 5}), "2025-06-04")), ["0.05"]
        )

    def test_nothing_is_prorated_but_the_minimum(self):
        """From 11 May: 21 of 31 days of the commitment of 62.00, all of the calls."""
        calendar = {"schedule": line("2025-05-01").schedule, "start": "2025-05-11"}
        little = per_call({MAY: 100}, minimum=Decimal(62))
        much = per_call({MAY: 100_000}, minimum=Decimal(62))
        self.assertEqual(
            amounts(self._bill(little, "2025-06-01", **calendar)), ["42.00"]
        )
        self.ledger = Ledger()
        self.assertEqual(
            amounts(self._bill(much, "2025-06-01", **calendar)), ["1000.00"]
        )
        whole = UsageTerms(little.charge, little.used, prorated=False)
        self.ledger = Ledger()
        self.assertEqual(
            amounts(self._bill(whole, "2025-06-01", **calendar)), ["62.00"]
        )

    def test_true_up_counts_late_usage_against_the_commitment(self):
        self._bill(per_call({MAY: 100}, minimum=Decimal(5)), "2025-06-01")
        still_below = per_call({MAY: 400}, minimum=Decimal(5))
        self.assertEqual(self._bill(still_below, "2025-06-02"), ())
        above = per_call({MAY: 620}, minimum=Decimal(5))
        self.assertEqual(amounts(self._bill(above, "2025-06-02")), ["1.20"])

    def test_included_units_overage_cap_and_discount(self):
        usage = per_call({MAY: 1500}, included=Decimal(1000))
        self.assertEqual(amounts(self._bill(usage, "2025-06-01")), ["5.00"])
        capped = per_call({JUNE: 9000}, maximum=Decimal(20))
        self.assertEqual(usage.amount(JUNE), 0)
        self.assertEqual(capped.amount(JUNE), 20)
        cheaper = UsageTerms(capped.charge, capped.used, discount=Decimal(25))
        self.assertEqual(cheaper.amount(JUNE), 15)

    def test_events_with_prices_of_their_own(self):
        charge = ChargeTerms("percentage", percent=Decimal(2))
        usage = UsageTerms(
            charge, {MAY: Use(Decimal(150), tuple(decimals("100", "50")))}
        )
        self.assertEqual(amounts(self._bill(usage, "2025-06-01")), ["3.00"])

    def test_an_upgrade_rates_each_line_on_its_own_events(self):
        """Until 15 May calls at 0.01, from 16 May at 0.02; 1,000 before, 500 after."""
        grid = line("2025-05-01").schedule
        lines = [
            metered(per_call({MAY: 1000}), end="2025-05-16", key="old"),
            metered(
                per_call({MAY: 500}, price="0.02"),
                start="2025-05-16",
                schedule=grid,
                key="new",
            ),
        ]
        items = self.ledger.bill(lines, "2025-06-01")
        self.assertEqual(
            [(item.line, str(item.amount)) for item in items],
            [("old", "10.00"), ("new", "10.00")],
        )
        # The ended line is known, and billed, as soon as it has ended.
        self.assertEqual(str(items[0].due), "2025-05-16")

    def test_tiers_count_within_one_period(self):
        tiers = (Tier(Decimal(10), Decimal(1)), Tier(None, Decimal("0.5")))
        usage = UsageTerms(
            ChargeTerms("graduated", tiers=tiers),
            {MAY: Use(Decimal(14)), JUNE: Use(Decimal(4))},
        )
        items = self._bill(usage, "2025-07-01")
        self.assertEqual(amounts(items), ["12.00", "4.00"])

    def test_looking_ahead(self):
        usage = per_call({MAY: 100})
        lines = [metered(usage)]
        self.assertEqual(
            next_due(lines, self.ledger.rows, day("2025-05-10"), CENT), MAY.end
        )
        self._bill(usage, "2025-06-01")
        closed = settled_through(lines, self.ledger.rows, MAY.end, CENT)
        self.assertEqual(closed, MAY.end)

    @reproducible
    @given(
        st.lists(
            st.tuples(st.integers(0, 2), st.integers(-400, 900)),
            min_size=1,
            max_size=12,
        ),
        st.integers(0, 10),
        st.integers(0, 300),
    )
    def test_billed_less_credited_is_what_the_use_costs(
        self, events, minimum, included
    ):
        """Events in any order, billed after each: the sum is the price of the use."""
        months = [MAY, JUNE, span("2025-07-01", "2025-08-01")]
        used = dict.fromkeys(months, 0)
        usage = per_call()
        for step, (month, calls) in enumerate(events):
            used[months[month]] = max(0, used[months[month]] + calls)
            usage = per_call(used, minimum=Decimal(minimum), included=Decimal(included))
            through = date(2025, 6, 1) + timedelta(days=6 * step)
            self._bill(usage, through)
            for row in self.ledger.rows:
                self._assert_never_more_credited_than_billed(row)
        self._bill(usage, "2025-08-01", end="2025-08-01")
        self.assertEqual(
            self.ledger.total, sum(usage.amount(month) for month in months)
        )
        self.assertEqual(self._bill(usage, "2025-08-01", end="2025-08-01"), ())

    def _assert_never_more_credited_than_billed(self, charge):
        if charge.kind == "charge":
            back = sum(
                row.amount for row in self.ledger.rows if row.origin == charge.key
            )
            self.assertGreaterEqual(charge.amount + back, 0)

    def test_periods_are_values(self):
        self.assertEqual(per_call({MAY: 3}).use(Period(MAY.start, MAY.end)).quantity, 3)
