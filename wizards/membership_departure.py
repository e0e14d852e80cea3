from odoo import fields, models


class RecurringMembershipDeparture(models.TransientModel):
    """When members left, how, and why."""

    _name = "recurring.membership.departure"
    _description = "Record a Departure"

    membership_ids = fields.Many2many(
        "recurring.membership",
        string="Members",
        required=True,
        default=lambda self: self.env.context.get("active_ids"),
    )
    kind = fields.Selection(
        [("resigned_on", "Resigned"), ("excluded_on", "Excluded by the association")],
        string="How",
        required=True,
        default="resigned_on",
    )
    day = fields.Date(
        string="From",
        required=True,
        default=fields.Date.context_today,
        help="The first day without membership.",
    )
    reason = fields.Char(
        string="Why", required=True, help="Kept on record with the member."
    )
    open_amount = fields.Monetary(string="Still Owed", compute="_compute_open_amount")
    currency_id = fields.Many2one(
        "res.currency", default=lambda self: self.env.company.currency_id
    )

    def _compute_open_amount(self):
        for wizard in self:
            wizard.open_amount = sum(wizard.membership_ids.mapped("amount_owed"))

    def action_confirm(self):
        """Record the departure; what was called before stays owed until it is
        cancelled."""
        self.ensure_one()
        self.membership_ids._depart(self.kind, self.day, self.reason)
        return {"type": "ir.actions.act_window_close"}
