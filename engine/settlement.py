"""One whole period of one line: from what it claims and what the ledger has to items.

Charges and openings bring amounts into the period, credits give them back, waivers
stand in for credits that must not be billed again.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from .claims import Claim
from .ledger import PeriodBook, up_to
from .period import hull, subtract
from .terms import BilledRow, Item
from .turns import turned, turns_of


def settle(claim: Claim, rows: Sequence[BilledRow], through: date) -> Iterator[Item]:
    """The items that bring the ledger from what it says to what is claimed.

    What is too much is given back at once, or when the line says; what is missing is
    charged when it is due. Days that are taxed otherwise than they were billed are
    credited and charged anew.
    """
    items = _settle(claim, rows, through)
    return turned(claim, rows, items, through) if turns_of(claim) else items


def _settle(claim, rows, through):
    if not rows:
        if claim.due <= through:
            yield _charge(claim, claim.target, claim.days)
        return
    settled, target = sum(row.amount for row in rows), claim.target
    if settled and settled == target:
        return
    book = PeriodBook(rows)
    if abs(target) < abs(settled) or target * settled < 0:
        if claim.waits(through):
            return
        keep = target if target * settled > 0 else 0 * target
        for item in _take_back(claim, book, keep - settled, through):
            settled += item.amount
            yield item
    missing = target - settled
    is_unknown_zero = not (missing or target or book.charges)
    if claim.due <= through and (missing * target > 0 or is_unknown_zero):
        yield _charge(claim, missing, claim.days, book.covered())


def _charge(claim: Claim, amount, days, covered=()) -> Item:
    """A charge for the days that are not covered yet, or for all when all are."""
    uncovered = subtract(days, covered)
    part = hull(uncovered or days)
    return Item(
        line=claim.line,
        whole=claim.whole,
        part=part,
        amount=amount,
        kind="charge",
        origin=None,
        document=None,
        share=claim.share_text(uncovered),
        due=claim.due,
        nature=claim.terms.nature_on(part.start),
    )


def _take_back(claim: Claim, book: PeriodBook, amount, through) -> Iterator[Item]:
    """Items for an amount to give back: open waivers first, then credits.

    Credited are the charges whose days are given back, then the newest service; never
    more than what was billed and not yet credited.
    """
    for row in _newest_first(book.waivers):
        taken = up_to(amount, book.net[row.key])
        if taken:
            amount -= taken
            yield _correction(row, taken, "waiver", row.part, None, through)
    given_back = {
        row.key: subtract(book.coverage(row), claim.days) for row in book.charges
    }
    charges = _newest_first(book.charges)
    for row in sorted(charges, key=lambda row: not given_back[row.key]):
        taken = up_to(amount, book.remaining(row))
        if taken:
            amount -= taken
            days = given_back[row.key]
            part = hull(days or book.coverage(row))
            text = claim.share_text(days)
            yield _correction(row, taken, "credit", part, text, through)


def _correction(row, amount, kind, part, text, through) -> Item:
    return Item(
        line=row.line,
        whole=row.whole,
        part=part,
        amount=amount,
        kind=kind,
        origin=row.key,
        document=row.document,
        share=text,
        due=min(part.start, through),
        nature=row.nature,
    )


def _newest_first(rows: Iterable[BilledRow]) -> list[BilledRow]:
    return sorted(rows, key=lambda row: (row.part.start, row.key), reverse=True)
