from odoo import models


class AccountMove(models.Model):
    """From an invoice to why each of its amounts is what it is."""

    _inherit = "account.move"

    def action_rr_why(self):
        """Open the ledger rows behind this invoice, each with its reasons."""
        return self.invoice_line_ids._rr_open_why()


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def action_rr_why(self):
        """Open the ledger rows behind this line, with their reasons."""
        return self._rr_open_why()

    def _rr_open_why(self):
        rows = self.env["recurring.billed.item"].search(
            [("move_line_id", "in", self.ids)]
        )
        view = self.env.ref("recurring_revenue.recurring_billed_item_view_why")
        if len(rows) == 1:
            return rows.action_why()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why these amounts?"),
            "res_model": "recurring.billed.item",
            "domain": [("id", "in", rows.ids)],
            "views": [(False, "kanban"), (False, "list"), (view.id, "form")],
            "context": {"create": False},
        }
