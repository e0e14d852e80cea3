"""A document returns to draft: its schedules go, unless something rests on them."""

from odoo import models
from odoo.exceptions import UserError

from ..guard import applying


class RecurringRevenueSchedule(models.Model):
    _inherit = "recurring.revenue.schedule"

    def _check_can_be_taken_back(self):
        """Raise where revenue was recognised, or something was built upon it."""
        for schedule in self:
            if schedule._is_built_upon():
                raise UserError(
                    self.env._(
                        "Revenue of %(document)s was recognised or credited already. "
                        "Credit it with a credit note and say why: the months that are "
                        "closed stay as they were booked.",
                        document=schedule.move_id.name,
                    )
                )

    def _is_built_upon(self):
        self.ensure_one()
        if self == self.root_id:
            family = self.family_ids
            return bool(family - self) or any(family.slice_ids.mapped("run_id"))
        later = self.root_id.curve != self.curve["after"]
        return later or any(self.slice_ids.mapped("run_id"))

    def _take_back(self):
        """Delete the schedules of documents that return to draft."""
        for schedule in self:
            if schedule != schedule.root_id:
                before = schedule.curve
                applying(schedule.root_id).write(
                    {
                        "curve": before["before"],
                        "pauses": before["pauses"],
                        "pauses_from": before["pauses_from"],
                    }
                )
        applying(self.slice_ids).unlink()
        applying(self).unlink()
