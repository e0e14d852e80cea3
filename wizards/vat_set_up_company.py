"""The set-up's page about the company: who it is, and what its invoices say of paying.

Copies of the company's own fields, written back when the page is left.
"""

from odoo import api, fields, models

from ..models.tax.company_legal import LEGAL_KINDS, PENALTIES, siren_of
from .vat_set_up import OF_COMPANY


class RecurringVatSetUp(models.TransientModel):
    _inherit = "recurring.vat.set.up"

    street = fields.Char()
    zip = fields.Char(string="Postcode")
    city = fields.Char()
    company_registry = fields.Char(string="SIRET or SIREN")
    vat = fields.Char(string="VAT Number")
    rr_legal_kind = fields.Selection(
        LEGAL_KINDS,
        string="Kind of Seller",
    )
    rr_legal_form = fields.Char(string="Legal Form")
    rr_share_capital = fields.Monetary(string="Share Capital")
    rr_register_city = fields.Char(string="RCS of")
    rr_rna = fields.Char(string="RNA Number")
    rr_penalties = fields.Selection(
        PENALTIES,
        string="Late Payment",
        required=True,
        default="legal",
    )
    rr_penalty_text = fields.Char(string="Penalties in Your Words")
    rr_penalty_text_en = fields.Char(string="Penalties in English")
    rr_discount_text = fields.Char(string="Early-Payment Discount")
    rr_discount_text_en = fields.Char(string="Discount in English")
    rr_vat_price_policy = fields.Selection(
        [
            ("net", "The price without tax stays"),
            ("gross", "The price with tax stays"),
        ],
        string="When VAT Changes with the Customer",
        required=True,
        default="net",
        help="For prices that include tax: 120.00 with 20 % becomes 119.00 with 19 % "
        "where the price without tax stays, and stays 120.00 otherwise.",
    )
    missing_text = fields.Text(compute="_compute_missing_text")

    @api.depends("company_id", "step", *OF_COMPANY)
    @api.depends_context("lang")
    def _compute_missing_text(self):
        for wizard in self:
            typed = wizard._typed() if wizard.step == "legal" else None
            missing = wizard.company_id._rr_legal_missing(typed)
            wizard.missing_text = "\n".join(f"• {text}" for text in missing)

    def _typed(self):
        """Return what stands in the form, as `_rr_legal_missing` wants it: what is
        missing is said while one types."""
        self.ensure_one()
        return {
            "kind": self.rr_legal_kind or "",
            "form": self.rr_legal_form or "",
            "capital": self.rr_share_capital,
            "city": self.rr_register_city or "",
            "rna": self.rr_rna or "",
            "registry": self.company_registry or "",
            "siren": siren_of(self.company_registry, self.vat),
            "vat": self.vat or "",
            "address": self.street and self.city,
            "penalties": self.rr_penalties,
            "penalty_text": self.rr_penalty_text or "",
        }

    def _save_company(self):
        company = self.company_id
        values = {
            name: self[name]
            for name in OF_COMPANY
            if (self[name] or False) != (company[name] or False)
        }
        if values:
            # sudo: who sets up VAT for the company (checked above, and by the access
            # to this wizard) writes these fields of its card, and no others.
            company.sudo().write(values)
