"""IFRS 15: the price by obligation, how long a contract binds, what it leaves."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.errors import RecognitionError
from ..engine.obligations import (
    Balances,
    Promise,
    allocate,
    balances,
    enforceable_end,
    modification,
)
from .common_engine import CENT, YEN, day, reproducible


def promise(key, price, alone, part_of=None):
    return Promise(key, Decimal(price), Decimal(alone), part_of)


def parts(*promises, rounding=CENT, discounted=()):
    return {
        one.key: str(one.amount) for one in allocate(promises, rounding, discounted)
    }


@tagged("post_install", "-at_install")
class TestObligations(BaseCase):
    def test_a_bundle(self):
        """100 for what costs 50, 25 and 75 alone."""
        bundle = [promise("A", 40, 50), promise("B", 20, 25), promise("C", 40, 75)]
        self.assertEqual(parts(*bundle), {"A": "33.33", "B": "16.67", "C": "50.00"})
        by_yen = parts(*bundle, rounding=YEN)
        self.assertEqual(by_yen, {"A": "33", "B": "17", "C": "50"})

    def test_the_discount_of_two_of_three(self):
        """IFRS 15.IE168: 100 for 40, 55 and 45, and the two last always cost 60."""
        bundle = [promise("A", 40, 40), promise("B", 30, 55), promise("C", 30, 45)]
        self.assertEqual(
            parts(*bundle, discounted=("B", "C")),
            {"A": "40", "B": "33.00", "C": "27.00"},
        )
        with self.assertRaisesRegex(RecognitionError, "greater"):
            parts(promise("A", 10, 40), promise("B", 20, 55), discounted=("B",))

    def test_what_is_not_distinct(self):
        """A set-up that is worth nothing without the service is part of it."""
        found = allocate(
            [
                promise("set-up", 300, 300, part_of="service"),
                promise("service", 1200, 1200),
                promise("training", 300, 500),
            ],
            CENT,
        )
        self.assertEqual([one.key for one in found], ["service", "training"])
        self.assertEqual([str(one.amount) for one in found], ["1350.00", "450.00"])
        self.assertEqual(found[0].promises, ("service", "set-up"))

    def test_contradictions(self):
        with self.assertRaisesRegex(RecognitionError, "no obligation"):
            parts(promise("A", 1, 1, part_of="nothing"))
        with self.assertRaisesRegex(RecognitionError, "one name"):
            parts(promise("A", 1, 1), promise("A", 2, 2))

    def test_how_long_a_contract_binds(self):
        today, month_end = day("2026-11-20"), day("2026-12-01")
        self.assertEqual(enforceable_end(today, None, month_end), month_end)
        committed = day("2027-11-01")
        self.assertEqual(enforceable_end(today, committed, month_end), committed)
        self.assertEqual(
            enforceable_end(committed, committed, day("2027-12-01")), day("2027-12-01")
        )

    def test_kinds_of_modifications(self):
        self.assertEqual(modification(True, True, False), "separate")
        self.assertEqual(modification(True, False, True), "prospective")
        self.assertEqual(modification(False, False, False), "catch_up")

    def test_balances(self):
        """A year of 1,200 after three months."""
        for unconditional, paid, expected in (
            (1200, 1200, (0, 0, 900)),
            (1200, 0, (1200, 0, 900)),
            (0, 0, (0, 300, 0)),
            (100, 100, (0, 200, 0)),
            (0, 500, (0, 0, 200)),
        ):
            found = balances(*map(Decimal, (300, unconditional, paid)))
            self.assertEqual(found, Balances(*map(Decimal, expected)))


prices = st.integers(0, 10**6).map(lambda cents: cents * CENT)


@tagged("post_install", "-at_install")
class TestObligationProperties(BaseCase):
    @reproducible
    @given(st.lists(st.tuples(prices, prices), min_size=1, max_size=8))
    def test_the_parts_are_the_price(self, pairs):
        promises = [Promise(key, *pair) for key, pair in enumerate(pairs)]
        found = allocate(promises, CENT)
        self.assertEqual(
            sum(one.amount for one in found), sum(price for price, _alone in pairs)
        )
        self.assertTrue(all(one.amount >= 0 for one in found))

    @reproducible
    @given(prices, prices, prices)
    def test_balances_are_what_is_earned_and_not_paid(self, earned, due, paid):
        found = balances(earned, due, paid)
        self.assertEqual(
            found.receivable + found.contract_asset - found.contract_liability,
            earned - paid,
        )
        self.assertEqual(min(found.contract_asset, found.contract_liability), 0)
