"""Revising a price: by percent, by an amount, or by an index.

A new price is rounded half-up to a ``step``: the decimals that the price had, at least
those of its currency (see ``step_of``), or a step that was chosen (0.05, 1, ...).
"""

from dataclasses import dataclass
from decimal import Decimal

from .allocation import round_half_up
from .errors import RevisionError

ZERO = Decimal(0)
ONE = Decimal(1)
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a revision may move a price, in percent of it; None: no limit.

    Raises RevisionError where the floor is above the cap.
    """

    floor: Decimal | None = None
    cap: Decimal | None = None

    def __post_init__(self):
        if None not in (self.floor, self.cap) and self.floor > self.cap:
            raise RevisionError(
                "The least change {floor} % is above the greatest {cap} %.",
                floor=self.floor,
                cap=self.cap,
            )

    def bound(self, price: Decimal, new: Decimal) -> Decimal:
        """The new price within the limits, not rounded.

        >>> str(Limits(cap=Decimal(5)).bound(Decimal(30), Decimal(33)))
        '31.50'
        """
        if self.floor is not None:
            new = max(new, price * factor_by_percent(self.floor))
        if self.cap is not None:
            new = min(new, price * factor_by_percent(self.cap))
        return new


NO_LIMITS = Limits()


def factor_by_percent(percent: Decimal) -> Decimal:
    """What a price is multiplied with to rise by ``percent``.

    Raises RevisionError below -100 %.

    >>> str(factor_by_percent(Decimal("2.5")))
    '1.025'
    """
    if percent < -HUNDRED:
        raise RevisionError("A price cannot fall by more than 100 %.")
    return ONE + percent / HUNDRED


def factor_by_index(base: Decimal, current: Decimal) -> Decimal:
    """S1 / S0, the factor of P1 = P0 x S1 / S0.

    ``base`` (S0) is the index agreed at signature or of the last revision, ``current``
    (S1) the one that holds now. Raises RevisionError unless both are above 0.

    >>> price = Decimal("1000.00") * factor_by_index(Decimal("305.2"), Decimal("313.1"))
    >>> str(round(price, 2))
    '1025.88'
    """
    if base <= 0 or current <= 0:
        raise RevisionError("An index is above 0.")
    return current / base


def by_factor(
    price: Decimal, factor: Decimal, step: Decimal, limits: Limits = NO_LIMITS
) -> Decimal:
    """The price times a factor, within the limits, rounded half-up to ``step``.

    A factor of 1 leaves the price as it is, whatever the step.

    >>> str(by_factor(Decimal("9.99"), Decimal("1.03"), Decimal("0.01")))
    '10.29'
    """
    return _rounded(price, limits.bound(price, price * factor), step)


def by_amount(
    price: Decimal, amount: Decimal, step: Decimal, limits: Limits = NO_LIMITS
) -> Decimal:
    """The price plus an amount, within the limits, rounded half-up; never negative.

    >>> str(by_amount(Decimal("30"), Decimal("2.5"), Decimal("0.01")))
    '32.50'
    """
    return _rounded(price, limits.bound(price, max(price + amount, ZERO)), step)


def _rounded(price, new, step):
    return price if new == price else round_half_up(new, step)


def step_of(price: Decimal, rounding: Decimal) -> Decimal:
    """The step a price is rounded to: its own decimals, at least the currency's.

    >>> str(step_of(Decimal("0.0035"), Decimal("0.01")))
    '0.0001'
    >>> str(step_of(Decimal("9.9"), Decimal("0.01")))
    '0.01'
    """
    if not price % rounding:
        return rounding
    exponent = price.normalize().as_tuple().exponent
    return min(ONE.scaleb(exponent), rounding)
