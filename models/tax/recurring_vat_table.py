from odoo import api, models


class RecurringVatTable(models.AbstractModel):
    """A table that VAT decisions are made from: what is remembered of it is forgotten
    when it changes."""

    _name = "recurring.vat.table"
    _description = "Table of VAT Decisions"

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()
