from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.errors import RatingError
from ..engine.rating import STRATEGIES, ChargeTerms, Tier, check_terms, rate
from .common_engine import reproducible


def tiers(*rows):
    """Tiers from (up to, unit price, flat fee) as texts; up to '' is without limit."""
    return tuple(
        Tier(Decimal(up_to) if up_to else None, Decimal(price), Decimal(fee))
        for up_to, price, fee in rows
    )


SCALE = tiers(("10", "5", "0"), ("20", "4", "1"), ("", "3", "2"))
quantities = st.decimals(0, 100_000, places=3)
prices = st.decimals(0, 1000, places=4)
terms_of_any_model = st.builds(
    ChargeTerms,
    st.sampled_from(sorted(STRATEGIES)),
    prices,
    tiers=st.just(SCALE),
    included=st.decimals(0, 50, places=1),
    package_size=st.decimals("0.5", 500, places=1),
    percent=st.decimals(0, 100, places=2),
    fixed_fee=prices,
    minimum=prices,
    maximum=st.one_of(st.none(), st.decimals(1000, 9000, places=2)),
)


def price(model, quantity, **values):
    values = {
        name: Decimal(value) if isinstance(value, str) else value
        for name, value in values.items()
    }
    return rate(ChargeTerms(model, **values), Decimal(quantity))


def steps(rating):
    return [(step.kind, str(step.quantity), str(step.amount)) for step in rating.steps]


@tagged("post_install", "-at_install")
class TestRatingProperties(BaseCase):
    @reproducible
    @given(terms_of_any_model, quantities)
    def test_the_steps_explain_the_amount(self, terms, quantity):
        rating = rate(terms, quantity)
        self.assertEqual(sum(step.amount for step in rating.steps), rating.amount)
        for step in rating.steps:
            self.assertEqual(
                step.quantity * step.unit_price + step.flat_fee, step.amount
            )

    @reproducible
    @given(terms_of_any_model, quantities)
    def test_the_amount_stays_between_minimum_and_maximum(self, terms, quantity):
        amount = rate(terms, quantity).amount
        self.assertGreaterEqual(amount, terms.minimum)
        if terms.maximum is not None:
            self.assertLessEqual(amount, terms.maximum)

    @reproducible
    @given(quantities, quantities)
    def test_graduated_never_gets_cheaper_with_more_units(self, one, other):
        terms = ChargeTerms("graduated", tiers=SCALE)
        low, high = sorted([one, other])
        self.assertLessEqual(rate(terms, low).amount, rate(terms, high).amount)

    @reproducible
    @given(quantities)
    def test_graduated_units_are_priced_once_each(self, quantity):
        rating = rate(ChargeTerms("graduated", tiers=SCALE), quantity)
        self.assertEqual(sum(step.quantity for step in rating.steps), quantity)


