"""What the law wants a company to say of itself on its invoices."""

import re

from stdnum.fr import siren as siren_check

from odoo import fields, models

from .number_texts import fault_text
from .numbers import registry_finding

# What a wording needs of the company, by legal kind.
NEEDED = {
    "company": ("form", "capital", "city", "siren"),
    "sole": ("form", "siren"),
    "association": ("form", "register"),
    "other": ("form", "siren"),
}
LEGAL_KINDS = [
    ("company", "Company with a share capital"),
    ("sole", "Sole trader"),
    ("association", "Association or foundation"),
    ("other", "Other"),
]
PENALTIES = [
    ("legal", "Three times the legal interest rate"),
    ("ecb", "Rate of the European Central Bank plus 10 points"),
    ("own", "As written below"),
]
RNA = re.compile(r"^W[0-9A-Z]{9}$")


def siren_of(registry, vat=""):
    """Return the SIREN in a SIRET, a SIREN or a French VAT number; "" without one.

    >>> siren_of("732 829 320 00074"), siren_of("", "FR40303265045")
    ('732829320', '303265045')
    """
    digits = re.sub(r"\W", "", registry or "")
    if len(digits) in (9, 14) and siren_check.is_valid(digits[:9]):
        return digits[:9]
    vat = re.sub(r"\W", "", vat or "").upper()
    if vat.startswith("FR") and siren_check.is_valid(vat[4:]):
        return vat[4:]
    return ""


def spaced(siren):
    """Return a SIREN as it is read: 732 829 320."""
    return "\N{NO-BREAK SPACE}".join(
        siren[start : start + 3] for start in range(0, len(siren), 3)
    )


class ResCompany(models.Model):
    _inherit = "res.company"

    rr_legal_kind = fields.Selection(LEGAL_KINDS, string="Kind of Seller")
    rr_legal_form = fields.Char(
        string="Legal Form",
        help="As it is to be printed: SAS, SARL, Entrepreneur individuel (EI), "
        "Association loi 1901.",
    )
    rr_share_capital = fields.Monetary(string="Share Capital")
    rr_register_city = fields.Char(
        string="RCS of", help="The city of the trade register that keeps the company."
    )
    rr_rna = fields.Char(related="partner_id.rr_rna", readonly=False)
    rr_penalties = fields.Selection(
        PENALTIES,
        string="Late Payment",
        required=True,
        default="legal",
        help="The rate of penalties; at least three times the legal interest rate.",
    )
    rr_penalty_text = fields.Char(string="Penalties in Your Words")
    rr_penalty_text_en = fields.Char(string="Penalties in English")
    rr_discount_text = fields.Char(
        string="Early-Payment Discount",
        help="Empty: the invoice says that there is none, or what the payment terms "
        "grant.",
    )
    rr_discount_text_en = fields.Char(string="Discount in English")

    def _rr_legal_content(self):
        """Return what invoices say of the company, as data: words come when they are
        printed, in the customer's language."""
        self.ensure_one()
        # sudo: the company's own card, for whoever may post its invoices.
        own = self.sudo()
        return {
            "name": own.name,
            "kind": own.rr_legal_kind or "",
            "form": own.rr_legal_form or "",
            "capital": own.currency_id.round(own.rr_share_capital),
            "currency": own.currency_id.id,
            "city": own.rr_register_city or "",
            "rna": own.rr_rna or "",
            "siren": siren_of(own.company_registry, own.vat),
            "vat": own.vat or "",
            "address": own._rr_seat(),
            "penalties": own.rr_penalties,
            "penalty_text": own.rr_penalty_text or "",
            "penalty_text_en": own.rr_penalty_text_en or "",
            "discount_text": own.rr_discount_text or "",
            "discount_text_en": own.rr_discount_text_en or "",
        }

    def _rr_seat(self):
        town = " ".join(filter(None, (self.zip, self.city)))
        return ", ".join(filter(None, (self.street, self.street2, town)))

    def _rr_legal_missing(self, typed=None):
        """Return what the law wants on invoices and nobody filled in, in words.

        :param dict typed: what stands in a form and is not saved yet, by the names of
            `_rr_legal_content`, and the number of the trade register as ``registry``
        """
        self.ensure_one()
        own, env = self.sudo(), self.env  # sudo: as in `_rr_legal_content`
        data = self._rr_legal_content() | {"registry": own.company_registry or ""}
        data |= typed or {}
        texts = {
            "kind": env._("Kind of seller: company, sole trader or association"),
            "address": env._("Address of the company"),
            "form": env._("Legal form"),
            "capital": env._("Share capital"),
            "city": env._("City of the trade register (RCS)"),
            "siren": env._("SIREN or SIRET of the company"),
            "register": env._("RNA number or SIREN of the association"),
        }
        known = {**data, "register": data["rna"] or data["siren"]}
        if "address" not in (typed or {}):
            known["address"] = own.street and own.city
        needed = ("kind", "address", *NEEDED.get(data["kind"], ("siren",)))
        missing = [texts[name] for name in needed if not known[name]]
        if not data["vat"] and self._rr_needs_vat_number():
            missing.append(env._("VAT number of the company"))
        if data["penalties"] == "own" and not data["penalty_text"]:
            missing.append(env._("Wording of the penalties for late payment"))
        return missing + self._rr_legal_wrong(data)

    def _rr_legal_wrong(self, data):
        """Return what was filled in and cannot be right, in words."""
        wrong = []
        finding = registry_finding(data["registry"])
        if finding and finding.fault:
            wrong.append(
                self.env._(
                    "SIREN or SIRET %(number)s: %(fault)s",
                    number=data["registry"],
                    fault=fault_text(self.env, finding),
                )
            )
        if data["rna"] and not RNA.match(data["rna"]):
            wrong.append(
                self.env._(
                    "%s is not an RNA number: W and nine characters", data["rna"]
                )
            )
        return wrong

    def _rr_needs_vat_number(self):
        regime = self._vat_registration(fields.Date.context_today(self)).regime
        return (regime or "normal") in ("normal", "association_partial")

    def _rr_legal_note(self, code, move):
        """Return a note of an electronic invoice: PMT the 40 EUR indemnity, PMD the
        penalties, AAB the early-payment discount (AFNOR XP Z12-012, BR-FR-05), or the
        mention of a VAT decision.

        In the words and the language of the printed invoice; "" where the mention does
        not belong on it, or no wording is known.
        """
        self.ensure_one()
        words = {
            "PMT": move._rr_indemnity_text,
            "PMD": move._rr_penalties_text,
            "AAB": move._rr_discount_text,
        }
        return words[code]() if code in words else move._rr_mention_text(code)
