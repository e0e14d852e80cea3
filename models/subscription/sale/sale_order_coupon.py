"""A coupon on a quotation: foreseen, checked at the confirmation, then used."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ....engine.errors import EngineError
from ..coupons.subscription_coupons import STATES


class SaleOrder(models.Model):
    _inherit = "sale.order"

    rr_coupon_code = fields.Char(
        string="Coupon",
        copy=False,
        help="It is applied to the subscriptions that the confirmed order starts.",
    )
    rr_coupon_text = fields.Char(
        compute="_compute_rr_coupon_text",
        compute_sudo=True,
        help="What the coupon grants, or why it cannot be used.",
    )
    rr_coupon_refused = fields.Boolean(
        compute="_compute_rr_coupon_text", compute_sudo=True
    )

    @api.depends(
        "state",
        "rr_coupon_code",
        "partner_id",
        "currency_id",
        "source_id",
        "medium_id",
        "rr_start_date",
        "order_line.rr_charge_id",
    )
    @api.depends_context("lang")
    def _compute_rr_coupon_text(self):
        for order in self:
            refusal = False
            if order.rr_coupon_code and order._rr_is_quotation():
                try:
                    refusal = order._rr_coupon_error_message(order.order_line)
                except (EngineError, UserError):
                    refusal = False  # the plan itself cannot start: said elsewhere
            coupon = order._rr_coupon()
            order.rr_coupon_refused = bool(refusal)
            order.rr_coupon_text = refusal or coupon.terms_text or False

    def _rr_coupon(self):
        """Return the coupon that the order names, none where there is no such code."""
        coupons = self.env["recurring.coupon"]
        return coupons._with_code(self.rr_coupon_code, self.company_id)

    def _rr_coupon_error_message(self, lines):
        """Say why no subscription sold can use the coupon, False if one can."""
        if not self.rr_coupon_code or self.state == "sale":
            return False
        refusals = []
        for plan, sold_lines in lines.grouped("rr_plan_id").items():
            if plan:
                refusal = self._rr_coupon_refusal(self._rr_sold(plan, sold_lines))
                if not refusal:
                    return False
                refusals.append(refusal)
        if refusals:
            return refusals[0]
        return self.env._(
            "The coupon %s takes something off subscriptions, and this order sells "
            "none: remove it.",
            self.rr_coupon_code,
        )

    def _rr_coupon_refusal(self, subscription):
        return subscription._coupon_refusal(self.rr_coupon_code, self._rr_coupon())

    def _rr_usable_coupon(self, subscription):
        """Return the coupon that a subscription would use, none where it cannot."""
        if not self.rr_coupon_code or self._rr_coupon_refusal(subscription):
            return self.env["recurring.coupon"]
        return self._rr_coupon()

    def _rr_use_coupon(self, subscription):
        """Apply the order's coupon to a subscription that it starts, where it fits."""
        if self.rr_coupon_code and not self._rr_coupon_refusal(subscription):
            subscription._apply_coupon(self.rr_coupon_code)

    def _action_cancel(self):
        """A cancelled order gives its coupon back: nothing was billed with it."""
        result = super()._action_cancel()
        # sudo: as for the confirmation, the right on the order decides.
        uses = self.sudo().rr_subscription_ids.coupon_use_ids
        unused = uses.filtered(
            lambda use: use.subscription_id.state == "closed" and not use._is_redeemed()
        )
        unused._set_state(STATES, "removed", counted=False)
        return result
