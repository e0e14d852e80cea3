from odoo import api, fields, models


class RecurringSubscription(models.Model):
    """What IFRS 15 makes of a subscription, one click away."""

    _inherit = "recurring.subscription"

    rr_ifrs_count = fields.Integer(string="IFRS 15", compute="_compute_rr_ifrs_count")

    @api.depends("change_ids")
    def _compute_rr_ifrs_count(self):
        contracts = self.env["recurring.revenue.contract"]
        if not contracts.has_access("read"):
            self.rr_ifrs_count = 0
            return
        counts = dict(
            contracts._read_group(
                [("subscription_id", "in", self.ids), ("is_current", "=", True)],
                ["subscription_id"],
                ["__count"],
            )
        )
        for sub in self:
            sub.rr_ifrs_count = counts.get(sub, 0)

    def action_open_ifrs(self):
        """Measure and open the contracts by IFRS 15 of this subscription."""
        self.ensure_one()
        contracts = self.env["recurring.revenue.contract"]
        contracts.check_access("read")
        contracts._measure(self.company_id)
        current = contracts.search(
            [("subscription_id", "=", self.id), ("is_current", "=", True)]
        )
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("IFRS 15: %s", self.display_name),
            "res_model": contracts._name,
            "domain": [("subscription_id", "=", self.id)],
            "context": {"create": False, "search_default_current": 1},
            "views": [(False, "list"), (False, "form")],
        }
        if len(current) == 1:
            action.update(res_id=current.id, views=[(False, "form")])
        return action
