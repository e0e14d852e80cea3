"""What was served and is not billed yet, whenever it falls due.

At the end of a month the books want what belongs to it: usage and other charges in
arrears of periods that have begun, what is billed late, and what is to be given back.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from .billing import book_of, claimants_of
from .period import Period
from .recognition import Segment
from .settlement import settle
from .terms import BilledRow, Item, LineTerms


def unbilled(
    lines: Iterable[LineTerms],
    rows: Iterable[BilledRow],
    day: date,
    rounding: Decimal,
    closed_before: date | None = None,
) -> tuple[Item, ...]:
    """What is missing in the ledger of every period that has begun by ``day``, and what
    is too much in it, as if all of it fell due on that day.

    >>> from .period import Alignment, Interval, Schedule
    >>> grid = Schedule(Interval(3, "month"), Alignment.calendar(), date(2026, 1, 1))
    >>> line = LineTerms("seat", date(2026, 1, 1), None, Decimal(90), grid, "arrears")
    >>> [item] = unbilled([line], [], date(2026, 1, 31), Decimal("0.01"))
    >>> str(item.part.end), str(served(item, date(2026, 1, 31), Decimal("0.01")).amount)
    ('2026-04-01', '31.00')
    """
    book = book_of(rows, closed_before)
    claimants = claimants_of(lines, book, rounding, 0)
    items = []
    for claimant in claimants.values():
        for claim in claimant.after(closed_before):
            if claim.days[0].start > day:
                break
            due = replace(claim, due=min(claim.due, day))
            items.extend(settle(due, book.pop((claim.line, claim.whole), ()), day))
    for (line, whole), billed in book.items():
        claimant = claimants.get(line)
        if claimant and whole.start <= day:
            items.extend(settle(claimant.of(whole), billed, day))
    return tuple(items)


def served(
    item: Item, day: date, rounding: Decimal, method: str = "day"
) -> Item | None:
    """The part of an item that was served by the end of ``day``, None where none was.

    Its amount by the method by which its revenue is recognised.
    """
    end = day + timedelta(days=1)
    part = item.part.clip(item.part.start, end)
    if part is None:
        return None
    amount = Segment(item.amount, item.part, method).earned_before(end, rounding)
    if not amount:
        return None
    if part == item.part and amount == item.amount:
        return item
    return replace(item, part=part, amount=amount, share=None)


def clipped(lines: Iterable[LineTerms], end: date, used: dict) -> list[LineTerms]:
    """Lines by usage as if they ended before the day ``end``; others as they are.

    :param used: ``{key of the line: {whole period: Use}}``, of the days before ``end``
    """
    lines = list(lines)
    found = {line.key: _clipped(line, end, used) for line in lines if line.usage}
    return [
        replace(found[line.key], earlier=tuple(found[one.key] for one in line.earlier))
        if line.usage
        else line
        for line in lines
    ]


def _clipped(line, end, used):
    last = end if line.end is None else min(line.end, end)
    return replace(
        line,
        end=max(last, line.start),
        usage=replace(line.usage, used=used.get(line.key, {})),
        earlier=(),
    )


def share_served(amount, period: Period, day: date, rounding, method="day") -> Decimal:
    """What of an amount for a period was served by the end of ``day``."""
    end = day + timedelta(days=1)
    return Segment(amount, period, method).earned_before(end, rounding)
