"""What was paid and given before: it counts and is shown, and is in no books here."""

from odoo import api, fields, models

from ...guard import applying, is_applying


class RecurringDues(models.Model):
    _inherit = "recurring.dues"

    is_opening = fields.Boolean(
        string="Paid Before the Import",
        readonly=True,
        copy=False,
        help="Imported: it counts; the money and its entry are where it was booked.",
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_only_prepared(self):
        # The undo of an import takes back what it made.
        return None if is_applying(self.env) else super()._unlink_only_prepared()


class RecurringDuesLine(models.Model):
    _inherit = "recurring.dues.line"

    is_opening = fields.Boolean(
        string="Opening",
        readonly=True,
        copy=False,
        help="Imported: paid before, without money or an entry here.",
    )


class RecurringContribution(models.Model):
    _inherit = "recurring.contribution"

    state = fields.Selection(
        selection_add=[("history", "Booked elsewhere")],
        ondelete={"history": "cascade"},
    )
    source_ref = fields.Char(
        string="Reference", copy=False, help="Of the payment, where it came from."
    )
    receipt_wanted = fields.Boolean(
        string="Receipt Still to Be Issued",
        readonly=True,
        copy=False,
        help="Booked elsewhere, but its tax receipt is to be issued here.",
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_only_draft(self):
        # The undo of an import takes back what it made.
        return None if is_applying(self.env) else super()._unlink_only_draft()


class RecurringMemberImport(models.Model):
    _inherit = "recurring.member.import"

    def action_undo(self):
        """Take back everything that this import made, if nothing followed.

        :raises UserError: something was built on it; nothing is undone then
        """
        self.ensure_one()
        self._check_may_import()
        # sudo: what the import made with the rights of the job, it takes back so.
        job = applying(self.sudo())
        rows = job.row_ids.filtered(lambda row: row.state == "imported")
        rows._check_undo()
        rows._undo()
        self._set_state(("done", "stopped"), "undone", undone_at=fields.Datetime.now())
        return True
