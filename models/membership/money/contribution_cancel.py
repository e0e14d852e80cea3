"""Taking back what was booked by mistake."""

from odoo import fields, models
from odoo.exceptions import UserError


class RecurringContribution(models.Model):
    _inherit = "recurring.contribution"

    state = fields.Selection(
        selection_add=[("cancelled", "Cancelled")],
        ondelete={"cancelled": "set default"},
    )

    def _cancel(self, day, reason):
        """Take back what was booked by mistake, for instance for the wrong person:
        entries are reversed on ``day`` and dues are owed again. This is no payment
        that bounced: see ``_return``.

        :raises UserError: without a reason, or where it is not booked
        """
        if not (reason or "").strip():
            raise UserError(self.env._("Say why: it is kept on record."))
        self._check_back_on(day)
        for contribution in self:
            contribution._set_state(
                ("booked",),
                "cancelled",
                returned_on=day,
                return_reason=reason.strip(),
            )
            contribution._take_back_entries(contribution._open_day(day), reason.strip())
            contribution.line_ids.dues_line_id._mark_unpaid()

    def _take_back_entries(self, day, reason):
        """Reverse the receipt or entry, and the payment that was made for it."""
        moves = self.move_id | self.payment_id.move_id
        moves.line_ids.remove_move_reconcile()
        for move in moves:
            move._reverse_moves(
                [{"date": day, "invoice_date": day, "ref": reason}], cancel=True
            )
