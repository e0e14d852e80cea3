"""New prices: worked examples, and what holds for every price."""

import doctest
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine import revision
from ..engine.errors import RevisionError
from ..engine.revision import (
    Limits,
    by_amount,
    by_factor,
    factor_by_index,
    factor_by_percent,
    step_of,
)
from .common_engine import CENT, YEN, reproducible

prices = st.decimals(0, 100_000, places=2)
fine_prices = st.decimals(0, 100, places=4)
percents = st.decimals(-100, 500, places=2)
steps = st.sampled_from([Decimal(s) for s in ("0.0001", "0.01", "0.05", "0.1", "1")])


def percent(price, rise, step=CENT, **limits):
    factor = factor_by_percent(Decimal(rise))
    bounds = {name: Decimal(value) for name, value in limits.items()}
    return str(by_factor(Decimal(price), factor, step, Limits(**bounds)))


@tagged("post_install", "-at_install")
class TestRevision(BaseCase):
    def test_the_examples_of_the_docstrings(self):
        self.assertEqual(doctest.testmod(revision).failed, 0)

    def test_by_percent(self):
        self.assertEqual(percent("30.00", "3"), "30.90")
        self.assertEqual(percent("9.99", "3"), "10.29")  # 10.2897
        self.assertEqual(percent("9.50", "5"), "9.98")  # 9.975: half up
        self.assertEqual(percent("30.00", "-10"), "27.00")
        self.assertEqual(percent("980", "2.5", YEN), "1005")  # 1004.5: half up

    def test_a_price_keeps_its_decimals(self):
        """0.0035 per call rises to 0.0036, not to 0.00."""
        price = Decimal("0.0035")
        self.assertEqual(
            str(by_factor(price, Decimal("1.03"), step_of(price, CENT))), "0.0036"
        )
        self.assertEqual(step_of(Decimal("30"), CENT), CENT)
        self.assertEqual(step_of(Decimal("9.90"), CENT), CENT)
        self.assertEqual(step_of(Decimal("19.95"), Decimal("0.05")), Decimal("0.05"))
        self.assertEqual(step_of(Decimal("100.5"), YEN), Decimal("0.1"))

    def test_a_chosen_step(self):
        self.assertEqual(percent("19.90", "3", Decimal("0.10")), "20.50")  # 20.497
        self.assertEqual(percent("19.90", "3", Decimal("1")), "20")

    def test_by_index(self):
        """Syntec 305.2 at signature, 313.1 now: 1,000.00 x 313.1 / 305.2."""
        factor = factor_by_index(Decimal("305.2"), Decimal("313.1"))
        self.assertEqual(
            str(by_factor(Decimal("1000.00"), factor, CENT)), "1025.88"
        )  # 1025.8846...
        # The same index: not one cent.
        same = factor_by_index(Decimal("305.2"), Decimal("305.2"))
        self.assertEqual(
            by_factor(Decimal("19.95"), same, Decimal(1)), Decimal("19.95")
        )
        # An index that falls lowers the price, unless a floor was agreed.
        down = factor_by_index(Decimal("313.1"), Decimal("305.2"))
        self.assertEqual(str(by_factor(Decimal("100"), down, CENT)), "97.48")
        floor = Limits(floor=Decimal(0))
        self.assertEqual(str(by_factor(Decimal("100"), down, CENT, floor)), "100")

    def test_by_amount(self):
        self.assertEqual(str(by_amount(Decimal("30"), Decimal("2"), CENT)), "32.00")
        self.assertEqual(str(by_amount(Decimal("3"), Decimal("-5"), CENT)), "0.00")
        cap = Limits(cap=Decimal(5))
        self.assertEqual(
            str(by_amount(Decimal("30"), Decimal("2"), CENT, cap)), "31.50"
        )

    def test_limits(self):
        self.assertEqual(percent("100.00", "8", cap="5"), "105.00")
        self.assertEqual(percent("100.00", "1", floor="2", cap="5"), "102.00")
        self.assertEqual(percent("100.00", "3", floor="2", cap="5"), "103.00")

    def test_what_is_refused(self):
        with self.assertRaises(RevisionError):
            factor_by_percent(Decimal("-100.01"))
        with self.assertRaises(RevisionError):
            factor_by_index(Decimal(0), Decimal(100))
        with self.assertRaises(RevisionError):
            Limits(floor=Decimal(6), cap=Decimal(5))


@tagged("post_install", "-at_install")
class TestRevisionProperties(BaseCase):
    @reproducible
    @given(st.one_of(prices, fine_prices), steps)
    def test_nothing_asked_is_nothing_changed(self, price, step):
        self.assertEqual(by_factor(price, factor_by_percent(Decimal(0)), step), price)
        self.assertEqual(by_amount(price, Decimal(0), step), price)

    @reproducible
    @given(prices, prices, percents, steps)
    def test_a_dearer_price_stays_dearer(self, one, other, rise, step):
        low, high = sorted((one, other))
        factor = factor_by_percent(rise)
        if factor != 1:
            self.assertLessEqual(
                by_factor(low, factor, step), by_factor(high, factor, step)
            )

    @reproducible
    @given(prices, percents, percents)
    def test_a_higher_percentage_is_never_cheaper(self, price, one, other):
        low, high = sorted((one, other))
        self.assertLessEqual(
            by_factor(price, factor_by_percent(low), CENT),
            by_factor(price, factor_by_percent(high), CENT),
        )

    @reproducible
    @given(st.one_of(prices, fine_prices), percents)
    def test_rounded_to_its_own_step(self, price, rise):
        step = step_of(price, CENT)
        exact = price * factor_by_percent(rise)
        new = by_factor(price, factor_by_percent(rise), step)
        self.assertEqual(new % step, 0)
        self.assertLessEqual(abs(new - exact), step / 2)
        self.assertGreaterEqual(new, 0)

    @reproducible
    @given(
        prices,
        percents,
        st.decimals(-20, 5, places=1),
        st.decimals(5, 50, places=1),
        st.booleans(),
    )
    def test_limits_hold_to_half_a_step(self, price, rise, floor, cap, amount):
        limits = Limits(floor, cap)
        if amount:
            new = by_amount(price, rise, CENT, limits)
        else:
            new = by_factor(price, factor_by_percent(rise), CENT, limits)
        self.assertGreaterEqual(new, price * factor_by_percent(floor) - CENT / 2)
        self.assertLessEqual(new, price * factor_by_percent(cap) + CENT / 2)
