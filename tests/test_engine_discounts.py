"""What coupons take off: worked examples, then properties over random billings."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.discount import Discount
from ..engine.discounts import Discounts, Priced, given_back
from ..engine.period import Alignment, Interval, Period, Schedule
from .common_engine import CENT, day, monthly, reproducible, span


def coupon(key="A", kind="percent", value="20", start="2026-01-01", **terms):
    schedule = terms.pop("schedule", monthly("2026-01-01"))
    return Discount(key, kind, Decimal(value), schedule, day(start), **terms)


def charge(amount, start="2026-01-01", keys="ABC", rate=1, end=None):
    part = span(start, end) if end else None
    return Priced(Decimal(amount), day(start), frozenset(keys), Fraction(rate), part)


def take(discounts, *items, used=None):
    """What is taken off each item, as texts."""
    book = Discounts(discounts, used or {}, CENT)
    return [[f"{part.amount:.2f}" for part in parts] for parts in book.take(items)]


@tagged("post_install", "-at_install")
class TestDiscounts(BaseCase):
    def test_a_percentage_is_taken_off_each_line(self):
        self.assertEqual(
            take([coupon()], charge(30), charge("9.99")), [["6.00"], ["2.00"]]
        )

    def test_percentages_are_added_up_and_never_exceed_the_price(self):
        ten, twenty = coupon("A", value="10"), coupon("B", value="20")
        self.assertEqual(take([ten, twenty], charge(30)), [["3.00", "6.00"]])
        all_of_it = coupon("C", value="90")
        taken = take([ten, twenty, all_of_it], charge(30))
        self.assertEqual(sum(map(Decimal, taken[0])), 30)

    def test_percent_comes_before_fixed_whatever_the_order(self):
        percent, fixed = coupon("A", value="50"), coupon("B", "fixed", "10")
        for discounts in ([percent, fixed], [fixed, percent]):
            self.assertEqual(take(discounts, charge(30)), [["15.00", "10.00"]])

    def test_a_free_period_leaves_nothing_for_others(self):
        free = coupon("A", "free", "0", periods=2)
        fixed = coupon("B", "fixed", "10", periods=None)
        items = [charge(30, f"2026-0{month}-01") for month in (1, 2, 3)]
        self.assertEqual(take([fixed, free], *items), [["30.00"], ["30.00"], ["10.00"]])

    def test_a_fixed_amount_is_split_by_largest_remainder(self):
        items = [charge(10), charge(10), charge(10)]
        self.assertEqual(
            take([coupon(kind="fixed", value="10")], *items),
            [["3.34"], ["3.33"], ["3.33"]],
        )

    def test_what_a_period_leaves_lapses_or_is_carried_over(self):
        items = [charge(30, f"2026-0{month}-01") for month in (1, 2, 3)]
        lapses = coupon(kind="fixed", value="50")
        self.assertEqual(take([lapses], *items), [["30.00"], [], []])
        carries = coupon(kind="fixed", value="50", carries_over=True)
        self.assertEqual(take([carries], *items), [["30.00"], ["20.00"], []])

    def test_each_period_grants_its_own_amount(self):
        cheap = [charge(8, f"2026-0{month}-01") for month in (1, 2, 3)]
        three = coupon(kind="fixed", value="10", periods=2)
        self.assertEqual(take([three], *cheap), [["8.00"], ["8.00"], []])
        carried = coupon(kind="fixed", value="10", periods=2, carries_over=True)
        self.assertEqual(take([carried], *cheap), [["8.00"], ["8.00"], ["4.00"]])

    def test_the_rest_is_reported(self):
        book = Discounts([coupon(kind="fixed", value="50")], {}, CENT)
        book.take([charge(30)])
        self.assertEqual(book.left("A", day("2026-01-01")), 20)
        self.assertEqual(book.left("A", day("2026-02-01")), 0)

    def test_what_was_used_before_is_reckoned_with(self):
        """Two documents of one period share its amount; a credit gives it back."""
        fixed = coupon(kind="fixed", value="10")
        used = {("A", day("2026-01-01")): Decimal(8)}
        self.assertEqual(take([fixed], charge(30), used=used), [["2.00"]])
        book = Discounts([fixed], used, CENT)
        [[part]] = Discounts([fixed], {}, CENT).take([charge(8)])
        book.give_back(given_back([part], Fraction(1, 2), CENT))
        self.assertEqual(book.left("A", day("2026-01-01")), 6)

    def test_periods_are_counted_on_the_discounts_own_grid(self):
        """A weekly line in a coupon by the month shares the amount of the month."""
        weeks = [charge(8, f"2026-01-{first:02}") for first in (1, 8, 15, 22)]
        self.assertEqual(
            take([coupon(kind="fixed", value="20")], *weeks),
            [["5.00"], ["5.00"], ["5.00"], ["5.00"]],
        )

    def test_which_periods_are_covered(self):
        grid = Schedule(Interval(1, "month"), Alignment.calendar(), day("2026-01-10"))
        service = (day("2026-01-10"), None)
        stub = coupon(start="2026-01-10", schedule=grid, service=service, periods=2)
        self.assertEqual(str(stub.end), "2026-03-01")
        for first, covered in (
            ("2026-01-10", True),
            ("2026-02-01", True),
            ("2026-03-01", False),
        ):
            self.assertEqual(stub.covers(day(first)), covered, first)
        later = coupon(start="2026-01-20", schedule=grid, service=service)
        self.assertEqual(
            (str(later.first.start), str(later.end)), ("2026-02-01", "2026-03-01")
        )
        self.assertFalse(later.covers(day("2026-01-10")))
        removed = coupon(periods=None, until=day("2026-02-01"))
        self.assertTrue(removed.covers(day("2026-01-31")))
        self.assertFalse(removed.covers(day("2026-02-01")))

    def test_a_fixed_amount_for_a_part_of_a_period(self):
        grid = Schedule(Interval(1, "month"), Alignment.calendar(), day("2026-04-16"))
        terms = {
            "kind": "fixed",
            "value": "10",
            "start": "2026-04-16",
            "schedule": grid,
            "service": (day("2026-04-16"), None),
        }
        half = charge(15, "2026-04-16")
        self.assertEqual(take([coupon(prorated=True, **terms)], half), [["5.00"]])
        self.assertEqual(take([coupon(**terms)], half), [["10.00"]])
        full = coupon(prorated=True, first_in_full=True, **terms)
        self.assertEqual(take([full], half), [["10.00"]])

    def test_a_charge_that_goes_on_after_the_end(self):
        """Three months are granted; a year that starts on 1 February is reduced for
        59 of its 365 days: 365.00 x 59 / 365 = 59.00, and 20 % of that 11.80."""
        year = charge(365, "2026-02-01", end="2027-02-01")
        self.assertEqual(take([coupon("A", "free", "0", periods=3)], year), [["59.00"]])
        twenty = coupon("A", periods=3)
        self.assertEqual(take([twenty], year), [["11.80"]])
        # On the days that are not free, what stands beside: 20 % of 28 days fewer.
        free = coupon("B", "free", "0", periods=2)
        self.assertEqual(
            take([free, coupon("A", periods=2)], year), [["28.00", "5.17"]]
        )
        for_ever = coupon("A", periods=None)
        self.assertEqual(take([for_ever], year), [["73.00"]])
        # A part of the year that starts after it is paid in full.
        rest = replace(year, part=span("2026-09-01", "2027-02-01"))
        self.assertEqual(take([twenty], rest), [[]])

    def test_a_longer_charge_takes_the_fixed_amounts_of_its_periods(self):
        year = charge(365, "2026-02-01", end="2027-02-01")
        three = coupon(kind="fixed", value="10", periods=3)
        self.assertEqual(take([three], year), [["10.00", "10.00"]])
        for_ever = coupon(kind="fixed", value="10", periods=None)
        self.assertEqual(take([for_ever], year), [["10.00"] * 12])
        removed = coupon(
            kind="fixed", value="10", periods=None, until=day("2026-04-01")
        )
        self.assertEqual(take([removed], year), [["10.00", "10.00"]])
        carried = coupon(kind="fixed", value="200", periods=3, carries_over=True)
        used = {("A", day("2026-01-01")): Decimal(30)}
        taken = take([carried], year, used=used)
        self.assertEqual(sum(map(Decimal, taken[0])), 365)
        # A week that reaches into the next month pays its own month's only.
        week = charge(9, "2026-01-29", end="2026-02-05")
        self.assertEqual(take([three], week), [["9.00"]])

    def test_only_eligible_lines(self):
        self.assertEqual(
            take([coupon(kind="fixed", value="50")], charge(30), charge(9, keys="B")),
            [["30.00"], []],
        )

    def test_no_negative_invoice(self):
        """A discount line of the customer makes less of the billing to take from."""
        taken = take(
            [coupon(kind="fixed", value="50")], charge(30), charge(-10, keys="")
        )
        self.assertEqual(taken, [["20.00"], []])
        taken = take([coupon()], charge(30), charge(-10))
        self.assertEqual(taken, [["6.00"], ["-2.00"]])

    def test_prices_with_tax(self):
        """A fixed amount is before tax: 10.00 off 36.00 with 20 % tax is 12.00."""
        book = Discounts([coupon(kind="fixed", value="10")], {}, CENT)
        [[part]] = book.take([charge(36, rate=Fraction(5, 6))])
        self.assertEqual((str(part.amount), str(part.before_tax)), ("12.00", "10.00"))
        [[part]] = Discounts([coupon()], {}, CENT).take(
            [charge(36, rate=Fraction(5, 6))]
        )
        self.assertEqual((str(part.amount), str(part.before_tax)), ("7.20", "6.00"))

    def test_a_credit_gives_back_in_proportion(self):
        [[part]] = Discounts([coupon()], {}, CENT).take([charge(30)])
        [half] = given_back([part], Fraction(1, 2), CENT)
        self.assertEqual((half.amount, half.before_tax), (-3, -3))


KEYS = "ABCD"
grids = st.sampled_from(
    [
        monthly("2026-01-31"),
        Schedule(Interval(1, "month"), Alignment.calendar(), date(2026, 1, 17)),
        Schedule(Interval(3, "month"), Alignment.anniversary(), date(2026, 1, 5)),
        Schedule(Interval(1, "week"), Alignment.anniversary(), date(2026, 1, 5)),
    ]
)
days = st.dates(date(2026, 1, 5), date(2027, 3, 1))
priced = st.builds(
    Priced,
    amount=st.decimals(-20, 200, places=2),
    start=days,
    discounts=st.frozensets(st.sampled_from(KEYS)),
    rate=st.sampled_from([Fraction(1), Fraction(5, 6), Fraction(1000, 1055)]),
)
priced = st.builds(
    lambda item, days: replace(
        item, part=days and Period(item.start, item.start + timedelta(days=days))
    ),
    priced,
    st.one_of(st.none(), st.integers(1, 400)),
)


@st.composite
def some_discounts(draw):
    made = []
    for key in KEYS[: draw(st.integers(1, 4))]:
        kind = draw(st.sampled_from(["percent", "fixed", "free"]))
        value = draw(st.decimals("0.01", 100, places=2))
        made.append(
            Discount(
                key,
                kind,
                value,
                draw(grids),
                draw(days),
                periods=draw(st.one_of(st.none(), st.integers(1, 5))),
                carries_over=draw(st.booleans()),
                prorated=draw(st.booleans()),
                service=(date(2026, 1, 5), draw(st.one_of(st.none(), days))),
            )
        )
    return made


@tagged("post_install", "-at_install")
class TestDiscountProperties(BaseCase):
    @reproducible
    @given(some_discounts(), st.lists(priced, max_size=8))
    def test_no_charge_goes_below_zero(self, discounts, items):
        for item, parts in zip(
            items, Discounts(discounts, {}, CENT).take(items), strict=True
        ):
            rest = item.amount - sum(part.amount for part in parts)
            self.assertGreaterEqual(rest * (1 if item.amount > 0 else -1), 0)
            for part in parts:
                self.assertIn(part.discount, item.discounts)

    @reproducible
    @given(some_discounts(), st.lists(st.lists(priced, max_size=4), max_size=4))
    def test_what_is_taken_is_what_was_granted(self, discounts, billings):
        """Exactly what is used up, and never more than what was granted."""
        book = Discounts(discounts, {}, CENT)
        taken = [
            part for items in billings for parts in book.take(items) for part in parts
        ]
        for discount in discounts:
            if discount.kind != "fixed":
                continue
            mine = [part for part in taken if part.discount == discount.key]
            used = {}
            for part in mine:
                used[part.period] = used.get(part.period, 0) + part.before_tax
            noted = {p: a for (key, p), a in book.used.items() if key == discount.key}
            self.assertEqual(used, noted)
            if discount.carries_over:
                granted = discount.granted_to(max(used, default=date(2026, 1, 5)), CENT)
                self.assertLessEqual(sum(used.values()), granted)
            else:
                for period, amount in used.items():
                    self.assertLessEqual(amount, discount.granted(period, CENT))

    @reproducible
    @given(some_discounts(), st.lists(priced, max_size=6), st.randoms())
    def test_the_order_of_the_discounts_does_not_matter(self, discounts, items, random):
        """Percentages in any order give each charge the same."""
        percentages = [one for one in discounts if one.kind != "fixed"]
        shuffled = random.sample(percentages, len(percentages))
        first, second = (
            [
                sum(part.amount for part in parts)
                for parts in Discounts(some, {}, CENT).take(items)
            ]
            for some in (percentages, shuffled)
        )
        self.assertEqual(first, second)

    @reproducible
    @given(some_discounts(), st.lists(priced, min_size=1, max_size=6))
    def test_catching_up_in_one_billing_or_in_several(self, discounts, items):
        """Percentages depend on the period of a charge alone."""
        some = [one for one in discounts if one.kind != "fixed"]
        together = Discounts(some, {}, CENT).take(items)
        alone = [Discounts(some, {}, CENT).take([item])[0] for item in items]
        self.assertEqual(together, alone)

    @reproducible
    @given(some_discounts(), st.lists(priced, max_size=6))
    def test_fixed_amounts_make_no_billing_negative(self, discounts, items):
        fixed = [one for one in discounts if one.kind == "fixed"]
        items = [item for item in items if item.rate == 1]
        taken = Discounts(fixed, {}, CENT).take(items)
        before = sum(item.amount for item in items)
        off = sum(part.amount for parts in taken for part in parts)
        self.assertGreaterEqual(before - off, min(before, 0))

    @reproducible
    @given(
        some_discounts(),
        st.lists(priced, min_size=1, max_size=4),
        st.lists(st.fractions(0, 1), max_size=4),
    )
    def test_credits_give_back_all_that_was_taken_and_no_more(
        self, discounts, items, shares
    ):
        """Part after part of what is left, and at last the rest: nothing remains."""
        book = Discounts(discounts, {}, CENT)
        left = [part for parts in book.take(items) for part in parts]
        for share in [*shares, Fraction(1)]:
            kept = []
            for part in left:
                back = given_back([part], share, CENT)
                book.give_back(back)
                kept.append(
                    replace(
                        part,
                        amount=part.amount + sum(one.amount for one in back),
                        before_tax=part.before_tax + sum(b.before_tax for b in back),
                    )
                )
                self.assertGreaterEqual(kept[-1].amount * part.amount, 0)
            left = kept
        self.assertFalse(any(part.amount or part.before_tax for part in left))
        fixed = {one.key for one in discounts if one.kind == "fixed"}
        self.assertFalse(
            [key for key, used in book.used.items() if key[0] in fixed and used]
        )
