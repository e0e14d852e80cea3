"""A coupon as the engine sees it: what it grants, and of which charges."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from .allocation import round_share
from .period import Period, Schedule


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

    def share_of(self, part: Period | None) -> Fraction:
        """Which share of the days of a charge it is granted for."""
        end = self.end
        if part is None or end is None or part.end <= end:
            return Fraction(1)
        held = part.clip(part.start, end) if part.start < end else None
        return Fraction(held.days if held else 0, part.days)

    def periods_in(self, start: date, part: Period | None) -> list[date]:
        """Its own periods that a charge pays: the one in which it starts, and those
        that lie in its days as a whole, where the charge is of a longer rhythm."""
        first = self.schedule.period_at(start)
        periods = [first.start]
        if part is None or part.end <= first.end:
            return periods
        for period in self.schedule.periods(first.end):
            over = min(filter(None, (self.end, self.until)), default=None)
            if period.end > part.end or (over and period.start >= over):
                return periods
            if period.start >= part.start:
                periods.append(period.start)

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

    def is_longer(self, start: date, part: Period) -> bool:
        """Whether a charge pays days that it is not granted for, or several of its
        periods: then what was taken off belongs to some of the days only."""
        if self.kind == "fixed":
            return len(self.periods_in(start, part)) > 1
        return self.share_of(part) < 1

    def days_of(self, period: date, part: Period) -> int:
        """How many days of ``part`` what was taken off in a period of it is for."""
        span = self.schedule.period_at(period)
        if self.kind == "fixed":
            held = part.clip(span.start, span.end)
        else:
            held = part.clip(part.start, self.end)
        return held.days if held else 0
