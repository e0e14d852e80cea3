from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    rr_revenue_nature_id = fields.Many2one(
        "recurring.revenue.nature",
        string="Nature of Revenue",
        help="Decides by which policy the revenue is recognised. Empty: by the role of "
        "the charge (a service over a period, a fee once, usage).",
    )
