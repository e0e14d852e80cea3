"""Credit notes: which schedule they reduce, and why."""

from odoo import api, fields, models

from ..guard import KEY, is_applying

CREDIT_CAUSES = [
    ("terminated", "The contract ends: what is not served is given back"),
    ("past", "A service that was rendered, but not as promised"),
    ("modification", "The rest of the term costs less"),
    ("error", "The invoice was wrong from the beginning"),
]


class AccountMove(models.Model):
    _inherit = "account.move"

    rr_credit_cause = fields.Selection(
        CREDIT_CAUSES,
        string="Why It Is Credited",
        copy=False,
        help="Decides which months of deferred revenue the credit takes back.",
    )
    rr_credit_date = fields.Date(
        string="Credited From",
        copy=False,
        help="The first day that is not served any more, or from which the rest costs "
        "less. Empty: the date of the credit note.",
    )
    rr_credits_schedule = fields.Boolean(compute="_compute_rr_credits_schedule")

    @api.depends("line_ids.rr_schedule_id")
    def _compute_rr_credits_schedule(self):
        for move in self:
            move.rr_credits_schedule = move.move_type == "out_refund" and bool(
                move.line_ids.rr_schedule_id
            )

    def _reverse_moves(self, default_values_list=None, cancel=False):
        """Let the lines of a credit note know which schedules they reduce."""
        if not is_applying(self.env):
            self._rr_check_run()
        moves = self.with_context(rr_crediting=KEY)
        reverse_moves = super(AccountMove, moves)._reverse_moves(
            default_values_list, cancel
        )
        return reverse_moves.with_env(self.env)


class AccountMoveReversal(models.TransientModel):
    """The window that makes a credit note asks for what decides about its months."""

    _inherit = "account.move.reversal"

    rr_credits_schedule = fields.Boolean(compute="_compute_rr_credits_schedule")
    rr_credit_cause = fields.Selection(CREDIT_CAUSES, string="Why It Is Credited")
    rr_credit_date = fields.Date(string="Credited From")

    @api.depends("move_ids")
    def _compute_rr_credits_schedule(self):
        for wizard in self:
            wizard.rr_credits_schedule = any(
                wizard.move_ids.mapped("rr_schedule_count")
            )

    def _prepare_default_reversal(self, move):
        """Keep why it is credited on the credit note."""
        values = super()._prepare_default_reversal(move)
        if self.rr_credits_schedule:
            values.update(
                rr_credit_cause=self.rr_credit_cause, rr_credit_date=self.rr_credit_date
            )
        return values


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _rr_credits(self):
        """Tell whether the line reduces what another invoice line promised."""
        root = self.rr_schedule_id
        return (
            bool(root)
            # sudo: whoever posts a credit note need not see the schedule.
            and root.sudo().currency_id == self.currency_id
        )

    def _copy_data_extend_business_fields(self, values):
        """A credit note reduces the schedule of what it credits."""
        result = super()._copy_data_extend_business_fields(values)
        if not self.deferred_end_date or not self.move_id.is_sale_document(True):
            return result
        if self.env.context.get("rr_crediting") is KEY:
            # sudo: as above.
            schedules = self.env["recurring.revenue.schedule"].sudo()
            own = schedules.search([("move_line_id", "=", self.id)], limit=1)
            values["rr_never_deferred"] = not own
            if own:
                values.update(
                    rr_schedule_id=own.root_id.id,
                    deferred_start_date=self.deferred_start_date,
                    deferred_end_date=self.deferred_end_date,
                )
        else:
            # "Reverse and modify": the new draft is for the same days.
            values.update(
                deferred_start_date=self.deferred_start_date,
                deferred_end_date=self.deferred_end_date,
            )
        return result

    def _rr_credit_cause(self, root):
        """Return (cause, first day) of a credit: from the change that led to it, or as
        the person said; without a word it is taken as an error."""
        move = self.move_id
        if move.rr_credit_cause:
            return move.rr_credit_cause, move.rr_credit_date or move.date
        if move.rr_run_id:
            return root.subscription_id._revenue_cause(self), self.deferred_start_date
        return "error", move.date
