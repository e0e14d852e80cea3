"""Which share of a whole period a part of it is.

The denominator is always the whole aligned period, also for the first, incomplete one.
Shares are exact fractions: parts that tile a whole sum to 1 on the bases actual and
thirty.

The basis ``thirty`` counts every month as 30 days (the 30E/360 rule of bonds, with the
last day of February counted as the 30th): the 31st adds nothing, so 30 to 31 January
is worth 0, and 28 February to 1 March 2025 is worth 1 although 27 to 28 February is
worth 3. The basis ``none`` does not divide: any part costs the whole.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from .errors import ProrationError
from .period import Period

Basis = Literal["actual", "thirty", "none"]

# Shorter wholes (days, up to three weeks) have no months of 30 days to speak of.
SHORTEST_MONTH = 28


@dataclass(frozen=True, slots=True)
class ShareText:
    """A share as it is shown to people, before reduction: 14/31, not 14:31 reduced."""

    numerator: int
    denominator: int
    basis: Basis

    def __str__(self):
        return f"{self.numerator}/{self.denominator}"


def _thirty_number(day: date) -> int:
    """The number of a day in a world where every month has 30 days."""
    number = min(day.day, 30)
    if day.month == 2 and day.day == monthrange(day.year, 2)[1]:
        number = 30
    return 360 * day.year + 30 * day.month + number


def _thirty_days(period: Period) -> int:
    return _thirty_number(period.end) - _thirty_number(period.start)


def explain(part: Period, whole: Period, basis: Basis) -> ShareText:
    """The share of the part in the whole, with the numbers that a reader can count.

    >>> whole = Period(date(2024, 12, 15), date(2025, 1, 15))
    >>> stub = Period(date(2025, 1, 1), date(2025, 1, 15))
    >>> str(explain(stub, whole, "actual")), str(explain(stub, whole, "thirty"))
    ('14/31', '14/30')
    """
    if part.start < whole.start or part.end > whole.end:
        raise ProrationError(
            "{start} to {end} lies outside its period.", start=part.start, end=part.end
        )
    if basis == "none":
        return ShareText(1, 1, basis)
    if basis not in ("actual", "thirty"):
        raise ProrationError("{basis} is not a proration basis.", basis=basis)
    days = whole.days
    if basis == "thirty" and days >= SHORTEST_MONTH:
        return ShareText(_thirty_days(part), _thirty_days(whole), basis)
    return ShareText(part.days, days, "actual")


def share(part: Period, whole: Period, basis: Basis) -> Fraction:
    """The share of the part in the whole, from 0 to 1, exact.

    >>> april = Period(date(2025, 4, 1), date(2025, 5, 1))
    >>> share(Period(date(2025, 4, 16), april.end), april, "actual")
    Fraction(1, 2)
    """
    text = explain(part, whole, basis)
    return Fraction(text.numerator, text.denominator)
