"""What an invoice says in its electronic form, gathered from its lines and parties."""

from odoo import models

from ..exact import exact
from .facts import Facts

# Where no decision is kept on a line: the mention that a code of its tax stands for.
MENTIONS = {
    "VATEX-EU-AE": "reverse_charge",
    "VATEX-EU-IC": "eu_goods",
    "VATEX-EU-G": "export",
    "VATEX-EU-O": "out_of_scope",
    "VATEX-FR-FRANCHISE": "franchise",
    "VATEX-FR-CGI261-7": "members",
    "VATEX-FR-CGI261-4": "training",
    "AE": "reverse_charge",
    "K": "eu_goods",
    "G": "export",
    "O": "out_of_scope",
}
NOTES = ("PMT", "PMD", "AAB")


class AccountMove(models.Model):
    _inherit = "account.move"

    def _rr_einvoice_is_french(self):
        """Tell whether this is an invoice or credit note of a seller in France."""
        self.ensure_one()
        seller = self.company_id.account_fiscal_country_id
        return seller.code == "FR" and self.move_type in ("out_invoice", "out_refund")

    def _rr_einvoice_facts(self):
        """Return the facts of this document, as it stands now."""
        self.ensure_one()
        # sudo: whoever may send the invoice may not see the VAT decisions behind it.
        move = self.sudo()
        company, payer = move.company_id, move.commercial_partner_id
        paid_on = move._rr_einvoice_paid_on()
        return Facts(
            seller=company.partner_id._rr_einvoice_party(),
            buyer=payer._rr_einvoice_party(),
            domestic=move._rr_einvoice_is_domestic(),
            bare=move._rr_einvoice_is_bare(),
            process=move._rr_einvoice_nature() + ("2" if paid_on else "1"),
            paid_on=paid_on,
            period=move._rr_einvoice_period(),
            due=move._rr_einvoice_due(),
            notes=move._rr_einvoice_notes(),
            reasons=move._rr_einvoice_reasons(),
            service_code=move._rr_public_code("rr_service_code"),
            commitment=move._rr_public_code("rr_commitment_number"),
            reference=move._rr_einvoice_reference(),
            corrected=move._rr_einvoice_corrected(),
            legal_text=move._rr_legal_text(),
            vat_in_euro=move._rr_einvoice_vat_in_euro(),
        )

    def _rr_einvoice_lines(self):
        return self.invoice_line_ids.filtered(
            lambda line: line.display_type == "product"
        )

    def _rr_einvoice_is_domestic(self):
        """Tell whether the invoice passes through the French platforms: to a business
        or a public body in France. Who has no taxable activity is e-reported."""
        payer = self.commercial_partner_id
        return (
            self._rr_einvoice_is_french()
            and payer._rr_is_domestic()
            and payer.rr_vat_status in ("business", "public")
        )

    def _rr_einvoice_is_bare(self):
        """Tell whether the document is wholly out of scope (BR-O-11 to BR-O-14)."""
        lines = self._rr_einvoice_lines()
        return bool(lines) and all(
            line._rr_einvoice_category() == "O" for line in lines
        )

    def _rr_einvoice_nature(self):
        """Return the first letter of BT-23: B goods (biens), S services, M both."""
        kinds = {line._rr_is_goods() for line in self._rr_einvoice_lines()}
        if len(kinds) > 1:
            return "M"
        return "B" if True in kinds else "S"

    def _rr_einvoice_paid_on(self):
        """Return the day on which an invoice was paid in full, else None.

        What a credit note settles, or was given up, was not paid.
        """
        if self.move_type != "out_invoice" or self.state != "posted":
            return None
        if self.currency_id.is_zero(self.amount_total) or self.amount_residual:
            return None
        payments = self._rr_einvoice_payments()
        if not payments or payments.move_id.filtered(
            lambda move: move.move_type == "out_refund" or move.rr_bad_debt_of_id
        ):
            return None
        return max(payments.mapped("date"))

    def _rr_einvoice_payments(self):
        receivable = self.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        return receivable.matched_credit_ids.credit_move_id

    def _rr_einvoice_period(self):
        """Return the first and the last day of service of all lines (BT-73, BT-74)."""
        lines = self._rr_einvoice_lines()
        starts = list(filter(None, lines.mapped("deferred_start_date")))
        ends = list(filter(None, lines.mapped("deferred_end_date")))
        return (min(starts), max(ends)) if starts and ends else None

    def _rr_einvoice_due(self):
        """Return when the VAT falls due; "" where lines differ or none is charged.

        By the taxes' own exigibility, CGI art. 269: services when they are paid, or
        when invoiced under the débits option; goods when they are delivered.
        """
        dues = {
            due for line in self._rr_einvoice_lines() for due in line._rr_einvoice_due()
        }
        return dues.pop() if len(dues) == 1 else ""

    def _rr_einvoice_notes(self):
        if not self._rr_einvoice_is_french():
            return {}
        notes = {code: self.company_id._rr_legal_note(code, self) for code in NOTES}
        return {code: note for code, note in notes.items() if note}

    def _rr_einvoice_reasons(self):
        """Return why no VAT is charged: ``{category, or category/VATEX: text}``."""
        texts = {}
        for line in self._rr_einvoice_lines():
            category, vatex = line._rr_einvoice_category(), line._rr_einvoice_vatex()
            mention = line._rr_einvoice_mention()
            text = mention and self.company_id._rr_legal_note(mention, self)
            if text:
                for key in (category, f"{category}/{vatex}"):
                    texts.setdefault(key, {})[text] = True
        return {key: " ; ".join(found) for key, found in texts.items()}

    def _rr_einvoice_reference(self):
        """Return the customer's own order reference (BT-13)."""
        origin = self.reversed_entry_id if self.move_type == "out_refund" else self
        return origin.ref or ""

    def _rr_einvoice_corrected(self):
        origin = self.reversed_entry_id
        if self.move_type != "out_refund" or not origin:
            return None
        return origin.name, origin.invoice_date

    def _rr_einvoice_vat_in_euro(self):
        """Return (currency of the books, VAT in it) of an invoice in another one."""
        if self.currency_id == self.company_currency_id:
            return None
        amount = exact(abs(self.amount_tax_signed))
        return self.company_currency_id.name, amount


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _rr_einvoice_tax(self):
        taxes = self.tax_ids.flatten_taxes_hierarchy()
        return taxes.filtered(lambda tax: tax.amount_type == "percent")[:1]

    def _rr_einvoice_category(self):
        """Return the EN 16931 category of the line, as the exporters will say it."""
        tax, move = self._rr_einvoice_tax(), self.move_id
        return self.env["account.edi.common"]._get_tax_category_code(
            move.commercial_partner_id, move.company_id.partner_id, tax
        )

    def _rr_einvoice_vatex(self):
        return self._rr_einvoice_tax().ubl_cii_tax_exemption_reason_code or ""

    def _rr_einvoice_mention(self):
        """Return the code of the mention that explains why there is no VAT."""
        if self._rr_einvoice_tax().amount:
            return ""
        decision = (self | self.rr_reversed_line_id).rr_vat_decision_id[:1]
        if decision.mention:
            return decision.mention
        codes = (self._rr_einvoice_vatex(), self._rr_einvoice_category())
        return next((MENTIONS[code] for code in codes if code in MENTIONS), "")

    def _rr_is_goods(self):
        product = self.product_id.product_tmpl_id
        return bool(product) and product._vat_nature().supply == "goods"

    def _rr_einvoice_due(self):
        """Return the due dates of the VAT on this line, as keys of ``DUE_CODES``."""
        tax = self._rr_einvoice_tax()
        if not tax.amount or self._rr_einvoice_category() != "S":
            return set()
        if tax.tax_exigibility == "on_payment":
            return {"receipt"}
        return {"delivery" if self._rr_is_goods() else "invoice"}
