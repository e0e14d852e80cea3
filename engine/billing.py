"""Billing is a difference: what should have been billed minus what was.

Proration, upgrades, changes to the past, cancellation and catching up all follow from
that one rule, and a second run finds nothing left to bill.
"""

from collections.abc import Hashable, Iterable
from datetime import date
from decimal import Decimal

from .claims import Claim, LineClaims
from .errors import BillingError
from .ledger import PeriodBook
from .period import Period
from .settlement import settle
from .terms import BilledRow, Item, LineTerms

__all__ = ["BilledRow", "Item", "LineTerms", "difference", "proposed"]

Book = dict[tuple[Hashable, Period], list[BilledRow]]


def proposed(
    lines: Iterable[LineTerms],
    through: date,
    rounding: Decimal,
    days_ahead: int = 0,
    closed_before: date | None = None,
) -> tuple[Item, ...]:
    """Everything that should have been billed up to a date, whatever was billed."""
    return difference(lines, (), through, rounding, days_ahead, closed_before)


def difference(
    lines: Iterable[LineTerms],
    rows: Iterable[BilledRow],
    through: date,
    rounding: Decimal,
    days_ahead: int = 0,
    closed_before: date | None = None,
) -> tuple[Item, ...]:
    """What to charge and to credit now, up to and including the date ``through``.

    ``rounding`` is the smallest amount of the currency. Advance periods fall due
    ``days_ahead`` days early. Whole periods that end on or before ``closed_before``
    are left out, with their rows.

    >>> from .period import Alignment, Interval, Schedule
    >>> monthly = Schedule(
    ...     Interval(1, "month"), Alignment.calendar(), date(2025, 4, 1)
    ... )
    >>> line = LineTerms("seat", date(2025, 4, 16), None, Decimal(90), monthly)
    >>> [item] = difference([line], [], date(2025, 4, 16), Decimal("0.01"))
    >>> item.amount, str(item.share), str(item.part.start)
    (Decimal('45.00'), '15/30', '2025-04-16')
    """
    book = book_of(rows, closed_before)
    claimants = claimants_of(lines, book, rounding, days_ahead)
    items = []
    for claimant in claimants.values():
        for claim in claimant.after(closed_before):
            if claim.due > through:
                break
            billed = book.pop((claim.line, claim.whole), ())
            items.extend(settle(claim, billed, through))
    # What is left was billed ahead, or is not claimed any more.
    for (line, whole), billed in book.items():
        claimant = claimants.get(line)
        claim = claimant.of(whole) if claimant else Claim(line, whole, whole)
        items.extend(settle(claim, billed, through))
    position = {line: place for place, line in enumerate(claimants)}
    last = len(position)
    items.sort(
        key=lambda item: (item.due, position.get(item.line, last), item.part.start)
    )
    return tuple(items)


def book_of(rows: Iterable[BilledRow], closed_before: date | None) -> Book:
    """The rows that are not closed, by line and whole period."""
    book = {}
    for row in rows:
        if closed_before is None or row.whole.end > closed_before:
            book.setdefault((row.line, row.whole), []).append(row)
    return book


def claimants_of(lines, book: Book, rounding, days_ahead) -> dict[Hashable, LineClaims]:
    """Who claims: each line with the openings that stand in the ledger for it."""
    openings = {}
    for (line, _whole), rows in book.items():
        if any(row.kind == "opening" for row in rows):
            openings.setdefault(line, []).extend(PeriodBook(rows).openings())
    claimants = {}
    for line in lines:
        if line.key in claimants:
            raise BillingError("Two lines have the key {key}.", key=line.key)
        former = openings.get(line.key, ())
        claimants[line.key] = LineClaims(line, former, rounding, days_ahead)
    return claimants
