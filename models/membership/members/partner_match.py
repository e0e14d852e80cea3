"""What two spellings of one person's name share, so that duplicates are found."""

from odoo import api, fields, models

from ..names import match_name


class ResPartner(models.Model):
    _inherit = "res.partner"

    rr_match_name = fields.Char(
        string="Name to Compare",
        compute="_compute_rr_match_name",
        store=True,
        index="btree_not_null",
        help="Without accents, capitals, hyphens and order.",
    )

    @api.depends("name")
    def _compute_rr_match_name(self):
        for partner in self:
            partner.rr_match_name = match_name(partner.name) or False
