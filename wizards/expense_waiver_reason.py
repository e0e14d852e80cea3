from odoo import fields, models


class RecurringExpenseWaiverReason(models.TransientModel):
    """Why waived expenses are refused or cancelled."""

    _name = "recurring.expense.waiver.reason"
    _description = "Refuse or Cancel Waived Expenses"

    waiver_id = fields.Many2one(
        "recurring.expense.waiver", required=True, readonly=True, ondelete="cascade"
    )
    what = fields.Selection(
        [("refuse", "Refuse"), ("cancel", "Cancel")], required=True, default="refuse"
    )
    day = fields.Date(
        string="Reversed On", required=True, default=fields.Date.context_today
    )
    reason = fields.Char(required=True)

    def action_confirm(self):
        """Refuse or cancel the sheet, with the reason."""
        self.ensure_one()
        if self.what == "refuse":
            self.waiver_id._refuse(self.reason)
        else:
            self.waiver_id._cancel(self.day, self.reason)
        return {"type": "ir.actions.act_window_close"}
