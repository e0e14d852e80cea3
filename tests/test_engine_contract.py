"""What a contract earns by IFRS 15: nothing is lost, whatever happens to it."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.contract import (
    Duty,
    Run,
    layers,
    modified,
    proposal,
    reduced,
    shares,
    unreduced,
)
from ..engine.obligations import CATCH_UP, PROSPECTIVE, SEPARATE
from ..engine.period import Period
from ..engine.pieces import Given, Less, Piece
from ..engine.worth import worth_by_month, worth_to_date
from .common_engine import CENT, reproducible

YEAR = Period(date(2026, 1, 1), date(2027, 1, 1))
JULY = date(2026, 7, 1)


amounts = st.integers(-5000, 50000).map(lambda cents: Decimal(cents) / 100)


def total(curves):
    return sum((curve.amount for curve in curves.values()), Decimal(0))


def duty(key, price, alone=None, **values):
    """A service of a year that is billed at once."""
    alone = Decimal(price if alone is None else alone)
    return Duty(
        key, (Piece(Decimal(price), YEAR),), (Run(YEAR, alone),), "month", **values
    )


some_day = st.integers(0, 364).map(lambda days: YEAR.start + timedelta(days=days))
some_given = st.lists(
    st.builds(Given, amounts, some_day, st.booleans()), max_size=2
).map(tuple)
some_less = st.lists(
    st.builds(
        lambda amount, start, days, known: Less(
            amount, Period(start, start + timedelta(days=days)), known
        ),
        amounts,
        some_day,
        st.integers(1, 90),
        some_day,
    ),
    max_size=1,
).map(tuple)


@st.composite
def some_duties(draw):
    """One to four duties with pieces anywhere in the year, some paid upfront."""
    found = []
    for number in range(draw(st.integers(1, 4))):
        pieces = []
        for _piece in range(draw(st.integers(0, 3))):
            start = YEAR.start + timedelta(days=draw(st.integers(0, 360)))
            end = start + timedelta(days=draw(st.integers(1, 90)))
            pieces.append(
                Piece(
                    draw(amounts),
                    Period(start, end),
                    upfront=draw(st.booleans()),
                )
            )
        runs = []
        for _run in range(draw(st.integers(0, 2))):
            start = YEAR.start + timedelta(days=draw(st.integers(0, 300)))
            end = start + timedelta(days=draw(st.integers(1, 65)))
            weight = abs(draw(amounts))
            runs.append(Run(Period(start, end), weight))
        if pieces or runs:
            found.append(
                Duty(
                    str(number),
                    tuple(pieces),
                    tuple(runs),
                    draw(st.sampled_from(["day", "month", "full_month", "point"])),
                    whole=draw(st.booleans()),
                    bears=draw(st.booleans()),
                    fixed=draw(st.booleans()),
                    less=draw(some_less),
                )
            )
    return found or [duty("0", 100)]


@tagged("post_install", "-at_install")
class TestEngineContract(BaseCase):
    @reproducible
    @given(some_duties(), st.lists(some_day, max_size=3))
    def test_every_layer_is_the_price(self, duties, boundaries):
        price = sum(one.price for one in duties)
        for layer, curves in layers(duties, CENT, boundaries).items():
            self.assertEqual(total(curves), price, layer)

    @reproducible
    @given(
        some_duties(),
        some_duties(),
        some_day,
        st.sampled_from([SEPARATE, PROSPECTIVE, CATCH_UP]),
    )
    def test_a_modification_comes_to_the_new_price(self, old, new, day, treatment):
        sold, costly = unreduced(old), unreduced(new)
        before = layers(sold, CENT)["allocation"]
        after = modified(before, sold, costly, day, treatment, CENT)
        self.assertEqual(total(after), sum(one.price for one in costly))
        less = reduced(after, new, CENT)
        self.assertEqual(total(less), sum(one.price for one in new))
        for key, curve in before.items():
            # Whole months are cut at the end of the month that has begun.
            if all(one.method != "full_month" for one in (*old, *new)):
                self.assertEqual(
                    curve.earned_before(day), after[key].earned_before(day)
                )

    def test_bundle(self):
        bundle = [duty("A", 40, 50), duty("B", 20, 25), duty("C", 40, 75)]
        prices = {one.key: one.price for one in bundle}
        self.assertEqual(
            list(map(str, shares(bundle, prices, CENT).values())),
            ["33.33", "16.67", "50.00"],
        )

    def test_the_rule(self):
        old = [duty("seat", 1200)]
        more = [duty("seat", 1500)]
        cheap = [duty("seat", 1300, 1500)]
        self.assertEqual(proposal(old, more, True), SEPARATE)
        self.assertEqual(proposal(old, cheap, True), PROSPECTIVE)
        self.assertEqual(proposal(old, more, False), PROSPECTIVE)
        self.assertEqual(proposal(old, [duty("other", 1500)], True), PROSPECTIVE)
        project = [duty("project", 1200, whole=True)]
        self.assertEqual(
            proposal(project, [duty("project", 900, 1200, whole=True)], False),
            CATCH_UP,
        )

    def test_three_treatments(self):
        old, new = [duty("A", 1200)], [duty("A", 1500, 1200)]
        before = layers(old, CENT)["allocation"]
        july = {
            treatment: modified(before, old, new, JULY, treatment, CENT)["A"].slices()[
                JULY
            ]
            for treatment in (SEPARATE, PROSPECTIVE, CATCH_UP)
        }
        self.assertEqual(
            july,
            {
                SEPARATE: Decimal("150.00"),
                PROSPECTIVE: Decimal("150.00"),
                CATCH_UP: Decimal("275.00"),
            },
        )


@tagged("post_install", "-at_install")
class TestWorth(BaseCase):
    """What is earned in a foreign currency is what was invoiced, in the end."""

    @reproducible
    @given(
        st.lists(
            st.tuples(st.integers(1, 9999), st.integers(1, 300)), min_size=1, max_size=6
        ),
        st.lists(st.integers(0, 5000), max_size=8),
    )
    def test_nothing_is_left(self, invoices, earned):
        parts = [
            (Decimal(cents) / 100, (Decimal(cents) * rate / 10000).quantize(CENT))
            for cents, rate in invoices
        ]
        invoiced = sum(amount for amount, _worth in parts)
        rest = invoiced - Decimal(sum(earned)) / 100
        months = {
            (key, date(2026, number + 1, 1)): Decimal(cents) / 200
            for number, cents in enumerate(earned)
            for key in ("a", "b")
        }
        months["a", date(2027, 1, 1)] = rest
        worth = worth_by_month(months, parts, Fraction(1), CENT)
        self.assertEqual(sum(worth.values()), sum(worth for _amount, worth in parts))

    def test_a_credit_takes_from_what_came_last(self):
        parts = [
            (Decimal(100), Decimal(80)),
            (Decimal(100), Decimal(50)),
            (Decimal(-40), Decimal(-24)),
        ]
        self.assertEqual(worth_to_date(Decimal(100), parts, Fraction(1)), 80)
        self.assertEqual(worth_to_date(Decimal(160), parts, Fraction(1)), 106)
        self.assertEqual(worth_to_date(Decimal(-10), parts, Fraction(1)), -8)
        self.assertEqual(worth_to_date(Decimal(10), [], Fraction(1, 2)), 5)
