"""The days of the story: the last twelve months, and the months around them."""

from contextlib import contextmanager
from datetime import datetime, time, timedelta
from unittest.mock import patch

from dateutil.relativedelta import relativedelta

from odoo import fields

LAST = 12  # this month; 0 is the same month a year ago, when the story begins


class Calendar:
    """Months by number: 0 is a year ago, 12 the month of ``today``."""

    def __init__(self, today):
        self.today = today
        self.start = today.replace(day=1) - relativedelta(months=LAST)

    def first(self, month):
        """Return the first day of a month."""
        return self.start + relativedelta(months=month)

    def last(self, month):
        """Return the last day of a month."""
        return self.first(month + 1) - timedelta(days=1)

    def day(self, month, number):
        """Return a day of a month, today where the story has not come that far."""
        day = min(self.first(month) + timedelta(days=number - 1), self.last(month))
        return min(day, self.today)


@contextmanager
def on(day):
    """Let "today" be ``day`` for whoever asks Odoo: history gets the story's dates.

    Only the scripts of the demo do this. What is recorded by PostgreSQL's own clock
    (created on, written on) stays true.
    """
    entered = datetime.now()
    noon = datetime.combine(day, time(12))

    def now():
        return (noon + (datetime.now() - entered)).replace(microsecond=0)

    with (
        patch.object(fields.Date, "today", staticmethod(lambda *args: day)),
        patch.object(
            fields.Date, "context_today", staticmethod(lambda *args, **kw: day)
        ),
        patch.object(fields.Datetime, "now", staticmethod(lambda *args: now())),
    ):
        yield


def a_year(day, count=1):
    """Return the same day ``count`` years later (or earlier)."""
    return day + relativedelta(years=count)


def iso(day):
    """Return a day as import files want it.

    >>> iso(fields.Date.to_date("2026-11-30"))
    '2026-11-30'
    """
    return day.isoformat() if day else ""
