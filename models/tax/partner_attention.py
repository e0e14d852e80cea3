"""Customers whose numbers need somebody: which number, and what to do about it."""

from odoo import api, fields, models
from odoo.fields import Domain

from .number_texts import fault_text
from .numbers import CHECKED_BY_VIES, vat_finding
from .vat_sentences import WARNINGS

# The most urgent first: a customer is listed with one thing to do at a time.
ATTENTION = [
    ("refused", "VAT number refused"),
    ("malformed", "VAT number wrong"),
    ("missing", "VAT number missing"),
    ("place", "Place in doubt"),
    ("unverified", "VAT number not confirmed"),
    ("registry", "SIREN or SIRET wrong"),
    ("contradiction", "SIREN and VAT number differ"),
    ("rna", "RNA wrong"),
    ("iban", "IBAN wrong"),
]


class ResPartner(models.Model):
    _inherit = "res.partner"

    rr_number_attention = fields.Selection(
        ATTENTION,
        string="To Settle",
        compute="_compute_rr_number_attention",
        search="_search_rr_number_attention",
    )
    rr_number_advice = fields.Char(
        string="What to Do", compute="_compute_rr_number_advice"
    )
    rr_is_recurring_payer = fields.Boolean(
        string="Pays for Subscriptions",
        compute="_compute_rr_is_recurring_payer",
        search="_search_rr_is_recurring_payer",
    )
    rr_vies_can_know = fields.Boolean(
        string="VIES Can Know the Number", compute="_compute_rr_vies_can_know"
    )

    @api.depends_context("company")
    @api.depends(
        "rr_vat_number_state",
        "rr_vat_status",
        "country_id",
        "rr_vat_place_doubt",
        "rr_registry_fault",
        "rr_rna_fault",
        "bank_ids.rr_iban_fault",
    )
    def _compute_rr_number_attention(self):
        self.rr_number_attention = False
        for code, _label in reversed(ATTENTION):
            found = self.filtered_domain(self._attention_domain(code))
            found.rr_number_attention = code

    def _search_rr_number_attention(self, operator, value):
        if operator != "in":
            return NotImplemented
        codes = [code for code, _label in ATTENTION]
        wanted = [self._attention_domain(code) for code in codes if code in value]
        if False in value:
            any_of_them = Domain.OR([self._attention_domain(code) for code in codes])
            wanted.append(~any_of_them)
        return Domain.OR(wanted)

    def _attention_domain(self, code):
        """Return who needs attention for a reason of ``ATTENTION``."""
        company = self.env.company
        home = (company.account_fiscal_country_id or company.country_id).code
        abroad = sorted(CHECKED_BY_VIES - {home})
        state = Domain("rr_vat_number_state", "=", code)
        if code in ("refused", "malformed"):
            return state
        if code == "unverified":
            return Domain("rr_vat_number_state", "=", "plausible") & Domain(
                "rr_vat_number_country", "in", abroad
            )
        holder = Domain("parent_id", "=", False) | Domain("is_company", "=", True)
        if code == "place":
            return holder & Domain("rr_vat_place_doubt", "!=", False)
        if code == "missing":
            return (
                holder
                & Domain("rr_vat_status", "=", "business")
                & Domain("country_id.code", "in", abroad)
                & Domain("rr_vat_number_state", "in", [False, "none"])
            )
        if code == "registry":
            return Domain("rr_registry_fault", "not in", [False, "registry_vat"])
        if code == "contradiction":
            return Domain("rr_registry_fault", "=", "registry_vat")
        if code == "rna":
            return Domain("rr_rna_fault", "!=", False)
        return Domain("bank_ids.rr_iban_fault", "!=", False)

    @api.depends("rr_number_attention")
    @api.depends_context("lang", "company")
    def _compute_rr_number_advice(self):
        for partner in self:
            code = partner.rr_number_attention
            partner.rr_number_advice = partner._number_advice(code) if code else False

    def _number_advice(self, code):
        """Return what is wrong and what to do, in a sentence or two."""
        if code == "refused":
            return self.env._(
                "The register does not know it: %s. VAT is charged. Ask the customer "
                "for the right number, or ask again: new numbers appear late.",
                self._vat_number_sentence(),
            )
        if code == "malformed":
            finding = vat_finding(self.vat, self.country_id.code or "")
            return fault_text(self.env, finding)
        if code == "missing":
            return self.env._(
                "A business of another member state without a VAT number is charged "
                "VAT like a consumer. Ask the customer for the number."
            )
        if code == "place":
            return self.env._(WARNINGS[self.rr_vat_place_doubt])
        if code == "unverified":
            return self._unverified_advice()
        if code in ("registry", "contradiction"):
            return self.rr_registry_message
        if code == "rna":
            return self.rr_rna_message
        return self.bank_ids.filtered("rr_iban_fault")[:1]._iban_sentence()

    def _unverified_advice(self):
        if self.rr_vat_retry_on:
            return self.env._(
                "VIES does not answer; it is asked again in the background. What the "
                "VAT regime says of unconfirmed numbers holds until then."
            )
        if not self.rr_is_recurring_payer:
            return self.env._(
                "Nobody asked VIES yet: customers without subscriptions are asked "
                "about by the button only."
            )
        return self.env._(
            "Nobody asked VIES yet: the next hour does it, or the button now."
        )

    def _compute_rr_is_recurring_payer(self):
        domain = self._paying_domain(self.env.companies)
        payers = self.search(Domain("id", "in", self.ids) & domain)
        for partner in self:
            partner.rr_is_recurring_payer = partner in payers

    def _search_rr_is_recurring_payer(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = self._paying_domain(self.env.companies)
        return domain if True in value else ~domain

    @api.depends("rr_vat_number_state", "rr_vat_number_country")
    def _compute_rr_vies_can_know(self):
        for partner in self:
            right = partner.rr_vat_number_state not in ("none", "malformed", False)
            known = partner.rr_vat_number_country in CHECKED_BY_VIES
            partner.rr_vies_can_know = right and known

    def action_record_rr_vat_answer(self):
        """Record by hand what another register answered about the VAT number."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Record an Answer"),
            "res_model": "recurring.vat.check",
            "view_mode": "form",
            "target": "new",
            "context": {"default_partner_id": self.commercial_partner_id.id},
        }
