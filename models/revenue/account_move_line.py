from odoo import fields, models
from odoo.exceptions import UserError

from ..guard import typed_over


class AccountMoveLine(models.Model):
    """An invoice line on the deferred account knows where it will be recognised."""

    _inherit = "account.move.line"

    rr_revenue_account_id = fields.Many2one(
        "account.account",
        string="Recognised On",
        copy=False,
        readonly=True,
        help="The income account of a line whose revenue is deferred.",
    )
    rr_schedule_id = fields.Many2one(
        "recurring.revenue.schedule",
        string="Revenue Schedule",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Of a credit: the schedule that it reduces; of an entry: the one whose "
        "revenue it books.",
    )

    def _rr_income_account(self):
        """The account on which the line's revenue ends up."""
        kept = self.rr_revenue_account_id
        # An income account that was chosen since on the draft counts instead.
        if kept and self.account_id.internal_group != "income":
            return kept
        return super()._rr_income_account()

    def write(self, vals):
        """Refuse to move a line to another schedule."""
        refused = typed_over(self, vals, {"rr_schedule_id"})
        if refused:
            raise UserError(
                self.env._("A line stays with the revenue schedule it belongs to.")
            )
        return super().write(vals)

    def copy_data(self, default=None):
        """A copy starts from the income account: whether it is deferred is decided
        when it is posted."""
        result = super().copy_data(default)
        for line, vals in zip(self, result, strict=True):
            if line.rr_revenue_account_id and "account_id" in vals:
                vals["account_id"] = line.rr_revenue_account_id.id
        return result

    def reconcile(self):
        """Deferred revenue stays at the rate of its invoice (IAS 21.16): matching it
        books no currency difference; a credit at another rate leaves one that the
        closing books."""
        accounts = self.company_id.rr_deferred_account_id
        if self.account_id and self.account_id <= accounts:
            return super(
                AccountMoveLine, self.with_context(no_exchange_difference=True)
            ).reconcile()
        return super().reconcile()

    def _prepare_analytic_lines(self):
        """Analytic accounts get what is recognised, when it is recognised."""
        if self._rr_income_account() != self.account_id:
            return []
        return super()._prepare_analytic_lines()

    def _rr_booked_on(self, deferral, day):
        """Return the deferred account where the line belongs on it, else None."""
        if self._rr_credits():
            # sudo: the schedule that is reduced decides, whoever credits.
            root = self.rr_schedule_id.sudo().root_id
            if root.treatment == "continuous":
                return root.deferred_account_id
            return None
        answer = deferral.answer(self, day)
        if answer and answer.is_continuous:
            deferral.check()
            return deferral.deferred_account
        return None

    def _rr_answer(self, deferral, day):
        """Return how a posted line is deferred, or None where it is booked as revenue;
        what stands on the deferred account has a schedule in any case."""
        deferred = self._rr_income_account() != self.account_id
        answer = deferral.answer(self, day, in_any_month=deferred)
        if answer and answer.is_continuous and not deferred:
            return None
        return answer
