"""Membership of an association: for which days someone joins or renews, what part of
the dues that costs, and where a member stands on a day.

Periods are half-open. Nothing here is stored: where someone stands follows from what
was paid or accepted and from the day that is asked about, so that a list for the
general assembly can be made for any day, before or after it.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal

from .errors import PeriodError
from .interval import Alignment, Interval, month_number
from .period import Period, Schedule

Basis = Literal["none", "month", "day"]
Late = Literal["follow", "anew"]
State = Literal[
    "pending",
    "awaiting",
    "up_to_date",
    "grace",
    "lapsed",
    "resigned",
    "excluded",
    "honorary",
]
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Days that dues are paid for, and which part of whole dues that is.

    ``period`` are the days of membership; ``part`` is what is paid of ``whole``, a
    period of the rule. They differ where the days before a season are given.
    """

    period: Period
    whole: Period
    share: Fraction


@dataclass(frozen=True, slots=True)
class PeriodRule:
    """Which periods an association sells.

    :param interval: length of a period, mostly a year
    :param alignment: calendar, season, or the day on which each member joined
    :param basis: what a first, incomplete period costs: all of it (``none``), by
        month with the month of joining counted, or by day
    :param next_from: (month, day) from which joining is for the next period, whose
        price is due in full; the days before it are given. None: never
    :param late: who renews late: ``follow`` takes up where the last period ended as
        long as that period still runs, ``anew`` starts on the day of renewal like
        someone who joins

    >>> season = PeriodRule(
    ...     Interval(1, "year"), Alignment.season(9, 1), "month", (6, 1)
    ... )
    >>> joined = season.join(date(2026, 11, 10))
    >>> str(joined.period.last_day), joined.share
    ('2027-08-31', Fraction(5, 6))
    >>> early = season.join(date(2026, 6, 15))
    >>> str(early.period.start), str(early.period.last_day), early.share
    ('2026-06-15', '2027-08-31', Fraction(1, 1))
    """

    interval: Interval
    alignment: Alignment
    basis: Basis = "none"
    next_from: tuple[int, int] | None = None
    late: Late = "follow"

    def __post_init__(self):
        if self.next_from and self.alignment.kind == "anniversary":
            raise PeriodError(
                "Each member has a year of their own: joining cannot be for the next."
            )

    def _schedule(self, start: date) -> Schedule:
        return Schedule(self.interval, self.alignment, start)

    def whole_at(self, day: date) -> Period:
        """The whole period of the rule that includes a day."""
        return self._schedule(day).period_at(day)

    def join(self, day: date) -> Coverage:
        """What someone gets who joins on a day."""
        schedule = self._schedule(day)
        whole = schedule.period_at(day)
        if self._is_for_next(whole, day):
            following = schedule.period_at(whole.end)
            return Coverage(Period(day, following.end), following, Fraction(1))
        return self._rest(day, whole)

    def _is_for_next(self, whole: Period, day: date) -> bool:
        """Tell whether the day is at or after the date of the rule in its period."""
        if not self.next_from:
            return False
        month, number = self.next_from
        for year in (whole.start.year, whole.end.year):
            limit = _date(year, month, number)
            if whole.start < limit < whole.end:
                return day >= limit
        return False

    def paid_before(self, joined: date, last_day: date) -> Period:
        """The days of the period in which ``last_day`` lies that someone who joined on
        a day has paid up to it, by a former list of members.

        >>> season = PeriodRule(Interval(1, "year"), Alignment.season(9, 1))
        >>> str(season.paid_before(date(2019, 11, 10), date(2026, 8, 31)).start)
        '2025-09-01'
        """
        whole = self._schedule(joined).period_at(last_day)
        return Period(max(joined, whole.start), last_day + DAY)

    def renew(self, covered: Period, day: date) -> Coverage:
        """What someone gets who renews on a day.

        :param covered: the last days that were covered, of which the end counts and,
            where each member has a year of their own, the day of the month of its
            start
        :return: never days of a period that is over: who is early continues where the
            last period ends, who is late starts by the rule
        """
        if self.alignment.kind == "anniversary":
            return self._renew_anniversary(covered, day)
        schedule = self._schedule(covered.end)
        following = schedule.period_at(covered.end)
        if day < covered.end:
            return self._rest(covered.end, following)
        if self.late == "anew" or self._is_for_next(schedule.period_at(day), day):
            return self.join(day)
        if day < following.end:
            return self._rest(covered.end, following)
        whole = schedule.period_at(day)
        return self._rest(whole.start, whole)

    def _rest(self, start: date, whole: Period) -> Coverage:
        period = Period(start, whole.end)
        return Coverage(period, whole, dues_share(period, whole, self.basis))

    def _renew_anniversary(self, covered: Period, day: date) -> Coverage:
        # The grid of the member: it keeps the day of the month on which it began.
        schedule = self._schedule(covered.start)
        start = covered.end
        following = schedule.period_at(start)
        if following.start != start:  # what was covered was no whole period
            following = self._schedule(start).period_at(start)
        if day >= following.end or (day >= start and self.late == "anew"):
            following = self._schedule(day).period_at(day)
        return Coverage(following, following, Fraction(1))


