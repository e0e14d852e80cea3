from odoo import models


class AccountMove(models.Model):
    """Electronic invoices carry the service period of each line.

    Factur-X reads the two fields from the line; UBL reads them from the dictionary
    that the line is turned into for the tax computation.
    """

    _inherit = "account.move"

    def _prepare_product_base_line_for_taxes_computation(self, product_line):
        base_line = super()._prepare_product_base_line_for_taxes_computation(
            product_line
        )
        base_line["deferred_start_date"] = product_line.deferred_start_date
        base_line["deferred_end_date"] = product_line.deferred_end_date
        return base_line
