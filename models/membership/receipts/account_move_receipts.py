"""A credit note, a reversal or a payment taken back in the books voids the receipts."""

from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        """Cancel the tax receipts of contributions that these entries take back."""
        posted = super()._post(soft)
        for move in posted.filtered("reversed_entry_id"):
            move.reversed_entry_id._void_receipts(
                self.env._("Entry %s takes the contribution back.", move.name)
            )
        return posted

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
