import base64

from odoo import api, fields, models


class RecurringMemberImportWizard(models.TransientModel):
    """Upload a file of members or gifts; nothing is imported yet."""

    _name = "recurring.member.import.wizard"
    _description = "Import Members and Gifts"

    subject = fields.Selection(
        [
            ("members", "Members"),
            ("gifts", "Gifts"),
            ("helloasso", "HelloAsso: payments and memberships"),
        ],
        string="What the File Holds",
        required=True,
        default="members",
    )
    file = fields.Binary(required=True, attachment=False)
    filename = fields.Char()
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    may_import_gifts = fields.Boolean(compute="_compute_may_import_gifts")

    @api.depends("subject")
    def _compute_may_import_gifts(self):
        may = self.env.user.has_group("recurring_revenue.group_treasurer")
        self.may_import_gifts = may

    def action_read(self):
        """Read the file and show its columns."""
        self.ensure_one()
        job = self.env["recurring.member.import"]._upload(
            base64.b64decode(self.file), self.filename, self.company_id, self.subject
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": job._name,
            "res_id": job.id,
            "views": [(False, "form")],
        }
