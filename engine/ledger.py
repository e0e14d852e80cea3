"""The ledger rows of one line and whole period, and what they amount to.

A row and its corrections of the same kind (voids, waivers taken back) count together,
as one entry; an entry that was corrected to zero counts for nothing.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from .period import Period, subtract
from .terms import BilledRow


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


def up_to(amount: Decimal, available: Decimal) -> Decimal:
    """As much of a negative amount as a positive one allows (or the other way round).

    >>> up_to(Decimal(-30), Decimal(20)), up_to(Decimal(5), Decimal(-20))
    (Decimal('-20'), Decimal('5'))
    """
    if not amount or not available or (amount < 0) == (available < 0):
        return 0 * amount
    return amount if abs(amount) <= abs(available) else -available
