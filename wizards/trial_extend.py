from datetime import timedelta

from odoo import api, fields, models


class RecurringTrialWizard(models.TransientModel):
    """Until when a trial shall last, and why."""

    _name = "recurring.trial.wizard"
    _description = "Extend a Trial"

    subscription_id = fields.Many2one("recurring.subscription", required=True)
    trial_last_day = fields.Date(
        related="subscription_id.trial_last_day", string="Free Until Now"
    )
    last_day = fields.Date(
        string="New Last Day",
        compute="_compute_last_day",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="The last day that is free; billing starts on the day after it.",
    )
    note = fields.Char(string="Why")

    @api.depends("subscription_id")
    def _compute_last_day(self):
        """Propose a week more."""
        today = fields.Date.context_today(self)
        for wizard in self:
            day = wizard.subscription_id.trial_last_day or today
            wizard.last_day = max(day, today) + timedelta(days=7)

    def action_confirm(self):
        """Extend the trial; the first invoice waits as long."""
        self.ensure_one()
        self.subscription_id.action_extend_trial(self.last_day, note=self.note)
        return {"type": "ir.actions.act_window_close"}
