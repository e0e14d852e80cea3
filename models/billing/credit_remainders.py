from odoo import models


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
            given = sum((earlier | note).mapped("amount_untaxed"))
            if note.currency_id.compare_amounts(given, invoice.amount_untaxed) == 0:
                note._rr_give_back_rest(invoice, earlier)

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
        currency = self.currency_id
        for line in self.line_ids.filtered("tax_repartition_line_id"):
            left = invoice._rr_vat_of(line) - sum(
                move._rr_vat_of(line) for move in earlier
            )
            if currency.compare_amounts(left, abs(line.amount_currency)):
                sign = -1 if line.amount_currency < 0 else 1
                line.amount_currency = sign * left

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
