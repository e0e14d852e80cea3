from odoo import api, fields, models


class RecurringCancelWizard(models.TransientModel):
    """A coupon is one more thing to offer before somebody leaves."""

    _inherit = "recurring.cancel.wizard"

    offer_coupon_id = fields.Many2one(
        related="subscription_id.plan_id.retention_coupon_id"
    )
    offers_coupon = fields.Boolean(compute="_compute_offers")

    @api.depends("subscription_id")
    def _compute_offers(self):
        result = super()._compute_offers()
        for wizard in self:
            wizard.offers_coupon = "coupon" in wizard._offers()
        return result

    def action_take_coupon(self):
        """They take the coupon: show what it does to the next invoice."""
        self.ensure_one()
        action = self.subscription_id.action_open_coupon()
        action["context"] = {
            **action["context"],
            "default_code": self.offer_coupon_id.code,
            "default_offered": ",".join(self._offers()),
        }
        return action
