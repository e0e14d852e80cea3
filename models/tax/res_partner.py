"""Who a customer is in the eyes of VAT law."""

from odoo import api, fields, models

from ...engine.errors import EngineError
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

    rr_vat_status_by_hand = fields.Boolean(
        string="Kind of Customer Chosen",
        help="The customer's kind was chosen, other than proposed: it stays.",
    )
    rr_vat_place_doubt = fields.Char(
        string="What Is Odd about the Place",
        compute="_compute_rr_vat_place_doubt",
        store=True,
    )

    @api.depends("is_company", "vat", "parent_id", "company_registry", "country_id")
    def _compute_rr_vat_status(self):
        for partner in self:
            if partner.rr_vat_status_by_hand:
                partner.rr_vat_status = partner.rr_vat_status
            else:
                partner.rr_vat_status = partner._vat_status_proposed()

    @api.depends("country_id", "zip", "state_id")
    def _compute_rr_vat_place_doubt(self):
        try:
            atlas = self.env["recurring.vat.rule"]._book().atlas
        except EngineError:
            # A table that contradicts itself keeps nobody from writing an address.
            self.rr_vat_place_doubt = False
            return
        for partner in self:
            partner.rr_vat_place_doubt = partner._vat_located(atlas).warning or False

    def _vat_located(self, atlas):
        """Return where the engine finds this address."""
        return atlas.find(
            self.country_id.code or "", self.zip or "", self.state_id.code or ""
        )

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        for partner, vals in zip(partners, vals_list, strict=True):
            if vals.get("rr_vat_status"):
                partner._note_status_by_hand()
        return partners

    def write(self, vals):
        result = super().write(vals)
        if vals.get("rr_vat_status"):
            for partner in self:
                partner._note_status_by_hand()
        if VAT_FACTS & vals.keys() and self.sudo().ref_company_ids:
            # sudo: whether it is the address of one of our companies, nothing else.
            self.env.registry.clear_cache()
        return result

    def _note_status_by_hand(self):
        chosen = self.rr_vat_status != self._vat_status_proposed()
        if chosen != self.rr_vat_status_by_hand:
            self.rr_vat_status_by_hand = chosen

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
        located = address._vat_located(book.atlas)
        number, country = payer._vat_number_facts()
        return Customer(located, payer.rr_vat_status or "consumer", number, country)

    def _vat_address(self, address):
        """Return the address that decides: an address without country is where the
        payer is."""
        return address if address.country_id else self.commercial_partner_id
