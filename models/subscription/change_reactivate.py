"""A closed subscription that starts again."""

from datetime import timedelta

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date


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
        lines = self.line_ids.filtered(
            lambda line: (
                line.role != "one_off"
                and line.end_date == self.end_date
                and line._has_service()
            )
        )
        if not lines:
            raise UserError(self.env._("No line of %s ran to its end.", self.name))
        header = self._term_again(edit)
        grid = {}
        if values.get("anchor") == "new" and all(
            line._version().alignment == "anniversary" for line in lines
        ):
            grid = {"grid_start": edit.day, "grid_anchor": edit.day}
            header |= {"grid_start": edit.day, "anchor_date": edit.day}
        for line in lines:
            copied = {
                **edit.copied(line),
                "end_date": header["end_date"],
                "bill_until": False,
                "previous_line_id": line.id,
            }
            edit.add(**{**copied, **grid})
        edit.set(state="active", close_reason_id=False, **header)
        return "reactivate"

    def _term_again(self, edit):
        """Return the header of a new term from the day on, or of none."""
        version = self.plan_version_id
        if not version.term_count:
            return {"term_start": False, "term_end": False, "end_date": False}
        end = version._term_interval().add(edit.day, 1)
        return {
            "term_start": edit.day,
            "term_end": end,
            "end_date": False if self.renewal == "automatic" else end,
        }
