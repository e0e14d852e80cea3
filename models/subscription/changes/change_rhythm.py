"""When it is billed: the next period put off, or another day of the month."""

from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    def _apply_postpone(self, edit, values):
        """Let the next period that is not billed yet start later, free until then.

        :param values: ``{"until": date}``, the first day that is billed again; the
            periods are counted from it where the plan follows the subscription
        """
        until = fields.Date.to_date(values.get("until"))
        if not until:
            raise UserError(self.env._("Choose the day from which it is billed again."))
        lines = self._at_next_period(edit)
        if until <= edit.day:
            raise UserError(
                self.env._(
                    "The next period starts on %s: choose a later day.",
                    format_date(self.env, edit.day),
                )
            )
        if lines[:1]._version().timing == "arrears":
            raise UserError(
                self.env._(
                    "%s is billed in arrears, for what was used: pause it instead.",
                    self.name,
                )
            )
        self._move_grid(edit, lines, until, bill_from=until)
        return "postpone"

    def _apply_anchor(self, edit, values):
        """Bill on another day of the month from the next period on.

        :param values: ``{"day": 15}``, 1 to 31, where 31 is the last day of any month;
            the days up to there are billed as a part of a period
        """
        day = int(values.get("day") or 0)
        if not 1 <= day <= 31:
            raise UserError(self.env._("Choose a day from 1 to 31."))
        lines = self._at_next_period(edit)
        version = lines[:1]._version()
        if version.alignment != "anniversary" or version.interval_unit not in (
            "month",
            "year",
        ):
            raise UserError(
                self.env._(
                    "The plan says when it is billed: %s. Change the plan instead.",
                    version.schedule_text,
                )
            )
        anchor = edit.day
        while anchor + relativedelta(day=day) < edit.day or (
            (anchor + relativedelta(day=day)).day != day
        ):
            anchor = anchor + relativedelta(months=1, day=1)
        self._move_grid(edit, lines, anchor + relativedelta(day=day))
        return "anchor"

    def _at_next_period(self, edit):
        """Move the change to the first period that is not billed yet, and return the
        lines that run then."""
        self._refuse_scheduled_whole(edit)
        self._freeze_grid()
        start = max(edit.day, self.billed_through or edit.day)
        schedule = self._schedule_on(edit.day)
        period = schedule.period_at(start)
        edit.move_to(start if period.start == start else period.end)
        lines = edit.running()
        if not lines:
            raise UserError(
                self.env._("%s has no service on that day: resume it first.", self.name)
            )
        return lines

    def _move_grid(self, edit, lines, anchor, bill_from=False):
        """Count the periods of all lines from ``anchor`` on."""
        version = lines[:1]._version()
        moves = version.alignment == "anniversary"
        first = lines[:1]
        grid = {"grid_start": first.grid_start, "grid_anchor": first.grid_anchor}
        if moves:
            start = min(edit.day, anchor)
            schedule = version._schedule(start, anchor)
            grid = {
                "grid_start": min(start, schedule.period_at(start).start),
                "grid_anchor": anchor,
            }
        for line in edit.later():
            free = bill_from and max(bill_from, line.start_date)
            edit.replace(line, **grid, **({"bill_from": free} if bill_from else {}))
        edit.set(grid_start=grid["grid_start"], anchor_date=grid["grid_anchor"])
