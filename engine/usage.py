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
from itertools import chain, pairwise

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
    its own (the charge model percentage); ``values`` what a unique count counted, where
    parts of a period are put together.
    """

    quantity: Decimal = ZERO
    amounts: tuple[Decimal, ...] = ()
    values: frozenset = frozenset()


NOTHING = Use()


def together(aggregation: str, uses: Iterable[Use]) -> Use:
    """What several parts of one period used as a whole, in order of time.

    Parts in which nothing was counted (NOTHING) do not count as a last quantity of 0.
    An average over time is one over the whole period, so that parts add up.

    >>> parts = Use(Decimal(9)), Use(Decimal(7))
    >>> [str(together(way, parts).quantity) for way in ("sum", "maximum", "last")]
    ['16', '9', '7']
    """
    counted = [use for use in uses if use is not NOTHING]
    if not counted:
        return NOTHING
    quantities = [use.quantity for use in counted]
    values = frozenset().union(*(use.values for use in counted))
    quantity = {
        "maximum": lambda: max(quantities),
        "last": lambda: quantities[-1],
        "unique": lambda: Decimal(len(values)),
    }.get(aggregation, lambda: sum(quantities, ZERO))()
    amounts = tuple(chain.from_iterable(use.amounts for use in counted))
    return Use(quantity, amounts, values)


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

    Where lines of one charge follow each other within a period (after a pause, with
    another price), the ``earlier`` ones, with the share of the days that each covers,
    share with the later what a period includes, its tiers, its minimum and maximum: the
    later one costs what all of them used at its price, less what the earlier used.
    """

    charge: ChargeTerms
    used: Mapping[Period, Use] = field(default_factory=dict)
    prorated: bool = True
    discount: Decimal = ZERO
    aggregation: str = "sum"

    def use(self, whole: Period) -> Use:
        return self.used.get(whole, NOTHING)

    def rating(
        self, whole: Period, days: Fraction | int = 1, earlier: "Earlier" = ()
    ) -> Rating:
        """The price before discount of what was used in a period.

        ``days`` is the share of the period that the line covers.
        """
        if earlier and not self._adds_up():
            return self._continued(whole, days, earlier)
        return _rate(replace(self.charge, minimum=self._minimum(days)), self.use(whole))

    def amount(
        self, whole: Period, days: Fraction | int = 1, earlier: "Earlier" = ()
    ) -> Decimal:
        """What a period costs after discount, not rounded."""
        amount = self.rating(whole, days, earlier).amount
        return amount * (100 - self.discount) * ONE_PERCENT if self.discount else amount

    def _minimum(self, days):
        minimum = self.charge.minimum
        if not minimum or not self.prorated or days == 1:
            return minimum
        part = Fraction(days)
        return minimum * part.numerator / part.denominator

    def _adds_up(self):
        """Whether parts of a period cost together what the whole would."""
        terms = self.charge
        return (
            self.aggregation in ("sum", "time_weighted")
            and terms.model in ("per_unit", "percentage")
            and not (terms.included or terms.free_events or terms.minimum)
            and terms.maximum is None
        )

    def _continued(self, whole, days, earlier):
        """Price a part of a period that began under earlier lines, never below 0."""
        uses, share, owed, paid = [], 0, ZERO, ZERO
        for terms, part in (*earlier, (self, days)):
            before = terms._unbounded(together(self.aggregation, uses)).amount
            uses.append(terms.use(whole))
            used = together(self.aggregation, uses)
            so_far = terms._unbounded(used)
            added = max(so_far.amount - before, ZERO)
            owed, share = owed + added, min(share + part, 1)
            limited = max(owed, terms._minimum(share))
            if terms.charge.maximum is not None:
                limited = min(limited, terms.charge.maximum)
            due = max(limited - paid, ZERO)
            paid += due
        bound = "minimum" if due > added else "maximum"
        steps = [
            RatingStep("together", used.quantity, ZERO, ZERO, ZERO),
            *so_far.steps,
            _adjustment("earlier", added - so_far.amount),
            _adjustment(bound, due - added),
        ]
        steps = [step for step in steps if step.amount or step.quantity]
        return Rating(due, self.use(whole).quantity, tuple(steps))

    def _unbounded(self, use):
        return _rate(replace(self.charge, minimum=ZERO, maximum=None), use)


Earlier = Sequence[tuple[UsageTerms, Fraction | int]]


def _rate(terms: ChargeTerms, use: Use) -> Rating:
    if terms.model == "percentage":
        return rate_events(terms, use.amounts)
    return rate(terms, use.quantity)
