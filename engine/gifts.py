"""What of a payment to an association a tax receipt may certify, and what it is worth.

Rates, ceilings and limits are passed in: they are dated data with a source
(``recurring.receipt.rule``), never constants of this module.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Payment:
    """What one donor paid, and the value of what came back for it."""

    amount: Decimal
    counterpart: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class CounterpartRule:
    """What a donor may get back: at most a share of the payments, and at most a sum a
    year (BOI-IR-RICI-250-20: a quarter; 73 EUR for 2021 to 2025).

    Both are looked at for one donor and calendar year, over all payments for which
    something came back.
    """

    share: Decimal
    ceiling: Decimal

    def allows(self, payments: Sequence[Payment]) -> bool:
        """Tell whether what came back leaves the payments gifts.

        >>> rule = CounterpartRule(Decimal("0.25"), Decimal(73))
        >>> [
        ...     rule.allows([Payment(Decimal(amount), Decimal(back))])
        ...     for amount, back in ((100, 20), (100, 30), (400, 80))
        ... ]
        [True, False, False]
        """
        own = [payment for payment in payments if payment.counterpart]
        back = sum((payment.counterpart for payment in own), ZERO)
        paid = sum((payment.amount for payment in own), ZERO)
        return back <= paid * self.share and back <= self.ceiling

    def eligible(self, payments: Sequence[Payment]) -> list[Decimal]:
        """The part of each payment of one donor and year that counts as a gift: all of
        it or nothing; a payment for which nothing came back always counts."""
        allowed = self.allows(payments)
        return [
            payment.amount if allowed or not payment.counterpart else ZERO
            for payment in payments
        ]


@dataclass(frozen=True, slots=True)
class Band:
    """A rate for what lies below a limit (None: no limit) of all gifts of a year."""

    rate: Decimal
    up_to: Decimal | None = None


def reduction(amount: Decimal, bands: Sequence[Band]) -> Decimal:
    """The tax reduction that gifts of a year give right to, before limits of income.

    :param bands: in ascending order, limits counted from zero

    >>> aid = (Band(Decimal("0.75"), Decimal(2000)), Band(Decimal("0.66")))
    >>> reduction(Decimal(2500), aid)
    Decimal('1830.00')
    """
    total, taken = ZERO, ZERO
    for band in bands:
        limit = amount if band.up_to is None else min(amount, band.up_to)
        total += max(limit - taken, ZERO) * band.rate
        taken = max(taken, limit)
    return total.quantize(CENT, ROUND_HALF_UP)
