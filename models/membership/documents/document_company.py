"""What every document of an association shows of itself, and how days are said."""

import re

from odoo import fields, models
from odoo.tools.misc import format_date

from ...tax.company_legal import siren_of, spaced


class ResCompany(models.Model):
    _inherit = "res.company"

    rr_documents_signatory = fields.Char(
        string="Signatory of Attestations",
        help="Who signs attestations and letters: name and function, for instance "
        "“Marie Curie, secretary”.",
    )
    rr_documents_signature = fields.Binary(
        string="Signature on Attestations",
        attachment=True,
        help="A picture of the signature. Empty: room is left to sign by hand.",
    )
    rr_letter_text = fields.Html(
        string="Text of the Renewal Letter",
        translate=True,
        help="Stands in the renewal letter between the greeting and what is to be "
        "paid. Empty: the usual sentences.",
    )

    def _document_lang(self, partner):
        """Return the language of a document for a partner: theirs, else the
        association's, else that of the user."""
        # sudo: of the association's own card only the language is read.
        return partner.lang or self.sudo().partner_id.lang or self.env.lang or "en_US"

    def _letterhead(self):
        """Return what stands at the head of a document, as texts."""
        self.ensure_one()
        own = self.sudo()  # the association's own card, for whoever prints
        numbers = []
        if own.rr_rna:
            numbers.append(f"RNA {own.rr_rna}")
        if siren := siren_of(own.company_registry, own.vat):
            numbers.append(f"SIREN {spaced(siren)}")
        return {
            "name": own.name,
            "form": own.rr_legal_form or "",
            "address": own._rr_seat(),
            "street": ", ".join(filter(None, (own.street, own.street2))),
            "town": " ".join(filter(None, (own.zip, own.city))),
            "numbers": " – ".join(numbers),
            "contact": " – ".join(filter(None, (own.phone, own.email, own.website))),
            "logo": False if own.uses_default_logo else own.logo,
            "city": own.city or "",
            "signatory": own.rr_documents_signatory or "",
            "signature": own.rr_documents_signature,
        }

    def _address_lines(self, partner):
        """Return the lines of a postal address; the country only where it is another
        than the association's."""
        partner = partner.sudo()  # who may print a document may address it
        town = " ".join(filter(None, (partner.zip, partner.city)))
        abroad = partner.country_id != self.sudo().country_id
        country = partner.country_id.name if partner.country_id and abroad else ""
        parent = partner.parent_id.name if partner.parent_id else ""
        lines = (parent, partner.name, partner.street, partner.street2, town)
        return [line for line in (*lines, country.upper()) if line]


def long_day(env, day):
    """Return a day as a letter says it, in the language of ``env``.

    In French the first of a month is “1er”.
    """
    if not day:
        return ""
    text = format_date(env, day, date_format="long")
    if (env.lang or "").startswith("fr"):
        return re.sub(r"^1 ", "1er ", text)
    return text


def period_text(env, first, last):
    """Return the days of a membership, both included, in the language of ``env``; ""
    for what has none."""
    if not last:
        return ""
    return env._(
        "from %(first)s to %(last)s",
        first=long_day(env, first),
        last=long_day(env, last),
    )
