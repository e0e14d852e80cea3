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
        family = self.root_id.family_ids
        if self == self.root_id:
            return bool(family - self) or any(family.slice_ids.mapped("run_id"))
        # A document may give back twice of the same: only its last says how it ends.
        own = family.filtered(lambda one: one.move_id == self.move_id).sorted("id")
        later = (self.root_id.curve or []) != own[-1].curve["after"]
        return later or any(self.slice_ids.mapped("run_id"))

    def _take_back(self):
        """Delete the schedules of documents that return to draft."""
        for schedule in self.sorted("id", reverse=True):
            if schedule != schedule.root_id:
                before = schedule.curve
                applying(schedule.root_id).write(
                    {
                        "curve": before["before"],
                        "pauses": before["pauses"],
                        "pauses_from": before["pauses_from"],
                    }
                )
        self._release_drafts()
        applying(self).unlink()

    def _release_drafts(self):
        """Let go of credit notes that were cancelled; drafts are to be deleted first,
        because they were made from what goes away now."""
        lines = self.env["account.move.line"].search(
            [("rr_schedule_id", "in", self.ids), ("parent_state", "!=", "posted")]
        )
        drafts = lines.move_id.filtered(lambda move: move.state == "draft")
        if others := drafts - self.move_id:
            raise UserError(
                self.env._(
                    "The draft credit note %(credits)s was made from %(document)s: "
                    "delete it first.",
                    credits=", ".join(others.mapped("display_name")),
                    document=self.move_id[:1].display_name,
                )
            )
        applying(lines - self.move_line_id).rr_schedule_id = False
