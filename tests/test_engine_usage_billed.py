"""Usage among the items of a billing: after its period, late, corrected."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.errors import BillingError
from ..engine.period import Period
from ..engine.preview import next_due, settled_through
from ..engine.rating import ChargeTerms, Tier
from ..engine.usage import (
    UsageTerms,
    Use,
)
from .common_engine import CENT, Ledger, amounts, day, line, parts, reproducible, span

MAY = span("2025-05-01", "2025-06-01")
JUNE = span("2025-06-01", "2025-07-01")


def decimals(*texts):
    return [Decimal(text) for text in texts]


def per_call(used=(), price="0.01", **terms):
    """Usage terms of calls at a price each; ``used`` is {whole period: calls}."""
    use = {whole: Use(Decimal(calls)) for whole, calls in dict(used).items()}
    charge = ChargeTerms("per_unit", Decimal(price), **terms)
    return UsageTerms(charge, use)


def metered(usage, start="2025-05-01", end=None, **terms):
    return line(start, end, amount="0", timing="arrears", usage=usage, **terms)


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
