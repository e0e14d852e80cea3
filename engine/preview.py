"""Looking ahead and looking back: what will be billed when, and how far all is done.

Nothing is written and nothing is guessed: the same difference, taken at other dates.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from .billing import Book, book_of, claimants_of, difference
from .claims import LineClaims
from .settlement import settle
from .terms import BilledRow, Item, LineTerms


def upcoming(
    lines: Iterable[LineTerms],
    rows: Iterable[BilledRow],
    through: date,
    until: date,
    rounding: Decimal,
    days_ahead: int = 0,
    closed_before: date | None = None,
) -> tuple[tuple[date, tuple[Item, ...]], ...]:
    """What will be billed on which date, ``through`` and ``until`` included.

    What is due or to be credited by ``through`` comes first, on that date, as long as
    the subscription stays as it is.
    """
    lines = tuple(lines)
    credit_due = {line.key: line.credit_due for line in lines if line.credit_due}
    by_date = {}
    for item in difference(lines, rows, until, rounding, days_ahead, closed_before):
        if item.kind == "charge":
            day = max(item.due, through)
        else:
            day = max(credit_due.get(item.line, through), through)
        item = replace(item, due=min(item.due, day))
        by_date.setdefault(day, []).append(item)
    return tuple((day, tuple(by_date[day])) for day in sorted(by_date))


def next_due(
    lines: Iterable[LineTerms],
    rows: Iterable[BilledRow],
    through: date,
    rounding: Decimal,
    days_ahead: int = 0,
    closed_before: date | None = None,
) -> date | None:
    """The date on which there will be something to bill, None when never again.

    Up to ``through`` when something is due already: the date since which it is.
    """
    lines, rows = tuple(lines), tuple(rows)
    pending = difference(lines, rows, through, rounding, days_ahead, closed_before)
    if pending:
        return pending[0].due
    book = book_of(rows, closed_before)
    claimants = claimants_of(lines, book, rounding, days_ahead)
    after = through if closed_before is None else max(through, closed_before)
    dates = [_next_due(claimant, book, after) for claimant in claimants.values()]
    dates += _credits_to_come(claimants, book, through)
    return min((day for day in dates if day), default=None)


def _credits_to_come(claimants, book: Book, through: date) -> Iterator[date]:
    """The days on which lines give back what they do not give back yet."""
    for (line, whole), billed in book.items():
        claim = claimants[line].of(whole) if line in claimants else None
        if claim and claim.waits(through):
            if next(settle(claim, billed, claim.terms.credit_due), None):
                yield claim.terms.credit_due


def _next_due(claimant: LineClaims, book: Book, after: date) -> date | None:
    """The due date of a line's next claim that is not billed ahead already."""
    for claim in claimant.after(after):
        billed = book.get((claim.line, claim.whole), ())
        if next(settle(claim, billed, claim.due), None):
            return claim.due
    return None


def settled_through(
    lines: Iterable[LineTerms],
    rows: Iterable[BilledRow],
    through: date,
    rounding: Decimal,
    days_ahead: int = 0,
    closed_before: date | None = None,
) -> date | None:
    """The date up to which history is closed, never later than ``through``.

    Every whole period that ends on or before it is billed as it should be, so that the
    next call may leave it out (``closed_before``). None as long as there is none.
    """
    lines, rows = tuple(lines), tuple(rows)
    closed = through
    for item in difference(lines, rows, through, rounding, days_ahead, closed_before):
        closed = min(closed, item.whole.last_day)
    closed = _keep_openings(lines, rows, closed)
    if any(row.whole.end <= closed for row in rows):
        return closed
    return closed_before


def _keep_openings(lines, rows, closed: date) -> date:
    """An earlier date where an opening off our grid reaches into an open period.

    Were its row left out, its days would be charged again.
    """
    schedules = {line.key: line.schedule for line in lines}
    openings = [row for row in rows if row.kind == "opening"]
    for row in sorted(openings, key=lambda row: row.whole.end, reverse=True):
        schedule = schedules.get(row.line)
        if schedule and row.whole.end <= closed:
            last = schedule.period_at(row.part.last_day)
            if last.end > closed:
                closed = row.whole.last_day
    return closed
