"""What the lines of a subscription claim: for each whole period the days, the date on
which they fall due and the target, which is the amount that should stand in the ledger.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from .allocation import round_half_up, round_share
from .period import Period, subtract
from .proration import ShareText, explain, share
from .rating import Rating
from .terms import BilledRow, LineTerms
from .usage import UsageTerms

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Claim:
    """One whole period of one line: what should have been billed for which days.

    Without days the period is not claimed (any more), and its target is zero.
    """

    line: Hashable
    whole: Period
    base: Period  # the days that a full amount stands for
    terms: LineTerms | None = None  # None: the line does not exist any more
    days: tuple[Period, ...] = ()
    target: Decimal = Decimal(0)
    due: date = date.max
    rounding: Decimal = Decimal("0.01")

    def waits(self, through: date) -> bool:
        """Whether what is too much is not to be given back yet."""
        day = self.terms and self.terms.credit_due
        return bool(day) and day > through

    def share_text(self, days: Sequence[Period]) -> ShareText | None:
        """The share of some days of the period, as shown to people.

        None where days do not explain the amount.
        """
        base = self.base
        if not days or not self.terms:
            return None
        if any(day.start < base.start or day.end > base.end for day in days):
            return None
        texts = [explain(day, base, self.terms.basis) for day in days]
        if _is_free_stub(self.terms, self.whole):
            return ShareText(0, texts[0].denominator, texts[0].basis)
        numerator = sum(text.numerator for text in texts)
        denominator = texts[0].denominator
        return ShareText(min(numerator, denominator), denominator, texts[0].basis)


def _is_stub(terms: LineTerms, whole: Period) -> bool:
    """Whether the period is the subscription's first and incomplete one."""
    return whole.start < terms.schedule.start < whole.end


def _is_free_stub(terms: LineTerms, whole: Period) -> bool:
    return terms.stub == "free" and _is_stub(terms, whole)


class LineClaims:
    """The claims of one line, next to what a former system billed for it.

    ``openings`` are the line's live opening rows. They are right by definition: their
    days are not claimed a second time, and what they claim is their own amount, in
    proportion when the line ends within them.
    """

    def __init__(
        self,
        terms: LineTerms,
        openings: Sequence[BilledRow],
        rounding: Decimal,
        days_ahead: int,
    ):
        self.terms = terms
        self.openings = openings
        self.rounding = rounding
        self.ahead = timedelta(days=days_ahead)
        self.start = terms.start
        if terms.stub == "skip" and terms.timing != "once":
            self.start = max(terms.start, terms.schedule.first_full_boundary)

    def after(self, day: date | None) -> Iterator[Claim]:
        """The claims of every period that ends after the day (None: of all), in order.

        Endless while the line has no end.
        """
        for whole in self._wholes(day):
            claim = self.of(whole)
            if claim.days:
                yield claim

    def _wholes(self, day: date | None) -> Iterator[Period]:
        terms = self.terms
        if terms.timing == "once":
            whole = Period(terms.start, terms.start + ONE_DAY)
            if day is None or whole.end > day:
                yield whole
            return
        first = self.start if day is None else max(self.start, day)
        for whole in terms.schedule.periods(first):
            if terms.end is not None and whole.start >= terms.end:
                return
            yield whole

    def of(self, whole: Period) -> Claim:
        """The claim for one whole period, perhaps an empty one."""
        terms = self.terms
        claim = self._grid_claim(whole)
        if not self.openings:
            return claim
        days, target, due, base = claim.days, claim.target, claim.due, claim.base
        for row in self.openings:
            if row.whole != whole:
                continue
            if not claim.days:
                base = row.part
            kept = row.part.clip(row.part.start, terms.end)
            if kept:
                days += (kept,)
                target += self._opening_target(row, kept)
                due = claim.due if claim.days else row.part.start
        return replace(claim, base=base, days=days, target=target, due=due)

    def _opening_target(self, row: BilledRow, kept: Period) -> Decimal:
        """What remains right of an amount that a former system billed."""
        if kept == row.part:
            return row.amount
        part = share(kept, row.part, self.terms.basis)
        return round_share(row.amount, part, self.rounding)

    def _grid_claim(self, whole: Period) -> Claim:
        """What the line itself claims, on its own grid."""
        part = self._part(whole)
        days = (part,) if part else ()
        if self.openings:
            days = tuple(subtract(days, [row.part for row in self.openings]))
        if not days:
            return self._claim(whole, whole, target=0 * self.rounding)
        base = self._base(whole, days)
        target = self._target(whole, base, days)
        return self._claim(whole, base, days=days, target=target, due=self._due(days))

    def _claim(self, whole, base, **values) -> Claim:
        return Claim(
            self.terms.key, whole, base, self.terms, rounding=self.rounding, **values
        )

    def _base(self, whole, days) -> Period:
        """The days that a full amount stands for."""
        terms = self.terms
        if terms.stub == "full" and _is_stub(terms, whole):
            return Period(min(terms.schedule.start, days[0].start), whole.end)
        return whole

    def _part(self, whole: Period) -> Period | None:
        """The days of the period that the line covers, None off its grid."""
        terms = self.terms
        if terms.timing == "once":
            if whole.start != terms.start or whole.days != 1:
                return None
        elif terms.schedule.period_at(whole.start) != whole:
            return None
        return whole.clip(self.start, terms.end)

    def _target(self, whole, base, days) -> Decimal:
        """The amount for the days, rounded once."""
        terms = self.terms
        if _is_free_stub(terms, whole):
            return 0 * self.rounding
        part = self._share(base, days)
        if terms.usage:
            # What was used is known as it is; only its minimum depends on the days.
            amount = terms.usage.amount(whole, part, self._earlier(whole))
            return round_half_up(amount, self.rounding)
        if part == 1:
            return round_half_up(terms.amount, self.rounding)
        return round_share(terms.amount, part, self.rounding)

    def _share(self, base, days) -> Fraction | int:
        if days[0] == base:
            return 1
        return min(sum(share(day, base, self.terms.basis) for day in days), 1)

    def usage_rating(self, whole: Period) -> Rating | None:
        """How the target of a line by usage came about; None where it is free."""
        claim = self.of(whole)
        if not claim.days or not self.terms.usage or _is_free_stub(self.terms, whole):
            return None
        part = self._share(claim.base, claim.days)
        return self.terms.usage.rating(whole, part, self._earlier(whole))

    def _earlier(self, whole: Period) -> list[tuple[UsageTerms, Fraction | int]]:
        """What earlier lines of the charge used in the period, and for which share."""
        found = []
        for line in self.terms.earlier:
            claims = LineClaims(line, (), self.rounding, 0)
            part = claims._part(whole)
            if part and not _is_free_stub(line, whole):
                days = (part,)
                share = claims._share(claims._base(whole, days), days)
                found.append((line.usage, share))
        return found

    def _due(self, days) -> date:
        """In advance the first day, less the days ahead; in arrears after the last."""
        if self.terms.timing == "arrears":
            return days[-1].end
        return days[0].start - self.ahead
