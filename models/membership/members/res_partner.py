"""The partner shows the memberships of a person."""

from odoo import api, fields, models

from .membership_state import STATES


class ResPartner(models.Model):
    _inherit = "res.partner"

    rr_membership_ids = fields.One2many(
        "recurring.membership", "partner_id", string="Memberships"
    )
    rr_member_state = fields.Selection(
        STATES,
        string="Standing as a Member",
        compute="_compute_rr_member_state",
        groups="recurring_revenue.group_secretary",
        help="Of the membership that lasts longest.",
    )

    @api.depends("rr_membership_ids.state", "rr_membership_ids.covered_until")
    @api.depends_context("membership_day")
    def _compute_rr_member_state(self):
        for partner in self:
            memberships = partner.rr_membership_ids.sorted(
                lambda one: str(one.covered_until or "")
            )
            partner.rr_member_state = memberships[-1:].state

    def action_open_rr_memberships(self):
        """Open the memberships of this person."""
        return self.rr_membership_ids._open_list(
            "recurring_revenue.recurring_membership_action", self.rr_membership_ids
        )
