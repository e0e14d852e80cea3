from odoo import fields, models


class RecurringMembershipAcceptance(models.TransientModel):
    """Whom the board accepted, and on which day it met."""

    _name = "recurring.membership.acceptance"
    _description = "Record the Acceptance by the Board"

    membership_ids = fields.Many2many(
        "recurring.membership",
        string="Members",
        required=True,
        default=lambda self: self.env.context.get("active_ids"),
    )
    day = fields.Date(
        string="Accepted On",
        required=True,
        default=fields.Date.context_today,
        help="The day on which the board met: a membership does not count before it.",
    )

    def action_confirm(self):
        """Record the acceptance; who was accepted before stays so."""
        self.ensure_one()
        self.membership_ids._accept(self.day)
        return {"type": "ir.actions.act_window_close"}
