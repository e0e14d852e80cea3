"""A pause that moves paid days: recognition stops and goes on as much later."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...engine.period import Period
from ...engine.recognition import Curve, next_month
from ..exact import currency_rounding
from ..guard import applying

STANDING = ("applied", "scheduled")


class RecurringRevenueSchedule(models.Model):
    _inherit = "recurring.revenue.schedule"

    pauses = fields.Json(
        readonly=True,
        help="The pauses, [first day, first day of service again), that are in the "
        "months of this schedule and not in its curve.",
    )
    pauses_from = fields.Date(
        readonly=True, help="Pauses before this day are in the curve."
    )

    def _curve(self):
        """Return how a root is earned now: what was promised, with its pauses."""
        return self._with_pauses(self.pauses)

    def _with_pauses(self, pauses):
        return self._curve_of(self.curve, pauses)

    def _curve_of(self, data, pauses):
        self.ensure_one()
        # Empty where all was given back from the first day on.
        curve = Curve.from_data(data or [], currency_rounding(self.currency_id))
        for start, end in pauses or ():
            curve = curve.paused(
                Period(fields.Date.to_date(start), fields.Date.to_date(end))
            )
        return curve

    def _keep_curve(self, curve):
        """Let a root be earned by a curve that contains the pauses so far."""
        values = {"curve": curve.data()}
        if self.pauses:
            values.update(pauses=None, pauses_from=self.pauses[-1][1])
        applying(self).write(values)

    @api.model
    def _sync_pauses(self, company, month, subscriptions=None):
        """Let schedules follow the pauses of their subscriptions, up to a month.

        A pause whose end nobody knows lasts at least until the end of ``month``: what
        is left stands in the months after it, until the subscription goes on.
        Called again it changes nothing.
        """
        today = fields.Date.context_today(self)
        until = next_month(max(month, today))
        windows = self._pause_windows(company, until, subscriptions)
        roots = self.search(
            [
                ("company_id", "=", company.id),
                ("kind", "in", ("invoice", "opening")),
                ("root_id.subscription_id", "in", list(windows)),
            ]
        )
        for root in roots.filtered(lambda own: own == own.root_id):
            pauses = root._own_pauses(windows[root.subscription_id.id])
            if pauses != (root.pauses or []):
                root._follow_pauses(pauses, month)

    def _own_pauses(self, windows):
        """Return the pauses that concern a root: from where its curve has none yet."""
        since = self.pauses_from or self.date_start
        return [
            [str(max(start, since)), str(end)]
            for start, end in windows
            if end > since and start < self._with_pauses(None).last_day
        ]

    def _follow_pauses(self, pauses, month):
        root = applying(self)
        effect = root._effect(root._with_pauses(pauses))
        root._add_slices(effect, month, "pause")
        root.pauses = pauses or None
        root.invalidate_recordset(["slice_ids", "recognised", "deferred"])

    @api.model
    def _pause_windows(self, company, until, subscriptions):
        """Return ``{subscription: [(first day, first day of service again)]}`` of the
        subscriptions that were ever paused with what was paid moved."""
        self.env["recurring.change"].flush_model()
        among = SQL("TRUE")
        if subscriptions is not None:
            among = SQL("p.subscription_id = ANY(%s)", subscriptions.ids)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT p.subscription_id, p.state, p.details->>'shift' = 'true',
                       p.effective_date,
                       (SELECT MIN(r.effective_date) FROM recurring_change r
                         WHERE r.subscription_id = p.subscription_id
                           AND r.type IN ('resume', 'reactivate', 'close')
                           AND r.state IN %(standing)s
                           AND (r.effective_date > p.effective_date
                                OR r.effective_date = p.effective_date
                                AND r.id > p.id))
                  FROM recurring_change p
                 WHERE p.type = 'pause' AND p.company_id = %(company)s AND %(among)s
                 ORDER BY p.subscription_id, p.effective_date, p.id
                """,
                standing=STANDING,
                company=company.id,
                among=among,
            )
        )
        found = {}
        for subscription, state, shifts, start, end in rows:
            windows = found.setdefault(subscription, [])
            end = end or max(until, start + timedelta(days=1))
            if shifts and state in STANDING and start < end:
                windows.append((start, end))
        return found


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    def action_change(self, kind, *args, **options):
        """Let revenue stop with the service, and go on with it."""
        result = super().action_change(kind, *args, **options)
        if kind in ("pause", "resume", "reactivate"):
            # sudo: whoever pauses a subscription need not see its revenue.
            schedules = self.env["recurring.revenue.schedule"].sudo()
            for company, own in self.grouped("company_id").items():
                today = fields.Date.context_today(self)
                schedules._sync_pauses(company, today.replace(day=1), own)
        return result
