from odoo import models

from ..exact import exact
from .cii import write_facts, write_period
from .cii_lines import write_lines
from .xml_nodes import parse, serialize

# Of XRechnung, the German rules: BR-DE-1, BR-DE-6, BR-DE-7; and a VAT number, which
# a small business or an association need not have.
NOT_IN_FRANCE = (
    "seller_payment_instructions_1",
    "seller_payment_instructions_2",
    "seller_phone",
    "seller_email",
)


class AccountEdiXmlCii(models.AbstractModel):
    """Factur-X as the rules want it: EN 16931, and BR-FR on French invoices."""

    _inherit = "account.edi.xml.cii"

    def _export_invoice(self, invoice):
        content, errors = super()._export_invoice(invoice)
        tree = parse(content)
        write_period(tree, invoice._rr_einvoice_period())
        if invoice._rr_einvoice_is_french():
            write_facts(tree, invoice._rr_einvoice_facts())
            write_lines(tree, _line_amounts(invoice))
        return serialize(tree), errors

    def _export_invoice_constraints(self, invoice, vals):
        constraints = super()._export_invoice_constraints(invoice, vals)
        if invoice._rr_einvoice_is_french():
            for name in NOT_IN_FRANCE:
                constraints.pop(name, None)
            if invoice.company_id.partner_id._rr_einvoice_siren():
                constraints.pop("seller_identifier", None)
            lines = invoice._rr_einvoice_lines()
            if all(line._rr_einvoice_category() != "L" for line in lines):
                # The Canaries' own tax is charged by whoever is established there.
                constraints.pop("igic_tax_rate", None)
        return constraints


def _line_amounts(invoice):
    """Return (as Odoo exports it, as it adds up, before discount) of each line."""
    base_lines, _taxes = invoice._get_rounded_base_and_tax_lines()
    rounded = {base["record"]: base["tax_details"] for base in base_lines}
    amounts = []
    for line in invoice._rr_einvoice_lines():
        right = gross = None
        if details := rounded.get(line):
            right = exact(
                line.currency_id.round(
                    details["total_excluded_currency"]
                    + details["delta_total_excluded_currency"]
                )
            )
        if line.discount:
            vals = line._prepare_edi_vals_to_export()
            gross = exact(vals["price_subtotal_before_discount"])
        odoo = exact(line.price_subtotal)
        amounts.append((odoo, odoo if right is None else right, gross))
    return amounts
