"""The words that the law wants, by code and day: the least that is needed."""

from datetime import date

from odoo import models

from ...engine.dated import Dated, DatedTable

LANGUAGES = ("fr", "en")
# code -> French, English. Sources: C. com. L441-10, D441-5 (PMT, PMD); L441-9 (AAB).
WORDINGS = {
    "PMT": (
        "Indemnité forfaitaire pour frais de recouvrement en cas de retard de "
        "paiement : 40 €.",
        "Fixed compensation for recovery costs in case of late payment: 40 EUR.",
    ),
    "PMD": (
        "Pénalités de retard : trois fois le taux d'intérêt légal.",
        "Late payment penalties: three times the legal interest rate.",
    ),
    "AAB": (
        "Pas d'escompte pour paiement anticipé.",
        "No discount for early payment.",
    ),
    "reverse_charge": ("Autoliquidation", "Reverse charge"),
    "eu_goods": ("Exonération de TVA, art. 262 ter I du CGI",) * 2,
    "export": ("Exonération de TVA, art. 262 I du CGI",) * 2,
    "dom_goods": ("Exonération de TVA, art. 294-2 du CGI",) * 2,
    "dom_free": ("TVA non applicable, art. 294-1 du CGI",) * 2,
    "outside_service": ("TVA non applicable, art. 259-1 du CGI",) * 2,
    "outside_consumer": ("TVA non applicable, art. 259 B du CGI",) * 2,
    "franchise": ("TVA non applicable, art. 293 B du CGI",) * 2,
    "members": ("Exonération de TVA, art. 261-7-1° a du CGI",) * 2,
    "association": ("Exonération de TVA, art. 261-7-1° du CGI",) * 2,
    "training": ("Exonération de TVA, art. 261-4-4° a du CGI",) * 2,
    "out_of_scope": (
        "Hors champ d'application de la TVA",
        "Outside the scope of VAT",
    ),
}
# Tolerated until 31 December 2027 (ordonnance 2025-1247, CIBS).
TABLE = DatedTable(
    Dated((code, language), wording, date(2013, 1, 1), None)
    for code, wordings in WORDINGS.items()
    for language, wording in zip(LANGUAGES, wordings, strict=True)
)
BUSINESS_ONLY = ("PMT",)


class ResCompany(models.Model):
    _inherit = "res.company"

    def _rr_legal_note(self, code, move):
        """Return the wording of a mention on an invoice, in the customer's language.

        :param code: PMT, PMD, AAB, or the mention of a VAT decision
        :return: text, "" where the mention does not belong on the invoice
        """
        self.ensure_one()
        payer = move.commercial_partner_id
        if code in BUSINESS_ONLY and payer.rr_vat_status == "consumer":
            return ""
        language = "fr" if (move.partner_id.lang or "fr")[:2] == "fr" else "en"
        day = move.invoice_date or move.date
        return TABLE.on((code, language), day) or ""
