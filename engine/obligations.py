"""A contract as IFRS 15 sees it: promises, what each costs, and how long it binds.

Nothing here books anything: the figures stand beside the statutory ones.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .allocation import split
from .errors import RecognitionError


@dataclass(frozen=True, slots=True)
class Promise:
    """What a contract promises: its price in the contract and on its own.

    ``part_of`` names the promise that this one is not distinct from (IFRS 15.27): a
    set-up that is worth nothing without the service. ``standalone`` is what the seller
    would charge for it alone (IFRS 15.77).
    """

    key: Hashable
    price: Decimal
    standalone: Decimal
    part_of: Hashable | None = None


@dataclass(frozen=True, slots=True)
class Allocation:
    """The part of the transaction price that belongs to an obligation.

    ``promises`` are the keys of what it consists of.
    """

    key: Hashable
    amount: Decimal
    promises: tuple[Hashable, ...]


def _obligations(promises: Sequence[Promise]) -> dict[Hashable, list[Promise]]:
    """The promises by the obligation that they belong to, in their order."""
    known = {promise.key: promise for promise in promises}
    if len(known) < len(promises):
        raise RecognitionError("Two promises of a contract have one name.")
    found = {}
    for promise in promises:
        if promise.part_of is None:
            found.setdefault(promise.key, []).insert(0, promise)
            continue
        whole = known.get(promise.part_of)
        if whole is None or whole.part_of is not None:
            raise RecognitionError(
                "“{part}” belongs to “{whole}”, which is no obligation of its own.",
                part=str(promise.key),
                whole=str(promise.part_of),
            )
        found.setdefault(promise.part_of, []).append(promise)
    return found


def allocate(
    promises: Sequence[Promise],
    rounding: Decimal,
    discounted: Sequence[Hashable] = (),
) -> tuple[Allocation, ...]:
    """The transaction price by obligation, in proportion to what each costs alone.

    ``discounted`` names the obligations that the whole discount belongs to (IFRS
    15.82): the others get what they cost alone. Without, every one bears its share
    (IFRS 15.81). The parts sum to the price exactly.

    >>> bundle = [Promise(key, Decimal("33.33"), Decimal(alone))
    ...           for key, alone in (("A", 50), ("B", 25))]
    >>> bundle.append(Promise("C", Decimal("33.34"), Decimal(75)))
    >>> [str(one.amount) for one in allocate(bundle, Decimal("0.01"))]
    ['33.33', '16.67', '50.00']
    """
    groups = _obligations(promises)
    alone = {
        key: sum((one.standalone for one in own), Decimal(0))
        for key, own in groups.items()
    }
    price = sum((promise.price for promise in promises), Decimal(0))
    bearing = [key for key in groups if key in discounted] or list(groups)
    kept = {key: value for key, value in alone.items() if key not in bearing}
    rest = price - sum(kept.values(), Decimal(0))
    if kept and rest * price < 0:
        raise RecognitionError(
            "The discount is greater than what it belongs to costs: {rest} would be "
            "left for it.",
            rest=rest,
        )
    parts = split(rest, [abs(alone[key]) for key in bearing], rounding)
    amounts = kept | dict(zip(bearing, parts, strict=True))
    return tuple(
        Allocation(key, amounts[key], tuple(one.key for one in own))
        for key, own in groups.items()
    )


def enforceable_end(
    day: date, committed_until: date | None, next_leave: date | None
) -> date | None:
    """The first day on which the customer owes nothing any more, seen from ``day``:
    when the commitment ends, else the first day on which a notice given today takes
    effect (IFRS 15.11). None: bound until further notice.

    A monthly contract that anybody may leave at the end of the month binds for that
    month, however long it has lasted.
    """
    if committed_until and committed_until > day:
        return committed_until
    return next_leave


# What a modification is (IFRS 15.20-21).
SEPARATE, PROSPECTIVE, CATCH_UP = "separate", "prospective", "catch_up"
# What a credit is that modifies nothing: the price of what was served changed (88), or
# it had been wrong from the beginning (IAS 8.42).
SERVED, RESTATED = "served", "restated"


def modification(
    adds_distinct: bool, at_standalone_price: bool, rest_is_distinct: bool
) -> str:
    """How a change of scope or price is accounted for.

    ``separate`` (20): distinct services are added at what they cost alone.
    ``prospective`` (21a): what is left is distinct from what was served, as months of
    a service are. ``catch_up`` (21b): it is one obligation, served in part.

    >>> modification(True, True, True), modification(False, False, True)
    ('separate', 'prospective')
    """
    if adds_distinct and at_standalone_price:
        return SEPARATE
    return PROSPECTIVE if rest_is_distinct else CATCH_UP


@dataclass(frozen=True, slots=True)
class Balances:
    """What stands in the balance sheet for a contract (IFRS 15.105-108)."""

    receivable: Decimal
    contract_asset: Decimal
    contract_liability: Decimal


def balances(earned: Decimal, unconditional: Decimal, paid: Decimal) -> Balances:
    """The balances of a contract.

    :param earned: revenue recognised to date
    :param unconditional: what was invoiced and is due, or owed whatever happens: an
        invoice for a service that the customer may still decline is no receivable
    :param paid: what was received, also before its invoice
    """
    received_or_due = max(unconditional, paid)
    zero = 0 * earned
    return Balances(
        receivable=max(unconditional - paid, zero),
        contract_asset=max(earned - received_or_due, zero),
        contract_liability=max(received_or_due - earned, zero),
    )
