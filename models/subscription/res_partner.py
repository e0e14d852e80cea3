from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    rr_subscription_count = fields.Integer(
        string="Subscriptions", compute="_compute_rr_subscription_count"
    )

    def _compute_rr_subscription_count(self):
        """Count what is not closed, of the customer and of its contacts."""
        self.rr_subscription_count = 0
        partners = self.with_context(active_test=False)
        below = partners.search([("id", "child_of", self.ids)])
        counts = self.env["recurring.subscription"]._read_group(
            [("partner_id", "in", below.ids), ("state", "!=", "closed")],
            ["partner_id"],
            ["__count"],
        )
        asked = set(self.ids)
        for partner, count in counts:
            while partner:
                if partner.id in asked:
                    partner.rr_subscription_count += count
                partner = partner.parent_id

    def action_view_rr_subscriptions(self):
        """Open the subscriptions of this customer and its contacts."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "recurring_revenue.recurring_subscription_action"
        )
        action["domain"] = [("partner_id", "child_of", self.id)]
        action["context"] = {
            "default_partner_id": self.id,
            "search_default_open": 1,
        }
        return action
