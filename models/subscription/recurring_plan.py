from odoo import fields, models


class RecurringPlan(models.Model):
    _inherit = "recurring.plan"

    subscription_count = fields.Integer(
        string="Subscriptions", compute="_compute_subscription_count"
    )

    def _compute_subscription_count(self):
        counts = dict(
            self.env["recurring.subscription"]._read_group(
                [("plan_id", "in", self.ids), ("state", "!=", "closed")],
                ["plan_id"],
                ["__count"],
            )
        )
        for plan in self:
            plan.subscription_count = counts.get(plan, 0)

    def action_new_subscription(self):
        """Open a new subscription to this plan, not saved yet."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New subscription"),
            "res_model": "recurring.subscription",
            "views": [(False, "form")],
            "context": {"default_plan_id": self.id},
        }

    def action_view_subscriptions(self):
        """Open the subscriptions to this plan."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "recurring_revenue.recurring_subscription_action"
        )
        action["domain"] = [("plan_id", "=", self.id)]
        action["context"] = {"default_plan_id": self.id, "search_default_open": 1}
        return action
