"""What coupons take off the charges of one subscription, and what is left of them.

A discount covers the periods that start while it holds, counted on a grid of its own:
never the invoices, so that catching up, a second run and a retry all agree. First come
free periods, then percentages (added up, of the price after the line's own discount),
then fixed amounts before tax, split over the lines by largest remainder. A charge is
never taken below zero.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from .allocation import round_half_up, round_share, split
from .period import Period, Schedule
from .terms import Taken

HUNDRED = Decimal(100)
ORDER = ("free", "percent", "fixed")


@dataclass(frozen=True, slots=True)
class Discount:
    """A coupon that holds on a subscription from the day ``start`` on.

    ``value`` is a percentage, or an amount before tax for each period; a free period
    needs none. ``periods`` says how many periods it is granted for, None for ever.
    What a period leaves of a fixed amount lapses, or ``carries_over`` to later ones,
    also beyond the last that it is granted for.

    >>> from .period import Alignment, Interval
    >>> end = date(2026, 1, 31)
    >>> grid = Schedule(Interval(1, "month"), Alignment.anniversary(), end)
    >>> spring = Discount("SPRING", "percent", Decimal(20), grid, date(2026, 2, 10), 3)
    >>> str(spring.first.start), str(spring.end)
    ('2026-02-28', '2026-05-31')
    """

    key: Hashable
    kind: Literal["free", "percent", "fixed"]
    value: Decimal
    schedule: Schedule
    start: date
    periods: int | None = 1
    until: date | None = None  # taken away: no period that starts on it or later
    carries_over: bool = False
    prorated: bool = False  # a fixed amount: less for a partial first or last period
    service: tuple[date, date | None] | None = None  # of the subscription, half-open
    first_in_full: bool = False  # an incomplete first period costs as much as a whole

    @property
    def first(self) -> Period:
        """The first period that it covers: the first to start on ``start`` or later.

        An incomplete first period starts with the service.
        """
        period = self.schedule.period_at(self.start)
        if self._begin(period) >= self.start:
            return period
        return self.schedule.period_at(period.end)

    @property
    def end(self) -> date | None:
        """The first day on which a period starts that it is not granted for."""
        if self.periods is None:
            return None
        n = self.schedule.index_at(self.first.start)
        return self.schedule.boundary(n + self.periods)

    def covers(self, day: date) -> bool:
        """Whether it may take something off a period that starts on the day."""
        if day < self.start or (self.until and day >= self.until):
            return False
        end = self.end
        return end is None or day < end or (self.kind == "fixed" and self.carries_over)

    def period_of(self, day: date) -> date:
        """The first day of its own period in which a day falls."""
        return self.schedule.period_at(day).start

    def granted(self, period: date, rounding: Decimal) -> Decimal:
        """The amount before tax that it grants for its period that starts on a day."""
        end = self.end
        if period < self.first.start or (end and period >= end):
            return 0 * rounding
        whole = self.schedule.period_at(period)
        share = Fraction(1)
        if self.prorated and self.service:
            start, end = self.service
            served = whole.clip(whole.start if self.first_in_full else start, end)
            share = Fraction(served.days if served else 0, whole.days)
        return round_share(self.value, share, rounding)

    def granted_to(self, period: date, rounding: Decimal) -> Decimal:
        """The amounts that it grants up to and including one of its periods."""
        total = 0 * rounding
        for whole in self.schedule.periods(self.first.start):
            if whole.start > period or (self.end and whole.start >= self.end):
                return total
            total += self.granted(whole.start, rounding)

    def _begin(self, period: Period) -> date:
        return max(period.start, self.service[0]) if self.service else period.start


@dataclass(frozen=True, slots=True)
class Priced:
    """A charge as the discounts see it.

    ``start`` is the first day of its whole period, not before the service; ``rate`` is
    what 1 of the amount is before tax; ``discounts`` are the keys that may touch it.
    """

    amount: Decimal
    start: date
    discounts: frozenset = frozenset()
    rate: Fraction = Fraction(1)


class Discounts:
    """The discounts of one subscription and what was used of the fixed amounts.

    ``used`` is ``{(key, first day of the discount's period): amount before tax}``. It
    grows with each call of :meth:`take`, so that billings to come are foreseen one
    after the other.

    >>> from .period import Alignment, Interval
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
        holding = [
            discount for discount in self._holding(item) if discount.kind != "fixed"
        ]
        free = [discount for discount in holding if discount.kind == "free"]
        holding = free[:1] or holding
        percents = [HUNDRED if free else discount.value for discount in holding]
        total = min(sum(percents), HUNDRED)
        amount = round_half_up(item.amount * total / HUNDRED, self.rounding)
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
            period = discount.period_of(item.start)
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
