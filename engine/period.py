"""Cutting time into billing periods.

A period is half-open, ``[start, end)``: it ends on the first day that it no longer
covers. A schedule is a grid of boundaries, and boundary n stands at anchor + n x
interval, always computed from the anchor and never from the boundary before, so that
month ends do not drift.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from .errors import AlignmentError, PeriodError
from .interval import (
    VALID_ALIGNMENTS,
    Alignment,
    Interval,
    check_alignment,
    month_date,
    month_number,
)

__all__ = [
    "VALID_ALIGNMENTS",
    "Alignment",
    "Interval",
    "Period",
    "Schedule",
    "check_alignment",
    "hull",
    "subtract",
]


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The days from start up to, but not including, end.

    >>> january = Period(date(2025, 1, 1), date(2025, 2, 1))
    >>> january.days, str(january.last_day)
    (31, '2025-01-31')
    """

    start: date
    end: date

    def __post_init__(self):
        if self.end <= self.start:
            raise PeriodError(
                "A period ends after it starts: {start} to {end} is empty.",
                start=self.start,
                end=self.end,
            )

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    @property
    def last_day(self) -> date:
        """The last day covered, as users read it (inclusive)."""
        return self.end - timedelta(days=1)

    def contains(self, day: date) -> bool:
        return self.start <= day < self.end

    def clip(self, start: date, end: "date | None") -> "Period | None":
        """The days within ``[start, end)``, end None meaning endless."""
        low = max(self.start, start)
        high = self.end if end is None else min(self.end, end)
        if low >= high:
            return None
        if low == self.start and high == self.end:
            return self
        return Period(low, high)

    def minus(self, other: "Period") -> "tuple[Period, ...]":
        """The days that the other does not cover: none, one or two periods."""
        if other.end <= self.start or other.start >= self.end:
            return (self,)
        rest = []
        if self.start < other.start:
            rest.append(Period(self.start, other.start))
        if other.end < self.end:
            rest.append(Period(other.end, self.end))
        return tuple(rest)


def subtract(periods: Iterable[Period], others: Iterable[Period]) -> list[Period]:
    """The days of the periods that none of the others covers, in order."""
    rest = list(periods)
    for other in others:
        rest = [piece for period in rest for piece in period.minus(other)]
    return rest


def hull(periods: Sequence[Period]) -> Period:
    """From the first to the last day of the periods, gaps included."""
    if len(periods) == 1:
        return periods[0]
    return Period(
        min(period.start for period in periods), max(period.end for period in periods)
    )


def _first_boundary(interval: Interval, alignment: Alignment, start: date) -> date:
    """The first date at or after start that the alignment names."""
    if alignment.kind == "anniversary":
        return start
    if interval.days:
        return start + timedelta(days=-start.weekday() % 7)
    # Day of month: any month will do. Season and calendar: the grid that contains the
    # month of the season, or January.
    step = 1 if alignment.kind == "day_of_month" else interval.months
    day = alignment.day or 1
    month = month_number(start)
    month -= (month - max(alignment.month - 1, 0)) % step
    first = month_date(month, day)
    return first if first >= start else month_date(month + step, day)


@dataclass(frozen=True, slots=True)
class Schedule:
    """The grid of billing periods of a subscription, endless in both directions.

    ``start`` is the first day of the subscription. The anchor, boundary number 0, is
    the first date at or after it that the alignment names. An explicit anchor (an
    imported subscription, a quarter that began earlier) may lie on either side of the
    start, but on the alignment.

    >>> monthly = Interval(1, "month")
    >>> schedule = Schedule(monthly, Alignment.day_of_month(15), date(2025, 1, 1))
    >>> stub = schedule.period_at(date(2025, 1, 1))
    >>> str(stub.start), str(stub.end)
    ('2024-12-15', '2025-01-15')
    >>> ends = Schedule(monthly, Alignment.last_day(), date(2025, 2, 10))
    >>> [str(ends.boundary(n)) for n in range(3)]
    ['2025-02-28', '2025-03-31', '2025-04-30']
    """

    interval: Interval
    alignment: Alignment
    start: date
    anchor: date | None = None
    # The day of month that the grid aims at, also where a short month has no such day.
    _day: int = field(init=False, repr=False, compare=False)

    def __post_init__(self):
        check_alignment(self.interval, self.alignment)
        wanted = self.anchor or self.start
        anchor = _first_boundary(self.interval, self.alignment, wanted)
        if self.anchor and anchor != self.anchor:
            raise AlignmentError(
                "The anchor {anchor} is not on the alignment by {kind}.",
                anchor=self.anchor,
                kind=self.alignment.kind.replace("_", " "),
            )
        object.__setattr__(self, "anchor", anchor)
        object.__setattr__(self, "_day", self.alignment.day or anchor.day)

    def boundary(self, n: int) -> date:
        """The start of period n, which is the end of period n - 1."""
        return self.interval.boundary(self.anchor, n, self._day)

    def index_at(self, day: date) -> int:
        """The number of the period that contains the day."""
        interval = self.interval
        if interval.days:
            return (day - self.anchor).days // interval.days
        n = (month_number(day) - month_number(self.anchor)) // interval.months
        return n if self.boundary(n) <= day else n - 1

    def period(self, n: int) -> Period:
        return Period(self.boundary(n), self.boundary(n + 1))

    def period_at(self, day: date) -> Period:
        """The whole aligned period that contains the day."""
        return self.period(self.index_at(day))

    def periods(self, start: date, end: date | None = None) -> Iterator[Period]:
        """The whole aligned periods that touch ``[start, end)``, in order.

        Endless when end is None.
        """
        n = self.index_at(start)
        low = self.boundary(n)
        while end is None or low < end:
            n += 1
            high = self.boundary(n)
            yield Period(low, high)
            low = high

    def next_boundary(self, day: date) -> date:
        """The first boundary after the day."""
        return self.boundary(self.index_at(day) + 1)

    @property
    def first_full_boundary(self) -> date:
        """The start of the first period that the subscription has in full."""
        return self.next_boundary(self.start - timedelta(days=1))
