"""What users read of a trial, and the button that asks until when to extend it."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    trial_text = fields.Char(string="Trial", compute="_compute_trial_text")
    trial_is_over = fields.Boolean(compute="_compute_trial_text")

    @api.depends(
        "trial_end",
        "trial_converted_on",
        "trial_version_id",
        "trial_unbilled",
        "start_date",
        "plan_version_id",
        "state",
        "preferred_payment_method_line_id",
    )
    @api.depends_context("lang")
    def _compute_trial_text(self):
        today = fields.Date.context_today(self)
        for sub in self:
            sub.trial_is_over = bool(sub.trial_end and sub.trial_end <= today)
            sub.trial_text = sub._has_trial() and sub._trial_sentence()

    def _trial_sentence(self):
        """Say until when it is free and what follows."""
        day = format_date(self.env, self.trial_last_day)
        if self.trial_converted_on:
            return self.env._(
                "Trial until %(day)s, converted on %(converted)s; offered by %(offer)s",
                day=day,
                converted=format_date(self.env, self.trial_converted_on),
                offer=self.trial_version_id.display_name,
            )
        if self.state in ("cancelling", "closed"):
            return self.env._("Trial until %s, never converted", day)
        policy = self._trial_policy()
        if policy == "end":
            return self.env._("Trial until %s, then it ends unless converted", day)
        if policy == "payment" and not self._has_payment_method():
            return self.env._("Trial until %s, then it waits for a payment method", day)
        return self.env._("Trial until %s, then it is billed", day)

    def _term_sentence(self):
        ends = self.state in ("draft", "trial") and self._ends_with_trial()
        if not ends:
            return super()._term_sentence()
        day = format_date(self.env, self.trial_last_day)
        return self.env._("Ends with the trial on %s, unless it is converted", day)

    def _nothing_expected(self):
        if self.trial_unbilled and self.state in ("draft", "trial"):
            if self._ends_with_trial():
                return self.env._("The trial ends without an invoice.")
            return self.env._("Nothing is billed before there is a payment method.")
        return super()._nothing_expected()

    def _exceeds_trial_extend(self, values, day, company):
        """Tell whether more free days are given than the limit of approval allows."""
        until = fields.Date.to_date(values.get("until"))
        return bool(until) and (
            (until - self.trial_end).days > company.rr_approval_days
        )

    def action_open_extend_trial(self):
        """Ask until when the trial shall last."""
        self.ensure_one()
        return self._open_wizard(
            "recurring.trial.wizard", self.env._("Extend the Trial")
        )


class RecurringChange(models.Model):
    _inherit = "recurring.change"

    def _what_texts(self):
        """Say until when a trial lasts that was started or extended."""
        if self.type not in ("start", "trial_extend", "trial_convert"):
            return super()._what_texts()
        details = self.details or {}
        end = details.get("trial_end") or (details.get("header") or {}).get("trial_end")
        if not end or self.type == "trial_convert":
            return []
        last = fields.Date.to_date(end) - timedelta(days=1)
        return [self.env._("trial until %s", format_date(self.env, last))]
