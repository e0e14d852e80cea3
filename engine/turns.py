"""Where the nature of a service turns on a day: a VAT rate that goes by service period.

A period that straddles the day is charged in two parts, by days. What was billed
before the change was known is credited as it was billed and charged anew, day for day,
so that the ledger's total does not move.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from .allocation import cumulative
from .claims import Claim
from .ledger import PeriodBook
from .period import Period
from .terms import BilledRow, Item, LineTerms

ONE_DAY = timedelta(days=1)


def turns_of(claim: Claim) -> tuple:
    """The turns of the claiming line, in order."""
    return claim.terms.turns if claim.terms else ()


def turned(
    claim: Claim, rows: Sequence[BilledRow], items: Iterable[Item], through: date
) -> Iterator[Item]:
    """The items of a settlement, parted where the nature turns, and what corrects rows
    that were billed otherwise."""
    made = []
    for item in items:
        parts = [item] if item.kind != "charge" else list(_parted(claim, item))
        made += parts
        yield from parts
    yield from _anew(claim, [*rows, *_as_rows(made)], through)


def _stretches(terms: LineTerms, days: Period) -> Iterator[Period]:
    """The days, cut at the turns within them that change something: one that was taken
    back does not."""
    start = days.start
    for first, _nature in terms.turns:
        if not start < first < days.end:
            continue
        if terms.nature_on(first - ONE_DAY) != terms.nature_on(first):
            yield Period(start, first)
            start = first
    yield Period(start, days.end)


def _parted(claim: Claim, item: Item) -> Iterator[Item]:
    """A charge in parts by days, each with its nature."""
    stretches = list(_stretches(claim.terms, item.part))
    shares = [Fraction(days.days, item.part.days) for days in stretches]
    amounts = cumulative(item.amount, shares, claim.rounding)
    for days, amount in zip(stretches, amounts, strict=True):
        yield replace(
            item,
            part=days,
            amount=amount,
            share=item.share if len(stretches) == 1 else claim.share_text([days]),
            nature=claim.terms.nature_on(days.start),
        )


def _as_rows(items: Iterable[Item]) -> Iterator[BilledRow]:
    """The rows that the items become, so that what follows knows of them."""
    for number, item in enumerate(items, 1):
        yield BilledRow(
            key=-number,
            line=item.line,
            whole=item.whole,
            part=item.part,
            amount=item.amount,
            kind=item.kind,
            origin=item.origin,
            nature=item.nature,
        )


def _anew(claim: Claim, rows, through: date) -> Iterator[Item]:
    """Credit and charge again the days that were billed with a nature of before a turn
    (or of after it), and have another one. What is alike stays as it was billed."""
    known = {claim.terms.nature, *(nature for _first, nature in claim.terms.turns)}
    alike = dict(claim.terms.alike)
    book = PeriodBook(rows)
    for row in book.charges:
        stands_for = alike.get(row.nature, row.nature)
        if row.kind != "charge" or stands_for not in known or row.key < 0:
            continue
        left = book.remaining(row)
        coverage = book.coverage(row)
        if not left or not coverage:
            continue
        stretches = [
            days for part in coverage for days in _stretches(claim.terms, part)
        ]
        total = sum(days.days for days in stretches)
        shares = [Fraction(days.days, total) for days in stretches]
        amounts = cumulative(left, shares, claim.rounding)
        for days, amount in zip(stretches, amounts, strict=True):
            nature = claim.terms.nature_on(days.start)
            if amount and nature != stands_for:
                yield from _swap(claim, row, days, amount, nature, through)


def _swap(claim, row, days, amount, nature, through) -> Iterator[Item]:
    credit = Item(
        line=row.line,
        whole=row.whole,
        part=days,
        amount=-amount,
        kind="credit",
        origin=row.key,
        document=row.document,
        share=claim.share_text([days]),
        due=min(days.start, through),
        nature=row.nature,
    )
    yield credit
    yield replace(
        credit, amount=amount, kind="charge", origin=None, document=None, nature=nature
    )
