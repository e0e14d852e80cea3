"""A coupon for whoever wants to leave."""

from odoo import fields, models


class RecurringPlan(models.Model):
    _inherit = "recurring.plan"

    retention_coupon_id = fields.Many2one(
        "recurring.coupon",
        string="Offer a Coupon",
        check_company=True,
        help="Proposed to whoever wants to leave this plan, where it can be used.",
    )


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    def _retention_offers(self):
        """Offer the plan's coupon to whom it is not refused."""
        offers = super()._retention_offers()
        coupon = self.plan_id.retention_coupon_id
        if coupon and not self._coupon_refusal(coupon.code, coupon):
            offers.append("coupon")
        return offers
