"""Billing is a difference: what should have been billed minus what was.

Proration, upgrades, changes to the past, cancellation and catching up all follow from
that one rule, and a second run finds nothing left to bill.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from .terms import BilledRow, Item, LineTerms

__all__ = ["BilledRow", "Item", "LineTerms", "difference", "proposed"]


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
    """What to charge and to credit now, up to and including the date ``through``."""
    raise NotImplementedError
