"""Free months within a firm term: the customer pays for the whole of it, so the whole
is earned evenly, also in the months that cost nothing (IFRS 15.47, 15.B19)."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...engine.period import Period
from ...engine.recognition import Curve, converted, difference
from ..exact import currency_rounding, exact
from ..guard import applying
from ..subscription.resolver import Resolver
from .deferral import Deferral

RECURRING = ("base", "addon")
RATE_BASE = 1_000_000


class RecurringRevenueSchedule(models.Model):
    _inherit = "recurring.revenue.schedule"

    @api.model
    def _sync_free_months(self, company, month):
        """Bring the schedules of free months up to date, before a month is closed.

        Such a schedule comes to nothing in all: what is earned in free months stands
        on the account of invoices to issue until the paid ones take it back. It
        follows from what was billed and what is still to be billed within the term;
        called again it changes nothing.
        """
        deferral = Deferral(company)
        for subscription in self._with_free_months(company):
            term = Period(subscription.term_start, subscription._firm_end())
            answer = deferral.answer(_Service(subscription), term.start, True)
            if answer and answer.is_continuous:
                root = self._free_root(subscription, term, answer)
                effect = subscription._spread_evenly(term, answer.policy.method)
                self._follow_free_months(subscription, root, effect, month, answer)

    @api.model
    def _with_free_months(self, company):
        """Return the subscriptions in a firm term with coupons or price phases."""
        subscriptions = self.env["recurring.subscription"]
        subscriptions.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT s.id FROM recurring_subscription s
                 WHERE s.company_id = %s AND s.term_end > s.term_start
                   AND s.state <> 'draft'
                   AND (EXISTS (SELECT 1 FROM recurring_coupon_use u
                                 WHERE u.subscription_id = s.id)
                        OR EXISTS (SELECT 1 FROM recurring_subscription_line l
                                    WHERE l.subscription_id = s.id
                                      AND l.phase_id IS NOT NULL))
                 ORDER BY s.id
                """,
                company.id,
            )
        )
        found = subscriptions.browse([row[0] for row in rows])
        return found.filtered(lambda own: own._firm_end() > own.term_start)

    @api.model
    def _free_root(self, subscription, term, answer):
        return self.search(
            [
                ("kind", "=", "free"),
                ("subscription_id", "=", subscription.id),
                ("date_start", "=", term.start),
            ],
            limit=1,
        )

    @api.model
    def _follow_free_months(self, subscription, root, target, month, answer):
        """Add to the schedule of a term what is missing to its even months."""
        known = {}
        for part in root.family_ids.slice_ids:
            amounts = known.get(part.month, (exact(0), exact(0)))
            known[part.month] = (
                amounts[0] + exact(part.amount_currency),
                amounts[1] + exact(part.amount),
            )
        effect = _between(known, target)
        if not effect:
            return
        if root:
            applying(root)._add_slices(effect, month, "free")
            root.invalidate_recordset(["slice_ids", "recognised", "deferred"])
        else:
            row = subscription._prepare_free_row(target, answer)
            self._insert([row], [effect], "free")


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    def _firm_end(self):
        """The first day after the firm term: its end, or an earlier end of all."""
        self.ensure_one()
        return min(filter(None, (self.term_end, self.end_date)))

    def _spread_evenly(self, term, method):
        """Return what even months differ from what is billed for them: ``{month:
        (amount in currency, amount)}``, nothing where no month of the term is free."""
        self.ensure_one()
        parts = [*self._billed_parts(term), *self._parts_to_bill(term)]
        total = sum((net for _period, net in parts), exact(0))
        if not total or all(net for _period, net in parts):
            return {}
        rounding = currency_rounding(self.currency_id)
        billed = {}
        for period, net in parts:
            for month, part in Curve.of(net, period, method, rounding).slices().items():
                billed[month] = billed.get(month, exact(0)) + part
        evenly = Curve.of(total, term, method, rounding).slices()
        own = difference(billed, evenly)
        worth = self._in_company_currency(own, term.start)
        return {
            month: (own.get(month, exact(0)), worth.get(month, exact(0)))
            for month in sorted(own.keys() | worth.keys())
        }

    def _in_company_currency(self, slices, day):
        company = self.company_id
        if self.currency_id == company.currency_id:
            return slices
        rate = self.env["res.currency"]._get_conversion_rate(
            self.currency_id, company.currency_id, company, day
        )
        return converted(
            slices,
            exact(RATE_BASE),
            exact(RATE_BASE) * exact(rate),
            currency_rounding(company.currency_id),
        )

    def _billed_parts(self, term):
        """Return what was billed for the term: ``[(service, amount before tax)]``."""
        # sudo: what the ledger says, whoever closes the month.
        rows = self.sudo().billed_item_ids.filtered(
            lambda row: (
                row.line_id.role in RECURRING
                and row.kind in ("charge", "credit")
                and term.start <= row.date_start < term.end
            )
        )
        return [
            (
                Period(row.date_start, min(row.date_end, term.end)),
                -exact(row.move_line_id.amount_currency)
                if row.move_line_id.parent_state == "posted"
                else exact(0),
            )
            for row in rows
        ]

    def _parts_to_bill(self, term):
        """Return what is still to be billed for the term, likewise, coupons taken off:
        as the next invoices are shown on the form."""
        today = fields.Date.context_today(self)
        last = term.end - timedelta(days=1)
        lines = {line.id: line for line in self.line_ids}
        billings = [
            tuple(
                item
                for item in items
                if lines[item.line].role in RECURRING
                and term.start <= item.part.start < term.end
            )
            for _day, items in self._upcoming(min(today, last), last)[self.id]
        ]
        billings = [items for items in billings if items]
        services = {}
        for items in self._take_discounts(billings):
            for item in items:
                services.setdefault(item.part.clip(term.start, term.end), []).append(
                    item
                )
        totals = self._expected_totals([tuple(items) for items in services.values()])
        return [
            (period, exact(untaxed))
            for period, (untaxed, _total) in zip(services, totals, strict=True)
        ]

    def _prepare_free_row(self, target, answer):
        """Return the columns of the schedule of free months: it comes to nothing."""
        company = self.company_id
        account = company.rr_accrued_account_id
        if not account:
            raise UserError(
                self.env._(
                    "%s has free months within a firm term, which are earned evenly: "
                    "choose the account of invoices to issue in the settings.",
                    self.name,
                )
            )
        line = self.line_ids.filtered(lambda own: own.role in RECURRING)[:1]
        resolver = Resolver(self.term_start)
        income, *_taxes = resolver.booking(self, line.product_id)
        return {
            "company_id": company.id,
            "kind": "free",
            "root_id": None,
            "label": self.env._("%s free months", self.name),
            "move_line_id": None,
            "move_id": None,
            "partner_id": self.partner_invoice_id.commercial_partner_id.id,
            "subscription_id": self.id,
            "subscription_line_id": None,
            "plan_id": self.plan_id.id or None,
            "product_id": line.product_id.id or None,
            "billed_item_id": None,
            "nature_id": answer.nature_id or None,
            "policy_id": answer.policy.id,
            "treatment": "accrued",
            "method": answer.policy.method,
            "date_start": self.term_start,
            "date_end": self._firm_end(),
            "booked_on": self.term_start,
            "currency_id": self.currency_id.id,
            "company_currency_id": company.currency_id.id,
            "amount_currency": 0,
            "amount": 0,
            "deferred_account_id": account.id,
            "revenue_account_id": income.id,
            "analytic_distribution": line.analytic_distribution or None,
            "curve": [],
            "cause": None,
        }


class _Service:
    """What the policy is asked about: the service of a subscription, without a line."""

    def __init__(self, subscription):
        line = subscription.line_ids.filtered(lambda own: own.role in RECURRING)[:1]
        self.product_id = line.product_id
        self.rr_subscription_id = subscription
        self.rr_subscription_line_id = line
        self.deferred_start_date = subscription.term_start
        self.deferred_end_date = subscription._firm_end() - timedelta(days=1)


def _between(known, target):
    """Return what is missing from the months known to those wanted."""
    found = {}
    zero = (exact(0), exact(0))
    for month in sorted(known.keys() | target.keys()):
        old, new = known.get(month, zero), target.get(month, zero)
        if old != new:
            found[month] = (new[0] - old[0], new[1] - old[1])
    return found
