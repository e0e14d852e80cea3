from odoo import api, fields, models

from ..catalog.texts import number
from .texts import rating_texts


class RecurringSubscriptionLine(models.Model):
    _inherit = "recurring.subscription.line"

    partner_id = fields.Many2one(related="subscription_id.partner_id")
    plan_id = fields.Many2one(related="subscription_id.plan_id")
    state = fields.Selection(
        related="subscription_id.state", string="Subscription State"
    )

    @api.depends("amount_period", "price_source", "discount")
    @api.depends_context("lang")
    def _compute_price_explanation(self):
        for line in self:
            texts = [line.price_source] if line.price_source else []
            texts += rating_texts(self.env, line._rating(), line.currency_id)
            if line.discount:
                texts.append(self.env._("less %s %%", number(self.env, line.discount)))
            line.price_explanation = "\n".join(texts)

    @api.onchange("charge_id")
    def _onchange_charge_id(self):
        """Propose the quantity that the plan proposes."""
        if self.charge_id:
            self.quantity = self.charge_id.default_quantity or 1.0

    def action_open_subscription(self):
        """Open the subscription of this line."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "recurring.subscription",
            "res_id": self.subscription_id.id,
            "views": [(False, "form")],
        }
