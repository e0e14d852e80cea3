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

    @api.depends("name", "state")
    def _compute_display_name(self):
        for contribution in self:
            is_numbered = contribution.name and contribution.name != "/"
            contribution.display_name = (
                contribution.name if is_numbered else self.env._("Not booked yet")
            )

    @api.onchange("mode", "company_id")
    def _onchange_mode(self):
        """Propose where money of this kind goes to, where nobody has said it."""
        if not self.journal_id and self.nature == "money":
            self.journal_id = self._usual_journal(self.company_id, self.mode)

    @api.model
    def _usual_journal(self, company, mode):
        """Return the journal that this way of paying went to last, else the first."""
        last = self.search(
            [
                ("company_id", "=", company.id),
                ("mode", "=", mode),
                ("nature", "=", "money"),
                ("state", "=", "booked"),
            ],
            limit=1,
        )
        kind = "cash" if mode == "cash" else "bank"
        return last.journal_id or self.env["account.journal"].search(
            [("company_id", "=", company.id), ("type", "=", kind)], limit=1
        )

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
