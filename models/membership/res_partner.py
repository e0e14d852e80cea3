"""The partner shows the memberships of a person."""

from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    rr_membership_ids = fields.One2many(
        "recurring.membership", "partner_id", string="Memberships"
    )
