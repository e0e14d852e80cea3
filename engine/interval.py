"""How long periods are and where they begin: intervals, alignments, what goes together.

Nothing drifts here: n intervals after an anchor is always counted from the anchor.
"""

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, timedelta

from .errors import AlignmentError, PeriodError

MONTHS_OF_UNIT = {"month": 1, "year": 12}
DAYS_OF_UNIT = {"day": 1, "week": 7}


def month_date(months, day):
    """The given day in month number ``months`` (year x 12 + month - 1), clamped.

    >>> month_date(2025 * 12 + 1, 31)
    datetime.date(2025, 2, 28)
    """
    year, month = divmod(months, 12)
    if day > 28:
        day = min(day, monthrange(year, month + 1)[1])
    return date(year, month + 1, day)


def month_number(day):
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
            return month_date(month_number(anchor) + n * self.months, day)
        return anchor + timedelta(days=n * self.days)


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
            exists = exists and not self.day and not self.month
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
