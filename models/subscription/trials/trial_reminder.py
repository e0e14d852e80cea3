"""Before a trial ends: an activity for the salesperson, an e-mail to the customer."""

from datetime import timedelta

from odoo import api, fields, models

from ...guard import applying

ACTIVITY = "recurring_revenue.activity_trial"
LONGEST = 366  # days before the end at which a plan may remind


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    @api.model
    def _trials_to_announce(self, company, today):
        return self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "trial"),
                ("trial_reminded_on", "=", False),
                ("trial_version_id.trial_reminder_days", ">", 0),
                ("trial_end", ">", today),
                ("trial_end", "<=", today + timedelta(days=LONGEST)),
            ]
        )

    def _remind_trial(self, today):
        """Announce the end of the trial once: by an activity and a queued e-mail."""
        days = self.trial_version_id.trial_reminder_days
        if today < self.trial_end - timedelta(days=days):
            return
        applying(self).trial_reminded_on = today
        self.activity_schedule(
            ACTIVITY,
            date_deadline=self.trial_last_day,
            user_id=(self.user_id or self.env.user).id,
        )
        template = self.env.ref("recurring_revenue.mail_template_trial_ending", False)
        if template and self.partner_id.email:
            template.send_mail(self.id, force_send=False)

    def _close_trial_activities(self):
        """What the reminder asked for is over."""
        self.activity_unlink([ACTIVITY])

    def _trial_next_invoice(self):
        """Return "36.00 € including tax on 1 May", in the language of the
        environment, for the e-mail; empty where nothing is billed."""
        self.ensure_one()
        today = fields.Date.context_today(self)
        expected = self._expected(today, self._preview_until(today))[:1]
        if not expected:
            return ""
        words = self._invoice_words(expected[0])
        return self.env._("%(amount)s on %(day)s", **words)
