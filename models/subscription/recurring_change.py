from odoo import api, fields, models
from odoo.exceptions import UserError


class RecurringChange(models.Model):
    """One thing that happened to a subscription: who, when, why, and what it costs."""

    _name = "recurring.change"
    _description = "Subscription Change"
    _order = "date desc, id desc"
    _rec_name = "type"

    subscription_id = fields.Many2one(
        "recurring.subscription", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="subscription_id.company_id", store=True)
    currency_id = fields.Many2one(related="subscription_id.currency_id")
    type = fields.Selection(
        [
            ("start", "Started"),
            ("import", "Imported"),
            ("line", "Lines changed"),
            ("one_off", "One-off charge added"),
            ("settings", "Settings changed"),
            ("hold", "Put on hold"),
            ("release", "Released"),
            ("cancel", "Cancelled"),
            ("undo_cancel", "Cancellation withdrawn"),
            ("renew", "Renewed"),
            ("close", "Closed"),
        ],
        required=True,
    )
    date = fields.Datetime(
        string="Recorded on", required=True, default=fields.Datetime.now
    )
    effective_date = fields.Date(required=True)
    user_id = fields.Many2one(
        "res.users", string="By", required=True, default=lambda self: self.env.user
    )
    reason_id = fields.Many2one("recurring.close.reason")
    note = fields.Text()
    amount_effect = fields.Monetary(
        string="Money effect",
        help="What this changes in the amount billed so far, before tax: "
        "negative for a credit.",
    )
    details = fields.Json()

    def write(self, vals):  # pylint: disable=method-required-super
        """Refuse: the history of a subscription is what happened."""
        raise UserError(self.env._("The history of a subscription cannot be edited."))

    @api.ondelete(at_uninstall=False)
    def _unlink_only_with_draft(self):
        if any(change.subscription_id.state != "draft" for change in self):
            raise UserError(
                self.env._("The history of a subscription cannot be deleted.")
            )
