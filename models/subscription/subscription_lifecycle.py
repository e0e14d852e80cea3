"""From draft to closed: the guarded steps of a subscription's life."""

import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...engine.period import Interval
from ..guard import applying
from .recurring_subscription import RUNNING


_logger = logging.getLogger(__name__)


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    # ------------------------------------------------------------------
    # State and trace
    # ------------------------------------------------------------------

    def _set_state(self, allowed, target, **values):
        """Move to ``target`` from one of ``allowed``, or say why not.

        The only writer of ``state``; ``values`` go with it in the same write.
        """
        names = dict(self._fields["state"]._description_selection(self.env))
        for sub in self:
            if sub.state not in allowed:
                raise UserError(
                    self.env._(
                        "%(name)s is %(state)s: it cannot become %(target)s.",
                        name=sub.name,
                        state=names[sub.state].lower(),
                        target=names[target].lower(),
                    )
                )
        applying(self).write({"state": target, **values})

    def _record_change(self, change_type, effective_date, **values):
        """Append to the history: who (the user), when (now), why, with what effect."""
        # sudo: nobody may write history by hand, so no group has the right to create.
        return self.env["recurring.change"].sudo().create(
            [
                {
                    "subscription_id": sub.id,
                    "type": change_type,
                    "effective_date": effective_date,
                    **values,
                }
                for sub in self
            ]
        )

    def _amount_due_now(self, today):
        """Return ``{subscription id: amount that billing at today would move}``."""
        return {
            sub_id: float(sum(item.amount for item in items if item.kind != "waiver"))
            for sub_id, items in self._difference(today).items()
        }

    # ------------------------------------------------------------------
    # Start
    # ------------------------------------------------------------------

    def action_activate(self):
        """Start the subscriptions: their lines are dated and the first billing set."""
        for sub in self:
            sub._check_can_start()
        for sub in self:
            sub._start()
        return True

    def _check_can_start(self):
        self.ensure_one()
        if self.plan_version_id.state == "draft":
            raise UserError(
                self.env._(
                    "The plan %s is not published yet. Publish it, then start the "
                    "subscription.",
                    self.plan_id.name,
                )
            )
        if not self.line_ids:
            raise UserError(
                self.env._("%s has no line: there is nothing to bill.", self.name)
            )

    def _start(self, **values):
        self.ensure_one()
        term_end = self._first_term_end()
        ends = term_end if self.renewal != "automatic" else None
        for line in applying(self.line_ids):
            line.write(
                {
                    "start_date": line.start_date or self.start_date,
                    "end_date": line.end_date or ends,
                }
            )
        self._set_state(
            ("draft",),
            "active",
            term_start=self.start_date if term_end else False,
            term_end=term_end,
            **{"end_date": ends, **values},
        )
        self._record_change("start", self.start_date)
        self._refresh_billing_state()

    def _first_term_end(self):
        """Return the first day after the first term, False without a term."""
        interval = self._term_interval()
        return interval.add(self.start_date, 1) if interval else False

    def _term_interval(self):
        version = self.plan_version_id
        if not version.term_count:
            return None
        return Interval(version.term_count, version.term_unit)

    # ------------------------------------------------------------------
    # Hold
    # ------------------------------------------------------------------

    def action_hold(self, reason):
        """Stop billing these subscriptions until released; nothing else changes."""
        if not (reason or "").strip():
            raise UserError(self.env._("Say why this subscription is not to be billed."))
        today = fields.Date.context_today(self)
        self.filtered(lambda sub: not sub.hold)._record_change("hold", today, note=reason)
        applying(self).write({"hold": True, "hold_reason": reason})
        return True

    def action_release(self):
        """Bill these subscriptions again; periods missed meanwhile are caught up."""
        today = fields.Date.context_today(self)
        held = self.filtered("hold")
        held._record_change("release", today)
        applying(held).write({"hold": False, "hold_reason": False})
        return True

    # ------------------------------------------------------------------
    # Cancellation
    # ------------------------------------------------------------------

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
            lambda row: row.kind in ("charge", "opening")
            and not row.origin_id
            and not (
                row in corrected
                and row.currency_id.is_zero(row.amount + corrected[row])
            )
        )

    def action_undo_cancel(self):
        """Withdraw the cancellation while the service still runs."""
        today = fields.Date.context_today(self)
        for sub in self:
            if sub.state != "cancelling" or sub.end_date <= today:
                raise UserError(
                    self.env._(
                        "The service of %s has ended: start a new subscription instead.",
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

    # ------------------------------------------------------------------
    # One-off charges
    # ------------------------------------------------------------------

    def action_add_one_off(
        self, product, price_unit, day, quantity=1.0, name=None, price_basis="product"
    ):
        """Charge something once on a running subscription.

        :param product: the product, a record or its id
        :param price_unit: in the subscription's currency, in ``price_basis``
        :param day: billed with the first billing on or after this day
        :return: the line that was added
        """
        self.ensure_one()
        if isinstance(product, int):
            product = self.env["product.product"].browse(product)
        day = fields.Date.to_date(day)
        if self.state not in RUNNING:
            raise UserError(self.env._("%s is not running.", self.name))
        line = applying(self.env["recurring.subscription.line"]).create(
            {
                "subscription_id": self.id,
                "product_id": product.id,
                "name": name,
                "role": "one_off",
                "quantity": quantity,
                "price_unit": price_unit,
                "price_agreed": True,
                "price_source": self.env._("one-off charge"),
                "price_basis": price_basis,
                "start_date": day,
            }
        )
        self._reopen_from(day)
        self._record_change(
            "one_off", day, amount_effect=line.amount_period, note=line.display_name
        )
        self._refresh_billing_state()
        return line

    # ------------------------------------------------------------------
    # Terms, renewal and the end
    # ------------------------------------------------------------------

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
        companies = self.env["res.company"].search([])
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
