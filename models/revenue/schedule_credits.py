"""Credit notes: what each gives back, by its cause, from the schedule it belongs to."""

from datetime import timedelta

from odoo import api, models

from ...engine.period import Period
from ...engine.recognition import month_of
from ..exact import exact
from ..guard import applying


class RecurringRevenueSchedule(models.Model):
    _inherit = "recurring.revenue.schedule"

    @api.model
    def _credit(self, lines):
        """Write what posted lines of credit notes take from their schedules.

        :param lines: posted lines of credit notes with ``rr_schedule_id``
        """
        for line in lines:
            root = applying(line.rr_schedule_id.root_id)
            amount = exact(line.amount_currency)
            cause, curve = root._credited_curve(line, amount)
            effect = root._effect(curve)
            row = root._prepare_credit_row(line, cause, curve)
            made = self._insert([row], [effect], cause)
            root._settle_currency(made, row, effect)
            root._keep_curve(curve)
            root.invalidate_recordset(
                ["slice_ids", "family_ids", "recognised", "deferred"]
            )
        lines.rr_schedule_id.root_id._match()

    def _credited_curve(self, line, amount):
        """Return (cause, how the root is earned once ``amount`` is given back)."""
        curve = self._curve()
        cause, day = line._rr_credit_cause(self)
        first, last = line.deferred_start_date, line.deferred_end_date
        part = Period(first, _after(last)) if first and last else None
        if line.move_id.rr_run_id and part:
            return cause, curve.credited(part, amount)
        if cause == "terminated":
            return cause, curve.ended(day, amount)
        if cause == "modification":
            return cause, curve.changed(day, -amount)
        if cause == "past":
            whole = Period(self.date_start, self.date_end)
            if part is None or part == whole:
                part = Period(day, _after(day))
            return cause, curve.reduced(part, amount, self.method)
        if before := self._credit_undone(line, amount):
            return cause, before
        if not curve.segments:
            return cause, curve.corrected(day, -amount)
        return cause, curve.mended(-amount)

    def _credit_undone(self, line, amount):
        """Return how the root was earned before the credit note that ``line`` reverses
        as a whole, None where it does not, or where something came in between."""
        credit = self.family_ids.filtered(
            lambda own: (
                own.kind == "credit"
                and own.move_id == line.move_id.reversed_entry_id
                and exact(own.amount_currency) == amount
            )
        )
        if len(credit) != 1 or self.pauses:
            return None
        kept = credit.curve
        if (self.curve or []) != kept["after"]:
            return None
        return self._curve_of(kept["before"], kept["pauses"])

    def _prepare_credit_row(self, line, cause, curve):
        """Return the columns of the schedule of a credit: those of its root, with its
        own document and amounts, and what was promised before and after."""
        self.ensure_one()
        company = self.company_id
        reduced = cause == "past" and company.rr_reduction_account_id
        start = line.deferred_start_date or self.date_start
        end = self.date_end
        if line.deferred_end_date:
            end = _after(line.deferred_end_date)
        return {
            "company_id": company.id,
            "kind": "credit",
            "root_id": self.id,
            "label": self._label(line),
            "move_line_id": line.id,
            "move_id": line.move_id.id,
            "partner_id": line.move_id.commercial_partner_id.id,
            "subscription_id": self.subscription_id.id or None,
            "subscription_line_id": self.subscription_line_id.id or None,
            "plan_id": self.plan_id.id or None,
            "product_id": self.product_id.id or None,
            "billed_item_id": None,
            "nature_id": self.nature_id.id or None,
            "policy_id": self.policy_id.id or None,
            "treatment": self.treatment,
            "method": self.method,
            "date_start": start,
            "date_end": end,
            "booked_on": line.move_id.date,
            "currency_id": self.currency_id.id,
            "company_currency_id": self.company_currency_id.id,
            "amount_currency": -exact(line.amount_currency),
            "amount": -exact(line.balance),
            "deferred_account_id": self.deferred_account_id.id or None,
            "revenue_account_id": self.revenue_account_id.id,
            "analytic_distribution": self.analytic_distribution or None,
            "curve": {
                "before": self.curve,
                "pauses": self.pauses,
                "pauses_from": str(self.pauses_from or "") or None,
                "after": curve.data(),
            },
            "cause": cause,
            "slice_account": reduced.id if reduced else None,
        }

    def _settle_currency(self, made, row, effect):
        """Recognise what a credit at today's rate gives back more, or less, than the
        deferred revenue at the rate of its invoice: a currency difference."""
        gap = row["amount"] - sum(worth for _own, worth in effect.values())
        if not gap:
            return
        company = self.company_id
        account = (
            company.income_currency_exchange_account_id
            if gap > 0
            else company.expense_currency_exchange_account_id
        )
        month = month_of(row["booked_on"])
        self._insert_slices(
            [
                (
                    made.id,
                    self.id,
                    company.id,
                    self.currency_id.id,
                    month,
                    month,
                    0,
                    gap,
                    "currency",
                    account.id or None,
                )
            ]
        )


def _after(day):
    """Return the day after an inclusive last day."""
    return day + timedelta(days=1)
