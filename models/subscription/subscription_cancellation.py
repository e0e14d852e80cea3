"""Ending a subscription, with or without credit, and withdrawing that."""

from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError, ValidationError

from ..guard import applying
from .recurring_subscription import RUNNING


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    def _cancellation_end(self, when, last_day=None, today=None):
        """Return the first day without service.

        :param when: ``now`` (today is the last day), ``period_end``, ``term_end`` or
            ``date`` (with ``last_day``, inclusive).
        """
        self.ensure_one()
        today = today or fields.Date.context_today(self)
        if when == "period_end":
            return self._schedule().period_at(max(today, self.start_date)).end
        if when == "term_end":
            if not self.term_end:
                raise UserError(
                    self.env._("%s has no term: choose another date.", self.name)
                )
            return self.term_end
        if when == "date" and not last_day:
            raise UserError(self.env._("Choose the last day of service."))
        day = last_day if when == "date" else today
        return max(day + timedelta(days=1), self.start_date)

    def action_cancel(self, when, last_day=None, reason=None, credit=False, note=None):
        """End these subscriptions.

        :param when: ``now`` (today is the last day), ``period_end``, ``term_end`` or
            ``date``: then ``last_day`` is the last day of service, inclusive
        :param reason: the close reason, a record or its id
        :param credit: give back with the next billing what is paid beyond that day
        """
        reasons = self.env["recurring.close.reason"]
        reason = reasons.browse(reason) if isinstance(reason, int) else reason
        last_day = fields.Date.to_date(last_day)
        for sub in self:
            end = sub._cancellation_end(when, last_day)
            sub._cancel(end, credit, reason=reason, note=note)
        return True

    def _cancel(self, end, credit, reason=None, note=None):
        """End every open line at ``end`` (exclusive) and remember how it was before.

        With ``credit`` what was billed beyond is credited by the next billing;
        without, it stays billed and the lines are closed where it ends.
        """
        self.ensure_one()
        if self.state not in RUNNING:
            raise UserError(self.env._("%s is not running.", self.name))
        if end < self.start_date:
            raise ValidationError(
                self.env._("The end lies before the start on %s.", self.start_date)
            )
        today = fields.Date.context_today(self)
        before = self._amount_due_now(today)[self.id]
        changed = self._end_lines(end, credit)
        self._reopen_from(end)
        previous_end = self.end_date
        self._set_state(
            RUNNING, "cancelling", end_date=end, close_reason_id=reason and reason.id
        )
        self._refresh_billing_state()
        effect = self._amount_due_now(today)[self.id] - before
        return self._record_change(
            "cancel",
            end,
            reason_id=reason and reason.id,
            note=note,
            amount_effect=effect,
            details={
                "lines": changed,
                "credit": bool(credit),
                "end_date": fields.Date.to_string(previous_end) or False,
            },
        )

    def _end_lines(self, end, credit):
        """End the lines that run past ``end``; return what they were, for undo."""
        billed = {} if credit else self._lines_billed_until()
        changed = []
        for line in applying(self.line_ids):
            if line.end_date and line.end_date <= end:
                continue
            if line.role == "one_off" and line.start_date < end:
                continue
            changed.append(
                [
                    line.id,
                    fields.Date.to_string(line.end_date) or False,
                    fields.Date.to_string(line.bill_until) or False,
                ]
            )
            paid = billed.get(line.id)
            line.write(
                {
                    "end_date": max(end, line.start_date),
                    "bill_until": paid if paid and paid > end else False,
                }
            )
        return changed

    def _lines_billed_until(self):
        """Return ``{line id: first day not billed}`` from charges that stand."""
        until = {}
        for row in self._live_charges():
            until[row.line_id.id] = max(
                until.get(row.line_id.id, row.date_end), row.date_end
            )
        return until

    def _live_charges(self):
        """Return the ledger's charges that no credit or cancelled invoice took back."""
        rows = self.billed_item_ids
        corrected = {}
        for row in rows.filtered(lambda row: row.origin_id and row.kind != "waiver"):
            corrected[row.origin_id] = corrected.get(row.origin_id, 0.0) + row.amount
        return rows.filtered(
            lambda row: (
                row.kind in ("charge", "opening")
                and not row.origin_id
                and not (
                    row in corrected
                    and row.currency_id.is_zero(row.amount + corrected[row])
                )
            )
        )

    def action_undo_cancel(self):
        """Withdraw the cancellation while the service still runs."""
        today = fields.Date.context_today(self)
        for sub in self:
            if sub.state != "cancelling" or sub.end_date <= today:
                raise UserError(
                    self.env._(
                        "The service of %s has ended: start a new subscription "
                        "instead.",
                        sub.name,
                    )
                )
            sub._undo_cancel(today)
        return True

    def _undo_cancel(self, today):
        cancels = self._standing_cancellations()
        before = self._amount_due_now(today)[self.id]
        for cancel in cancels:
            for line_id, end_date, bill_until in cancel.details["lines"]:
                line = applying(self.line_ids.browse(line_id))
                line.write({"end_date": end_date, "bill_until": bill_until})
        self._reopen_from(self.end_date)
        self._set_state(
            ("cancelling",),
            "active",
            end_date=cancels[-1:].details["end_date"],
            close_reason_id=False,
        )
        self._refresh_billing_state()
        effect = self._amount_due_now(today)[self.id] - before
        self._record_change("undo_cancel", today, amount_effect=effect)

    def _standing_cancellations(self):
        """Return the cancellations not withdrawn, newest first: a cancellation that was
        changed is withdrawn as a whole."""
        standing = self.change_ids.browse()
        for change in self.change_ids.sorted("id", reverse=True):
            if change.type == "undo_cancel":
                break
            if change.type == "cancel":
                standing += change
        return standing
