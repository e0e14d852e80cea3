import base64

from odoo import fields, models


class RecurringImportWizard(models.TransientModel):
    """Upload a file of subscriptions; it is checked and nothing imported yet."""

    _name = "recurring.import.wizard"
    _description = "Import Subscriptions"

    file = fields.Binary(required=True, attachment=False)
    filename = fields.Char()
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    date = fields.Date(
        string="As of",
        required=True,
        default=fields.Date.context_today,
        help="The day that decides what has ended and which period is running. Usually "
        "today.",
    )

    def action_check(self):
        """Check the file and show what would be imported and what is to correct."""
        self.ensure_one()
        job = self.env["recurring.import"]._upload(
            base64.b64decode(self.file), self.filename, self.company_id, self.date
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": job._name,
            "res_id": job.id,
            "views": [(False, "form")],
        }
