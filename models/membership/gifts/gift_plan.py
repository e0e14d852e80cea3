"""A plan may also be what donors promise to give, again and again."""

from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class RecurringPlan(models.Model):
    _inherit = "recurring.plan"

    rr_kind = fields.Selection(
        selection_add=[("donation", "Recurring gift")],
        ondelete={"donation": "set default"},
    )

    @api.constrains("rr_kind")
    def _check_donation_kind(self):
        for plan in self.filtered(lambda one: one.rr_kind != "donation"):
            # sudo: whoever changes a plan need not see who gives.
            pledges = self.env["recurring.gift.pledge"].sudo()
            found = pledges.search([("plan_id", "=", plan.id)], limit=1)
            if found:
                raise UserError(
                    self.env._(
                        "%(plan)s is in use by %(record)s: make another plan instead.",
                        plan=plan.name,
                        record=found.display_name,
                    )
                )

    @api.model
    def _make_gift_plan(self, company, product):
        """Make and publish a plan for a free amount each month.

        :param product: what gifts are booked by
        """
        plan = self.create(
            {
                "name": self.env._("Monthly gift"),
                "rr_kind": "donation",
                "company_id": company.id,
            }
        )
        draft = plan.draft_version_id
        draft.write(
            {
                "currency_id": company.currency_id.id,
                "charge_ids": [
                    Command.create(
                        {
                            "name": self.env._("Gift"),
                            "product_id": product.id,
                            "unit_price": 1.0,
                            "rr_free_amount": True,
                            "rr_is_gift": True,
                        }
                    )
                ],
            }
        )
        draft.action_publish()
        return plan


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    @api.constrains("plan_id")
    def _check_plan_no_gift(self):
        for subscription in self:
            if subscription.plan_id.rr_kind == "donation":
                raise UserError(
                    self.env._(
                        "%s is for gifts: a gift is promised, it is never invoiced.",
                        subscription.plan_id.name,
                    )
                )
