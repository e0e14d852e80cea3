"""Pricing a quantity: the amount of a charge, with the steps that explain it.

Amounts are exact and unrounded, in the currency of the prices. Every strategy takes the
terms and the quantity and returns steps; the amount is their sum.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from .errors import RatingError

ZERO = Decimal(0)
ONE_PERCENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Tier:
    """A step of a price scale, up to and including a quantity (None: without limit)."""

    up_to: Decimal | None
    unit_price: Decimal
    flat_fee: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class ChargeTerms:
    """How a charge is priced.

    flat: one price whatever the quantity; per_unit: price x quantity; graduated: each
    unit at the price of its tier; volume: all units at the price of the tier reached;
    package: price per started package; percentage: ``percent`` of the quantity, which
    is then an amount of money, plus a fixed fee. ``included`` units are free of charge,
    a ``minimum`` (0: none) is due even for a quantity of zero. Where single events are
    priced by percentage (``usage.rate_events``), each costs from ``event_minimum`` to
    ``event_maximum`` and the first ``free_events`` nothing.
    """

    model: str
    unit_price: Decimal = ZERO
    tiers: tuple[Tier, ...] = ()
    included: Decimal = ZERO
    package_size: Decimal = ZERO
    percent: Decimal = ZERO
    fixed_fee: Decimal = ZERO
    minimum: Decimal = ZERO
    maximum: Decimal | None = None
    event_minimum: Decimal = ZERO
    event_maximum: Decimal | None = None
    free_events: int = 0


@dataclass(frozen=True, slots=True)
class RatingStep:
    """One line of the explanation: quantity x unit price + flat fee = amount.

    ``from_`` (exclusive) and ``to`` (inclusive, None: open) bound the units of a tier.
    In a percentage step the unit price is the share of 1; included units, minimum and
    maximum are steps too.
    """

    kind: str
    quantity: Decimal
    unit_price: Decimal
    flat_fee: Decimal
    amount: Decimal
    from_: Decimal = ZERO
    to: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Rating:
    """An amount, unrounded, and the steps that add up to it."""

    amount: Decimal
    quantity: Decimal
    steps: tuple[RatingStep, ...]


def rate(terms: ChargeTerms, quantity: Decimal) -> Rating:
    """The price of a quantity.

    Raises RatingError for a negative quantity and for terms that ``check_terms``
    refuses.

    >>> tiers = (Tier(Decimal(10), Decimal(5)), Tier(None, Decimal(3), Decimal(2)))
    >>> rating = rate(ChargeTerms("graduated", tiers=tiers), Decimal(12))
    >>> rating.amount, [str(step.amount) for step in rating.steps]
    (Decimal('58'), ['50', '8'])
    """
    check_terms(terms)
    if quantity < 0:
        raise RatingError(
            "A quantity of {quantity} cannot be priced.", quantity=quantity
        )
    included = min(terms.included, quantity)
    charged = quantity - included
    steps = []
    if included:
        steps.append(_step("included", included, ZERO, to=included))
    if charged:
        steps.extend(STRATEGIES[terms.model](terms, charged))
    return bounded(terms, quantity, steps)


def bounded(terms: ChargeTerms, quantity: Decimal, steps: list[RatingStep]) -> Rating:
    """The rating of some steps, brought between the minimum and the maximum."""
    amount = sum((step.amount for step in steps), ZERO)
    bound = _bound(terms, amount)
    if bound:
        steps = [*steps, bound]
        amount += bound.amount
    return Rating(amount, quantity, tuple(steps))


def _step(kind, quantity, unit_price, flat_fee=ZERO, from_=ZERO, to=None) -> RatingStep:
    amount = quantity * unit_price + flat_fee
    return RatingStep(kind, quantity, unit_price, flat_fee, amount, from_, to)


def _bound(terms: ChargeTerms, amount: Decimal) -> RatingStep | None:
    """What lifts the amount to the minimum or lowers it to the maximum."""
    if terms.minimum and amount < terms.minimum:
        return _step("minimum", ZERO, ZERO, terms.minimum - amount)
    if terms.maximum is not None and amount > terms.maximum:
        return _step("maximum", ZERO, ZERO, terms.maximum - amount)
    return None


# ------------------------------------------------------------------
# Strategies: terms and a quantity above zero -> steps
# ------------------------------------------------------------------


def _flat(terms, quantity):
    return [_step("flat", Decimal(1), terms.unit_price)]


def _per_unit(terms, quantity):
    return [_step("per_unit", quantity, terms.unit_price)]


def _graduated(terms, quantity):
    steps, from_ = [], ZERO
    for tier in terms.tiers:
        reached = quantity if tier.up_to is None else min(quantity, tier.up_to)
        steps.append(
            _step(
                "graduated",
                reached - from_,
                tier.unit_price,
                tier.flat_fee,
                from_,
                tier.up_to,
            )
        )
        if reached == quantity:
            break
        from_ = reached
    return steps


def _volume(terms, quantity):
    from_ = ZERO
    for tier in terms.tiers:
        if tier.up_to is None or quantity <= tier.up_to:
            break
        from_ = tier.up_to
    return [
        _step("volume", quantity, tier.unit_price, tier.flat_fee, from_, tier.up_to)
    ]


def _package(terms, quantity):
    packages, started = divmod(quantity, terms.package_size)
    if started:
        packages += 1
    return [_step("package", packages, terms.unit_price, to=packages)]


def _percentage(terms, quantity):
    return [_step("percentage", quantity, terms.percent * ONE_PERCENT, terms.fixed_fee)]


STRATEGIES: dict[str, Callable] = {
    "flat": _flat,
    "per_unit": _per_unit,
    "graduated": _graduated,
    "volume": _volume,
    "package": _package,
    "percentage": _percentage,
}
TIERED = ("graduated", "volume")


# ------------------------------------------------------------------
# Checks
# ------------------------------------------------------------------


def check_terms(terms: ChargeTerms) -> None:
    """Raise a RatingError, with the reason, for terms that price nothing sensible.

    >>> check_terms(ChargeTerms("package", Decimal(10)))
    Traceback (most recent call last):
    ...
    RatingError: A package holds more than 0 units.
    """
    if terms.model not in STRATEGIES:
        raise RatingError("{model} is not a charge model.", model=terms.model)
    if terms.included < 0 or terms.minimum < 0:
        raise RatingError("Included units and a minimum are not negative.")
    if terms.maximum is not None and terms.maximum < terms.minimum:
        raise RatingError(
            "The maximum {maximum} is below the minimum {minimum}.",
            maximum=terms.maximum,
            minimum=terms.minimum,
        )
    if terms.fixed_fee < 0 or terms.event_minimum < 0 or terms.free_events < 0:
        raise RatingError("Fees and limits of an event are not negative.")
    if terms.event_maximum is not None and terms.event_maximum < terms.event_minimum:
        raise RatingError(
            "An event costs at most {maximum} and at least {minimum}.",
            maximum=terms.event_maximum,
            minimum=terms.event_minimum,
        )
    if terms.model == "package" and terms.package_size <= 0:
        raise RatingError("A package holds more than 0 units.")
    if terms.model in TIERED:
        _check_tiers(terms.tiers)


def _check_tiers(tiers: tuple[Tier, ...]) -> None:
    if not tiers or tiers[-1].up_to is not None:
        raise RatingError("The last tier of a price scale has no upper limit.")
    reached = ZERO
    for tier in tiers[:-1]:
        if tier.up_to is None or tier.up_to <= reached:
            raise RatingError(
                "Tiers ascend: {up_to} does not follow {reached}.",
                up_to=tier.up_to,
                reached=reached,
            )
        reached = tier.up_to
