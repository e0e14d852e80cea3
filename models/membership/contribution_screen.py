"""What the screens of money received show beside what is recorded of it."""

from odoo import api, fields, models


class RecurringContribution(models.Model):
    _inherit = "recurring.contribution"

    purpose = fields.Char(string="For", compute="_compute_purpose")

    @api.depends("line_ids.name")
    def _compute_purpose(self):
        for contribution in self:
            names = [line.name for line in contribution.line_ids if line.name]
            contribution.purpose = ", ".join(dict.fromkeys(names))

    def action_open_move(self):
        """Open the receipt in the books."""
        return self._open_entry(self.move_id)

    def action_open_payment(self):
        """Open the payment in the books."""
        return self._open_entry(self.payment_id)

    def _open_entry(self, entry):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": entry._name,
            "res_id": entry.id,
            "views": [(False, "form")],
        }


class RecurringContributionLine(models.Model):
    _inherit = "recurring.contribution.line"

    @api.onchange("dues_line_id")
    def _onchange_dues_line_id(self):
        """Propose what is still owed."""
        if self.dues_line_id:
            self.kind = "dues"
            self.amount = self.dues_line_id.amount_left

    @api.onchange("kind")
    def _onchange_kind(self):
        if self.kind != "dues":
            self.dues_line_id = False
