from odoo import fields, models


class ProductCategory(models.Model):
    _inherit = "product.category"

    rr_vat_nature_id = fields.Many2one(
        "recurring.vat.nature",
        string="VAT Nature",
        ondelete="restrict",
        help="What the products of this category are for VAT, unless they or a "
        "category below say otherwise.",
    )

    def _vat_nature(self):
        """Return the nature of the category, or of the nearest one above it."""
        category = self
        while category:
            if category.rr_vat_nature_id:
                return category.rr_vat_nature_id
            category = category.parent_id
        return self.rr_vat_nature_id
