"""What a contract earns by IFRS 15, layer by layer: why that is not what its invoices
earn.

A contract has duties. Each has the pieces of its price, as they are billed, and the
runs of days on which it is served, weighed by what they cost alone. What changes the
contract makes another version of it; the figures before the change never move by it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from .allocation import split
from .errors import RecognitionError
from .obligations import CATCH_UP, SEPARATE, Promise, allocate, modification
from .period import Period
from .pieces import Less, Piece, inside, one_day
from .recognition import Curve, Segment

LAYERS = ("base", "setup", "free", "allocation")
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Run:
    """Days of service, and what they cost alone."""

    period: Period
    weight: Decimal


@dataclass(frozen=True, slots=True)
class Duty:
    """A performance obligation: what is paid for it and when it is served.

    ``alone_upfront`` is what its upfront parts cost alone. ``whole``: one service that
    is completed over time, not a series of alike ones (IFRS 15.22). ``bears``: the
    discount belongs to it (IFRS 15.82). ``fixed``: it keeps its own price, as usage
    does (IFRS 15.85). ``less``: what was given back because it had not been as
    promised.
    """

    key: str
    pieces: tuple[Piece, ...]
    runs: tuple[Run, ...]
    method: str = "day"
    alone_upfront: Decimal = ZERO
    whole: bool = False
    bears: bool = False
    fixed: bool = False
    less: tuple[Less, ...] = ()

    @property
    def price(self) -> Decimal:
        given = sum((one.amount for one in self.less), ZERO)
        return sum((piece.price for piece in self.pieces), -given)

    @property
    def alone(self) -> Decimal:
        return sum((run.weight for run in self.runs), self.alone_upfront)

    def within(self, start: date, end: date, rounding: Decimal) -> "Duty":
        """The part of it that is served in ``[start, end)``, upfront fees left out."""
        method = "day" if self.method == "point" else self.method
        pieces = (
            piece.within(start, end, method, rounding)
            for piece in self.pieces
            if not piece.upfront
        )
        runs = (
            Run(period, weight)
            for run in self.runs
            for weight, period in inside(run.weight, run.period, start, end)
        )
        return replace(
            self,
            pieces=tuple(piece for piece in pieces if piece),
            runs=tuple(runs),
            alone_upfront=ZERO,
            less=(),
        )


Duties = Sequence[Duty]
Curves = dict[str, Curve]


def spread(
    amount: Decimal, runs: Sequence[Run], method: str, rounding: Decimal
) -> tuple[Segment, ...]:
    """An amount over runs of service, by what each costs alone."""
    if not runs:
        return ()
    parts = split(amount, [abs(run.weight) for run in runs], rounding)
    return tuple(
        Segment(part, run.period, method)
        for part, run in zip(parts, runs, strict=True)
        if part
    )


def shares(
    duties: Duties, amounts: Mapping[str, Decimal], rounding: Decimal
) -> dict[str, Decimal]:
    """The transaction price by duty, in proportion to what each costs alone.

    ``amounts`` are the prices in the contract. Fixed duties keep theirs. Where the
    discount is more than what it belongs to, it is shared by all.

    >>> day = Period(date(2026, 1, 1), date(2027, 1, 1))
    >>> bundle = [Duty(key, (), (Run(day, Decimal(alone)),))
    ...           for key, alone in (("A", 50), ("B", 25), ("C", 75))]
    >>> sold = {"A": Decimal(40), "B": Decimal(20), "C": Decimal(40)}
    >>> [str(part) for part in shares(bundle, sold, Decimal("0.01")).values()]
    ['33.33', '16.67', '50.00']
    """
    found = {duty.key: amounts.get(duty.key, ZERO) for duty in duties if duty.fixed}
    shared = [duty for duty in duties if not duty.fixed]
    if not shared:
        return found
    alone = {duty.key: duty.alone for duty in shared}
    if not any(alone.values()):
        alone = {duty.key: abs(amounts.get(duty.key, ZERO)) for duty in shared}
    promises = [
        Promise(duty.key, amounts.get(duty.key, ZERO), alone[duty.key])
        for duty in shared
    ]
    bearing = [duty.key for duty in shared if duty.bears]
    try:
        parts = allocate(promises, rounding, bearing)
    except RecognitionError:
        parts = allocate(promises, rounding)
    return found | {part.key: part.amount for part in parts}


def layers(
    duties: Duties, rounding: Decimal, boundaries: Iterable[date] = ()
) -> dict[str, Curves]:
    """The same price, earned in four ways; each differs from the one before for one
    reason: ``{layer: {duty: Curve}}``.

    ``base``: each invoice over its own days. ``setup``: what is paid upfront for
    nothing distinct, over the service. ``free``: the price of a stretch evenly over it,
    free months included. ``allocation``: by what each costs alone. Stretches lie
    between ``boundaries``, the days on which the contract was modified.
    """
    found = {layer: {} for layer in LAYERS}
    stretches = _stretches(boundaries)
    evened = {}
    for duty in duties:
        base, setup, upfront = [], [], []
        for piece in duty.pieces:
            method = "point" if piece.upfront else duty.method
            parts = piece.curve(method, rounding).segments
            base.extend(parts)
            if not piece.upfront:
                setup.extend(parts)
                continue
            rest = _runs_from(duty.runs, piece.period.start)
            upfront.extend(spread(piece.price, rest, duty.method, rounding) or parts)
        free = []
        for start, end in stretches:
            part = duty.within(start, end, rounding)
            over = spread(part.price, part.runs, duty.method, rounding)
            if not over and part.price:
                over = tuple(
                    Segment(piece.amount, piece.period, duty.method)
                    for piece in part.pieces
                )
            free.extend(over)
        found["base"][duty.key] = Curve(tuple(base), rounding)
        found["setup"][duty.key] = Curve((*setup, *upfront), rounding)
        evened[duty.key] = Curve((*free, *upfront), rounding)
    found["free"] = evened
    found["allocation"] = _allocated(duties, evened, stretches, rounding)
    for duty in duties:
        if duty.less:
            less = tuple(one.booked(duty.method) for one in duty.less)
            for curves in found.values():
                own = curves[duty.key].segments
                curves[duty.key] = Curve((*own, *less), rounding)
    return found


def reduced(curves: Curves, duties: Duties, rounding: Decimal) -> Curves:
    """The curves less what a service that was not as promised was worth less: when
    that was known, for what was served by then (IFRS 15.88)."""
    found = dict(curves)
    for duty in duties:
        if duty.less:
            less = [one.known(duty.method, rounding) for one in duty.less]
            own = found.get(duty.key, Curve((), rounding)).segments
            found[duty.key] = Curve((*own, *sum(less, ())), rounding)
    return found


def unreduced(duties: Duties) -> list[Duty]:
    """The duties at the price for which they were sold."""
    return [replace(duty, less=()) for duty in duties]


def _allocated(duties, evened, stretches, rounding) -> Curves:
    """What is earned evenly, given by stretch to the duties as they cost alone."""
    segments = {duty.key: [] for duty in duties}
    for number, (start, end) in enumerate(stretches):
        parts = {duty.key: duty.within(start, end, rounding) for duty in duties}
        if number == 0:
            parts = {
                duty.key: replace(parts[duty.key], alone_upfront=duty.alone_upfront)
                for duty in duties
            }
        amounts = {
            key: curve.earned_before(end) - curve.earned_before(start)
            for key, curve in evened.items()
        }
        given = shares(list(parts.values()), amounts, rounding)
        for key, amount in given.items():
            if not amount:
                continue
            part = parts[key]
            over = spread(amount, part.runs, part.method, rounding)
            if not over:
                day = max(
                    start, min((p.period.start for p in part.pieces), default=start)
                )
                over = (_at(day if day > date.min else _first_day(duties), amount),)
            segments[key].extend(over)
    return {key: Curve(tuple(own), rounding) for key, own in segments.items()}


def _first_day(duties) -> date:
    days = [run.period.start for duty in duties for run in duty.runs]
    days += [piece.period.start for duty in duties for piece in duty.pieces]
    return min(days)


def _stretches(boundaries):
    days = [date.min, *sorted(set(boundaries)), date.max]
    return list(zip(days, days[1:], strict=False))


def _runs_from(runs, day) -> tuple[Run, ...]:
    return tuple(
        Run(period, weight)
        for run in runs
        for weight, period in inside(run.weight, run.period, day, date.max)
    )


# ----------------------------------------------------------------------
# Modifications
# ----------------------------------------------------------------------


def proposal(old: Duties, new: Duties, adds: bool) -> str:
    """How a change is accounted for by the rule (IFRS 15.20-21).

    :param adds: the change adds services, it does not only cost more
    """
    before = {duty.key: duty for duty in old}
    after = {duty.key: duty for duty in new}
    more, paid, changed = ZERO, ZERO, []
    for key in before.keys() | after.keys():
        was, now = before.get(key), after.get(key)
        alone = (now.alone if now else ZERO) - (was.alone if was else ZERO)
        price = (now.price if now else ZERO) - (was.price if was else ZERO)
        adds = adds and alone >= 0 and (alone > 0 or price == 0)
        more, paid = more + alone, paid + price
        if alone or price:
            changed.append(now or was)
    # Within a hundredth: prices of a few days are rounded on their own.
    return modification(
        adds_distinct=adds and more > 0,
        at_standalone_price=abs(paid - more) * 100 <= abs(more),
        rest_is_distinct=not any(duty.whole for duty in changed),
    )


def modified(
    curves: Curves,
    old: Duties,
    new: Duties,
    day: date,
    treatment: str,
    rounding: Decimal,
) -> Curves:
    """How a contract is earned once it was changed from ``old`` to ``new`` on a day."""
    if treatment == SEPARATE:
        return _separate(curves, old, new, day, rounding)
    if treatment == CATCH_UP:
        return _caught_up(curves, new, day, rounding)
    return _prospective(curves, new, day, rounding)


def _separate(curves, old, new, day, rounding) -> Curves:
    """What was agreed stays; what is added is earned as a contract of its own."""
    before = {duty.key: duty for duty in old}
    after = {duty.key: duty for duty in new}
    found = dict(curves)
    for key in {**before, **after}:
        was, duty = before.get(key), after.get(key)
        added = (duty.price if duty else ZERO) - (was.price if was else ZERO)
        if not added:
            continue
        duty = duty or was
        runs = _runs_from(duty.runs, day)
        over = spread(added, runs, duty.method, rounding) or (_at(day, added),)
        known = found.get(key, Curve((), rounding)).segments
        found[key] = Curve((*known, *over), rounding)
    return found


def _prospective(curves, new, day, rounding) -> Curves:
    """What is not earned yet, over what is left, by what that costs alone."""
    kept = {key: _before(curve, day) for key, curve in curves.items()}
    earned = sum((_amount(part) for part in kept.values()), ZERO)
    rest = sum((duty.price for duty in new), ZERO) - earned
    left = [
        replace(duty, pieces=(), runs=_runs_from(duty.runs, day), alone_upfront=ZERO)
        for duty in new
    ]
    left = [duty for duty in left if duty.runs and duty.alone]
    if not left:
        key = next(iter(kept), None) or new[0].key
        kept[key] = (*kept.get(key, ()), *((_at(day, rest),) if rest else ()))
        return {key: Curve(tuple(own), rounding) for key, own in kept.items()}
    # Only their sum counts: the rest of the price, whatever was agreed for each.
    prices = {
        duty.key: rest if number == 0 else ZERO for number, duty in enumerate(left)
    }
    for key, amount in shares(left, prices, rounding).items():
        [duty] = [one for one in left if one.key == key]
        over = spread(amount, duty.runs, duty.method, rounding)
        kept[key] = (*kept.get(key, ()), *over)
    return {key: Curve(tuple(own), rounding) for key, own in kept.items()}


def _caught_up(curves, new, day, rounding) -> Curves:
    """As if it had been agreed from the beginning: the difference is earned at once."""
    target = layers(new, rounding)["allocation"]
    found = {}
    for key in {**curves, **target}:
        old = curves.get(key, Curve((), rounding))
        fresh = target.get(key, Curve((), rounding))
        gap = fresh.earned_before(day) - old.earned_before(day)
        segments = [*_before(old, day), *_after(fresh, day)]
        if gap:
            segments.append(_at(day, gap))
        found[key] = Curve(tuple(segments), rounding)
    return found


def _before(curve, day) -> tuple[Segment, ...]:
    return tuple(
        part
        for segment in curve.segments
        for part in segment.cut(day, curve.rounding)
        if part.period.start < day
    )


def _after(curve, day) -> tuple[Segment, ...]:
    return tuple(
        part
        for segment in curve.segments
        for part in segment.cut(day, curve.rounding)
        if part.period.start >= day
    )


def _amount(segments) -> Decimal:
    return sum((segment.amount for segment in segments), ZERO)


def _at(day: date, amount: Decimal) -> Segment:
    return Segment(amount, one_day(day), "point")
