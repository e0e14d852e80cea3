"""Events that turn out wrong, and periods that must be looked at again."""

from odoo import api, fields, models

from ...guard import applying
from ..recurring_subscription import RUNNING


class RecurringUsage(models.Model):
    _inherit = "recurring.usage"

    def action_cancel(self):
        """Let these events count no more; what they were billed for is credited.

        The credit comes with the next invoice, and is never more than was billed.
        """
        self._check_recorder()
        self.check_access("read")
        wrong = self.filtered(lambda event: event.state == "recorded")
        # sudo: nobody may write events; who may was checked.
        applying(wrong.sudo()).write({"state": "cancelled"})
        days = {}
        for event in wrong.sudo():
            sub = event.subscription_id
            days[sub] = min(days.get(sub, event.day), event.day)
        self._look_again(days)
        return True

    @api.model
    def _look_again(self, days):
        """Let the next regular invoice look again at periods that were billed.

        :param days: ``{subscription: earliest day}``, records with system rights
        """
        today = fields.Date.context_today(self)
        for sub, day in days.items():
            regular = sub.next_billing_date
            sub._reopen_from(day)
            if regular and regular > today:
                waits = sub.bill_not_before
                applying(sub).bill_not_before = min(regular, waits or regular)
        if days:
            subscriptions = self.env["recurring.subscription"].union(*days)
            subscriptions._refresh_billing_state()
            subscriptions._open_for_late_usage()

    @api.model
    def _sweep_unseen(self, company, today):
        """Find events that were recorded while their period was being billed.

        Neither transaction saw the other: the event is not late, and the period may
        be closed without it. To look again is harmless where it was billed after all.
        """
        rows = self._unseen(company, fields.Date.subtract(today, days=3))
        subscriptions = self.env["recurring.subscription"]
        self._look_again({subscriptions.browse(sub): day for sub, day in rows})


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    def _open_for_late_usage(self):
        """Billing looks at running subscriptions only: what is over runs out again."""
        for sub in self:
            if sub.state == "closed" and sub.next_billing_date:
                sub._set_state(("closed",), "cancelling")
                sub.message_post(
                    body=self.env._(
                        "Usage of a time that was billed already: it is settled with "
                        "the next billing, then the subscription is closed again."
                    )
                )

    @api.model
    def _advance_lifecycle(self, company, today):
        self.env["recurring.usage"]._sweep_unseen(company, today)
        return super()._advance_lifecycle(company, today)

    @api.model
    def _metered_states(self):
        """States in which usage can be recorded: all but a draft."""
        return (*RUNNING, "closed")