@tagged("post_install", "-at_install")
class TestRatingExamples(BaseCase):
    def test_flat_ignores_the_quantity_but_not_its_absence(self):
        self.assertEqual(price("flat", "1", unit_price="30").amount, 30)
        self.assertEqual(price("flat", "7", unit_price="30").amount, 30)
        self.assertEqual(price("flat", "0", unit_price="30").amount, 0)

    def test_per_unit(self):
        self.assertEqual(
            price("per_unit", "3", unit_price="29.90").amount, Decimal("89.70")
        )

    def test_per_unit_of_a_discount(self):
        self.assertEqual(price("per_unit", "3", unit_price="-5").amount, -15)

    def test_graduated_prices_each_unit_in_its_tier(self):
        rating = price("graduated", "25", tiers=SCALE)
        self.assertEqual(
            steps(rating),
            [
                ("graduated", "10", "50"),
                ("graduated", "10", "41"),
                ("graduated", "5", "17"),
            ],
        )
        self.assertEqual(rating.amount, 108)
        bounds = [(step.from_, step.to) for step in rating.steps]
        self.assertEqual(bounds, [(0, 10), (10, 20), (20, None)])

    def test_a_tier_ends_with_its_last_unit(self):
        self.assertEqual(price("graduated", "10", tiers=SCALE).amount, 50)
        self.assertEqual(price("graduated", "10.5", tiers=SCALE).amount, 53)

    def test_volume_prices_all_units_in_the_tier_reached(self):
        self.assertEqual(price("volume", "10", tiers=SCALE).amount, 50)
        self.assertEqual(price("volume", "11", tiers=SCALE).amount, 45)
        rating = price("volume", "25", tiers=SCALE)
        self.assertEqual(steps(rating), [("volume", "25", "77")])
        self.assertEqual((rating.steps[0].from_, rating.steps[0].to), (20, None))

    def test_package_counts_started_packages(self):
        for quantity, amount in (("1", 8), ("100", 8), ("100.5", 16), ("250", 24)):
            rating = price("package", quantity, unit_price="8", package_size="100")
            self.assertEqual(rating.amount, amount)
        self.assertEqual(steps(rating), [("package", "3", "24")])

    def test_percentage_of_an_amount_of_money(self):
        rating = price("percentage", "1234.56", percent="2.5", fixed_fee="0.30")
        self.assertEqual(rating.amount, Decimal("31.164"))  # not rounded

    def test_no_units_no_fee(self):
        for model in STRATEGIES:
            values = {"tiers": tiers(("", "3", "2")), "package_size": "10"}
            rating = price(model, "0", unit_price="9", fixed_fee="4", **values)
            self.assertEqual((rating.amount, rating.steps), (0, ()))

    def test_included_units_come_first(self):
        rating = price("per_unit", "12", unit_price="2", included="10")
        self.assertEqual(
            steps(rating), [("included", "10", "0"), ("per_unit", "2", "4")]
        )
        rating = price("graduated", "15", tiers=SCALE, included="10")
        self.assertEqual(rating.amount, 25)
        rating = price("per_unit", "7", unit_price="2", included="10")
        self.assertEqual(steps(rating), [("included", "7", "0")])

    def test_the_minimum_is_due_even_without_use(self):
        rating = price("per_unit", "3", unit_price="2", minimum="10")
        self.assertEqual(steps(rating), [("per_unit", "3", "6"), ("minimum", "0", "4")])
        self.assertEqual(
            price("per_unit", "0", unit_price="2", minimum="10").amount, 10
        )

    def test_the_maximum_caps(self):
        rating = price("per_unit", "30", unit_price="2", maximum="50")
        self.assertEqual(
            steps(rating), [("per_unit", "30", "60"), ("maximum", "0", "-10")]
        )

    def test_a_negative_quantity_is_refused(self):
        with self.assertRaises(RatingError) as caught:
            price("per_unit", "-1", unit_price="2")
        self.assertEqual(caught.exception.values["quantity"], -1)

    def test_terms_that_contradict_themselves_are_refused(self):
        open_end = ("", "3", "0")
        wrong = [
            ChargeTerms("barter"),
            ChargeTerms("graduated"),
            ChargeTerms("graduated", tiers=tiers(("10", "5", "0"))),
            ChargeTerms(
                "volume", tiers=tiers(("20", "5", "0"), ("10", "4", "0"), open_end)
            ),
            ChargeTerms(
                "volume", tiers=tiers(("10", "5", "0"), ("10", "4", "0"), open_end)
            ),
            ChargeTerms("volume", tiers=tiers(("0", "5", "0"), open_end)),
            ChargeTerms("volume", tiers=tiers(open_end, open_end)),
            ChargeTerms("package", Decimal(8)),
            ChargeTerms("per_unit", included=Decimal(-1)),
            ChargeTerms("per_unit", minimum=Decimal(-1)),
            ChargeTerms("per_unit", minimum=Decimal(10), maximum=Decimal(9)),
        ]
        for terms in wrong:
            with self.assertRaises(RatingError, msg=terms):
                check_terms(terms)
            with self.assertRaises(RatingError, msg=terms):
                rate(terms, Decimal(1))
