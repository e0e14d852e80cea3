"""Cutting time into billing periods.

A period is half-open, ``[start, end)``: it ends on the first day that it no longer
covers. A schedule is a grid of boundaries, and boundary n stands at anchor + n x
interval, always computed from the anchor and never from the boundary before, so that
month ends do not drift.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from .errors import AlignmentError, PeriodError

MONTHS_OF_UNIT = {"month": 1, "year": 12}
DAYS_OF_UNIT = {"day": 1, "week": 7}


def _month_date(months, day):
    """The given day in month number ``months`` (year x 12 + month - 1), clamped.

    >>> _month_date(2025 * 12 + 1, 31)
    datetime.date(2025, 2, 28)
    """
    year, month = divmod(months, 12)
    if day > 28:
        day = min(day, monthrange(year, month + 1)[1])
    return date(year, month + 1, day)


def _month_number(day):
    return day.year * 12 + day.month - 1


@dataclass(frozen=True, slots=True)
class Interval:
    """The length of a billing period: so many days, weeks, months or years.

    >>> monthly = Interval(1, "month")
    >>> [str(monthly.add(date(2025, 1, 31), n)) for n in range(4)]
    ['2025-01-31', '2025-02-28', '2025-03-31', '2025-04-30']
    >>> str(Interval(1, "year").add(date(2024, 2, 29), 4))
    '2028-02-29'
    """

    count: int
    unit: str
    # The same length as a number of months or a number of days, the other being 0.
    months: int = field(init=False, repr=False, compare=False)
    days: int = field(init=False, repr=False, compare=False)

    def __post_init__(self):
        months = MONTHS_OF_UNIT.get(self.unit, 0)
        days = DAYS_OF_UNIT.get(self.unit, 0)
        if not months and not days:
            raise PeriodError("{unit} is not a unit of time.", unit=self.unit)
        if self.count < 1:
            raise PeriodError(
                "An interval counts at least 1 {unit}, not {count}.",
                unit=self.unit,
                count=self.count,
            )
        object.__setattr__(self, "months", months * self.count)
        object.__setattr__(self, "days", days * self.count)

    def add(self, anchor: date, n: int) -> date:
        """The date n intervals after the anchor (before it when n is negative)."""
        return self.boundary(anchor, n, anchor.day)

    def boundary(self, anchor: date, n: int, day: int) -> date:
        """Like ``add``, for a grid that aims at another day than the anchor's own."""
        if self.months:
            return _month_date(_month_number(anchor) + n * self.months, day)
        return anchor + timedelta(days=n * self.days)


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

    def intersect(self, other: "Period") -> "Period | None":
        """The days that both cover, None when there is none."""
        return self.clip(other.start, other.end)

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


@dataclass(frozen=True, slots=True)
class Alignment:
    """Where the boundaries of a schedule fall.

    anniversary: on the day the subscription started; day_of_month: on a day 1 to 31,
    where 31 is the last day of each month; season: such that one boundary is the given
    month and day; calendar: Mondays, firsts of month, quarters, 1 January.
    """

    kind: str
    day: int = 0
    month: int = 0

    def __post_init__(self):
        if self.kind == "day_of_month":
            exists = 1 <= self.day <= 31
        elif self.kind == "season":
            # 29 February may start a season: it is the 28th in other years.
            exists = 1 <= self.month <= 12
            exists = exists and 1 <= self.day <= monthrange(2024, self.month)[1]
        else:
            exists = self.kind in ("anniversary", "calendar")
        if not exists:
            raise AlignmentError(
                "There is no alignment by {kind} on day {day} of month {month}.",
                kind=self.kind.replace("_", " "),
                day=self.day,
                month=self.month,
            )

    @classmethod
    def anniversary(cls):
        return cls("anniversary")

    @classmethod
    def day_of_month(cls, day):
        return cls("day_of_month", day=day)

    @classmethod
    def last_day(cls):
        return cls("day_of_month", day=31)

    @classmethod
    def season(cls, month, day=1):
        return cls("season", day=day, month=month)

    @classmethod
    def calendar(cls):
        return cls("calendar")


def _any_count(count):
    return True


def _divides_a_year(count):
    return 12 % count == 0


def _only_one(count):
    return count == 1


# (unit of the interval, kind of alignment) -> which counts are allowed, and the rule in
# words. What is not in the table does not exist.
VALID_ALIGNMENTS = {
    ("day", "anniversary"): (_any_count, ""),
    ("week", "anniversary"): (_any_count, ""),
    ("month", "anniversary"): (_any_count, ""),
    ("year", "anniversary"): (_any_count, ""),
    ("month", "day_of_month"): (_any_count, ""),
    ("year", "day_of_month"): (_any_count, ""),
    ("month", "season"): (_divides_a_year, "A season holds 1, 2, 3, 4, 6 or 12 months"),
    ("year", "season"): (_only_one, "A season comes back every year"),
    ("week", "calendar"): (_only_one, "Calendar weeks are billed one by one"),
    ("month", "calendar"): (
        _divides_a_year,
        "A calendar year holds 1, 2, 3, 4, 6 or 12 months",
    ),
    ("year", "calendar"): (_only_one, "Calendar years are billed one by one"),
}


def check_alignment(interval: Interval, alignment: Alignment) -> None:
    """Raise an AlignmentError, with the reason, for a combination that makes no grid.

    >>> check_alignment(Interval(1, "week"), Alignment.day_of_month(15))
    Traceback (most recent call last):
    ...
    AlignmentError: Periods counted in weeks cannot be aligned by day of month.
    """
    values = {
        "count": interval.count,
        "unit": interval.unit,
        "kind": alignment.kind.replace("_", " "),
    }
    rule = VALID_ALIGNMENTS.get((interval.unit, alignment.kind))
    if rule is None:
        raise AlignmentError(
            "Periods counted in {unit}s cannot be aligned by {kind}.", **values
        )
    allowed, reason = rule
    if not allowed(interval.count):
        raise AlignmentError(
            "{reason}: {count} {unit}s cannot be aligned by {kind}.",
            reason=reason,
            **values,
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
    month = _month_number(start)
    month -= (month - max(alignment.month - 1, 0)) % step
    first = _month_date(month, day)
    return first if first >= start else _month_date(month + step, day)


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
        n = (_month_number(day) - _month_number(self.anchor)) // interval.months
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
