"""Dues that were paid back: only what the money was for is reversed."""

from odoo import models


class RecurringContribution(models.Model):
    _inherit = "recurring.contribution"

    def _reverse_entries(self, day, reason):
        """Where the money went back by a payment of its own, match that payment with
        the reversed receipt: the payment that came in stays as it was."""
        refund = self.env["account.payment"].browse(
            self.env.context.get("rr_refund_payment_id")
        )
        if not refund:
            return super()._reverse_entries(day, reason)
        reversal = self.move_id._reverse_moves(
            [{"date": day, "invoice_date": day, "ref": reason}]
        )
        reversal.action_post()
        self._match(reversal.line_ids | refund.move_id.line_ids)
