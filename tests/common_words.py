"""Invoices as they are read: their words, and their printed page as text."""

from odoo.tools import html2plaintext

from .common_tax import TaxCommon

LEGAL = {
    "rr_legal_kind": "company",
    "rr_legal_form": "SAS",
    "rr_share_capital": 10000,
    "rr_register_city": "Nantes",
}


class WordsCommon(TaxCommon):
    """A company that has said all that its invoices must say of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                **LEGAL,
                "company_registry": "73282932000074",
                "street": "1 rue A",
                "city": "Nantes",
            }
        )
        cls.service = cls._sold()

    def _words(self, invoice):
        return invoice._rr_words()

    def _french(self, invoice):
        """Return the words as a customer reads them who reads no English."""
        self.env["res.lang"]._activate_lang("fr_FR")
        invoice.partner_id.lang = "fr_FR"
        words = invoice._rr_words()
        invoice.partner_id.lang = "en_US"
        return words

    def _printed(self, invoice):
        """Return the invoice's page as plain text, white space folded."""
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "account.account_invoices", invoice.ids
        )
        return " ".join(html2plaintext(html).split())
