"""What billing reads and writes: the terms of a line, a row of the ledger, an item.

Models make the first two from their records and turn the third into ledger rows and
invoice lines.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from .errors import BillingError
from .period import Period, Schedule
from .proration import Basis, ShareText
from .usage import UsageTerms

TIMINGS = ("advance", "arrears", "once")
STUBS = ("prorate", "full", "free", "skip")


@dataclass(frozen=True, slots=True)
class LineTerms:
    """One dated line of a subscription, its price already a snapshot.

    A line is charged for the days of ``[start, end)``; without a day in it (start =
    end: a change that was replaced on the same day) it claims nothing. What was billed
    beyond its end is given back at once, or not before ``credit_due``: a change that
    takes effect later credits the old and charges the new on the same day.

    A line with ``usage`` costs what was used in a period, whatever its ``amount``, and
    is billed in arrears: then only is known what was used. The ``earlier`` lines of its
    charge, in order, share with it what a period includes, costs at least and at most.
    """

    key: Hashable
    start: date
    end: date | None  # None: until further notice
    amount: Decimal  # of one whole period, unrounded; negative for a discount
    schedule: Schedule
    timing: Literal["advance", "arrears", "once"] = "advance"
    basis: Basis = "actual"
    stub: Literal["prorate", "full", "free", "skip"] = "prorate"
    nature: Hashable = None  # charges and credits net only where it is equal
    # What it was before a day (first day not, nature), oldest first: another payer's.
    former: tuple[tuple[date, Hashable], ...] = ()
    credit_due: date | None = None
    usage: UsageTerms | None = None
    # From these days on, in order, the service has another nature: a VAT rate changed.
    turns: tuple[tuple[date, Hashable], ...] = ()
    # Where it turns: (nature of invoices of other days, the one that stands for it).
    alike: tuple[tuple[Hashable, Hashable], ...] = ()
    earlier: tuple["LineTerms", ...] = ()

    def nature_on(self, day: date) -> Hashable:
        """The nature of a charge for days that begin on ``day``.

        >>> from .period import Alignment, Interval, Schedule
        >>> may = date(2025, 5, 1)
        >>> grid = Schedule(Interval(1, "year"), Alignment.anniversary(), may)
        >>> line = LineTerms("energy", may, None, Decimal(240), grid, nature="5.5",
        ...     turns=((date(2025, 8, 1), "20"),))
        >>> line.nature_on(date(2025, 7, 31)), line.nature_on(date(2025, 8, 1))
        ('5.5', '20')
        """
        for until, nature in self.former:
            if day < until:
                return nature
        nature = self.nature
        for first, other in self.turns:
            if day >= first:
                nature = other
        return nature

    def __post_init__(self):
        if self.usage and self.timing != "arrears":
            raise BillingError("Usage is billed when it is known: in arrears.")
        if self.timing not in TIMINGS or self.stub not in STUBS:
            raise BillingError(
                "A line is not billed {timing} with a first period {stub}.",
                timing=self.timing,
                stub=self.stub,
            )


@dataclass(frozen=True, slots=True)
class BilledRow:
    """A row of the ledger, as the engine sees it.

    ``whole`` is the aligned period and ``part`` the days that the amount is for.
    ``origin`` is the key of the row that this one corrects: of a credit the charge, of
    a void the row that never reached an invoice, of a waiver the credited charge or the
    waiver that it takes back.
    """

    key: int
    line: Hashable
    whole: Period
    part: Period
    amount: Decimal
    kind: Literal["charge", "credit", "opening", "waiver"] = "charge"
    origin: int | None = None
    document: Hashable | None = None
    nature: Hashable = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What one discount takes off an item; negative where a credit gives it back.

    ``period`` is the first day of the discount's own period, ``amount`` is in the tax
    basis of the line's price.
    """

    discount: Hashable
    period: date
    amount: Decimal
    before_tax: Decimal


@dataclass(frozen=True, slots=True)
class Item:
    """What is to be written to the ledger now, and, but for a waiver, to be invoiced.

    ``origin`` and ``document`` are the row that a credit or waiver corrects and the
    invoice that row stands on. ``share`` explains the amount where it follows from a
    number of days; None where only the price changed. The ledger keeps the ``amount``
    that the line owes; the document shows the ``net`` after the ``discounts``.
    """

    line: Hashable
    whole: Period
    part: Period
    amount: Decimal
    kind: Literal["charge", "credit", "waiver"]
    origin: int | None
    document: Hashable | None
    share: ShareText | None
    due: date
    nature: Hashable
    discounts: tuple[Taken, ...] = ()

    @property
    def net(self) -> Decimal:
        """What is left of the amount after the discounts."""
        return self.amount - sum(taken.amount for taken in self.discounts)
