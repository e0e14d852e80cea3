"""What a contract earns by IFRS 15: nothing is lost, whatever happens to it."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.contract import Duty, Piece, Run, layers, modified, proposal, shares
from ..engine.obligations import CATCH_UP, PROSPECTIVE, SEPARATE
from ..engine.period import Period
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
                )
            )
    return found or [duty("0", 100)]


some_day = st.integers(0, 364).map(lambda days: YEAR.start + timedelta(days=days))


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
        before = layers(old, CENT)["allocation"]
        after = modified(before, old, new, day, treatment, CENT)
        self.assertEqual(total(after), sum(one.price for one in new))
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
