"""Terms: renewed by themselves or by hand, and what is over is closed."""

import logging
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...engine.period import Alignment, Schedule
from ..engine_texts import sentence_of
from ..guard import applying
from .recurring_subscription import RUNNING

_logger = logging.getLogger(__name__)

RENEWAL_NOTICE = 30  # days before a term ends, where the plan says nothing
DAILY = "daily"  # the problem of a subscription whose renewal or closing failed


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
            if not sub._term_interval():
                raise UserError(
                    self.env._(
                        "The plan %(plan)s has no term, so nothing says until when "
                        "%(name)s would be renewed. Start a new subscription instead.",
                        plan=sub.plan_id.name,
                        name=sub.name,
                    )
                )
            sub._renew_by_hand()
        return True

    def _renew_by_hand(self):
        """Add a term; what was billed beyond the old one, cut short, is looked at
        again."""
        today = fields.Date.context_today(self)
        before = self._amount_due_now(today)[self.id]
        old_end, new_end = self.term_end, self._next_term_end(self.term_end)
        for line in applying(self.line_ids):
            if line.role != "one_off" and line.end_date == old_end:
                beyond = line.bill_until and line.bill_until > new_end
                line.write(
                    {
                        "end_date": new_end,
                        "bill_until": line.bill_until if beyond else False,
                    }
                )
        applying(self).write(
            {"term_start": old_end, "term_end": new_end, "end_date": new_end}
        )
        self._reopen_from(old_end)
        self._refresh_billing_state()
        effect = self._amount_due_now(today)[self.id] - before
        self._record_change("renew", old_end, amount_effect=effect)
        self.activity_feedback(["recurring_revenue.activity_renewal"])

    # ------------------------------------------------------------------
    # Which term
    # ------------------------------------------------------------------

    def _term_interval(self):
        return self.plan_version_id._term_given(self.term_id)[0]

    def _first_term(self):
        """Return ``(start, end)`` of the term that a start gives; both False without.

        It counts from the first day that is billed, after a trial.
        Of a start in the past the first one; where it renews by itself, today's.
        """
        interval = self._term_interval()
        if not interval:
            return False, False
        today = fields.Date.context_today(self)
        start = self._first_paid()
        return self._term_at(today, start, interval.add(start, 1))

    def _first_term_end(self):
        """Return the first day after the term that a start gives, False without."""
        return self._first_term()[1]

    def _term_at(self, day, start, end):
        """Return ``(start, end)`` of the term that runs on ``day``, known one that ran
        before: only a term that renews by itself is followed by another."""
        if self.renewal == "automatic" and self._term_interval():
            while end <= day:
                start, end = end, self._next_term_end(end)
        return start, end

    def _next_term_end(self, end):
        """Return the end of the term that follows ``end``, counted from the first day
        that was billed (law 2) unless a term was agreed that is off that grid."""
        interval = self._term_interval()
        grid = Schedule(interval, Alignment.anniversary(), self._first_paid())
        if grid.period_at(end).start == end:
            return grid.next_boundary(end)
        return interval.add(end, 1)

    # ------------------------------------------------------------------
    # Every day
    # ------------------------------------------------------------------

    @api.model
    def _advance_lifecycle(self, company, today):
        """Let headers follow changes, renew terms that end, ask about those renewed by
        hand, close what is over."""
        self._enter_changes(company, today)
        self._to_renew(company, today)._each_alone("_renew_by_itself", today)
        self._to_remind(company, today)._each_alone("_remind_renewal", today)
        self._to_close(company, today)._each_alone("_close_ended")

    def _each_alone(self, method, *args):
        """Call the method on each record; one that fails is left as it was, says why,
        and does not stop the others (law 6)."""
        for sub in self:
            try:
                with self.env.cr.savepoint():
                    getattr(sub, method)(*args)
                    if sub.problem_code == DAILY:
                        sub._note_daily_problem(False)
            except OperationalError:
                _logger.info("%s of subscription %s: tried again later", method, sub.id)
            except Exception as error:
                # The savepoint has rolled back; the next day tries again.
                _logger.exception("%s of subscription %s failed", method, sub.id)
                sub._note_daily_problem(error)

    def _note_daily_problem(self, error):
        """Say on the subscription why a renewal or a closing failed; False: mended."""
        values = {"problem_code": False, "problem_message": False}
        if error:
            speaking = self.with_context(lang=self.user_id.lang or self.env.lang)
            message = speaking.env._(
                "What the day asked of this subscription (renewal, reminder or end) "
                "could not be done: %s",
                sentence_of(speaking.env, error),
            )
            values = {"problem_code": DAILY, "problem_message": message}
        now = fields.Datetime.now() if error else False
        applying(self).write({**values, "problem_date": now})

    def _to_renew(self, company, today):
        return self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "active"),
                ("renewal", "=", "automatic"),
                ("term_end", "<=", today),
            ]
        )

    def _renew_by_itself(self, today):
        old_end = self.term_end
        start, end = self._term_at(today, self.term_start, old_end)
        applying(self).write({"term_start": start, "term_end": end})
        self._record_change("renew", old_end)

    def _to_remind(self, company, today):
        return self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "active"),
                ("renewal", "=", "manual"),
                ("term_end", ">", today),
                ("term_end", "<=", today + timedelta(days=366)),
            ]
        )

    def _remind_renewal(self, today):
        """Give the salesperson one activity before a term ends that renews by hand."""
        if today < self.term_end - timedelta(days=self.notice_days or RENEWAL_NOTICE):
            return
        activity_type = self.env.ref("recurring_revenue.activity_renewal")
        if activity_type in self.activity_ids.activity_type_id:
            return
        self.activity_schedule(
            "recurring_revenue.activity_renewal",
            date_deadline=self.term_last_day,
            user_id=(self.user_id or self.env.user).id,
        )

    def _to_close(self, company, today):
        """Return what has ended and has nothing left to bill or credit."""
        return self.search(
            [
                ("company_id", "=", company.id),
                ("state", "in", RUNNING),
                ("end_date", "<=", today),
                ("next_billing_date", "=", False),
            ]
        )

    def _close_ended(self):
        self._set_state(RUNNING, "closed")
        self._record_change("close", self.end_date, reason_id=self.close_reason_id.id)

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
