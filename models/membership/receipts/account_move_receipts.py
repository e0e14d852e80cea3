"""A credit note, a reversal or a payment taken back in the books voids the receipts."""

from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        """Cancel the tax receipts of contributions that these entries take back."""
        posted = super()._post(soft)
        for move in posted.filtered("reversed_entry_id"):
            if move._rr_lowers_what_is_owed():
                continue
            move.reversed_entry_id._void_receipts(
                self.env._("Entry %s takes the contribution back.", move.name)
            )
        return posted

    def _rr_lowers_what_is_owed(self):
        """Tell whether a credit note of dues that were invoiced, on the day it is
        posted, is about what nobody has paid yet: no money goes back."""
        invoice = self.reversed_entry_id
        return (
            invoice.move_type == "out_invoice"
            and invoice.rr_dues_id
            and invoice.currency_id.compare_amounts(
                self.amount_total, invoice.amount_residual
            )
            <= 0
        )

    def _rr_only_lowers_claim(self):
        """Tell whether a credit note was matched with its invoice, all of it: then it
        lowered the claim, and what was paid stays paid."""
        invoice = self.reversed_entry_id
        if invoice.move_type != "out_invoice":
            return False
        matches = self.line_ids.matched_debit_ids.filtered(
            lambda match: match.debit_move_id.move_id == invoice
        )
        matched = sum(matches.mapped("credit_amount_currency"))
        return not self.currency_id.compare_amounts(matched, self.amount_total)

    def button_draft(self):
        """Cancel the tax receipts of contributions whose entry is no longer posted."""
        for move in self:
            move._void_receipts(
                self.env._("Entry %s was set back to draft.", move.name)
            )
        return super().button_draft()

    def button_cancel(self):
        """Cancel the tax receipts of contributions whose entry is cancelled."""
        for move in self:
            move._void_receipts(self.env._("Entry %s was cancelled.", move.name))
        return super().button_cancel()

    def _void_receipts(self, reason):
        """Cancel the receipts of the contributions that these entries booked."""
        if not self.ids:
            return
        # sudo: whoever works in the books need not see who gave.
        contributions = self.env["recurring.contribution"].sudo()
        found = contributions.search(
            ["|", ("move_id", "in", self.ids), ("payment_id.move_id", "in", self.ids)]
        )
        found._cancel_receipts(reason)


class AccountPayment(models.Model):
    _inherit = "account.payment"

    def action_reject(self):
        """Cancel the tax receipts of what this payment brought: it was refused."""
        self._void_receipts()
        return super().action_reject()

    def action_cancel(self):
        """Cancel the tax receipts of what this payment brought."""
        self._void_receipts()
        return super().action_cancel()

    def _void_receipts(self):
        for payment in self:
            # sudo: see the entries above.
            contributions = self.env["recurring.contribution"].sudo()
            found = contributions.search([("payment_id", "=", payment.id)])
            found._cancel_receipts(
                self.env._("Payment %s was taken back.", payment.name or payment.memo)
            )


class RecurringDues(models.Model):
    _inherit = "recurring.dues"

    def _forget_payments(self, partials):
        """Cancel the tax receipts of payments that are taken off their invoice."""
        matched = self._contributions_of(partials)
        booked = matched.filtered(lambda one: one.state == "booked")
        result = super()._forget_payments(partials)
        for contribution in booked:
            contribution._cancel_receipts(
                self.env._(
                    "The payment was taken off invoice %s.", contribution.move_id.name
                )
            )
        return result
