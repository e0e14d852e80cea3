from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    rr_vat_check_days = fields.Integer(
        related="company_id.rr_vat_check_days", readonly=False
    )
    rr_wordings_wanted = fields.Boolean(
        string="New Wordings Wanted", compute="_compute_rr_wordings_wanted"
    )

    def _compute_rr_wordings_wanted(self):
        wanted = [("needs_wording", "=", True)]
        found = self.env["recurring.vat.mention"].search_count(wanted, limit=1)
        self.rr_wordings_wanted = bool(found)

    def action_rr_wordings_wanted(self):
        """Open the mentions whose wording ends soon, or that have none."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "recurring_revenue.recurring_vat_mention_action"
        )
        return {**action, "context": {"search_default_needs": 1}}
