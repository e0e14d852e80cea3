"""What users read of a subscription: inclusive days, health, rhythm, amount, name."""

from datetime import timedelta

from odoo import api, fields, models


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    @api.depends("end_date", "term_end", "billed_through")
    def _compute_last_days(self):
        for sub in self:
            sub.last_day = _day_before(sub.end_date)
            sub.term_last_day = _day_before(sub.term_end)
            sub.billed_through_last_day = _day_before(sub.billed_through)

    @api.depends("problem_message")
    def _compute_health(self):
        for sub in self:
            sub.health = "problem" if sub.problem_message else "fine"

    @api.depends("plan_version_id", "start_date", "anchor_date", "trial_end")
    def _compute_schedule_text(self):
        for sub in self:
            version = sub.plan_version_id
            sub.schedule_text = version and version._schedule_text(sub._first_paid())

    @api.depends(
        "line_ids.amount_period",
        "line_ids.role",
        "line_ids.start_date",
        "line_ids.end_date",
        "state",
    )
    def _compute_recurring_amount(self):
        today = fields.Date.context_today(self)
        for sub in self:
            day = max(today, sub.start_date or today)
            sub.recurring_amount = sum(
                line.amount_period
                for line in sub.line_ids
                if line.role != "one_off"
                and (not line.end_date or line.end_date > day)
                and (not line.start_date or line.start_date <= day)
            )

    @api.depends("name", "partner_id.name")
    def _compute_display_name(self):
        for sub in self:
            parts = [sub.name if sub.name != "/" else self.env._("New subscription")]
            if self.env.context.get("show_customer", True) and sub.partner_id:
                parts.append(sub.partner_id.name or "")
            sub.display_name = " ".join(filter(None, parts))

    def _subscriber_to_name(self):
        """Return the subscriber where somebody else pays, for the invoice's text.

        No record where the invoice goes to the subscriber, or to an address of its own.
        """
        payer = self.partner_invoice_id
        own = payer == self.partner_id or payer.parent_id == self.partner_id
        return self.partner_id.browse() if own else self.partner_id


def _day_before(day):
    """Return the inclusive last day that users read for an exclusive end."""
    return day and day - timedelta(days=1)