def _date(year: int, month: int, day: int) -> date:
    """The day of a year, the last of its month where the month is shorter."""
    following = date(year + month // 12, month % 12 + 1, 1)
    return min(date(year, month, 1) + (day - 1) * DAY, following - DAY)


def dues_share(period: Period, whole: Period, basis: Basis) -> Fraction:
    """Which part of the dues of a whole period the rest of it costs.

    By month every month begun counts, that of joining too, and whole periods count the
    months that they touch.

    >>> season = Period(date(2026, 9, 1), date(2027, 9, 1))
    >>> dues_share(Period(date(2026, 11, 10), season.end), season, "month")
    Fraction(5, 6)
    >>> year = Period(date(2026, 1, 1), date(2027, 1, 1))
    >>> dues_share(Period(date(2026, 7, 1), year.end), year, "day")
    Fraction(184, 365)
    """
    if basis == "none":
        return Fraction(1)
    if basis == "day":
        return Fraction(period.days, whole.days)
    return Fraction(months_in(period), months_in(whole))


def months_in(period: Period) -> int:
    """The months that a period touches."""
    return month_number(period.last_day) - month_number(period.start) + 1


# ----------------------------------------------------------------------
# Where a member stands
# ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a member.

    ``covered`` are the periods that count: paid, invoiced or accepted, as the
    association has it. ``called_on`` is the day on which the dues that wait for their
    payment were called, or None.
    """

    covered: tuple[Period, ...] = ()
    called_on: date | None = None
    honorary: bool = False
    lifetime_from: date | None = None
    resigned_on: date | None = None
    excluded_on: date | None = None
    rejoined_on: date | None = None


def state_on(facts: Facts, day: date, grace_days: int = 0) -> State:
    """Where a member stands on a day.

    The day on which someone resigns or is excluded is the first without membership;
    who joins again, as was recorded or by a period that begins since, is one again.
    After the last covered day come ``grace_days`` days of grace, then the membership
    has lapsed. It lapses and never vanishes: who was a member once is not "pending".

    >>> paid = Facts(covered=(Period(date(2024, 1, 1), date(2026, 1, 1)),))
    >>> [state_on(paid, date(2025, 12, 31), 30), state_on(paid, date(2026, 1, 30), 30)]
    ['up_to_date', 'grace']
    >>> state_on(paid, date(2026, 1, 31), 30)
    'lapsed'
    """
    if _has_left(facts, facts.excluded_on, day):
        return "excluded"
    if _has_left(facts, facts.resigned_on, day):
        return "resigned"
    if facts.honorary:
        return "honorary"
    if facts.lifetime_from and facts.lifetime_from <= day:
        return "up_to_date"
    if any(period.contains(day) for period in facts.covered):
        return "up_to_date"
    ended = [period.end for period in facts.covered if period.end <= day]
    if ended:
        return "grace" if day < max(ended) + grace_days * DAY else "lapsed"
    if facts.called_on and facts.called_on <= day:
        return "awaiting"
    return "pending"


def _has_left(facts: Facts, left_on: date | None, day: date) -> bool:
    if not left_on or left_on > day:
        return False
    if facts.rejoined_on and left_on <= facts.rejoined_on <= day:
        return False
    return not any(left_on <= period.start <= day for period in facts.covered)
