"""Random subscriptions for the properties of billing."""

from datetime import timedelta
from decimal import Decimal

from hypothesis import strategies as st

from ..engine.period import Schedule
from ..engine.terms import LineTerms
from .common_engine import VALID_PAIRS, some_day

prices = st.decimals(-50, 500, places=3)


@st.composite
def a_portfolio(draw):
    """One to three lines on one schedule: any grid, timing, basis and policy."""
    schedule = draw(
        st.builds(
            lambda pair, start: Schedule(*pair, start),
            st.sampled_from(VALID_PAIRS),
            some_day,
        )
    )
    stub = draw(st.sampled_from(["prorate", "full", "free", "skip"]))
    lines = []
    for key in range(draw(st.integers(1, 3))):
        start = schedule.start + timedelta(days=draw(st.integers(0, 60)))
        length = draw(st.one_of(st.none(), st.integers(0, 200)))
        lines.append(
            LineTerms(
                key=key,
                start=start,
                end=None if length is None else start + timedelta(days=length),
                amount=draw(prices),
                schedule=schedule,
                timing=draw(st.sampled_from(["advance", "arrears", "once"])),
                basis=draw(st.sampled_from(["actual", "thirty", "none"])),
                stub=stub,
                nature=draw(st.sampled_from("AB")),
            )
        )
    return lines


portfolios = a_portfolio()


def total_by_period(items):
    """What was billed, by line and whole period."""
    totals = {}
    for item in items:
        key = (item.line, item.whole)
        totals[key] = totals.get(key, Decimal(0)) + item.amount
    return totals
