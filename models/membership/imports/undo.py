"""Taking back an import that nothing followed."""

from psycopg2 import Error

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import mute_logger


class RecurringMemberImportRow(models.Model):
    _inherit = "recurring.member.import.row"

    def _made_memberships(self):
        """Return the members that these rows made and that are still there."""
        ids = self.filtered("made_membership").membership_id.ids
        for row in self:
            ids += row.made_membership_ids or []
        return self.env["recurring.membership"].browse(set(ids)).exists()

    def _made_dues(self):
        ids = self.dues_id.ids
        for row in self:
            ids += row.made_dues_ids or []
        return self.env["recurring.dues"].browse(set(ids)).exists()

    def _check_undo(self):
        """Raise where something was built on what these rows made."""
        contributions, dues = self.contribution_id, self._made_dues()
        memberships = self._made_memberships()
        booked = contributions.filtered(
            lambda one: one.state not in ("draft", "history")
        )
        others = self.env["recurring.contribution.line"].search(
            [
                ("dues_line_id", "in", dues.line_ids.ids),
                ("contribution_id", "not in", contributions.ids),
            ]
        )
        called = memberships.dues_line_ids.dues_id - dues
        for found, sentence in (
            (booked, self.env._("%s is in the books.")),
            (others.contribution_id, self.env._("%s was paid for an imported period.")),
            (called, self.env._("%s was called since for an imported member.")),
        ):
            if found:
                raise UserError(
                    sentence % found[0].display_name
                    + " "
                    + self.env._("The import cannot be undone any more.")
                )

    def _undo(self):
        """Delete what these rows made; contacts that are used otherwise stay."""
        contributions, dues = self.contribution_id, self._made_dues()
        memberships = self._made_memberships()
        partners = self.env["res.partner"].browse(
            {one for row in self for one in row.made_partner_ids or []}
        )
        consents = self.env["recurring.consent"].search(
            [
                ("partner_id", "in", memberships.partner_id.ids),
                ("source", "=", "import"),
            ]
        )
        contributions.line_ids.unlink()
        contributions.unlink()
        dues.line_ids.unlink()
        dues.unlink()
        consents.unlink()
        memberships.unlink()
        self.write({"state": "undone"})
        self.flush_recordset()
        for partner in partners.exists():
            partner._undo_contact()


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _undo_contact(self):
        """Delete a contact that an import made, unless something else uses it."""
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                self.unlink()
        except (UserError, Error):
            self.invalidate_recordset()
