"""Parts of a price, and what credit notes give back of them, by their cause."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from .period import Period
from .recognition import Curve, Segment

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Given:
    """What a credit note gives back of a piece from ``day`` on: because it ``ends``
    there, else because the rest costs less."""

    amount: Decimal
    day: date
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the price, for the days that it is billed for.

    ``upfront``: a fee for what is not distinct from the service (IFRS 15.B49).
    ``given``: what was given back of it, in the order of the credit notes.
    """

    amount: Decimal
    period: Period
    upfront: bool = False
    given: tuple[Given, ...] = ()

    @property
    def price(self) -> Decimal:
        """What is owed for it, once credits are taken off."""
        return self.amount - sum((credit.amount for credit in self.given), Decimal(0))

    def curve(self, method: str, rounding: Decimal) -> Curve:
        """How it is earned over its own days, as a schedule of its invoice says."""
        found = Curve.of(self.amount, self.period, method, rounding)
        for credit in self.given:
            if credit.ends:
                found = found.ended(credit.day, credit.amount)
            else:
                found = found.changed(credit.day, -credit.amount)
        return found

    def within(
        self, start: date, end: date, method: str, rounding: Decimal
    ) -> "Piece | None":
        """The part of it that is earned in ``[start, end)``, if any."""
        curve = self.curve(method, rounding)
        amount = curve.earned_before(end) - curve.earned_before(start)
        last = min([self.period.end, *(one.day for one in self.given if one.ends)])
        part = self.period.clip(start, min(end, last))
        if part is None:
            if not amount:
                return None
            part = one_day(max(start, self.period.start))
        return Piece(amount, part)


@dataclass(frozen=True, slots=True)
class Less:
    """What a service of ``period`` was worth less than it was sold for, known on
    ``day``: the books reduce that period; by IFRS 15.88 what was served by then is
    taken off when it is known, the rest as it is served."""

    amount: Decimal
    period: Period
    day: date

    def booked(self, method: str) -> Segment:
        """What the books take off, over the period itself.

        >>> february = Period(date(2026, 2, 1), date(2026, 3, 1))
        >>> less = Less(Decimal(40), february, date(2026, 4, 10))
        >>> str(less.booked("month").period.start), str(less.booked("month").amount)
        ('2026-02-01', '-40')
        """
        return Segment(-self.amount, self.period, method)

    def known(self, method: str, rounding: Decimal) -> tuple[Segment, ...]:
        """What is taken off by IFRS 15.

        >>> months = Period(date(2026, 3, 1), date(2026, 6, 1))
        >>> less = Less(Decimal(60), months, date(2026, 4, 1))
        >>> [(str(one.period.start), str(one.amount))
        ...  for one in less.known("month", CENT)]
        [('2026-04-01', '-20.00'), ('2026-04-01', '-40.00')]
        """
        return tuple(
            Segment(part.amount, one_day(self.day), "point")
            if part.period.start < self.day
            else part
            for part in self.booked(method).cut(self.day, rounding)
        )


def one_day(day: date) -> Period:
    """The day as a period."""
    return Period(day, day + timedelta(days=1))


def inside(amount, period, start, end, rounding=CENT):
    """``amount`` for the days of a period that lie in ``[start, end)``, if any."""
    clipped = period.clip(start, end)
    if clipped is None:
        return
    whole = Segment(amount, period)
    share = whole.earned_before(clipped.end, rounding)
    share -= whole.earned_before(clipped.start, rounding)
    yield share, clipped
