from odoo import api, fields, models, tools


class AccountTax(models.Model):
    _inherit = "account.tax"

    rr_vat_made = fields.Boolean(
        string="Made by the VAT Set-up", copy=False, readonly=True
    )

    @api.model
    def _vat_out_of_scope_ids(self, company_ids):
        """Return the ids, as texts, of taxes that stand for "out of scope" (category O)
        in companies whose VAT is decided by rules."""
        return self._vat_out_of_scope(tuple(company_ids))

    @api.model
    @tools.ormcache("company_ids")
    def _vat_out_of_scope(self, company_ids):
        # sudo: of the taxes only their ids, for whoever may bill.
        found = self.sudo().search(
            [
                ("company_id", "in", company_ids),
                ("company_id.rr_vat_decides", "=", True),
                ("ubl_cii_tax_category_code", "=", "O"),
            ]
        )
        return frozenset(map(str, found.ids))

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        if "ubl_cii_tax_category_code" in vals:
            self.env.registry.clear_cache()
        return super().write(vals)
