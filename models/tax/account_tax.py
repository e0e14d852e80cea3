from odoo import fields, models


class AccountTax(models.Model):
    _inherit = "account.tax"

    rr_vat_made = fields.Boolean(
        string="Made by the VAT Set-up", copy=False, readonly=True
    )
