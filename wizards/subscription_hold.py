from odoo import Command, api, fields, models


class RecurringHoldWizard(models.TransientModel):
    """Why some subscriptions are not to be billed for now."""

    _name = "recurring.hold.wizard"
    _description = "Put Subscriptions on Hold"

    subscription_ids = fields.Many2many("recurring.subscription", required=True)
    reason = fields.Char(required=True)

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        context = self.env.context
        ids = context.get("default_subscription_ids") or context.get("active_ids")
        if ids and "subscription_ids" in fields_list:
            values["subscription_ids"] = [Command.set(ids)]
        return values

    def action_confirm(self):
        """Stop billing until someone releases the subscriptions."""
        self.ensure_one()
        self.subscription_ids.action_hold(self.reason)
        return {"type": "ir.actions.act_window_close"}
