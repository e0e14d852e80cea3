"""Where the days of an agreement come to lie when service pauses and starts again."""

from dataclasses import dataclass
from datetime import date

from odoo import fields, models

from .change_edit import to_json


@dataclass
class Part:
    """A line that a pause interrupts: when it was to run, and to be billed."""

    line: models.BaseModel
    start: date
    end: date | None
    bill_from: date | None
    bill_until: date | None

    @classmethod
    def of(cls, line):
        """Return what a line says as it stands."""
        return cls(
            line,
            line.start_date,
            line.end_date or None,
            line.bill_from or None,
            line.bill_until or None,
        )

    def to_json(self):
        days = (self.start, self.end, self.bill_from, self.bill_until)
        return [self.line.id, *map(to_json, days)]

    @classmethod
    def from_json(cls, row, lines):
        line_id, *days = row
        return cls(lines.browse(line_id), *map(fields.Date.to_date, days))

    def again(self, days, first):
        """Return the values of the line that goes on with this part from ``first`` on,
        None where its days are over by then."""
        start, end = max(days.moved(self.start), first), days.moved(self.end)
        if end and end <= start:
            return None
        bill_from, bill_until = days.moved(self.bill_from), days.moved(self.bill_until)
        return {
            "start_date": start,
            "end_date": end or False,
            "bill_from": bill_from if bill_from and bill_from > start else False,
            "bill_until": bill_until
            if end and bill_until and bill_until > end
            else False,
            "previous_line_id": self.line.id,
            **days.grid,
        }


class Stay:
    """The pause moves no day: what was to happen meanwhile has happened."""

    grid = {}

    def moved(self, day):
        return day or None


class Shift:
    """The pause moves every day that was to come.

    Service stops on ``paused`` and starts again on ``resumed``; ``paid`` is the first
    day that was not paid, or not free, when it stopped. The days up to there follow one
    by one. From there on periods are counted, so that whole ones stay whole: on a grid
    of their own where the plan counts them from the subscription.
    """

    def __init__(self, paused, resumed, paid, line):
        self.longer = resumed - paused
        self.paid = max(paid, paused)
        self.grid = {}
        self.new = None
        version = line._version()
        if version.alignment == "anniversary":
            first = self.paid + self.longer
            self.grid = {"grid_start": first, "grid_anchor": first}
            self.old, self.new = line._schedule(), version._schedule(first, first)
            self.whole = self.old.period_at(self.paid).start == self.paid

    def moved(self, day):
        """Return where a day comes to lie, None for none."""
        if not day:
            return None
        if not self.new or not self.whole or day <= self.paid:
            return day + self.longer
        number = self.old.index_at(day)
        period = self.new.period(number - self.old.index_at(self.paid))
        return min(period.start + (day - self.old.boundary(number)), period.end)
