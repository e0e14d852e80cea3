"""What a contract in a foreign currency earns in that of the books."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from .allocation import round_half_up

Part = tuple[Decimal, Decimal]


def _netted(parts: Iterable[Part]) -> list[list[Fraction]]:
    """The parts without credits: what is credited takes from what came last, and the
    difference between their rates stays with what is left."""
    found = []
    for amount, worth in parts:
        amount, worth = Fraction(amount), Fraction(worth)
        if amount > 0 or not found:
            found.append([amount, worth])
            continue
        while amount < 0 and found:
            last = found[-1]
            taken = min(last[0], -amount)
            share = last[1] * taken / last[0] if last[0] else Fraction(0)
            last[0] -= taken
            last[1] -= share
            amount += taken
            worth += share
            if not last[0]:
                worth += last[1]
                found.pop()
        if found:
            found[-1][1] += worth
        elif amount:
            found.append([amount, worth])
    return [part for part in found if part[0] > 0]


def worth_to_date(
    amount: Decimal | Fraction, parts: Sequence[Part], rate: Fraction
) -> Fraction:
    """What the first ``amount`` that was earned is worth: at the rates at which it was
    invoiced, first in, first out (IAS 21.22, IFRIC 22), and at the last of them what
    is beyond it.

    :param parts: (amount, worth) of each invoice, oldest first; credits are negative
    :param rate: what 1 is worth where nothing was invoiced
    """
    left, worth = Fraction(amount), Fraction(0)
    netted = _netted(parts)
    if left < 0 and netted:
        return left * netted[0][1] / netted[0][0]
    for own, value in netted:
        rate = value / own
        taken = min(left, own)
        worth += taken * rate
        left -= taken
    return worth + left * rate


def worth_by_month(
    months: Mapping[tuple[str, date], Decimal],
    parts: Sequence[Part],
    rate: Fraction,
    rounding: Decimal,
) -> dict[tuple[str, date], Decimal]:
    """``{(obligation, month): worth}`` of what is earned: once everything is earned and
    invoiced, it is exactly what the invoices are worth.

    >>> january, february = date(2026, 1, 1), date(2026, 2, 1)
    >>> earned = {("a", january): Decimal(100), ("a", february): Decimal(100)}
    >>> invoiced = [(Decimal(100), Decimal("80.00")), (Decimal(100), Decimal("50.00"))]
    >>> [str(one) for one in worth_by_month(
    ...     earned, invoiced, Fraction(1), Decimal("0.01")).values()]
    ['80.00', '50.00']
    """
    found, to_date, taken = {}, Decimal(0), 0 * rounding
    for month in sorted({month for _key, month in months}):
        own = {key: amount for (key, at), amount in months.items() if at == month}
        total = sum(own.values(), Decimal(0))
        to_date += total
        target = round_half_up(worth_to_date(to_date, parts, rate), rounding)
        worth, taken = target - taken, target
        alike = total and all(amount * total >= 0 for amount in own.values())
        mean = Fraction(worth) / Fraction(total) if alike else rate
        values = {
            key: round_half_up(Fraction(amount) * mean, rounding)
            for key, amount in own.items()
        }
        largest = max(own, key=lambda key: abs(own[key]))
        values[largest] += worth - sum(values.values(), Decimal(0))
        found |= {(key, month): value for key, value in values.items()}
    return found
