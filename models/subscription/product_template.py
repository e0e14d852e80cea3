from odoo import fields, models

from .recurring_subscription import RUNNING


class ProductTemplate(models.Model):
    _inherit = "product.template"

    rr_subscription_count = fields.Integer(
        string="Running Subscriptions", compute="_compute_rr_subscription_count"
    )

    def _rr_running_lines_domain(self):
        """The lines that charge one of these products today or later."""
        return [
            ("product_id.product_tmpl_id", "in", self.ids),
            ("subscription_id.state", "in", RUNNING),
            "|",
            ("end_date", "=", False),
            ("end_date", ">", fields.Date.context_today(self)),
        ]

    def _compute_rr_subscription_count(self):
        self.rr_subscription_count = 0
        lines = self.env["recurring.subscription.line"]
        found = lines._read_group(
            self._rr_running_lines_domain(), ["product_id", "subscription_id"]
        )
        pairs = {(product.product_tmpl_id, sub) for product, sub in found}
        for template, _sub in pairs:
            template.rr_subscription_count += 1

    def action_view_rr_subscriptions(self):
        """Open the running subscriptions that charge this product."""
        lines = self.env["recurring.subscription.line"].search(
            self._rr_running_lines_domain()
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "recurring_revenue.recurring_subscription_action"
        )
        action["domain"] = [("id", "in", lines.subscription_id.ids)]
        action["context"] = {}
        return action
