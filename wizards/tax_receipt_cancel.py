"""Asks why a receipt is cancelled, and whether another one takes its place."""

from odoo import api, fields, models


class RecurringTaxReceiptCancel(models.TransientModel):
    _name = "recurring.tax.receipt.cancel"
    _description = "Cancel a Tax Receipt"

    receipt_id = fields.Many2one(
        "recurring.tax.receipt", required=True, ondelete="cascade"
    )
    reason = fields.Char(required=True)
    replace = fields.Boolean(
        string="Issue a New One",
        help="For the same gifts, with what is known of the donor now.",
    )
    was_handed_over = fields.Boolean(compute="_compute_was_handed_over")

    @api.depends("receipt_id")
    def _compute_was_handed_over(self):
        for wizard in self:
            receipt = wizard.receipt_id
            wizard.was_handed_over = receipt.printed_on or receipt.sent_on

    def action_confirm(self):
        """Cancel the receipt; open the one that replaces it, if it was asked for."""
        self.ensure_one()
        if self.replace:
            return self.receipt_id.action_replace(self.reason)._open()
        self.receipt_id.action_cancel(self.reason)
        return {"type": "ir.actions.act_window_close"}
