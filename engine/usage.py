"""Billing what was used: events -> the quantity of a period -> an amount.

A meter says how events become a quantity; a charge what the quantity costs. Periods are
days for the ledger, but moments for the value that is weighted by time: whoever calls
knows the time zone and says at which moments the days begin and end.
"""

import math
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from .errors import RatingError
from .period import Period
from .rating import ONE_PERCENT, ZERO, ChargeTerms, Rating, RatingStep, bounded, rate

ROUNDINGS = ("half_up", "up", "down")


# ------------------------------------------------------------------
# Events -> a quantity
# ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was used at a moment; ``value`` is what a unique count counts."""

    at: datetime
    quantity: Decimal
    value: Hashable = None


def aggregate(
    aggregation: str,
    events: Iterable[Event],
    start: datetime,
    end: datetime,
    carried: Decimal = ZERO,
) -> Fraction:
    """The quantity of the events at or after ``start`` and before ``end``, exact.

    Never less than 0. sum: all quantities; maximum: the highest; last: that of the
    last event; unique: how many different values; time_weighted: the average over
    time, each quantity held until the next event or the end, and ``carried`` from the
    start until the first. Without an event: 0, or what is carried.

    >>> noon = datetime(2025, 4, 16)
    >>> half = [Event(noon, Decimal(10))]
    >>> april = datetime(2025, 4, 1), datetime(2025, 5, 1)
    >>> aggregate("time_weighted", half, *april, carried=Decimal(4))
    Fraction(7, 1)
    """
    if aggregation not in AGGREGATIONS:
        raise RatingError("{name} is not a way to add up usage.", name=aggregation)
    own = sorted(
        (event for event in events if start <= event.at < end),
        key=lambda event: event.at,
    )
    return max(Fraction(0), AGGREGATIONS[aggregation](own, start, end, carried))


def _sum(events, start, end, carried):
    return sum((Fraction(event.quantity) for event in events), Fraction(0))


def _maximum(events, start, end, carried):
    return max((Fraction(event.quantity) for event in events), default=Fraction(0))


def _last(events, start, end, carried):
    return Fraction(events[-1].quantity) if events else Fraction(0)


def _unique(events, start, end, carried):
    return Fraction(len({event.value for event in events}))


def _time_weighted(events, start, end, carried):
    held = [(start, carried), *((event.at, event.quantity) for event in events)]
    total = Fraction(0)
    for (since, quantity), (until, _next) in pairwise([*held, (end, None)]):
        total += Fraction(quantity) * _microseconds(until - since)
    return total / _microseconds(end - start)


def _microseconds(delta) -> int:
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


AGGREGATIONS: dict[str, Callable] = {
    "sum": _sum,
    "maximum": _maximum,
    "last": _last,
    "unique": _unique,
    "time_weighted": _time_weighted,
}


def round_quantity(value: Fraction | Decimal, digits: int, rounding: str) -> Decimal:
    """A quantity with so many decimals, rounded half up, up or down (not negative).

    >>> third = Fraction(10, 3)
    >>> [str(round_quantity(third, 1, way)) for way in ("half_up", "up", "down")]
    ['3.3', '3.4', '3.3']
    """
    if rounding not in ROUNDINGS:
        raise RatingError("{name} is not a way to round.", name=rounding)
    scaled = Fraction(value) * 10**digits
    if rounding == "half_up":
        units = math.floor(scaled + Fraction(1, 2))
    else:
        units = math.ceil(scaled) if rounding == "up" else math.floor(scaled)
    return Decimal(units).scaleb(-digits)


# ------------------------------------------------------------------
# A quantity, or single events -> an amount
# ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Use:
    """What a line used in one period: the rounded quantity of its meter.

    ``amounts`` are the events one by one, in order of time, where each has a price of
    its own (the charge model percentage).
    """

    quantity: Decimal = ZERO
    amounts: tuple[Decimal, ...] = ()


NOTHING = Use()


def rate_events(terms: ChargeTerms, amounts: Sequence[Decimal]) -> Rating:
    """Price events one by one: percent of the amount plus the fixed fee.

    The first ``free_events`` cost nothing, nor does the money up to ``included``; an
    event that exceeds it pays for the rest. What one event costs lies between the
    event's minimum and maximum. A negative amount (something paid back) gives back its
    percent and no fee, down to 0 in all. The minimum and maximum of the period come
    last.

    >>> terms = ChargeTerms("percentage", percent=Decimal(2), fixed_fee=Decimal("0.25"))
    >>> str(rate_events(terms, [Decimal(100), Decimal(50)]).amount)
    '3.50'
    """
    share = terms.percent * ONE_PERCENT
    free = charged = fees = lifted = lowered = ZERO
    left = terms.included
    for number, amount in enumerate(amounts):
        part = ZERO if number < terms.free_events else amount
        if part > 0:
            part -= min(part, left)
            left -= amount - part
        free += amount - part
        if part <= 0:
            charged += part
            continue
        price = part * share + terms.fixed_fee
        charged, fees = charged + part, fees + terms.fixed_fee
        if price < terms.event_minimum:
            lifted += terms.event_minimum - price
        elif terms.event_maximum is not None and price > terms.event_maximum:
            lowered += terms.event_maximum - price
    steps = [
        RatingStep("included", free, ZERO, ZERO, ZERO, to=free) if free else None,
        RatingStep("percentage", charged, share, fees, charged * share + fees),
        _adjustment("event_minimum", lifted),
        _adjustment("event_maximum", lowered),
    ]
    steps = [step for step in steps if step and (step.amount or step.quantity)]
    total = sum((step.amount for step in steps), ZERO)
    if total < 0:
        steps.append(_adjustment("minimum", -total))
    return bounded(terms, sum(amounts, ZERO), steps)


def _adjustment(kind, amount):
    return RatingStep(kind, ZERO, ZERO, amount, amount)


# ------------------------------------------------------------------
# What a line owes for its usage
# ------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class UsageTerms:
    """What a line costs by what was used: the price, and the use of each period.

    ``used`` is by whole period, for the days of it that the line covers; what is
    missing was not used. Only the minimum depends on the days: a part of a period owes
    its share of it, unless ``prorated`` is off. ``discount`` is in percent.
    """

    charge: ChargeTerms
    used: Mapping[Period, Use] = field(default_factory=dict)
    prorated: bool = True
    discount: Decimal = ZERO

    def use(self, whole: Period) -> Use:
        return self.used.get(whole, NOTHING)

    def rating(self, whole: Period, days: Fraction | int = 1) -> Rating:
        """The price before discount of what was used in a period.

        ``days`` is the share of the period that the line covers.
        """
        terms, use = self.charge, self.use(whole)
        if self.prorated and days != 1:
            part = Fraction(days)
            minimum = terms.minimum * part.numerator / part.denominator
            terms = replace(terms, minimum=minimum)
        if terms.model == "percentage":
            return rate_events(terms, use.amounts)
        return rate(terms, use.quantity)

    def amount(self, whole: Period, days: Fraction | int = 1) -> Decimal:
        """What a period costs after discount, not rounded."""
        amount = self.rating(whole, days).amount
        return amount * (100 - self.discount) * ONE_PERCENT if self.discount else amount
