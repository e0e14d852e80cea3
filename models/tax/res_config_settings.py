from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    rr_vat_check_days = fields.Integer(
        related="company_id.rr_vat_check_days", readonly=False
    )
