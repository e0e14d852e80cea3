from odoo import fields, models
from odoo.exceptions import UserError

from ..guard import typed_over

# What the schedule of a posted line was made from.
SCHEDULED = {
    "account_id",
    "deferred_start_date",
    "deferred_end_date",
    "rr_revenue_account_id",
}


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

    rr_never_deferred = fields.Boolean(
        string="Credits Revenue",
        copy=False,
        readonly=True,
        help="What it credits was booked as revenue at once, and so is the credit.",
    )

    def _rr_nature_code(self):
        """Return the code of the nature of what the line bills, where its product has
        none and the stage that made the line knows it; else None."""
        return None

    def _rr_income_account(self):
        """The account on which the line's revenue ends up."""
        kept = self.rr_revenue_account_id
        # An income account that was chosen since on the draft counts instead.
        if kept and self.account_id.internal_group != "income":
            return kept
        return super()._rr_income_account()

    def write(self, vals):
        """Refuse to move a line to another schedule, or away from what it defers."""
        refused = typed_over(self, vals, {"rr_schedule_id", "rr_never_deferred"})
        if refused:
            raise UserError(
                self.env._("A line stays with the revenue schedule it belongs to.")
            )
        if SCHEDULED & set(vals):
            deferred = self.filtered(
                lambda line: (
                    line.parent_state == "posted"
                    and (line.rr_revenue_account_id or line.rr_schedule_id)
                )
            )
            if typed_over(deferred, vals, SCHEDULED):
                raise UserError(
                    self.env._(
                        "Revenue is recognised by what %s says: account and days of "
                        "service stand once it is posted. Credit it, or reset it to "
                        "draft.",
                        deferred[:1].move_name,
                    )
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

    def _rr_earned_on(self, deferral, day):
        """Return the account on which a draft line is earned, also where a person put
        it on the deferred account."""
        income = self._rr_income_account()
        if income != deferral.deferred_account:
            return income
        if self._rr_credits():
            # sudo: as below.
            return self.rr_schedule_id.sudo().root_id.revenue_account_id
        if not deferral.answer(self, day, in_any_month=True):
            return income
        template = self.product_id.product_tmpl_id.with_company(self.company_id)
        position = self.move_id.fiscal_position_id
        found = template.get_product_accounts(fiscal_pos=position)["income"]
        if not found or found == deferral.deferred_account:
            raise UserError(
                self.env._(
                    "Choose an account of revenue for “%(line)s” instead of "
                    "%(account)s: what is not earned yet is deferred by itself, by the "
                    "days of its service.",
                    line=self.name or self.product_id.display_name,
                    account=income.display_name,
                )
            )
        return found

    def _rr_booked_on(self, deferral, day):
        """Return the deferred account where the line belongs on it, else None."""
        if self._rr_credits():
            # sudo: the schedule that is reduced decides, whoever credits.
            root = self.rr_schedule_id.sudo().root_id
            if root.treatment == "continuous":
                return root.deferred_account_id
            return None
        if self.rr_never_deferred:
            return None
        answer = deferral.answer(self, day)
        if answer and answer.is_continuous:
            deferral.check()
            return deferral.deferred_account
        return None

    def _rr_answer(self, deferral, day):
        """Return how a posted line is deferred, or None where it is booked as revenue;
        what stands on the deferred account has a schedule in any case."""
        if self.rr_never_deferred:
            return None
        deferred = self._rr_income_account() != self.account_id
        answer = deferral.answer(self, day, in_any_month=deferred)
        if answer and answer.is_continuous and not deferred:
            return None
        return answer
