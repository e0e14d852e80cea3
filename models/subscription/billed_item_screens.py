from odoo import api, models


class RecurringBilledItem(models.Model):
    _inherit = "recurring.billed.item"

    @api.depends("subscription_id.name", "sequence")
    def _compute_display_name(self):
        for row in self:
            row.display_name = self.env._(
                "%(subscription)s, no. %(number)s",
                subscription=row.subscription_id.name,
                number=row.sequence,
            )

    def action_why(self):
        """Explain this row: price and where it came from, days, tiers, taxes."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why this amount?"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [
                (
                    self.env.ref("recurring_revenue.recurring_billed_item_view_why").id,
                    "form",
                )
            ],
            "target": "new",
        }
