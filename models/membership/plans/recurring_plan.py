"""A plan may also be what an association asks its members for."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class RecurringPlan(models.Model):
    _inherit = "recurring.plan"

    rr_kind = fields.Selection(
        [("subscription", "Subscription"), ("membership", "Membership")],
        string="Sold As",
        default="subscription",
        required=True,
        help="A membership has categories, seasons and dues that are called; a "
        "subscription is invoiced.",
    )
    rr_membership_ids = fields.One2many(
        "recurring.membership", "plan_id", string="Memberships"
    )

    @api.constrains("rr_kind")
    def _check_kind(self):
        for plan in self:
            wrong = (
                plan.rr_membership_ids
                if plan.rr_kind != "membership"
                else self.env["recurring.subscription"]
                .sudo()  # whoever changes a plan need not see every subscription
                .search([("plan_id", "=", plan.id)], limit=1)
            )
            if wrong:
                raise UserError(
                    self.env._(
                        "%(plan)s is in use by %(record)s: make another plan instead.",
                        plan=plan.name,
                        record=wrong[:1].display_name,
                    )
                )


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    @api.constrains("plan_id")
    def _check_plan_kind(self):
        for subscription in self:
            plan = subscription.plan_id
            if plan.rr_kind == "membership":
                raise UserError(
                    self.env._(
                        "%s is a membership: add a member instead of a subscription.",
                        plan.name,
                    )
                )
