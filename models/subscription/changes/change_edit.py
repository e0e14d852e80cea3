"""Dated lines are ended and started here, with what it takes to undo it.

A change never rewrites a line: it ends the line on a day and starts another one from
that day on. Days are first days: a line that ends on a day has no service on it.
"""

from datetime import date, timedelta

from odoo import fields

from ...guard import applying

ONE_DAY = timedelta(days=1)
# What a line sells, how much of it and at which price.
SOLD = (
    "sequence",
    "charge_id",
    "product_id",
    "name",
    "role",
    "quantity",
    "price_unit",
    "price_agreed",
    "price_source",
    "price_factor",
    "price_basis",
    "discount",
    "analytic_distribution",
)
COPIED = (
    "subscription_id",
    *SOLD,
    "sale_line_id",
    "plan_version_id",
    "grid_start",
    "grid_anchor",
    "phase_id",
    "end_date",
    "bill_until",
)


class Edit:
    """What one change does to the lines and the header of one subscription.

    ``day`` is the first day on which the change holds. With the proration ``none`` the
    period in which it falls stays billed as it was, and what is new costs nothing until
    the next period.
    """

    def __init__(self, subscription, day, today, proration="now"):
        self.sub = applying(subscription)
        self.today = today
        self.proration = proration
        self.move_to(day)
        self.ended = {}
        self.created = []
        self.header = {}
        self.extra = {}
        self.followers = []

    def move_to(self, day):
        """Let the change hold from another day on than the one asked for.

        Called before lines are edited: what the change adds a month is counted against
        what would run on its day without it.
        """
        self.day = day
        self.is_scheduled = day > self.today
        self.monthly_before = self.sub._monthly_on(day)

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    def running(self):
        """Return the recurring lines with service on the day of the change: none in a
        pause, whatever it costs to hold the service."""
        lines = self.sub._lines_on(self.day)
        return lines.browse() if self.sub._is_paused_on(self.day) else lines

    def later(self):
        """Return the recurring lines that have service on or after the day."""
        return self.sub.line_ids.filtered(
            lambda line: (
                line.role != "one_off"
                and line._has_service()
                and (not line.end_date or line.end_date > self.day)
            )
        )

    def paid_until(self, line):
        """Return up to which day the money of ``line`` stays as it is."""
        unbilled = line.bill_from and line.bill_from > self.day
        if self.proration != "none" or line.start_date >= self.day or unbilled:
            return max(self.day, line.start_date)
        period = line._schedule().period_at(self.day)
        return self.day if period.start == self.day else period.end

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    def end(self, line):
        """End a line on the day of the change; one that starts later never runs."""
        if line.end_date and line.end_date <= max(self.day, line.start_date):
            return
        self.release(line)
        self._remember(line)
        day = max(self.day, line.start_date)
        paid, before = self.paid_until(line), line.bill_until or line.end_date
        paid = min(paid, before) if before else paid
        applying(line).write(
            {
                "end_date": day,
                "bill_until": paid if paid > day else False,
                "credit_from": self.day if self.is_scheduled else line.credit_from,
            }
        )

    def free_until(self, line):
        """Return up to when ``line`` costs nothing, None where it is billed on the day;
        what is settled with this change is not free any more."""
        free = line.bill_from
        return free if free and free > self.day and not self.release(line) else None

    def release(self, line):
        """Settle from the day on what an earlier change left as it was billed: days of
        ``line`` that the part before it has paid. Tell whether there were any."""
        if self.proration == "none" or not line.bill_from:
            return False
        paid = line._track().filtered(
            lambda part: (
                part.end_date
                and part.end_date <= self.day
                and part.bill_until
                and part.bill_until > self.day
            )
        )
        for part in applying(paid):
            self._remember(part)
            part.bill_until = self.day if self.day > part.end_date else False
            if self.is_scheduled:
                part.credit_from = self.day
        return bool(paid)

    def drop(self, line):
        """Let a line that has not begun never run."""
        self._remember(line)
        applying(line).write({"end_date": line.start_date, "bill_until": False})

    def replace(self, line, **values):
        """End a line and go on with a copy of it that has other ``values``."""
        start = max(self.day, line.start_date)
        paid = self.paid_until(line)
        free = line.bill_from if line.bill_from and line.bill_from > start else None
        if line.start_date <= self.day:
            free = self.free_until(line)
        if paid > start:
            free = max(paid, free or paid)
        copied = self.copied(line)
        self.end(line)
        return self.add(
            **{
                **copied,
                "start_date": start,
                "bill_from": free or False,
                "previous_line_id": line.id,
                **values,
            }
        )

    def copied(self, line):
        """Return the values that a line which continues another one takes over."""
        return {name: _raw(line[name]) for name in COPIED}

    def add(self, **values):
        """Start a new line; from the day of the change unless ``values`` say when."""
        line = self.sub.line_ids.create(
            {
                "subscription_id": self.sub.id,
                "start_date": self.day,
                **values,
            }
        )
        self.created.append(line.id)
        return line

    def set(self, **values):
        """Change the header from the day of the change on."""
        self.header.update(values)

    def follow(self, change_type, day, header):
        """Let the header become something else again on a later day."""
        self.followers.append((change_type, day, _json_values(header)))

    def _remember(self, line):
        if line.id not in self.created:
            self.ended.setdefault(
                line.id, [line.end_date, line.bill_until, line.credit_from]
            )

    # ------------------------------------------------------------------
    # Undoing
    # ------------------------------------------------------------------

    def details(self):
        """Return, as JSON, what undoes the lines and what the header becomes."""
        return {
            "lines": [
                [line_id, *map(to_json, ends)] for line_id, ends in self.ended.items()
            ],
            "created": self.created,
            "header": _json_values(self.header),
            **self.extra,
        }


def undo_lines(subscription, details):
    """Let the lines be as before the change: those it started never run."""
    lines = applying(subscription).line_ids
    for line in lines.browse(details.get("created", ())):
        line.write({"end_date": line.start_date, "bill_until": False})
    for line_id, end_date, bill_until, *credit_from in details.get("lines", ()):
        values = {"end_date": end_date, "bill_until": bill_until}
        if credit_from:
            values["credit_from"] = credit_from[0]
        lines.browse(line_id).write(values)


def to_json(value):
    """Return a value of a field as JSON keeps it."""
    if isinstance(value, date):
        return fields.Date.to_string(value)
    return value or False


def _json_values(values):
    return {name: to_json(value) for name, value in values.items()}


def _raw(value):
    return value.id if hasattr(value, "_name") else value
