"""Lines of one charge that follow each other within a period share what it offers."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.claims import LineClaims
from ..engine.rating import ChargeTerms, Tier
from ..engine.usage import NOTHING, UsageTerms, Use, together
from .common_engine import CENT, Ledger, amounts, day, line, reproducible, span

MAY = span("2025-05-01", "2025-06-01")
GRID = line("2025-05-01").schedule
TIERS = (Tier(Decimal(10), Decimal(1)), Tier(None, Decimal("0.5")))


def lines_of(charge, *parts, aggregation="sum", **terms):
    """Lines that follow each other: ``(first day, end, what was used)``."""
    made = []
    for key, (start, end, use) in enumerate(parts):
        if not isinstance(use, Use):
            use = Use(Decimal(use))
        usage = UsageTerms(charge, {MAY: use}, aggregation=aggregation, **terms)
        made.append(
            line(
                start,
                end,
                amount="0",
                timing="arrears",
                schedule=GRID,
                key=key,
                usage=usage,
                earlier=tuple(made),
            )
        )
    return made


def billed(*args, **kwargs):
    items = Ledger().bill(lines_of(*args, **kwargs), "2025-06-01")
    return amounts(sorted(items, key=lambda item: item.line))


def calls(**terms):
    return ChargeTerms("per_unit", Decimal("0.01"), **terms)


@tagged("post_install", "-at_install")
class TestSharedPeriod(BaseCase):
    def test_what_is_included_comes_once(self):
        charge = calls(included=Decimal(1000))
        halves = ("2025-05-01", "2025-05-16", 900), ("2025-05-16", None, 900)
        self.assertEqual(billed(charge, *halves), ["0.00", "8.00"])

    def test_the_most_is_the_most_of_the_period(self):
        halves = ("2025-05-01", "2025-05-16", 300), ("2025-05-16", None, 900)
        self.assertEqual(billed(calls(maximum=Decimal(5)), *halves), ["3.00", "2.00"])
        self.assertEqual(billed(calls(maximum=Decimal(3)), *halves), ["3.00", "0.00"])

    def test_a_commitment_counts_what_was_used_before_a_pause(self):
        """21 of 31 days owe 21.00 in all: 20.00 were used before the pause."""
        parts = ("2025-05-01", "2025-05-11", 2000), ("2025-05-21", None, 0)
        charge = calls(minimum=Decimal(31))
        self.assertEqual(billed(charge, *parts), ["20.00", "1.00"])
        self.assertEqual(billed(charge, *parts, prorated=False), ["31.00", "0.00"])

    def test_tiers_go_on(self):
        charge = ChargeTerms("graduated", tiers=TIERS)
        halves = ("2025-05-01", "2025-05-16", 8), ("2025-05-16", None, 6)
        self.assertEqual(billed(charge, *halves), ["8.00", "4.00"])

    def test_a_tier_that_lowers_the_price_of_all_is_not_paid_back_by_the_rest(self):
        charge = ChargeTerms("volume", tiers=TIERS)
        halves = ("2025-05-01", "2025-05-16", 10), ("2025-05-16", None, 1)
        self.assertEqual(billed(charge, *halves), ["10.00", "0.00"])

    def test_levels_do_not_add_up(self):
        halves = ("2025-05-01", "2025-05-16", 9), ("2025-05-16", None, 7)
        charge = ChargeTerms("per_unit", Decimal(5))
        highest = billed(charge, *halves, aggregation="maximum")
        self.assertEqual(highest, ["45.00", "0.00"])
        more = ("2025-05-01", "2025-05-16", 9), ("2025-05-16", None, 11)
        self.assertEqual(billed(charge, *more, aggregation="last"), ["45.00", "10.00"])

    def test_different_values_are_counted_once(self):
        parts = (
            ("2025-05-01", "2025-05-16", Use(Decimal(2), (), frozenset("ab"))),
            ("2025-05-16", None, Use(Decimal(2), (), frozenset("bc"))),
        )
        charge = ChargeTerms("per_unit", Decimal(5))
        self.assertEqual(
            billed(charge, *parts, aggregation="unique"), ["10.00", "5.00"]
        )

    def test_the_later_price_is_for_what_came_later(self):
        first = lines_of(
            calls(included=Decimal(1000)), ("2025-05-01", "2025-05-16", 1500)
        )
        [_same, second] = lines_of(
            ChargeTerms("per_unit", Decimal("0.02"), included=Decimal(1000)),
            ("2025-05-01", "2025-05-16", 0),
            ("2025-05-16", None, 100),
        )
        second = replace(second, earlier=tuple(first))
        items = Ledger().bill([*first, second], "2025-06-01")
        self.assertEqual(amounts(items), ["5.00", "2.00"])

    def test_explained_with_the_days_before(self):
        charge = calls(included=Decimal(1000))
        halves = ("2025-05-01", "2025-05-16", 1100), ("2025-05-16", None, 900)
        [_first, second] = lines_of(charge, *halves)
        rating = LineClaims(second, (), CENT, 0).usage_rating(MAY)
        self.assertEqual(
            [(step.kind, str(step.quantity)) for step in rating.steps],
            [("together", "2000"), ("included", "1000"), ("per_unit", "1000")]
            + [("earlier", "0")],
        )
        self.assertEqual(rating.steps[-1].amount, -1)
        self.assertEqual(rating.amount, 9)

    def test_a_part_without_events_is_no_last_quantity(self):
        self.assertEqual(together("last", [Use(Decimal(4)), NOTHING]).quantity, 4)
        self.assertEqual(together("maximum", []), NOTHING)

    def test_another_period_is_not_shared(self):
        charge = calls(included=Decimal(1000))
        [first, second] = lines_of(
            charge, ("2025-05-01", "2025-06-01", 900), ("2025-06-01", None, 0)
        )
        june = span("2025-06-01", "2025-07-01")
        usage = UsageTerms(charge, {june: Use(Decimal(900))})
        second = replace(second, usage=usage)
        self.assertEqual(LineClaims(second, (), CENT, 0).of(june).target, 0)
        self.assertEqual(LineClaims(first, (), CENT, 0).of(MAY).target, 0)

    @reproducible
    @given(
        st.lists(st.integers(0, 400), min_size=2, max_size=5),
        st.integers(0, 60),
        st.integers(0, 300),
        st.one_of(st.none(), st.integers(60, 90)),
        st.sampled_from(["per_unit", "graduated", "package"]),
    )
    def test_cut_or_whole_it_costs_the_same(self, used, least, included, most, model):
        """However a period is cut, its parts cost what the whole would."""
        charge = ChargeTerms(
            model,
            Decimal("0.25"),
            tiers=TIERS,
            package_size=Decimal(7),
            included=Decimal(included),
            minimum=Decimal(least),
            maximum=None if most is None else Decimal(most),
        )
        days = [day(f"2025-05-{1 + 6 * number:02}") for number in range(len(used))]
        parts = list(
            zip(map(str, days), [*map(str, days[1:]), None], used, strict=True)
        )
        lines = lines_of(charge, *parts)
        exact = sum(
            part.usage.amount(MAY, share, earlier)
            for part, share, earlier in map(_shared, lines)
        )
        whole = UsageTerms(charge, {MAY: Use(Decimal(sum(used)))}).amount(MAY)
        self.assertAlmostEqual(exact, whole, places=20)


def _shared(part):
    claims = LineClaims(part, (), CENT, 0)
    claim = claims.of(MAY)
    return part, claims._share(claim.base, claim.days), claims._earlier(MAY)
