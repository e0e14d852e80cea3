"""One whole period of one line: from what it claims and what the ledger has to items.

A row and its corrections of the same kind (voids, waivers taken back) count together,
as one entry; an entry that was corrected to zero counts for nothing. Charges and
openings bring amounts into the period, credits give them back, waivers stand in for
credits that must not be billed again.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from .claims import Claim
from .period import Period, hull, subtract
from .terms import BilledRow, Item


class PeriodBook:
    """The ledger rows of one line and whole period, and what they amount to.

    ``charges`` (openings included), ``credits`` and ``waivers`` are the first rows of
    the entries that count; ``net`` is the amount of each after its corrections.
    """

    def __init__(self, rows: Sequence[BilledRow]):
        self._rows = {row.key: row for row in rows}
        self.net = {}
        corrected = set()
        for row in rows:
            first = self._first(row)
            self.net[first.key] = self.net.get(first.key, 0) + row.amount
            if first is not row:
                corrected.add(first.key)
        live = [
            self._rows[key]
            for key, net in self.net.items()
            if net or key not in corrected
        ]
        self.charges = [row for row in live if row.kind in ("charge", "opening")]
        self.credits = [row for row in live if row.kind == "credit"]
        self.waivers = [row for row in live if row.kind == "waiver"]

    def _first(self, row: BilledRow) -> BilledRow:
        """The row that a chain of corrections of one kind corrects in the end."""
        origin = self._rows.get(row.origin)
        while origin and origin.kind == row.kind:
            row, origin = origin, self._rows.get(origin.origin)
        return row

    def openings(self) -> list[BilledRow]:
        """What a former system billed, at the amounts that count."""
        return [
            replace(row, amount=self.net[row.key])
            for row in self.charges
            if row.kind == "opening"
        ]

    def _credits_of(self, charge: BilledRow) -> list[BilledRow]:
        return [
            credit
            for credit in self.credits
            if credit.origin in self._rows
            and self._first(self._rows[credit.origin]) is charge
        ]

    def remaining(self, charge: BilledRow) -> Decimal:
        """What of a charge was not credited yet."""
        credits = self._credits_of(charge)
        return self.net[charge.key] + sum(self.net[credit.key] for credit in credits)

    def coverage(self, charge: BilledRow) -> list[Period]:
        """The days that a charge still pays for.

        A credit gives its days back, unless it would leave money without a day: then it
        lowered the price of days that stay.
        """
        if self.net[charge.key] and not self.remaining(charge):
            return []
        days = [charge.part]
        for credit in self._credits_of(charge):
            days = subtract(days, [credit.part]) or days
        return days

    def covered(self) -> list[Period]:
        """The days that any charge still pays for."""
        return [days for charge in self.charges for days in self.coverage(charge)]


def settle(claim: Claim, rows: Sequence[BilledRow], through: date) -> Iterator[Item]:
    """The items that bring the ledger from what it says to what is claimed.

    What is too much is given back at once, or when the line says; what is missing is
    charged when it is due.
    """
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


def up_to(amount: Decimal, available: Decimal) -> Decimal:
    """As much of a negative amount as a positive one allows (or the other way round).

    >>> up_to(Decimal(-30), Decimal(20)), up_to(Decimal(5), Decimal(-20))
    (Decimal('-20'), Decimal('5'))
    """
    if not amount or not available or (amount < 0) == (available < 0):
        return 0 * amount
    return amount if abs(amount) <= abs(available) else -available
