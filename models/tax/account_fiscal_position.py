from odoo import fields, models


class AccountFiscalPosition(models.Model):
    """A fiscal position is what a VAT decision is carried out by."""

    _inherit = "account.fiscal.position"

    rr_vat_treatments = fields.Char(
        string="VAT Treatments",
        copy=False,
        help="The decisions that this position carries out, parted by spaces; set by "
        "the VAT set-up.",
    )
    rr_vat_territory = fields.Char(
        string="VAT Territory",
        copy=False,
        help="The territory whose rates it applies, where there is one position each.",
    )

    def _vat_taxes(self, decision, own, supply):
        """Return the taxes of a line for a decision: the position's own mapping, or
        what it offers at the decided rate.

        Empty where it has no tax of that rate.

        :param own: the product's taxes; ``supply`` the engine's supply
        """
        wanted = float(decision.rate or 0)
        mapped = self.map_tax(own)
        if mapped and rate_of(mapped) == wanted:
            return mapped
        scope = "consu" if supply.kind == "goods" else "service"
        included = bool(own) and all(own.mapped("price_include"))
        offered = self.tax_ids.filtered(
            lambda tax: tax.type_tax_use == "sale" and rate_of(tax) == wanted
        ).sorted(
            lambda tax: (
                tax.tax_scope != scope,
                tax.price_include != included,
                tax.sequence,
                tax.id,
            )
        )
        return offered[:1]


def rate_of(taxes):
    """Return the percentages of taxes, added up."""
    percents = taxes.flatten_taxes_hierarchy().filtered(
        lambda tax: tax.amount_type == "percent"
    )
    return round(sum(percents.mapped("amount")), 4)
