"""Rounding and splitting money without losing a cent.

``rounding`` is the smallest amount of the currency: Decimal("0.01") for the euro,
Decimal("1") for the yen, Decimal("0.05") where the smallest coin counts.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

from .errors import AllocationError


def _ratio_half_up(numerator: int, denominator: int) -> int:
    """The nearest integer, halves away from zero."""
    rounded = (2 * abs(numerator) + denominator) // (2 * denominator)
    return rounded if numerator >= 0 else -rounded


def round_half_up(value: Decimal | Fraction, rounding: Decimal) -> Decimal:
    """The multiple of rounding nearest to the value, halves away from zero.

    >>> round_half_up(Decimal("-2.675"), Decimal("0.01"))
    Decimal('-2.68')
    >>> round_half_up(Fraction(1, 3), Decimal("0.05"))
    Decimal('0.35')
    """
    numerator, denominator = value.as_integer_ratio()
    step, steps_of_one = rounding.as_integer_ratio()
    count = _ratio_half_up(numerator * steps_of_one, denominator * step)
    return count * rounding


def round_share(amount: Decimal, share: Fraction, rounding: Decimal) -> Decimal:
    """Amount x share, rounded once.

    >>> round_share(Decimal("1200"), Fraction(90, 365), Decimal("0.01"))
    Decimal('295.89')
    """
    numerator, denominator = amount.as_integer_ratio()
    step, steps_of_one = rounding.as_integer_ratio()
    count = _ratio_half_up(
        numerator * share.numerator * steps_of_one,
        denominator * share.denominator * step,
    )
    return count * rounding


def split(
    amount: Decimal,
    weights: Sequence[Decimal | Fraction | int],
    rounding: Decimal,
) -> tuple[Decimal, ...]:
    """The amount in parts by weight: they sum to it exactly (largest remainder).

    No part has another sign than the amount, ties go to the first. Equal parts when
    every weight is zero. What is below the rounding of the currency stays with the
    part of the largest weight.

    >>> [str(part) for part in split(Decimal("100.00"), (1, 1, 1), Decimal("0.01"))]
    ['33.34', '33.33', '33.33']
    """
    if not weights or any(weight < 0 for weight in weights):
        raise AllocationError("An amount is split by weights of zero or more.")
    shares = [Fraction(weight) for weight in weights]
    total = sum(shares)
    if not total:
        shares, total = [Fraction(1)] * len(shares), Fraction(len(shares))
    sign = -1 if amount < 0 else 1
    units = int(abs(amount) // rounding)
    exact = [units * share / total for share in shares]
    counts = [int(value) for value in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: counts[i] - exact[i])
    for i in by_remainder[: units - sum(counts)]:
        counts[i] += 1
    parts = [sign * count * rounding for count in counts]
    largest = shares.index(max(shares))
    parts[largest] += amount - sign * units * rounding
    return tuple(parts)


def cumulative(
    amount: Decimal, shares: Iterable[Fraction], rounding: Decimal
) -> tuple[Decimal, ...]:
    """The amount in slices over time: rounded total to date minus what was taken.

    The balance to date is right after every slice, and no slice changes sign. The
    slices sum to the amount when the shares sum to 1.

    >>> thirds = [Fraction(1, 3)] * 3
    >>> [str(part) for part in cumulative(Decimal("100"), thirds, Decimal("0.01"))]
    ['33.33', '33.34', '33.33']
    """
    slices = []
    to_date, taken = Fraction(0), 0 * rounding
    for share in shares:
        to_date += share
        total = round_share(amount, to_date, rounding)
        slices.append(total - taken)
        taken = total
    return tuple(slices)
