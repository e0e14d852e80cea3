"""Terms: renewed by themselves or by hand, and what is over is closed."""

import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..guard import applying
from .recurring_subscription import RUNNING

_logger = logging.getLogger(__name__)


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    def action_renew(self):
        """Add a term to a subscription whose renewal is by hand."""
        for sub in self:
            if sub.state != "active" or not sub.term_end:
                raise UserError(
                    self.env._("%s has no running term to renew.", sub.name)
                )
            if sub.renewal == "automatic":
                raise UserError(
                    self.env._("%s renews by itself: nothing to do.", sub.name)
                )
            sub._renew_by_hand()
        return True

    def _renew_by_hand(self):
        old_end, new_end = self.term_end, self._next_term_end()
        for line in applying(self.line_ids):
            if line.role != "one_off" and line.end_date == old_end:
                line.end_date = new_end
        applying(self).write(
            {"term_start": old_end, "term_end": new_end, "end_date": new_end}
        )
        self._record_change("renew", old_end)
        self.activity_feedback(["recurring_revenue.activity_renewal"])
        self._refresh_billing_state()

    def _next_term_end(self):
        """Return the end of the term after this one, counted from the start (law 2)."""
        interval = self._term_interval()
        if not interval:
            return self.term_end
        n = 1
        while interval.add(self.start_date, n) < self.term_end:
            n += 1
        if interval.add(self.start_date, n) == self.term_end:
            return interval.add(self.start_date, n + 1)
        return interval.add(self.term_end, 1)

    @api.model
    def _advance_lifecycle(self, company, today):
        """Renew terms that end, ask about those renewed by hand, close what is over."""
        self._renew_due(company, today)
        self._remind_renewals(company, today)
        self._close_ended(company, today)

    def _renew_due(self, company, today):
        due = self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "active"),
                ("renewal", "=", "automatic"),
                ("term_end", "<=", today),
            ]
        )
        for sub in due:
            old_end = sub.term_end
            while sub.term_end <= today:
                applying(sub).write(
                    {"term_start": sub.term_end, "term_end": sub._next_term_end()}
                )
            sub._record_change("renew", old_end)

    def _remind_renewals(self, company, today):
        """Give the salesperson one activity before a term ends that renews by hand."""
        candidates = self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "active"),
                ("renewal", "=", "manual"),
                ("term_end", ">", today),
                ("term_end", "<=", today + timedelta(days=366)),
            ]
        )
        activity_type = self.env.ref("recurring_revenue.activity_renewal")
        for sub in candidates:
            deadline = sub.term_end - timedelta(days=sub.notice_days or 30)
            asked = sub.activity_ids.filtered(
                lambda activity: activity.activity_type_id == activity_type
            )
            if today >= deadline and not asked:
                sub.activity_schedule(
                    "recurring_revenue.activity_renewal",
                    date_deadline=sub.term_last_day,
                    user_id=(sub.user_id or self.env.user).id,
                )

    def _close_ended(self, company, today):
        """Close what has ended and has nothing left to bill or credit."""
        ended = self.search(
            [
                ("company_id", "=", company.id),
                ("state", "in", RUNNING),
                ("end_date", "<=", today),
                ("next_billing_date", "=", False),
            ]
        )
        for sub in ended:
            sub._set_state(RUNNING, "closed")
            sub._record_change("close", sub.end_date, reason_id=sub.close_reason_id.id)

    @api.model
    def _cron_lifecycle(self):
        """Daily: move every company's subscriptions along to that company's today."""
        running = self._read_group([("state", "in", RUNNING)], ["company_id"])
        companies = self.env["res.company"].union(*(company for (company,) in running))
        self._for_each_company(companies, self, "_advance_lifecycle")

    @api.model
    def _for_each_company(self, companies, model, method):
        """Call ``model.method(company, its today)`` for each and commit; a company
        whose call fails is logged and does not stop the others (law 6)."""
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(companies))
        for company in companies:
            zone = company.partner_id.tz or self.env.user.tz
            today = fields.Date.context_today(self.with_context(tz=zone))
            try:
                getattr(model.with_company(company), method)(company, today)
            except Exception:
                self.env.cr.rollback()
                _logger.exception("%s of %s failed", method, company.name)
            if not cron._commit_progress(1):
                break
