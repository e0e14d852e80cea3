"""One button from a plan to the one that it leads to."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ....engine.errors import EngineError
from ...engine_texts import sentence_of


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    upgrade_plan_id = fields.Many2one(related="plan_id.upgrade_plan_id")
    upgrade_text = fields.Text(compute="_compute_upgrade_text")

    def action_open_upgrade(self):
        """Show what the plan's upgrade costs, and ask whether to go on."""
        self.ensure_one()
        view = self.env.ref("recurring_revenue.recurring_subscription_view_upgrade")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Upgrade to %s", self.upgrade_plan_id.name or ""),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(view.id, "form")],
            "target": "new",
        }

    def action_upgrade(self):
        """Move these subscriptions to the plan that theirs leads to, as the plan says:
        at once, or at the end of the period or term.

        :raise UserError: where the plan leads nowhere, or the change is refused
        """
        for sub in self:
            values, when = sub._upgrade()
            sub.action_change("plan", values, when=when)
        return {"type": "ir.actions.act_window_close"}

    def _upgrade(self):
        target = self.upgrade_plan_id
        if not target:
            raise UserError(
                self.env._(
                    "The plan %s does not say what to upgrade to: choose it there.",
                    self.plan_id.name,
                )
            )
        version = target._version_at(fields.Date.context_today(self))
        if version and self._may_try(version):
            return {"plan_id": target.id, "trial": True}, "now"
        return {"plan_id": target.id}, self.plan_version_id.upgrade_when

    @api.depends("plan_id.upgrade_plan_id", "state")
    @api.depends_context("lang")
    def _compute_upgrade_text(self):
        """Say what the upgrade costs: it is tried, looked at, and taken back."""
        for sub in self:
            sub.upgrade_text = False
            if not (sub.upgrade_plan_id and sub.id):
                continue
            try:
                values, when = sub._upgrade()
                comparison = sub._compare("plan", values, when=when)
                sub.upgrade_text = sub._upgrade_sentences(comparison)
            except (EngineError, UserError) as error:
                sub.upgrade_text = sentence_of(self.env, error)

    def _picture(self, day, today):
        """Say until when it is free, where a plan is tried."""
        picture = super()._picture(day, today)
        free = self.state == "trial" and self.trial_last_day
        return {**picture, "free_until": fields.Date.to_string(free) or False}

    def _upgrade_sentences(self, comparison):
        before, after = comparison["before"], comparison["after"]
        texts = [
            self.env._(
                "%(plan)s from %(day)s on: %(after)s a month instead of %(before)s.",
                plan=self.upgrade_plan_id.name,
                day=format_date(self.env, comparison["effective_date"]),
                after=self._money(after["monthly"]),
                before=self._money(before["monthly"]),
            )
        ]
        if after["free_until"]:
            day = format_date(self.env, after["free_until"])
            texts.append(self.env._("Free until %s.", day))
        if after["next_day"]:
            texts.append(
                self.env._(
                    "The next invoice is of %(day)s: %(amount)s before tax.",
                    day=format_date(self.env, after["next_day"]),
                    amount=self._money(after["next_amount"]),
                )
            )
        return "\n".join(texts)
