"""A closed subscription that starts again."""

from datetime import timedelta

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .pause_days import Part


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    def _apply_reactivate(self, edit, values):
        """Start the lines again that ran to the end, at their prices.

        :param values: ``{"anchor": "new"}`` counts the periods from the day of the
            change, else they go on as they were counted
        """
        if edit.day < self.end_date:
            raise UserError(
                self.env._(
                    "The service of %(name)s ended on %(day)s: choose a later day.",
                    name=self.name,
                    day=format_date(self.env, self.end_date - timedelta(days=1)),
                )
            )
        self._freeze_grid()
        lines = self._lines_that_ran_to_the_end()
        header = self._term_again(edit)
        grid = {}
        if values.get("anchor") == "new" and all(
            line._version().alignment == "anniversary" for line in lines
        ):
            day = max([edit.day, *filter(None, lines.mapped("bill_until"))])
            grid = {"grid_start": day, "grid_anchor": day}
            header |= {"grid_start": day, "anchor_date": day}
        edit.set(state="active", close_reason_id=False, **header)
        self._start_lines_again(edit, lines, header["end_date"], grid)
        return "reactivate"

    def _start_lines_again(self, edit, lines, end, grid):
        """Go on with ended lines, from the day of the change until ``end``; days that
        stayed paid when they ended are not billed again."""
        for line in lines:
            paid = line.bill_until
            copied = {
                **edit.copied(line),
                "end_date": end,
                "bill_from": paid if paid and paid > edit.day else False,
                "bill_until": False,
                "previous_line_id": line.id,
            }
            edit.add(**{**copied, **grid})

    def _lines_that_ran_to_the_end(self):
        """Return the lines that ended with the subscription, or were paused then.

        :raise UserError: where there is none
        """
        pause = self._standing_pause()
        if pause:
            return self._lines_paused(pause)
        lines = self.line_ids.filtered(
            lambda line: (
                line.role != "one_off"
                and line.end_date == self.end_date
                and line._has_service()
            )
        )
        if not lines:
            raise UserError(self.env._("No line of %s ran to its end.", self.name))
        return lines

    def _lines_paused(self, pause):
        """Return the lines that ran when the pause began."""
        day, known = pause.effective_date, pause.details["parts"]
        parts = [Part.from_json(row, self.line_ids) for row in known]
        running = [part for part in parts if part.start <= day]
        return self.line_ids.browse(
            part.line.id for part in running if not part.end or part.end > day
        )

    def _term_again(self, edit):
        """Return the header of a new term from the day on, or of none."""
        return self._term_from(edit.day)
