"""What an invoice must say: computed from its date and the decisions on its lines."""

from odoo import fields, models
from odoo.tools import is_html_empty

from .account_move_line_words import SERVICES


class AccountMove(models.Model):
    _inherit = "account.move"

    rr_legal_data_id = fields.Many2one(
        "recurring.legal.data",
        string="Legal Data",
        copy=False,
        readonly=True,
        ondelete="restrict",
        help="What the company was when this invoice was posted.",
    )

    def write(self, vals):
        """Keep the company's legal data with what is posted, in the same write."""
        if vals.get("state") != "posted" or "rr_legal_data_id" in vals:
            return super().write(vals)
        sales = self.filtered(lambda move: move.is_sale_document(include_receipts=True))
        rest = self
        for company, moves in sales.grouped("company_id").items():
            if company._vat_is_decided():
                kept = self.env["recurring.legal.data"]._kept(company)
                super(AccountMove, moves).write({**vals, "rr_legal_data_id": kept.id})
                rest -= moves
        return super(AccountMove, rest).write(vals) if rest else True

    # ------------------------------------------------------------------
    # For the printed invoice
    # ------------------------------------------------------------------

    def _rr_has_words(self):
        """Tell whether the law's words are printed here: on documents to customers of
        a company that decides VAT by rules, or did when they were posted."""
        self.ensure_one()
        if not self.is_sale_document(include_receipts=True):
            return False
        # sudo: as in `_rr_words`
        own = self.sudo()
        return bool(own.rr_legal_data_id) or own.company_id._vat_is_decided()

    def _rr_words(self):
        """Return what the printed invoice says, None where Odoo's own words stand.

        ``vat`` and ``payment`` are lists of sentences, each once; the others texts.
        """
        self.ensure_one()
        if not self._rr_has_words():
            return None
        # sudo: whoever may see an invoice, the customer in the portal too, may read
        # what the law wants printed on it; the decisions behind are not shown.
        own = self.sudo()
        is_invoice = own.move_type != "out_refund"
        return {
            "vat": own._rr_vat_texts(),
            "payment": own._rr_payment_texts() if is_invoice else [],
            "identity": own._rr_identity(),
            "operation": own._rr_operation_text(),
            "siren": own._rr_customer_siren(),
            "delivered_elsewhere": own._rr_delivered_elsewhere(),
        }

    def _rr_say(self, code, **values):
        """Return the words of a mention, on the day and in the invoice's language."""
        day = self.invoice_date or fields.Date.context_today(self)
        mentions = self.env["recurring.vat.mention"]
        return mentions._say(code, day, self._rr_lang(), **values)

    def _rr_lang(self):
        return self.partner_id.lang or self.company_id.partner_id.lang or ""

    # ------------------------------------------------------------------
    # VAT
    # ------------------------------------------------------------------

    def _rr_sold_lines(self):
        return self.invoice_line_ids.filtered(
            lambda line: line.display_type == "product"
        )

    def _rr_decisions(self):
        """Return the decisions behind the lines; a credit note made by hand has those
        of what it corrects."""
        own = self._rr_sold_lines().rr_vat_decision_id
        if own or self.move_type != "out_refund":
            return own
        return self.reversed_entry_id.invoice_line_ids.rr_vat_decision_id

    def _rr_vat_texts(self):
        """Return the mentions of the lines' decisions and of the regime, each once."""
        texts = [self._rr_say_decision(row) for row in self._rr_decisions()]
        day = self.invoice_date or fields.Date.context_today(self)
        row = self.company_id._vat_registration(day)
        if row.regime == "franchise" and self._rr_lines_without_decision():
            texts.append(self._rr_say("franchise"))
        if row.debits and self._rr_has_own_services():
            texts.append(self._rr_say("debits"))
        return list(dict.fromkeys(filter(None, texts)))

    def _rr_mention_text(self, code):
        """Return the words of a mention here; of a decision's, with its country."""
        own = self.sudo()  # sudo: as in `_rr_words`
        decision = own._rr_decisions().filtered(lambda row: row.mention == code)[:1]
        return own._rr_say_decision(decision) if decision else own._rr_say(code)

    def _rr_say_decision(self, decision):
        if not decision.mention:
            return ""
        territories = self.env["recurring.vat.territory"]
        place = territories.with_context(lang=self._rr_spoken())._name_of(
            decision.taxed_in
        )
        return self._rr_say(decision.mention, country=place)

    def _rr_spoken(self):
        """Return the language whose names of countries go with the law's words."""
        lang = self._rr_lang()
        return lang if lang.startswith("en") else "fr_FR"

    def _rr_lines_without_decision(self):
        """Return the lines whose VAT is not by the rules, which say what is printed."""
        return self._rr_sold_lines().filtered(
            lambda line: line.rr_vat_decision_id.treatment in (False, "by_hand")
        )

    def _rr_has_own_services(self):
        """Tell whether services bear the seller's own VAT here."""
        return any(
            line._rr_supply() in SERVICES and line._rr_is_taxed_at_home()
            for line in self._rr_sold_lines()
        )

    # ------------------------------------------------------------------
    # Odoo's own
    # ------------------------------------------------------------------

    def _compute_taxes_legal_notes(self):
        """Leave out the notes of taxes whose lines bear a mention of their decision."""
        result = super()._compute_taxes_legal_notes()
        for move in self:
            if is_html_empty(move.taxes_legal_notes) or not move._rr_has_words():
                continue
            said = move._rr_sold_lines().filtered("rr_vat_decision_id.mention").tax_ids
            rest = (move.line_ids.tax_ids - said).filtered("invoice_legal_notes")
            move.taxes_legal_notes = "".join(rest.mapped("invoice_legal_notes"))
        return result

    def _compute_tax_totals(self):
        """Show VAT in the company's currency, as the law wants it (CGI ann. II art.
        242 nonies A, BR-FR-CO-12), whatever the settings say."""
        result = super()._compute_tax_totals()
        for move in self:
            foreign = move.company_currency_id != move.currency_id
            taxed = not move.currency_id.is_zero(move.amount_tax)
            if foreign and taxed and move.tax_totals and move._rr_has_words():
                # The summary is a new dict each time it is computed.
                move.tax_totals["display_in_company_currency"] = True
        return result
