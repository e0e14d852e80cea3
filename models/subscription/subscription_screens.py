"""What only the form needs: sentences, the columns of the board, buttons that open."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date

from .recurring_subscription import STATES


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    state = fields.Selection(group_expand="_expand_states")
    term_text = fields.Char(string="Term", compute="_compute_term_text")
    has_term = fields.Boolean(compute="_compute_term_text")
    scheduled_text = fields.Text(compute="_compute_scheduled_text")

    @api.model
    def _expand_states(self, states, domain):
        """Show the columns in the order of life, closed only where there are any."""
        shown = {"draft", "active", "cancelling", *states}
        return [state for state, _name in STATES if state in shown]

    @api.depends(
        "term_end", "end_date", "renewal", "state", "plan_version_id", "term_id"
    )
    @api.depends_context("lang")
    def _compute_term_text(self):
        for sub in self:
            sub.term_text = sub._term_sentence()
            sub.has_term = bool(sub._term_interval())

    def _term_sentence(self):
        end = self.term_end
        if self.state == "draft" and self.plan_version_id and self.start_date:
            end = self._first_term_end()
        if self.state in ("cancelling", "closed") and self.end_date:
            day = format_date(self.env, self.end_date - timedelta(days=1))
            return self.env._("The last day of service is %s", day)
        if not end:
            return self.env._("Runs until it is cancelled")
        day = format_date(self.env, end - timedelta(days=1))
        return {
            "automatic": self.env._("Until %s, then renewed by itself", day),
            "manual": self.env._("Until %s, to be renewed by hand", day),
        }.get(self.renewal, self.env._("Until %s, not renewed", day))

    @api.depends("change_ids.state", "change_ids.effective_date")
    @api.depends_context("lang")
    def _compute_scheduled_text(self):
        """Say what waits: on which day, and what."""
        for sub in self:
            changes = sub.change_ids.filtered(
                lambda change: change.state in ("scheduled", "waiting")
            )
            sub.scheduled_text = "\n".join(
                change._announcement()
                for change in changes.sorted(lambda c: (c.effective_date, c.id))
            )

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_open_cancel(self):
        """Ask when and why to cancel, and show the money first."""
        self.ensure_one()
        return self._open_wizard(
            "recurring.cancel.wizard", self.env._("Cancel %s", self.display_name)
        )

    def action_open_change(self):
        """Ask what changes and when, and show the money first."""
        self.ensure_one()
        action = self._open_wizard(
            "recurring.change.wizard", self.env._("Change %s", self.display_name)
        )
        kind = self.env.context.get("default_kind")
        if kind:
            action["context"]["default_kind"] = kind
        return action

    def action_open_hold(self):
        """Ask why these subscriptions are not to be billed."""
        return self._open_wizard("recurring.hold.wizard", self.env._("Put on Hold"))

    def action_open_one_off(self):
        """Ask what to charge once."""
        return self._open_wizard(
            "recurring.one.off.wizard", self.env._("Charge Something Once")
        )

    def _open_wizard(self, model, title):
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": model,
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_subscription_id": self[:1].id,
                "default_subscription_ids": self.ids,
            },
        }

    def action_view_billed(self):
        """Open everything that was billed or credited, row by row."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "recurring_revenue.recurring_billed_item_action"
        )
        action["domain"] = [("subscription_id", "=", self.id)]
        action["context"] = {"rr_one_subscription": True}
        return action
