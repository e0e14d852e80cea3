"""Leaving during a trial, and coming back after one that was never converted."""

from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...guard import applying


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    def _is_unconverted(self):
        """Tell whether there was a trial and nothing was billed after it yet."""
        self.ensure_one()
        return bool(self.trial_start and not self.trial_converted_on)

    def _cancellation_end(self, when, last_day=None, today=None):
        """In a trial the running period, and the term, is the trial."""
        today = today or fields.Date.context_today(self)
        if self._is_unconverted() and when in ("period_end", "term_end"):
            return max(
                self.trial_end, min(today + timedelta(days=1), self._latest_end())
            )
        return super()._cancellation_end(when, last_day, today)

    def _latest_end(self):
        """Return the latest first day without service of a trial that is cancelled:
        the one after it, or tomorrow where it waits for a payment method."""
        tomorrow = fields.Date.context_today(self) + timedelta(days=1)
        waits = self.trial_end < tomorrow
        return tomorrow if waits else self.trial_end

    def _check_cancellation(self, end):
        if self._is_unconverted() and end > self._latest_end():
            raise UserError(
                self.env._(
                    "%(name)s is in its trial: the last day of service is %(day)s at "
                    "the latest, and nothing is billed. To keep it longer, convert it "
                    "first.",
                    name=self.name,
                    day=format_date(self.env, self._latest_end() - timedelta(days=1)),
                )
            )
        return super()._check_cancellation(end)

    def _state_but_for_cancelling(self, today):
        if self._is_unconverted():
            return "trial"
        return super()._state_but_for_cancelling(today)

    def _reset_start(self):
        """Return what becomes of the start's traces where it is taken back."""
        return {
            "grid_start": False,
            "bill_not_before": False,
            "trial_end": False,
            "trial_start": False,
            "trial_version_id": False,
            "trial_unbilled": False,
            "trial_reminded_on": False,
        }

    # ------------------------------------------------------------------
    # Reactivated without ever having been billed
    # ------------------------------------------------------------------

    def _start_lines_again(self, edit, lines, end, grid):
        """A trial that was never converted is billed from the day of the change, as a
        subscription that starts on that day; the introductory prices of one that was
        billed before are over."""
        if not self._is_unconverted():
            super()._start_lines_again(edit, lines, end, grid)
            self._leave_phases(edit)
            return
        one_offs = self._plan_one_offs()
        for line in lines:
            self._start_paid(edit, line, end)
        for line in one_offs:
            self._postpone_one_off(edit, line, edit.day)
        edit.set(
            trial_converted_on=edit.day,
            trial_unbilled=False,
            bill_not_before=False,
            grid_start=edit.day,
        )

    def _start_paid(self, edit, line, end):
        """Start a line of the trial as one that is billed, in its first phase."""
        values = {**edit.copied(line), "bill_until": False}
        if line.phase_id:
            prices = self._price_values(line.charge_id, line.quantity, edit.day)
            values |= {**prices, "phase_id": False}
        whole = {
            **self._grid_from(edit.day),
            "start_date": edit.day,
            "end_date": end,
        }
        parts = [whole]
        model = self.line_ids.new(values)
        if model._has_phases():
            parts = model._phase_parts(whole, self._ramp(edit.day))
        previous = line
        for part in parts:
            previous = edit.add(**{**values, **part, "previous_line_id": previous.id})

    def _plan_one_offs(self):
        """Return the one-off charges of the plan that a trial never billed."""
        lines = self.line_ids.filtered(
            lambda line: line.role == "one_off" and line.charge_id
        )
        return lines - lines.previous_line_id

    def _leave_phases(self, edit):
        """Who comes back pays the plan's own price, not an introductory one again."""
        for line in applying(self.line_ids).browse(edit.created):
            if line.phase_id:
                prices = self._price_values(line.charge_id, line.quantity, edit.day)
                line.write({**prices, "phase_id": False})
