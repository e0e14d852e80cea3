"""What a person does to our invoices, told to the ledger.

Hooks only: which lines are concerned stands in `account_move_line_ledger`, the effects
with the ledger itself (`billed_item_effects`, `billed_item_corrections`).
The ledger is written as the system: whoever may delete, cancel or credit an invoice by
Odoo's own rights must not need a group of ours for it.
"""

from odoo import models

from ..guard import KEY


class AccountMove(models.Model):
    _inherit = "account.move"

    def write(self, vals):
        """Void what a cancelled document billed, and revive it when it comes back."""
        target = vals.get("state")
        if target not in ("draft", "cancel"):
            return super().write(vals)
        before = {move: move.state for move in self}
        result = super().write(vals)
        for old in ("draft", "posted", "cancel"):
            moves = self.filtered(lambda move, old=old: before[move] == old != target)
            moves._rr_lines()._rr_follow_state(old, target)
        return result

    def unlink(self):
        """Say in the ledger that the document was deleted, not only its lines."""
        moves = self.with_context(rr_document_deleted=True)
        return super(AccountMove, moves).unlink()

    def _post(self, soft=True):
        """Record what a person edited, and what a credit note by hand takes back."""
        if self.env.context.get("rr_posted_by_run") is not KEY:
            self.filtered("line_ids.rr_reversed_line_id")._rr_complete_credits()
        posted = super()._post(soft)
        if self.env.context.get("rr_posted_by_run") is not KEY:
            posted._rr_lines()._rr_follow_posting()
        return posted

    def _reverse_moves(self, default_values_list=None, cancel=False):
        """Let the lines of the credit note know which lines they reverse."""
        moves = self.with_context(rr_correcting=KEY)
        reverse_moves = super(AccountMove, moves)._reverse_moves(
            default_values_list, cancel
        )
        return reverse_moves.with_env(self.env)

    def _rr_lines(self):
        """Return the lines that bill a subscription, from what is read already."""
        return self.line_ids.filtered("rr_subscription_line_id")


class AccountMoveReversal(models.TransientModel):
    _inherit = "account.move.reversal"

    def reverse_moves(self, is_modify=False):
        """Let the new draft of "Reverse and modify" bill the same periods again."""
        if not is_modify:
            return super().reverse_moves(is_modify)
        wizard = self.with_context(rr_correcting=KEY)
        action = super(AccountMoveReversal, wizard).reverse_moves(is_modify)
        self.new_move_ids._rr_lines()._rr_claim()
        return action


class RecurringInvoiceBuilder(models.AbstractModel):
    _inherit = "recurring.invoice.builder"

    def _post_invoices(self, moves):
        """A run writes its rows itself, after posting: nothing to compare with."""
        super()._post_invoices(moves.with_context(rr_posted_by_run=KEY))
        return moves
