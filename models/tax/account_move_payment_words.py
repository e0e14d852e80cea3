"""What an invoice says of its payment: penalties, indemnity, discount."""

from odoo import models
from odoo.tools import float_repr

OWE_INDEMNITY = ("business", "public")


class AccountMove(models.Model):
    _inherit = "account.move"

    def _rr_legal(self):
        """Return the company's legal data: as posted, else as they stand today."""
        own = self.sudo()  # sudo: as in `_rr_words`
        today = own.company_id._rr_legal_content()
        kept = own.rr_legal_data_id.content
        # What was not asked for yet when it was posted stays empty.
        return {**dict.fromkeys(today, ""), **kept} if kept else today

    def _rr_customer_status(self):
        """Return what the customer was when VAT was decided, else what it is."""
        for decision in self._rr_decisions():
            if decision.inputs and decision.inputs.get("status"):
                return decision.inputs["status"]
        return self.commercial_partner_id.rr_vat_status or "consumer"

    def _rr_payment_texts(self):
        texts = (
            self._rr_penalties_text(),
            self._rr_indemnity_text(),
            self._rr_discount_text(),
        )
        return list(filter(None, texts))

    def _rr_penalties_text(self):
        data = self._rr_legal()
        if self.sudo()._rr_customer_status() == "public":  # sudo: as in `_rr_words`
            return self._rr_say("penalties_public")
        if data["penalties"] == "own" and data["penalty_text"]:
            return self._rr_own_words(data["penalty_text"], data["penalty_text_en"])
        kind = "ecb" if data["penalties"] == "ecb" else "legal"
        return self._rr_say(f"penalties_{kind}")

    def _rr_indemnity_text(self):
        """Return the 40 EUR indemnity: between professionals, and owed by public bodies
        (Code de commerce D441-5; Code de la commande publique L2192-13)."""
        status = self.sudo()._rr_customer_status()  # sudo: as in `_rr_words`
        return self._rr_say("indemnity") if status in OWE_INDEMNITY else ""

    def _rr_discount_text(self):
        """Return what the payment terms grant, what the company says, or: none."""
        data = self._rr_legal()
        term = self.sudo().invoice_payment_term_id  # sudo: as in `_rr_words`
        if term.early_discount:
            digits = 0 if term.discount_percentage % 1 == 0 else 2
            percent = float_repr(term.discount_percentage, digits)
            if not self._rr_lang().startswith("en"):
                percent = percent.replace(".", ",")
            return self._rr_say("discount", percent=percent, days=term.discount_days)
        if data["discount_text"]:
            return self._rr_own_words(data["discount_text"], data["discount_text_en"])
        return self._rr_say("no_discount")

    def _rr_own_words(self, text, english):
        return english if english and self._rr_lang().startswith("en") else text
