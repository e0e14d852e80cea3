"""What an invoice must say: computed from its date and the decisions on its lines."""

from odoo import fields, models
from odoo.tools import float_repr, format_amount, is_html_empty

from .company_legal import siren_of, spaced

SERVICES = ("service", "intangible", "electronic", "member_service", "training")
# Where the seller's own VAT is charged, so that the débits option means something.
TAXED_AT_HOME = ("domestic", "dom_service")


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
        """Return the words of a mention on the day and in the language of the invoice."""
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
        return self._rr_sold_lines().filtered(lambda line: not line.rr_vat_decision_id)

    def _rr_has_own_services(self):
        """Tell whether services bear the seller's own VAT here."""
        return any(
            line._rr_supply() in SERVICES and line._rr_is_taxed_at_home()
            for line in self._rr_sold_lines()
        )

    # ------------------------------------------------------------------
    # Payment
    # ------------------------------------------------------------------

    def _rr_legal(self):
        """Return the company's legal data: as posted, else as they stand today."""
        own = self.sudo()  # sudo: as in `_rr_words`
        return own.rr_legal_data_id.content or own.company_id._rr_legal_content()

    def _rr_customer_status(self):
        """Return what the customer was when VAT was decided, else what it is."""
        for decision in self._rr_decisions():
            if decision.inputs and decision.inputs.get("status"):
                return decision.inputs["status"]
        return self.commercial_partner_id.rr_vat_status or "consumer"

    def _rr_payment_texts(self):
        texts = [self._rr_penalties_text()]
        # Between professionals, and owed by public bodies (D441-5; CCP L2192-13).
        if self._rr_customer_status() in ("business", "public"):
            texts.append(self._rr_indemnity_text())
        texts.append(self._rr_discount_text())
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
        return self._rr_say("indemnity")

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

    # ------------------------------------------------------------------
    # Who and what
    # ------------------------------------------------------------------

    def _rr_identity(self):
        """Return the company in one line: form, capital, seat, register, numbers."""
        data = self._rr_legal()
        parts = [data["name"], self._rr_form(data), data["address"]]
        siren = spaced(data["siren"])
        if data["kind"] == "association":
            parts.append(f"RNA {data['rna']}" if data["rna"] else "")
        if data["city"]:
            parts.append(f"RCS {data['city']} {siren}".strip())
        elif siren:
            parts.append(f"SIREN {siren}")
        if data["vat"]:
            label = "VAT" if self._rr_lang().startswith("en") else "TVA"
            parts.append(f"{label} {data['vat']}")
        return " – ".join(filter(None, parts))

    def _rr_form(self, data):
        if data["kind"] != "company" or not data["capital"]:
            return data["form"]
        currency = self.env["res.currency"].browse(data["currency"])
        spoken = self.with_context(lang=self._rr_spoken()).env
        capital = format_amount(spoken, data["capital"], currency)
        return self._rr_say("capital", form=data["form"], capital=capital).strip()

    def _rr_operation_text(self):
        """Return the category of the operation: goods, services or both."""
        kinds = {line._rr_supply() for line in self._rr_sold_lines()}
        goods, services = "goods" in kinds, bool(kinds & set(SERVICES))
        if goods and services:
            return self._rr_say("operation_both")
        if goods or services:
            return self._rr_say(f"operation_{'goods' if goods else 'service'}")
        return ""

    def _rr_customer_siren(self):
        payer = self.commercial_partner_id
        if payer.country_id.code not in (False, "FR", "MC", "GP", "MQ", "RE", "GF", "YT"):
            return ""
        return spaced(siren_of(payer.company_registry, payer.vat))

    def _rr_delivered_elsewhere(self):
        """Tell whether goods go to another address than the invoice's."""
        address, payer = self.partner_shipping_id, self.partner_id
        if not address or address == payer:
            return False
        if not any(line._rr_supply() == "goods" for line in self._rr_sold_lines()):
            return False
        names = ("street", "street2", "zip", "city", "country_id")
        return any(address[name] != payer[name] for name in names)

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
            if foreign and move.tax_totals and move._rr_has_words():
                # The summary is a new dict each time it is computed.
                move.tax_totals["display_in_company_currency"] = True
        return result


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _rr_supply(self):
        """Return what the line sells, in the words of VAT law: as decided, else as the
        product says; "" for a line without product."""
        self.ensure_one()
        facts = self.rr_vat_decision_id.inputs or {}
        if facts.get("supply"):
            return facts["supply"]
        if self.product_id:
            return self.product_id.product_tmpl_id._vat_nature().supply
        return ""

    def _rr_is_taxed_at_home(self):
        self.ensure_one()
        decision = self.rr_vat_decision_id
        if decision:
            return decision.is_taxed and decision.treatment in TAXED_AT_HOME
        return any(tax.amount for tax in self.tax_ids)
