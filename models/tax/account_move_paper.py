"""How VAT is shown on the printed invoice: the labels of its taxes, and its totals."""

import re

from odoo import models

from ..catalog.texts import number


class AccountMove(models.Model):
    _inherit = "account.move"

    def _rr_printed_totals(self):
        """Return the totals as they are printed, VAT called so in the right language.

        Where no VAT is charged at all and a mention says why, there is no rate to show:
        groups of 0 % are marked, and left out by the template.
        """
        self.ensure_one()
        totals, word = self.tax_totals, self._rr_vat_word()
        if not totals:
            return totals
        free = self.currency_id.is_zero(self.amount_tax)
        # sudo: as in `_rr_words`
        silent = free and bool(self.sudo()._rr_vat_texts())

        def printed(group):
            name = _called(group["group_name"], word)
            return {**group, "group_name": name, "rr_silent": silent}

        subtotals = [
            {**subtotal, "tax_groups": list(map(printed, subtotal["tax_groups"]))}
            for subtotal in totals["subtotals"]
        ]
        return {**totals, "subtotals": subtotals}

    def _rr_vat_word(self):
        return "VAT" if self._rr_lang().startswith("en") else "TVA"

    def _rr_marks(self):
        """Return ``{mention: mark}`` where lines bear different mentions of their VAT,
        so that each line can say which is its own; empty where there is one."""
        own = self.sudo()  # sudo: as in `_rr_words`
        texts = dict.fromkeys(map(own._rr_say_decision, own._rr_decisions()))
        texts.pop("", None)
        if len(texts) < 2:
            return {}
        return {text: f"({mark})" for mark, text in enumerate(texts, 1)}

    def _rr_printed_rate(self):
        """Return e.g. "1 EUR = 1.25 USD" of an invoice in another currency."""
        rate = number(self.env, self.invoice_currency_rate)
        return f"1 {self.company_currency_id.name} = {rate} {self.currency_id.name}"


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _rr_tax_text(self, marks):
        """Return the taxes of the line as they are printed; a dash where a mention
        says why there are none.

        :param dict marks: of the invoice, see ``_rr_marks``
        """
        self.ensure_one()
        taxes = self.tax_ids.flatten_taxes_hierarchy()
        mention = self._rr_printed_mention()
        if mention and not any(taxes.mapped("amount")):
            text = "–"
        else:
            word = self.move_id._rr_vat_word()
            labels = (tax._rr_label(word) for tax in self.tax_ids)
            text = ", ".join(filter(None, labels))
        return f"{text} {marks.get(mention, '')}".strip()

    def _rr_printed_mention(self):
        """Return the mention that the line's decision prints, else ""."""
        own = self.sudo()  # sudo: as in `_rr_words` of the invoice
        decision = own.rr_vat_decision_id
        if not decision and own.move_id.move_type == "out_refund":
            decision = own.move_id._rr_decisions()[:1]
        return own.move_id._rr_say_decision(decision) if decision else ""


class AccountTax(models.Model):
    _inherit = "account.tax"

    def _rr_label(self, word):
        """Return the label of the tax with VAT called by ``word``, TVA or VAT."""
        label = self.tax_label or ""
        if self.rr_vat_made and label == f"{self.amount:g}%":
            label = f"{word} {number(self.env, self.amount)}%"
        return _called(label, word)


def _called(label, word):
    """Return a label with VAT called so: charts and set-ups name it in one language."""
    return re.sub(r"\b(TVA|VAT)\b", word, label)
