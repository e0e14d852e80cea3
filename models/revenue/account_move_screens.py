"""What invoices, credit notes and entries show of deferred revenue."""

from odoo import api, fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    rr_must_say_why = fields.Boolean(compute="_compute_rr_must_say_why")
    rr_amount_deferred = fields.Monetary(
        string="Still Deferred",
        compute="_compute_rr_amount_deferred",
        currency_field="company_currency_id",
        help="Of the lines of this invoice, and of all that acted on them since.",
    )

    @api.depends("rr_credits_schedule", "state", "rr_run_id")
    def _compute_rr_must_say_why(self):
        """A credit note by hand says why; one of a billing has it from the change."""
        for move in self:
            move.rr_must_say_why = (
                move.rr_credits_schedule
                and move.state == "draft"
                and not move.rr_run_id
            )

    def _compute_rr_amount_deferred(self):
        schedules = self.env["recurring.revenue.schedule"].search(
            [("move_id", "in", self.ids)]
        )
        own = schedules.grouped("move_id")
        for move in self:
            roots = own.get(move._origin, schedules.browse()).root_id
            move.rr_amount_deferred = sum(roots.mapped("deferred"))

    def action_rr_open_closing(self):
        """Open the closing that booked this entry."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "recurring.revenue.run",
            "res_id": self.rr_revenue_run_id.id,
            "views": [(False, "form")],
        }
