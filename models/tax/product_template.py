from odoo import api, fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    rr_vat_nature_id = fields.Many2one(
        "recurring.vat.nature",
        string="VAT Nature",
        ondelete="restrict",
        help="What the product is for VAT. Empty: as its category says, else goods or "
        "a service by its type.",
    )
    rr_vat_nature_used_id = fields.Many2one(
        "recurring.vat.nature",
        string="VAT Nature Used",
        compute="_compute_rr_vat_nature_used_id",
    )

    @api.depends("rr_vat_nature_id", "categ_id.rr_vat_nature_id", "type")
    def _compute_rr_vat_nature_used_id(self):
        for product in self:
            product.rr_vat_nature_used_id = product._vat_nature()

    def _vat_nature(self):
        """Return the VAT nature: the product's own, its category's, its type's."""
        self.ensure_one()
        nature = self.rr_vat_nature_id or self.categ_id._vat_nature()
        if nature:
            return nature
        kind = "goods" if self.type == "consu" else "service"
        return self.env.ref(f"recurring_revenue.vat_nature_{kind}")
