from odoo import models

from .line_totals import includes_taxes


class AccountMove(models.Model):
    """The credit notes of an invoice add up to it, VAT included."""

    _inherit = "account.move"

    def _rr_complete_credits(self):
        """Let a note that gives back the last of an invoice give back its last cent of
        VAT: the VAT of parts, each rounded, need not add up to the VAT of the whole.

        Called on drafts; a person who edits the VAT of a draft does the same.
        """
        for note in self:
            if note.state != "draft" or note.move_type != "out_refund":
                continue
            invoice = note._rr_corrected_invoice()
            earlier = invoice._rr_notes() - note
            given = {
                name: sum((earlier | note).mapped(name)) - invoice[name]
                for name in ("amount_untaxed", "amount_total")
            }
            if note.currency_id.is_zero(given["amount_untaxed"]):
                note._rr_give_back_rest(invoice, earlier)
            elif note.currency_id.is_zero(given["amount_total"]):
                note._rr_give_back_shares(invoice, earlier)

    def _rr_corrected_invoice(self):
        """Return the invoice that a note corrects, also through another note."""
        move = self
        while move.move_type == "out_refund" and move.reversed_entry_id:
            move = move.reversed_entry_id
        return move

    def _rr_notes(self):
        """Return the notes that correct these, and those that correct the notes."""
        found, new = self.browse(), self
        while new:
            new = new.reversal_move_ids.filtered(lambda move: move.state != "cancel")
            new -= found
            found |= new
        return found

    def _rr_give_back_rest(self, invoice, earlier):
        """Set each VAT amount to what is left of the invoice's."""
        for line, gap in self._rr_vat_gaps(invoice, earlier):
            line.amount_currency += _sign(line) * gap

    def _rr_vat_gaps(self, invoice, earlier):
        """Yield (VAT line, what it lacks of what is left of the invoice's VAT)."""
        for line in self.line_ids.filtered("tax_repartition_line_id"):
            left = invoice._rr_vat_of(line) - sum(
                move._rr_vat_of(line) for move in earlier
            )
            gap = self.currency_id.round(left - abs(line.amount_currency))
            if gap:
                yield line, gap

    def _rr_give_back_shares(self, invoice, earlier):
        """Move cents between base and VAT of prices that contain it, so that each adds
        up to the invoice's; what the customer gets back stays."""
        base_lines, _tax_lines = self._get_rounded_base_and_tax_lines()
        for line, gap in list(self._rr_vat_gaps(invoice, earlier)):
            alike = [
                base
                for base in base_lines
                if line.tax_line_id in base["tax_ids"]
                and includes_taxes(base["tax_ids"])
            ]
            if alike:
                base = max(alike, key=lambda base: abs(base["record"].balance))
                self._rr_move_cents(base, line, gap)

    def _rr_move_cents(self, base, tax_line, gap):
        """Add ``gap`` to a VAT line, take it off the base; Odoo's own computation is
        told, so that it comes to the same."""
        details = base["tax_details"]
        base["manual_total_excluded_currency"] = self.currency_id.round(
            details["total_excluded_currency"]
            + details["delta_total_excluded_currency"]
            - gap
        )
        base["manual_tax_amounts"] = {
            str(data["tax"].id): {
                "tax_amount_currency": data["tax_amount_currency"]
                + (gap if data["tax"] == tax_line.tax_line_id else 0.0),
                "base_amount_currency": data["base_amount_currency"] - gap,
            }
            for data in details["taxes_data"]
        }
        rate = tax_line.currency_rate or 1.0
        for line, share in ((tax_line, gap), (base["record"], -gap)):
            share *= _sign(tax_line)
            line.with_context(skip_invoice_sync=True, check_move_validity=False).write(
                {
                    "amount_currency": line.amount_currency + share,
                    "balance": line.balance
                    + self.company_currency_id.round(share / rate),
                }
            )
        export = self.env["account.tax"]._export_base_line_extra_tax_data
        base["record"].extra_tax_data = export(base)

    def _rr_vat_of(self, line):
        """Return what this document bears of the tax and account of ``line``."""
        alike = self.line_ids.filtered(
            lambda own: (
                own.tax_repartition_line_id
                and own.tax_line_id == line.tax_line_id
                and own.account_id == line.account_id
            )
        )
        return abs(sum(alike.mapped("amount_currency")))


def _sign(line):
    return -1 if line.amount_currency < 0 else 1
