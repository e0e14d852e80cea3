"""What coupons take off the charges of one subscription, and what is left of them.

A discount covers the periods that start while it holds, counted on a grid of its own:
never the invoices, so that catching up, a second run and a retry all agree. A charge
that goes on after the discount's end (a year, where months were granted) is reduced for
the days before it only, and by the fixed amounts of all periods in it. First come
free periods, then percentages (added up, of the price after the line's own discount),
then fixed amounts before tax, split over the lines by largest remainder. A charge is
never taken below zero.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from .allocation import round_share, split
from .discount import Discount
from .period import Period
from .terms import Taken

HUNDRED = Decimal(100)
ORDER = ("free", "percent", "fixed")


@dataclass(frozen=True, slots=True)
class Priced:
    """A charge as the discounts see it.

    ``start`` is the first day of its whole period, not before the service; ``rate`` is
    what 1 of the amount is before tax; ``discounts`` are the keys that may touch it;
    ``part`` the days that it pays, where they are a matter.
    """

    amount: Decimal
    start: date
    discounts: frozenset = frozenset()
    rate: Fraction = Fraction(1)
    part: Period | None = None


class Discounts:
    """The discounts of one subscription and what was used of the fixed amounts.

    ``used`` is ``{(key, first day of the discount's period): amount before tax}``. It
    grows with each call of :meth:`take`, so that billings to come are foreseen one
    after the other.

    >>> from .period import Alignment, Interval, Schedule
    >>> day = date(2026, 1, 1)
    >>> grid = Schedule(Interval(1, "month"), Alignment.calendar(), day)
    >>> gift = Discount("GIFT", "fixed", Decimal(50), grid, day, carries_over=True)
    >>> book = Discounts([gift], {}, Decimal("0.01"))
    >>> months = [
    ...     Priced(Decimal("30.00"), date(2026, month, 1), frozenset(["GIFT"]))
    ...     for month in (1, 2)
    ... ]
    >>> [str(taken.amount) for [taken] in book.take(months)]
    ['30.00', '20.00']
    >>> book.left("GIFT", date(2026, 3, 1))
    Decimal('0.00')
    """

    def __init__(
        self,
        discounts: Iterable[Discount],
        used: Mapping[tuple[Hashable, date], Decimal],
        rounding: Decimal,
    ):
        self.discounts = sorted(
            discounts, key=lambda discount: ORDER.index(discount.kind)
        )
        self.used = dict(used)
        self.rounding = rounding

    def left(self, key: Hashable, day: date) -> Decimal:
        """What a fixed amount can still take off a period that starts on a day."""
        [discount] = [one for one in self.discounts if one.key == key]
        return self._left(discount, day)

    def take(self, items: Sequence[Priced]) -> list[tuple[Taken, ...]]:
        """What is taken off each charge of one billing, in the order given.

        The order of the discounts makes no difference to what each charge comes to;
        fixed amounts are used up in the order in which they were given.
        """
        taken = [[] for _item in items]
        rest = [item.amount for item in items]
        for place, item in enumerate(items):
            for part in self._percentages(item):
                taken[place].append(part)
                rest[place] -= part.amount
        for discount in self.discounts:
            if discount.kind == "fixed":
                for place, part in self._fixed(discount, items, rest):
                    taken[place].append(part)
                    rest[place] -= part.amount
        return [tuple(parts) for parts in taken]

    def give_back(self, taken: Iterable[Taken]) -> None:
        """Let what a credit gives back (negative amounts) be used again."""
        for part in taken:
            key = (part.discount, part.period)
            self.used[key] = self.used.get(key, 0) + part.before_tax

    # Free periods and percentages

    def _percentages(self, item: Priced) -> Iterator[Taken]:
        """At most 100 % together, rounded once and shared by the discounts."""
        holding, percents = self._percents(item)
        total = min(sum(percents, Fraction(0)), Fraction(HUNDRED))
        amount = round_share(item.amount, total / 100, self.rounding)
        if not amount:
            return
        before_tax = self._before_tax(amount, item)
        parts = zip(
            holding,
            split(amount, percents, self.rounding),
            split(before_tax, percents, self.rounding),
            strict=True,
        )
        for discount, part, part_before_tax in parts:
            period = discount.period_of(item.start)
            if part:
                yield Taken(discount.key, period, part, part_before_tax)

    def _percents(self, item: Priced) -> tuple[list[Discount], list[Fraction]]:
        """The discounts that hold on a charge, and how many percent of it each is.

        What is free leaves nothing to the others, on the days that it is granted for.
        """
        holding = [
            discount for discount in self._holding(item) if discount.kind != "fixed"
        ]
        share = {discount.key: discount.share_of(item.part) for discount in holding}
        free = [discount for discount in holding if discount.kind == "free"]
        free = sorted(free, key=lambda discount: -share[discount.key])[:1]
        paid = 1 - share[free[0].key] if free else Fraction(1)
        others = [discount for discount in holding if discount.kind == "percent"]
        if not paid:
            others = []
        percents = [Fraction(HUNDRED) * share[discount.key] for discount in free]
        percents += [
            Fraction(discount.value) * share[discount.key] * paid for discount in others
        ]
        return [*free, *others], percents

    def _holding(self, item: Priced) -> list[Discount]:
        return [
            discount
            for discount in self.discounts
            if discount.key in item.discounts and discount.covers(item.start)
        ]

    # Fixed amounts

    def _fixed(self, discount, items, rest) -> Iterator[tuple[int, Taken]]:
        """Take a fixed amount off the charges, one of its periods after the other."""
        periods = {}
        for place, item in enumerate(items):
            for period in discount.periods_in(item.start, item.part):
                periods.setdefault(period, []).append(place)
        budget = self._sum(items, rest, range(len(items)))
        for period in sorted(periods):
            places = periods[period]
            open_ones = [
                place
                for place in places
                if rest[place] > 0
                and discount.key in items[place].discounts
                and discount.covers(items[place].start)
            ]
            bases = [self._before_tax(rest[place], items[place]) for place in open_ones]
            amount = min(
                self._left(discount, period),
                sum(bases),
                # What else makes this billing smaller: no negative invoice.
                self._sum(items, rest, places),
                budget,
            )
            if not open_ones or amount <= 0:
                continue
            budget -= amount
            key = (discount.key, period)
            self.used[key] = self.used.get(key, 0) + amount
            parts = split(amount, bases, self.rounding)
            for place, base, part in zip(open_ones, bases, parts, strict=True):
                if part:
                    in_basis = (
                        rest[place]
                        if part == base
                        else self._in_basis(part, items[place])
                    )
                    yield place, Taken(discount.key, period, in_basis, part)

    def _left(self, discount: Discount, day: date) -> Decimal:
        period = discount.period_of(day)
        if not discount.carries_over:
            used = self.used.get((discount.key, period), 0)
            return max(
                discount.granted(period, self.rounding) - used, 0 * self.rounding
            )
        used = sum(
            amount
            for (key, _period), amount in self.used.items()
            if key == discount.key
        )
        granted = discount.granted_to(period, self.rounding)
        return max(granted - used, 0 * self.rounding)

    def _sum(self, items, rest, places) -> Decimal:
        return sum(self._before_tax(rest[place], items[place]) for place in places)

    # Tax

    def _before_tax(self, amount: Decimal, item: Priced) -> Decimal:
        return round_share(amount, item.rate, self.rounding)

    def _in_basis(self, before_tax: Decimal, item: Priced) -> Decimal:
        return round_share(before_tax, 1 / item.rate, self.rounding)


def given_back(
    taken: Iterable[Taken], share: Fraction, rounding: Decimal
) -> tuple[Taken, ...]:
    """What a correction of a share of a charge gives back (share 1: everything).

    Negative amounts; the share of what is left, as the amount itself is a share of what
    is not credited yet.
    """
    parts = (
        Taken(
            part.discount,
            part.period,
            -round_share(part.amount, share, rounding),
            -round_share(part.before_tax, share, rounding),
        )
        for part in taken
    )
    return tuple(part for part in parts if part.amount or part.before_tax)


def share_given_back(
    discount: Discount,
    taken: Taken,
    left: Decimal,
    charge: Priced,
    credit: Decimal,
    part: Period,
) -> Fraction:
    """Which share of what is ``left`` of ``taken`` a credit of some days gives back,
    where it was taken off for other days of the charge than those, or for more.

    ``credit`` is the amount credited for the days of ``part``, above zero.
    """
    held = discount.days_of(taken.period, charge.part)
    if not held or not left:
        return Fraction(0)
    # What a day costs now is what it cost in the charge, unless less is credited.
    price = Fraction(credit) / part.days / (Fraction(charge.amount) / charge.part.days)
    days = Fraction(discount.days_of(taken.period, part), held)
    return min(Fraction(taken.amount) * price * days / Fraction(left), Fraction(1))
