"""What a recurring amount is worth per month, whatever its billing period."""

from decimal import Decimal

from .interval import Interval

# A year has 12 months, 52 weeks and 365 days: the trade's convention for MRR.
WEEKS_OF_YEAR = 52
DAYS_OF_YEAR = 365


def monthly_amount(amount: Decimal, interval: Interval) -> Decimal:
    """The amount per month of one that is charged every interval, not rounded.

    >>> monthly_amount(Decimal(120), Interval(1, "year"))
    Decimal('10')
    >>> monthly_amount(Decimal(30), Interval(1, "month"))
    Decimal('30')
    """
    if interval.months:
        return amount / interval.months
    if interval.unit == "week":
        return amount * WEEKS_OF_YEAR / (12 * interval.count)
    return amount * DAYS_OF_YEAR / (12 * interval.count)


def yearly_amount(amount: Decimal, interval: Interval) -> Decimal:
    """Twelve times the monthly amount, not rounded."""
    return monthly_amount(amount, interval) * 12
