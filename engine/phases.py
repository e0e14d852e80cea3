"""Prices that hold for a number of periods, then the next: where one ends.

A phase counts whole periods of the grid on which a subscription is billed, from the
first day that is billed. A shortened first period comes on top, at the price of the
first phase, unless it is billed as a whole one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from .period import Schedule


@dataclass(frozen=True, slots=True)
class Ramp:
    """The grid and the first billed day from which phases are counted.

    ``stub_counts`` says that a shortened first period costs a whole one.

    >>> from .period import Alignment, Interval
    >>> grid = Schedule(Interval(1, "month"), Alignment.calendar(), date(2026, 4, 16))
    >>> ramp = Ramp(grid, date(2026, 4, 16), stub_counts=False)
    >>> [(str(start), str(end)) for start, end in ramp.spans([2])]
    [('2026-04-16', '2026-07-01'), ('2026-07-01', 'None')]
    """

    schedule: Schedule
    first: date
    stub_counts: bool

    def _first_counted(self) -> int:
        """The number of the first period of the grid that counts."""
        index = self.schedule.index_at(self.first)
        whole = self.schedule.boundary(index) == self.first
        return index if whole or self.stub_counts else index + 1

    def boundary(self, periods: int) -> date:
        """The day after so many periods that count."""
        return self.schedule.boundary(self._first_counted() + periods)

    def spans(self, counts: Sequence[int]) -> list[tuple[date, date | None]]:
        """The half-open days of each phase, and of what follows the last of them."""
        ends, total = [], 0
        for count in counts:
            total += count
            ends.append(self.boundary(total))
        return list(zip([self.first, *ends], [*ends, None], strict=True))

    def moved(self, day: date, to: "Ramp") -> date:
        """The day that stands in the other ramp where ``day`` stands in this one.

        The first day stays the first; a later one keeps its number of periods.
        """
        if day <= self.first:
            return to.first
        periods = self.schedule.index_at(day) - self._first_counted()
        return max(to.boundary(periods), to.first)
