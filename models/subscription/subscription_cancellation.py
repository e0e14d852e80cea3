"""Ending a subscription, with or without credit, and withdrawing that."""

from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ...engine.billing import book_of
from ...engine.ledger import PeriodBook
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
        if when == "term_end":
            return self._cancellation_at_term_end(today)
        if when == "date":
            if not last_day:
                raise UserError(self.env._("Choose the last day of service."))
            return max(last_day + timedelta(days=1), self.start_date)
        end = max(today + timedelta(days=1), self.start_date)
        if when == "period_end":
            end = self._schedule().period_at(max(today, self.start_date)).end
        return min(end, self._agreed_end() or end)

    def _cancellation_at_term_end(self, today):
        """Return the end of the running term: one that renewed by itself since then
        counts, also where nobody has written it down yet."""
        if not self.term_end:
            raise UserError(
                self.env._("%s has no term: choose another date.", self.name)
            )
        return self._term_at(today, self.term_start, self.term_end)[1]

    def _agreed_end(self):
        """Return the end apart from any cancellation, False when open: that of a term
        that does not renew by itself."""
        first = self._open_cancellations()[-1:]
        if not first:
            return self.end_date
        return fields.Date.to_date(first.details["end_date"])

    def action_cancel(self, when, last_day=None, reason=None, credit=False, note=None):
        """End these subscriptions.

        :param when: ``now`` (today is the last day), ``period_end``, ``term_end`` or
            ``date``: then ``last_day`` is the last day of service, inclusive
        :param reason: the close reason, a record or its id
        :param credit: give back with the next billing what is paid beyond that day;
            without, the period in which the service ends stays paid
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

        With ``credit`` what was billed beyond is credited by the next billing. Without,
        what was billed of the period in which the service ends stays billed; a period
        that has not begun by then is given back all the same. A cancellation that
        stands already is replaced: both its earlier end and its credit are forgotten.
        """
        self.ensure_one()
        self._check_cancellation(end)
        today = fields.Date.context_today(self)
        before = self._amount_due_now(today)[self.id]
        agreed_end = self._agreed_end()
        self._restore_lines()
        self._reopen_from(min(end, self.end_date or end))
        changed = self._end_lines(end, credit)
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
                "end_date": fields.Date.to_string(agreed_end) or False,
            },
        )

    def _check_cancellation(self, end):
        if self.state not in RUNNING:
            raise UserError(self.env._("%s is not running.", self.name))
        if end < self.start_date:
            raise ValidationError(
                self.env._(
                    "The end lies before the start on %s.",
                    format_date(self.env, self.start_date),
                )
            )
        agreed_end = self._agreed_end()
        if agreed_end and end > agreed_end:
            raise UserError(
                self.env._(
                    "%(name)s ends with its term: the last day of service is %(day)s. "
                    "Renew it first, then choose a later day; a cancelled one is "
                    "renewed after its cancellation is undone.",
                    name=self.name,
                    day=format_date(self.env, agreed_end - timedelta(days=1)),
                )
            )

    def _end_lines(self, end, credit):
        """End the lines that run, or are billed, past ``end``; return what they were,
        for undo."""
        kept = {} if credit else self._lines_billed_until(end)
        changed = []
        for line in applying(self.line_ids):
            claimed_until = line.bill_until or line.end_date
            if claimed_until and claimed_until <= end:
                continue
            if line.role == "one_off" and line.start_date < end:
                continue
            ends = [line.end_date, line.bill_until]
            changed.append(
                [line.id, *(fields.Date.to_string(e) or False for e in ends)]
            )
            last, paid = max(end, line.start_date), kept.get(line.id)
            line.write(
                {
                    "end_date": min(line.end_date or last, last),
                    "bill_until": paid if paid and paid > end else False,
                }
            )
        return changed

    def _lines_billed_until(self, end):
        """Return ``{line id: first day not billed}`` in the periods that have begun
        before ``end``; what was credited already is not billed any more."""
        until = {}
        book = book_of(self._engine_rows()[self.id], None)
        for (line, _whole), rows in book.items():
            covered = PeriodBook(rows).covered()
            if any(days.start < end for days in covered):
                last = max(days.end for days in covered)
                until[line] = max(until.get(line, last), last)
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
        before = self._amount_due_now(today)[self.id]
        agreed_end = self._agreed_end()
        self._restore_lines()
        self._reopen_from(self.end_date)
        self._set_state(
            ("cancelling",),
            self._state_but_for_cancelling(today),
            end_date=agreed_end,
            close_reason_id=False,
        )
        self._refresh_billing_state()
        effect = self._amount_due_now(today)[self.id] - before
        self._record_change("undo_cancel", today, amount_effect=effect)

    def _state_but_for_cancelling(self, today):
        """Return the state that the subscription goes back to."""
        return "paused" if self._standing_pause() else "active"

    def _restore_lines(self):
        """Let the lines end as they did before the cancellations that stand."""
        for cancel in self._open_cancellations():
            for line_id, end_date, bill_until in cancel.details["lines"]:
                line = applying(self.line_ids.browse(line_id))
                line.write({"end_date": end_date, "bill_until": bill_until})

    def _standing_cancellations(self):
        """Return the cancellations not withdrawn, newest first: a cancellation that was
        changed is withdrawn as a whole."""
        return self._cancellations_since(("start", "undo_cancel"))

    def _open_cancellations(self):
        """Return the cancellations that can still be withdrawn, newest first: one that
        was carried out before the subscription started again is history."""
        return self._cancellations_since(("start", "undo_cancel", "reactivate"))

    def _cancellations_since(self, types):
        """Return the cancellations after the last change of these types."""
        turns = self.env["recurring.change"].search(
            [("subscription_id", "=", self.id), ("type", "in", ("cancel", *types))],
            order="id desc",
        )
        standing = turns.browse()
        for change in turns:
            if change.type != "cancel":
                break
            standing += change
        return standing
