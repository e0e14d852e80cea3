"""Earning an amount over its days of service, month by month.

A curve is a row of segments: so much, over these days, by this method. What happens to
a contract cuts segments and adds others; what was earned before the day of the event
never changes by it, except where an error is mended. Every segment is rounded to date
(law 7), so that months sum to the amount and none changes sign.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from .allocation import round_share, split
from .errors import RecognitionError
from .interval import month_date, month_number
from .period import Period

METHODS = ("day", "month", "full_month", "point")


def month_of(day: date) -> date:
    """The first day of a day's month.

    >>> str(month_of(date(2026, 11, 15)))
    '2026-11-01'
    """
    return day.replace(day=1)


def next_month(day: date) -> date:
    """The first day of the month after a day's.

    >>> str(next_month(date(2026, 12, 31)))
    '2027-01-01'
    """
    return month_date(month_number(day) + 1, 1)


def months_of(period: Period) -> Iterator[date]:
    """The first days of the months in which a period has days."""
    for number in range(month_number(period.start), month_number(period.last_day) + 1):
        yield month_date(number, 1)


def is_deferred(period: Period, accounting_day: date, method: str = "day") -> bool:
    """Whether revenue is left after the month in which it was booked.

    >>> service = Period(date(2026, 11, 15), date(2026, 12, 1))
    >>> is_deferred(service, date(2026, 11, 2)), is_deferred(service, date(2026, 10, 2))
    (False, True)
    """
    if method == "point":
        return period.start >= next_month(accounting_day)
    if method == "full_month":
        last = month_number(period.start) + _whole_months(period) - 1
        return last > month_number(accounting_day)
    return period.end > next_month(accounting_day)


def _months_to(day: date) -> Fraction:
    """How many months have passed on the morning of a day, from an arbitrary origin."""
    first = month_of(day)
    length = (next_month(day) - first).days
    return month_number(day) + Fraction((day - first).days, length)


def _whole_months(period: Period) -> int:
    """The months by which a period counts where only whole ones do: the month in which
    it starts counts, the one in which it ends does not; at least one."""
    return max(month_number(period.end) - month_number(period.start), 1)


@dataclass(frozen=True, slots=True)
class Segment:
    """An amount earned over a period.

    ``day``: each day alike. ``month``: each month alike, parts of months by their days.
    ``full_month``: whole months only, from the month in which it starts. ``point``: all
    on the first day.
    """

    amount: Decimal
    period: Period
    method: str = "day"
    # What it is the beginning of, where an event cut it: the amount and the end of the
    # whole. Its months stay rounded as they were, to the cent.
    whole: tuple[Decimal, date] | None = None

    def __post_init__(self):
        if self.method not in METHODS:
            raise RecognitionError(
                "Revenue is not recognised by “{method}”.", method=self.method
            )

    def share_before(self, day: date) -> Fraction:
        """The share that is earned before a day: 0 up to its start, 1 from its end.

        >>> year = Period(date(2023, 1, 1), date(2024, 1, 1))
        >>> Segment(Decimal(1200), year).share_before(date(2023, 2, 1))
        Fraction(31, 365)
        """
        start, end = self.period.start, self.period.end
        if day <= start:
            return Fraction(0)
        if self.method == "point":
            return Fraction(1)
        if self.method == "full_month":
            begun = month_number(day - timedelta(days=1)) - month_number(start) + 1
            return min(Fraction(begun, _whole_months(self.period)), Fraction(1))
        if day >= end:
            return Fraction(1)
        if self.method == "day":
            return Fraction((day - start).days, self.period.days)
        first = _months_to(start)
        return (_months_to(day) - first) / (_months_to(end) - first)

    def earned_before(self, day: date, rounding: Decimal) -> Decimal:
        """What is earned before a day, rounded."""
        if self.whole and day < self.period.end:
            return self._uncut().earned_before(day, rounding)
        share = self.share_before(day)
        if share == 1:
            return self.amount
        return round_share(self.amount, share, rounding)

    def cut(self, day: date, rounding: Decimal) -> "tuple[Segment, ...]":
        """The segment as two, before a day and from it on; as one where it lies wholly
        on one side. Whole months are cut at the end of the month that has begun."""
        if self.method == "full_month" and day != month_of(day):
            day = next_month(day)
        if self.method == "point" or not self.period.start < day < self.period.end:
            return (self,)
        before = self.earned_before(day, rounding)
        rest = self.amount - before
        return (
            replace(
                self,
                amount=before,
                period=Period(self.period.start, day),
                whole=self.whole or (self.amount, self.period.end),
            ),
            replace(self, amount=rest, period=Period(day, self.period.end), whole=None),
        )

    def _uncut(self) -> "Segment":
        """What it was before an event cut it."""
        amount, end = self.whole
        return Segment(amount, Period(self.period.start, end), self.method)

    def worth(self, amount: Decimal) -> "Segment":
        """The same days at another amount: rounded anew."""
        return replace(self, amount=amount, whole=None)

    def slices(self, rounding: Decimal) -> Iterator[tuple[date, Decimal]]:
        """What is earned in each month, months without anything left out."""
        taken = 0 * rounding
        shares = _shares(self.period, self.method)
        for month, share in shares:
            to_date = self.amount
            if self.whole and month != shares[-1][0]:
                to_date = self.earned_before(next_month(month), rounding)
            elif share != 1:
                to_date = round_share(self.amount, share, rounding)
            if to_date != taken:
                yield month, to_date - taken
            taken = to_date


@lru_cache(maxsize=4096)
def _shares(period: Period, method: str) -> tuple[tuple[date, Fraction], ...]:
    """The share earned by the end of each month; a portfolio has few periods."""
    whole = Segment(Decimal(1), period, method)
    return tuple(
        (month, whole.share_before(next_month(month))) for month in months_of(period)
    )


@dataclass(frozen=True, slots=True)
class Curve:
    """How an amount is earned over time, and what events make of it.

    ``rounding`` is the currency's. Days are those of the service; a credit is a
    positive amount that the customer gets back.
    """

    segments: tuple[Segment, ...]
    rounding: Decimal = Decimal("0.01")

    @classmethod
    def of(
        cls,
        amount: Decimal,
        period: Period,
        method: str = "day",
        rounding: Decimal = Decimal("0.01"),
    ) -> "Curve":
        """The curve of an amount as it was sold.

        >>> sold = Curve.of(
        ...     Decimal(1200), Period(date(2026, 11, 15), date(2027, 11, 15)))
        >>> str(sold.slices()[date(2026, 11, 1)])
        '52.60'
        """
        return cls((Segment(amount, period, method),), rounding)

    @property
    def amount(self) -> Decimal:
        """What is earned in all, once everything is served."""
        return sum((segment.amount for segment in self.segments), Decimal(0))

    def earned_before(self, day: date) -> Decimal:
        """What is earned before a day, credits taken off as they were earned."""
        return sum(
            (own.earned_before(day, self.rounding) for own in self.segments), Decimal(0)
        )

    def deferred_on(self, day: date) -> Decimal:
        """What is not yet earned at the end of a day."""
        return self.amount - self.earned_before(day + timedelta(days=1))

    @property
    def last_day(self) -> date:
        """The last day on which something is earned; of what was given back from its
        first day on, a day before all others."""
        return max((own.period.last_day for own in self.segments), default=date.min)

    def slices(self) -> dict[date, Decimal]:
        """``{first day of the month: amount}``, ascending, without zeros."""
        found = {}
        for segment in self.segments:
            for month, amount in segment.slices(self.rounding):
                found[month] = found.get(month, Decimal(0)) + amount
        return {month: found[month] for month in sorted(found) if found[month]}

    # ------------------------------------------------------------------
    # What happens to a contract
    # ------------------------------------------------------------------

    def _cut(self, day: date) -> tuple[list[Segment], list[Segment]]:
        """The segments before a day and those from it on."""
        before, after = [], []
        for segment in self.segments:
            for part in segment.cut(day, self.rounding):
                (before if part.period.start < day else after).append(part)
        return before, after

    def _with(self, *segments: Segment) -> "Curve":
        return replace(self, segments=segments)

    def ended(self, day: date, credited: Decimal = Decimal(0)) -> "Curve":
        """The service stops before ``day`` and so much is given back.

        What neither was earned before nor is given back is earned on that day: the
        customer paid for what nobody owes them any more (IFRS 15.B46).
        """
        before, after = self._cut(day)
        rest = sum((segment.amount for segment in after), -credited)
        if rest:
            before.append(_at(day, rest))
        return self._with(*before)

    def changed(self, day: date, delta: Decimal) -> "Curve":
        """From ``day`` on the rest of the service costs so much more (or less): spread
        over what is left, as a modification in prospect (IFRS 15.21a).

        Where nothing is left to serve, it is earned on that day.
        """
        before, after = self._cut(day)
        if not after:
            return self._with(*before, _at(day, delta)) if delta else self
        weights = [abs(segment.amount) for segment in after]
        shares = split(delta, weights, self.rounding)
        return self._with(
            *before,
            *(
                segment.worth(segment.amount + share)
                for segment, share in zip(after, shares, strict=True)
            ),
        )

    def corrected(self, day: date, delta: Decimal) -> "Curve":
        """What was served before costs so much more (or less): earned on ``day``, with
        everything that comes later as it was."""
        return self._with(*self.segments, _at(day, delta)) if delta else self

    def mended(self, delta: Decimal) -> "Curve":
        """The amount was wrong from the beginning: everything as if ``delta`` had been
        in it, in proportion."""
        weights = [abs(segment.amount) for segment in self.segments]
        shares = split(delta, weights, self.rounding)
        return self._with(
            *(
                segment.worth(segment.amount + share)
                for segment, share in zip(self.segments, shares, strict=True)
            )
        )

    def credited(self, part: Period, amount: Decimal) -> "Curve":
        """So much of what was sold for ``part`` is given back.

        Up to the end of the service it is an end: what is kept for days that are not
        served is earned when it stops. In between, the days of the part are worth
        that much less.
        """
        before, rest = self._cut(part.start)
        if all(segment.period.start < part.end for segment in rest) and all(
            segment.period.end <= part.end for segment in rest
        ):
            return self.ended(part.start, amount)
        within, after = self._with(*rest)._cut(part.end)
        if not within:
            return self.corrected(part.start, -amount)
        less = self._with(*within).mended(-amount)
        return self._with(*before, *less.segments, *after)

    def reduced(self, part: Period, amount: Decimal, method: str) -> "Curve":
        """The service of ``part`` was worth so much less, whatever it was sold for."""
        return self._with(*self.segments, Segment(-amount, part, method))

    def since(self, day: date) -> "Curve":
        """What is left to be earned from a day on, as a curve of its own.

        >>> sold = Curve.of(
        ...     Decimal(1200), Period(date(2026, 11, 15), date(2027, 11, 15)))
        >>> str(sold.since(date(2027, 1, 1)).amount)
        '1045.48'
        """
        return self._with(*self._cut(day)[1])

    def data(self) -> list[list[str]]:
        """The curve as it is kept: ``[amount, first day, end (excluded), method]``, and
        amount and end of the whole that a segment is the beginning of."""
        return [
            [
                *(str(own.amount), str(own.period.start), str(own.period.end)),
                *(own.method, *map(str, own.whole or ())),
            ]
            for own in self.segments
        ]

    @classmethod
    def from_data(cls, data: list[list[str]], rounding: Decimal) -> "Curve":
        """The curve that ``data`` described.

        >>> year = Period(date(2023, 1, 1), date(2024, 1, 1))
        >>> sold = Curve.of(Decimal("1200.00"), year)
        >>> Curve.from_data(sold.data(), sold.rounding) == sold
        True
        """
        return cls(
            tuple(
                Segment(
                    Decimal(amount),
                    Period(date.fromisoformat(start), date.fromisoformat(end)),
                    method,
                    (Decimal(whole[0]), date.fromisoformat(whole[1]))
                    if whole
                    else None,
                )
                for amount, start, end, method, *whole in data
            ),
            rounding,
        )

    def paused(self, period: Period) -> "Curve":
        """Nothing is served during ``period``; what was left follows afterwards, by as
        many days later."""
        before, after = self._cut(period.start)
        return self._with(*before, *(_moved(segment, period.days) for segment in after))


def converted(
    slices: dict[date, Decimal], amount: Decimal, worth: Decimal, rounding: Decimal
) -> dict[date, Decimal]:
    """Slices in another currency, at the rate at which ``amount`` was ``worth``.

    Rounded to date like the slices themselves, so that nothing is left at the end.

    >>> months = {date(2026, n, 1): Decimal("33.33") for n in (1, 2, 3)}
    >>> [str(part) for part in converted(
    ...     months, Decimal("99.99"), Decimal("90.00"), Decimal("0.01")).values()]
    ['30.00', '30.00', '30.00']
    """
    rate = Fraction(worth) / Fraction(amount) if amount else Fraction(0)
    found, to_date, taken = {}, Decimal(0), 0 * rounding
    for month, part in slices.items():
        to_date += part
        total = round_share(to_date, rate, rounding)
        if total != taken:
            found[month] = total - taken
        taken = total
    return found


def difference(
    before: dict[date, Decimal], after: dict[date, Decimal]
) -> dict[date, Decimal]:
    """What an event changes, month by month: ``{first day of the month: amount}``."""
    found = {}
    for month in sorted(before.keys() | after.keys()):
        change = after.get(month, Decimal(0)) - before.get(month, Decimal(0))
        if change:
            found[month] = change
    return found


def _at(day: date, amount: Decimal) -> Segment:
    return Segment(amount, Period(day, day + timedelta(days=1)), "point")


def _moved(segment: Segment, days: int) -> Segment:
    shift = timedelta(days=days)
    moved = Period(segment.period.start + shift, segment.period.end + shift)
    return replace(segment, period=moved, whole=None)
