"""What the engine tests share: short spellings, strategies and a tiny ledger."""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise

from dateutil.relativedelta import relativedelta
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from ..engine.billing import BilledRow, LineTerms, difference
from ..engine.errors import AlignmentError
from ..engine.period import Alignment, Interval, Period, Schedule, check_alignment

CENT = Decimal("0.01")
YEN = Decimal("1")

# Every property runs the same examples each time, and says how to repeat a failure.
reproducible = settings(
    derandomize=True,
    deadline=None,
    print_blob=True,
    database=None,
    max_examples=200,
    suppress_health_check=[HealthCheck.too_slow],
)


def day(text: str) -> date:
    return date.fromisoformat(text)


def span(start: str, end: str) -> Period:
    return Period(day(start), day(end))


def monthly(start: str, alignment=None) -> Schedule:
    alignment = alignment or Alignment.anniversary()
    return Schedule(Interval(1, "month"), alignment, day(start))


def line(start, end=None, amount="30", key="line", schedule=None, **terms) -> LineTerms:
    """A monthly line in advance, from ISO dates."""
    return LineTerms(
        key,
        day(start),
        day(end) if end else None,
        Decimal(amount),
        schedule or monthly(start),
        **terms,
    )


def amounts(items) -> list[str]:
    return [str(item.amount) for item in items]


def parts(items) -> list[tuple[str, str]]:
    return [(str(item.part.start), str(item.part.end)) for item in items]


class Ledger:
    """The ledger as a list: what the models do with items, without a database."""

    def __init__(self, rounding=CENT):
        self.rows = []
        self.rounding = rounding

    @property
    def total(self) -> Decimal:
        return sum((row.amount for row in self.rows), 0 * self.rounding)

    def bill(self, lines, through, document=None, **options):
        """Write what is to be billed through a date, and return the items."""
        through = day(through) if isinstance(through, str) else through
        items = difference(lines, self.rows, through, self.rounding, **options)
        for item in items:
            self.add(
                item.line,
                item.whole,
                item.part,
                item.amount,
                item.kind,
                item.origin,
                item.document if item.kind == "credit" else document,
                item.nature,
            )
        return items

    def add(self, *values) -> BilledRow:
        row = BilledRow(len(self.rows) + 1, *values)
        self.rows.append(row)
        return row

    def opening(self, key, whole, amount, part=None) -> BilledRow:
        return self.add(key, whole, part or whole, Decimal(amount), "opening")

    def correct(self, row, amount, kind=None, part=None) -> BilledRow:
        """A row that corrects another: a void unless another kind is said."""
        return self.add(
            row.line,
            row.whole,
            part or row.part,
            Decimal(amount),
            kind or row.kind,
            row.key,
            row.document,
            row.nature,
        )

    def void(self, row) -> BilledRow:
        return self.correct(row, -row.amount)

    def credit_by_hand(self, row, amount) -> BilledRow:
        """A credit note by hand, waiting: return the waiver that balances it."""
        self.correct(row, -Decimal(amount), "credit")
        return self.correct(row, Decimal(amount), "waiver")


# ------------------------------------------------------------------
# Strategies
# ------------------------------------------------------------------

# 29, 30 and 31 and Februaries are as likely as all other days together.
any_day = st.dates(date(2023, 1, 1), date(2028, 12, 31))
month_end = st.builds(
    lambda months, last: date(2023, 1, last) + relativedelta(months=months),
    st.integers(0, 60),
    st.integers(28, 31),
)
some_day = st.one_of(any_day, month_end)


def _is_valid(pair):
    try:
        check_alignment(*pair)
    except AlignmentError:
        return False
    return True


VALID_PAIRS = [
    (Interval(count, unit), alignment)
    for unit in ("day", "week", "month", "year")
    for count in (1, 2, 3, 4, 5, 6, 12, 18)
    for alignment in (
        Alignment.anniversary(),
        Alignment.calendar(),
        Alignment.day_of_month(1),
        Alignment.day_of_month(15),
        Alignment.day_of_month(29),
        Alignment.day_of_month(30),
        Alignment.last_day(),
        Alignment.season(9, 1),
        Alignment.season(2, 29),
        Alignment.season(8, 31),
    )
    if _is_valid((Interval(count, unit), alignment))
]
schedules = st.builds(
    lambda pair, start: Schedule(*pair, start), st.sampled_from(VALID_PAIRS), some_day
)


# ------------------------------------------------------------------
# The independent answer
# ------------------------------------------------------------------


def served(lines, rounding=CENT) -> Decimal:
    """What the days served are worth, counted day by day, without the engine.

    For lines with an end, on an anniversary grid counted in months.
    """
    return sum((_served(terms, rounding) for terms in lines), 0 * rounding)


def _served(terms, rounding):
    months = terms.schedule.interval.months
    anchor = terms.schedule.anchor
    grid = [anchor + relativedelta(months=n * months) for n in range(60)]
    total = 0 * rounding
    for start, end in pairwise(grid):
        days = [start + timedelta(days=n) for n in range((end - start).days)]
        used = sum(1 for day in days if terms.start <= day < terms.end)
        value = Fraction(terms.amount) * used / len(days) / Fraction(rounding)
        exact = Decimal(value.numerator) / Decimal(value.denominator)
        total += exact.quantize(Decimal(1), ROUND_HALF_UP) * rounding
    return total
