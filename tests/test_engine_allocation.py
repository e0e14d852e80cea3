from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.allocation import cumulative, round_half_up, round_share, split
from ..engine.errors import AllocationError
from .common_engine import CENT, YEN, reproducible

ROUNDINGS = [Decimal(text) for text in ("1", "0.01", "0.001", "0.05", "10")]
roundings = st.sampled_from(ROUNDINGS)
exact_amounts = st.decimals(-1_000_000, 1_000_000, places=3)
weights = st.lists(
    st.one_of(st.integers(0, 1000), st.decimals(0, 1000, places=2), st.fractions(0, 9)),
    min_size=1,
    max_size=12,
)


def texts(parts):
    return [str(part) for part in parts]


@tagged("post_install", "-at_install")
class TestAllocationProperties(BaseCase):
    @reproducible
    @given(exact_amounts, weights, roundings)
    def test_split_amounts_sum_exactly_to_the_whole(self, amount, weights, rounding):
        parts = split(amount, weights, rounding)
        self.assertEqual(sum(parts), amount)
        self.assertEqual(len(parts), len(weights))
        self.assertFalse([part for part in parts if part * amount < 0])

    @reproducible
    @given(st.integers(-10_000, 10_000), weights, roundings)
    def test_no_part_is_a_unit_away_from_its_exact_share(
        self, units, weights, rounding
    ):
        amount = units * rounding
        parts = split(amount, weights, rounding)
        total = sum(Fraction(weight) for weight in weights)
        for part, weight in zip(parts, weights, strict=True):
            self.assertEqual(part % rounding, 0)
            share = Fraction(weight) / total if total else Fraction(1, len(weights))
            self.assertLess(abs(Fraction(part) - Fraction(amount) * share), rounding)

    @reproducible
    @given(exact_amounts, weights, roundings)
    def test_a_credit_is_split_like_its_charge(self, amount, weights, rounding):
        charged = split(amount, weights, rounding)
        credited = split(-amount, weights, rounding)
        self.assertEqual([-part for part in charged], list(credited))

    @reproducible
    @given(
        st.integers(-10_000, 10_000),
        st.lists(st.integers(0, 31), min_size=1, max_size=24),
        roundings,
    )
    def test_slices_over_time_are_right_to_date(self, units, days, rounding):
        total = sum(days)
        shares = [Fraction(n, total) if total else Fraction(0) for n in days]
        amount = units * rounding
        slices = cumulative(amount, shares, rounding)
        for n in range(len(slices)):
            exact = Fraction(amount) * sum(shares[: n + 1])
            self.assertEqual(sum(slices[: n + 1]), round_half_up(exact, rounding))
        self.assertFalse([part for part in slices if part * amount < 0])
        if total:
            self.assertEqual(sum(slices), amount)

    @reproducible
    @given(exact_amounts, st.fractions(-2, 2), roundings)
    def test_rounding_is_to_the_nearest_and_symmetric(self, amount, share, rounding):
        value = Fraction(amount) * share
        rounded = round_half_up(value, rounding)
        self.assertEqual(rounded % rounding, 0)
        self.assertLessEqual(2 * abs(Fraction(rounded) - value), rounding)
        self.assertEqual(round_half_up(-value, rounding), -rounded)
        self.assertEqual(round_share(amount, share, rounding), rounded)


@tagged("post_install", "-at_install")
class TestAllocationExamples(BaseCase):
    def test_halves_go_away_from_zero(self):
        cases = {
            ("2.675", "0.01"): "2.68",
            ("-2.675", "0.01"): "-2.68",
            ("0.5", "1"): "1",
            ("1.5", "1"): "2",
            ("2.5", "1"): "3",
            ("0.0005", "0.001"): "0.001",
            ("10.025", "0.05"): "10.05",
            ("10.02", "0.05"): "10.00",
            ("-0.004", "0.01"): "0.00",
        }
        for (value, rounding), expected in cases.items():
            rounded = round_half_up(Decimal(value), Decimal(rounding))
            self.assertEqual(str(rounded), expected)

    def test_a_third_is_not_rounded_twice(self):
        self.assertEqual(round_half_up(Fraction(1, 3), CENT), Decimal("0.33"))
        # 0.0149999... would become 0.015 and then 0.02 in two steps.
        value = Fraction(15, 1000) - Fraction(1, 10**30)
        self.assertEqual(round_half_up(value, CENT), Decimal("0.01"))

    def test_a_hundred_in_three(self):
        thirds = split(Decimal("100.00"), (1, 1, 1), CENT)
        self.assertEqual(texts(thirds), ["33.34", "33.33", "33.33"])
        yen = split(Decimal(100), (1, 1, 1), YEN)
        self.assertEqual(texts(yen), ["34", "33", "33"])
        dinars = split(Decimal("100.000"), (1, 1, 1), Decimal("0.001"))
        self.assertEqual(texts(dinars), ["33.334", "33.333", "33.333"])

    def test_the_largest_remainder_gets_the_cent(self):
        parts = split(Decimal("0.10"), (Decimal("1.4"), Decimal("1.6"), 7), CENT)
        self.assertEqual(texts(parts), ["0.01", "0.02", "0.07"])

    def test_without_weights_in_equal_parts(self):
        self.assertEqual(texts(split(Decimal("0.03"), (0, 0), CENT)), ["0.02", "0.01"])

    def test_what_is_below_the_rounding_stays_with_the_largest(self):
        parts = split(Decimal("10.005"), (1, 3), CENT)
        self.assertEqual(texts(parts), ["2.50", "7.505"])

    def test_nothing_can_be_split_over_nobody_or_by_negative_weights(self):
        for weights in ((), (1, -1), (2, -1)):
            with self.assertRaises(AllocationError):
                split(Decimal(1), weights, CENT)

    def test_a_year_of_100_in_monthly_slices(self):
        slices = cumulative(Decimal(100), [Fraction(1, 12)] * 12, CENT)
        self.assertEqual(sum(slices), 100)
        self.assertEqual(set(texts(slices)), {"8.33", "8.34"})
        self.assertEqual(texts(slices[:3]), ["8.33", "8.34", "8.33"])
