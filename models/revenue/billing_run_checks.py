"""Before a billing: whether what it would defer can be deferred at all."""

from datetime import timedelta

from odoo import models

from .deferral import Deferral


class Due:
    """An amount that is due, read like an invoice line (see ``Deferral.answer``)."""

    def __init__(self, line, item):
        self.product_id = line.product_id
        self.rr_subscription_id = line.subscription_id
        self.rr_subscription_line_id = line
        self.deferred_start_date = item.part.start
        self.deferred_end_date = item.part.end - timedelta(days=1)


class RecurringBillingRun(models.Model):
    _inherit = "recurring.billing.run"

    def _refusals(self, subscriptions, resolver):
        """Name what keeps revenue from being deferred: once, in the same words for all
        whom it concerns, instead of finding out invoice by invoice. Who owes nothing
        that is deferred is billed."""
        yield from super()._refusals(subscriptions, resolver)
        if not self.env["recurring.revenue.policy"]._book(self.company_id):
            return
        deferral = Deferral(self.company_id)
        if not deferral.obstacle or self.company_id._revenue_rival():
            return
        record = self.company_id.rr_deferred_account_id or self.company_id
        message = self.env._("Revenue cannot be deferred. %s", deferral.obstacle)
        due = resolver.due(subscriptions, self.date)
        concerned = subscriptions.filtered(
            lambda sub: self._is_deferred(sub, due[sub.id], deferral)
        )
        if concerned:
            self._tell_once(message)
        for sub in concerned:
            yield sub, "deferred_account", message, record

    def _is_deferred(self, sub, items, deferral):
        """Tell whether something that a subscription owes would be deferred."""
        lines = {line.id: line for line in sub.line_ids}
        for item in items:
            answer = deferral.answer(Due(lines[item.line], item), self.date)
            if answer and answer.is_continuous:
                return True
        return False

    def _tell_once(self, message):
        """Say on the run itself what keeps it from billing, once per run."""
        said = self.message_ids.mapped("body")
        if not any(message in str(body) for body in said):
            self.message_post(body=message)
