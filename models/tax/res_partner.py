"""Who a customer is in the eyes of VAT law."""

from odoo import api, fields, models

from ...engine.vat import Customer
from .res_company import VAT_FACTS

STATUSES = [
    ("consumer", "Consumer"),
    ("business", "Business"),
    ("non_taxable", "Association or other body without taxable activity"),
    ("public", "Public body"),
]


class ResPartner(models.Model):
    _inherit = "res.partner"

    rr_vat_status = fields.Selection(
        STATUSES,
        string="Customer for VAT",
        compute="_compute_rr_vat_status",
        store=True,
        readonly=False,
        help="Proposed from what is known: a company is a business, somebody with a "
        "VAT number too.",
    )

    @api.depends("is_company", "vat", "parent_id", "company_registry", "country_id")
    def _compute_rr_vat_status(self):
        for partner in self:
            if partner.rr_vat_status in ("non_taxable", "public"):
                partner.rr_vat_status = partner.rr_vat_status
            else:
                partner.rr_vat_status = partner._vat_status_proposed()

    def write(self, vals):
        """A company's own address decides where it is established."""
        result = super().write(vals)
        # sudo: whether it is a company's address is asked, nothing is shown.
        if VAT_FACTS & vals.keys() and self.sudo().ref_company_ids:
            self.env.registry.clear_cache()
        return result

    def _vat_status_proposed(self):
        registry = "".join((self.company_registry or "").split())
        french = self.country_id.code in (False, "FR")
        if french and self.is_company and registry[:1] in ("1", "2"):
            # SIREN numbers that begin so are given to public bodies only.
            return "public"
        has_number = self.vat and self.vat.strip() not in ("", "/")
        return "business" if self.is_company or has_number else "consumer"

    def _vat_customer(self, address, book):
        """Return the engine's customer: this payer, served at ``address``."""
        self.ensure_one()
        payer = self.commercial_partner_id
        located = book.atlas.find(
            address.country_id.code or "",
            address.zip or "",
            address.state_id.code or "",
        )
        number, country = payer._vat_number_facts()
        return Customer(located, payer.rr_vat_status or "consumer", number, country)
