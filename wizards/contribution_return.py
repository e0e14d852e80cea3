from odoo import fields, models


class RecurringContributionReturn(models.TransientModel):
    """A payment came back unpaid: on which day, and why."""

    _name = "recurring.contribution.return"
    _description = "Payment Returned Unpaid"

    contribution_ids = fields.Many2many(
        "recurring.contribution",
        string="Contributions",
        required=True,
        default=lambda self: self.env.context.get("active_ids"),
    )
    day = fields.Date(
        string="Came Back On",
        required=True,
        default=fields.Date.context_today,
        help="The day on the bank statement: entries are reversed on it.",
    )
    reason = fields.Char(
        string="Why", required=True, help="Kept on record, for instance: no funds."
    )

    def action_confirm(self):
        """Reverse the entries; the dues are owed again."""
        self.ensure_one()
        self.contribution_ids._return(self.day, self.reason)
        return {"type": "ir.actions.act_window_close"}
