"""Values with a validity: what the law says from one day to another.

A rate, a threshold or a wording holds on the days of ``[valid_from, valid_to)``; None
on either side means: always, or until further notice.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from .errors import VatError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Dated(Generic[T]):
    """A value, what it is about, and the days on which it holds."""

    key: Hashable
    value: T
    valid_from: date | None = None
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the value holds on a day.

        >>> rate = Dated("SK", 23, date(2025, 1, 1))
        >>> rate.holds_on(date(2024, 12, 31)), rate.holds_on(date(2025, 1, 1))
        (False, True)
        """
        return (self.valid_from or date.min) <= day < (self.valid_to or date.max)


class DatedTable(Generic[T]):
    """Finds the value of a key on a day; where several hold, the latest to begin.

    Two values of one key that begin on one day are a contradiction: VatError.
    """

    def __init__(self, entries: Iterable[Dated[T]]):
        self._entries = {}
        for entry in entries:
            self._entries.setdefault(entry.key, []).append(entry)
        for key, own in self._entries.items():
            own.sort(key=lambda entry: entry.valid_from or date.min, reverse=True)
            begins = [entry.valid_from for entry in own]
            if len(set(begins)) < len(begins):
                raise VatError("Two values of {key} begin on one day.", key=str(key))

    def on(self, key: Hashable, day: date) -> T | None:
        """The value of a key on a day, None where nothing holds."""
        for entry in self._entries.get(key, ()):
            if entry.holds_on(day):
                return entry.value
        return None

    def changes(self, key: Hashable, start: date, end: date) -> list[date]:
        """The days within ``(start, end)`` on which the value of a key changes."""
        days = set()
        for entry in self._entries.get(key, ()):
            days |= {entry.valid_from, entry.valid_to}
        inside = sorted(day for day in days if day and start < day < end)
        return [
            day for day in inside if self.on(key, day) != self.on(key, _day_before(day))
        ]


def _day_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)
