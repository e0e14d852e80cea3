"""Who a receipt is for: what it must say of the donor, and what is missing."""

from odoo import fields, models

from ...tax.company_legal import siren_of
from ...tax.partner_registry import WITH_SIREN

MONTHS = [
    ("1", "January"),
    ("2", "February"),
    ("3", "March"),
    ("4", "April"),
    ("5", "May"),
    ("6", "June"),
    ("7", "July"),
    ("8", "August"),
    ("9", "September"),
    ("10", "October"),
    ("11", "November"),
    ("12", "December"),
]


class ResPartner(models.Model):
    _inherit = "res.partner"

    rr_legal_form = fields.Char(
        string="Legal Form",
        help="Of a company that gives, as its tax receipt says it: SAS, SARL, "
        "association.",
    )
    rr_year_ends = fields.Selection(
        MONTHS,
        string="Financial Year Ends In",
        help="Of a company that gives: no tax receipt spans two of its financial "
        "years. Empty: December.",
    )

    rr_receipt_count = fields.Integer(
        string="Tax Receipts",
        compute="_compute_rr_receipt_count",
        groups="recurring_revenue.group_treasurer",
    )

    def _compute_rr_receipt_count(self):
        groups = self.env["recurring.tax.receipt"]._read_group(
            [("partner_id", "in", self.ids)], ["partner_id"], ["__count"]
        )
        counts = dict(groups)
        for partner in self:
            partner.rr_receipt_count = counts.get(partner._origin, 0)

    def action_open_tax_receipts(self):
        """Open the tax receipts of this donor, cancelled ones too."""
        self.ensure_one()
        receipts = self.env["recurring.tax.receipt"].search(
            ["|", ("partner_id", "=", self.id), ("joint_partner_id", "=", self.id)]
        )
        return receipts._open()

    def _receipt_donor(self, company, lang):
        """Return what a receipt says of this donor, without the joint one.

        An address without a country is one in the association's own.

        :param lang: of the receipt, for the country's name
        """
        self.ensure_one()
        country = (self.country_id or company.country_id).with_context(lang=lang)
        return {
            "donor_kind": self._receipt_kind(),
            "donor_name": self.name,
            "donor_legal_form": self.is_company and self.rr_legal_form,
            "donor_siren": self.is_company
            and siren_of(self.company_registry, self.vat),
            "donor_street": ", ".join(filter(None, (self.street, self.street2))),
            "donor_town": " ".join(filter(None, (self.zip, self.city))),
            "donor_country": country.name,
        }

    def _receipt_kind(self):
        return "company" if self.is_company else "person"

    def _receipt_missing(self):
        """Return the words for what a receipt must say of this donor and is unknown."""
        self.ensure_one()
        env, missing = self.env, []
        if not (self.name or "").strip():
            missing.append(env._("name"))
        if not self.street:
            missing.append(env._("street"))
        # Some countries have no postal codes.
        if not self.zip and (not self.country_id or self.country_id.zip_required):
            missing.append(env._("postal code"))
        if not self.city:
            missing.append(env._("town"))
        if self.is_company:
            french = not self.country_id or self.country_id.code in WITH_SIREN
            if french and not siren_of(self.company_registry, self.vat):
                missing.append(env._("SIREN"))
            if not self.rr_legal_form:
                missing.append(env._("legal form"))
        return missing
