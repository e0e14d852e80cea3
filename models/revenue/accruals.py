"""Invoices and credit notes to issue: what was served and not invoiced by the month's
end. The rows of a closing; where the amounts come from stands in ``accruals_billing``
(not invoiced at all yet) and ``accruals_late`` (invoiced on a later day)."""

import json

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..billing.conflicts import CONFLICTS
from ..exact import exact
from ..guard import applying, typed_over
from ..subscription.recurring_subscription import RUNNING

SUBSCRIPTIONS = 200  # looked at in one transaction
AT_ONCE = 500  # so many while a user waits
NAMES = ("accrual", "credit_due")


class RecurringRevenueRun(models.Model):
    _inherit = "recurring.revenue.run"

    accrued_to = fields.Integer(
        copy=False,
        readonly=True,
        help="The last subscription that was looked at; -1 after all of them.",
    )
    late_to = fields.Integer(
        copy=False,
        readonly=True,
        help="The last invoice line of a later day that was looked at; -1 at the end.",
    )

    def write(self, vals):
        """Refuse to move the place that the work has reached."""
        if typed_over(self, vals, {"accrued_to", "late_to", "claims"}):
            raise UserError(self.env._("The place that a closing has reached stands."))
        return super().write(vals)

    def action_continue(self):
        """Look at every subscription again: invoices came since."""
        applying(self).write({"accrued_to": 0, "late_to": 0})
        return super().action_continue()

    def _start_work(self):
        """Where many subscriptions have to be reckoned, nobody waits for it."""
        if self._count_accruable() > AT_ONCE:
            self._wake_worker()
            return True
        return super()._start_work()

    def _adjustments(self):
        return [*super()._adjustments(), self._next_late, self._next_unbilled]

    def _is_adjusted(self):
        wanted = self.company_id._closing_wants("rr_closing_accruals")
        reached = {self.accrued_to, self.late_to} == {-1}
        return super()._is_adjusted() and (reached or not wanted)

    # ------------------------------------------------------------------
    # Which subscriptions
    # ------------------------------------------------------------------

    def _accruable_condition(self):
        """The SQL condition: subscription ``s`` may have been served without invoice,
        or an earlier closing of the month took it so."""
        return SQL(
            """
            s.company_id = %(company)s AND (
                s.state IN %(states)s AND s.start_date <= %(day)s AND (
                    s.next_billing_date <= %(day)s OR s.bill_not_before IS NOT NULL
                    OR EXISTS (
                        SELECT 1 FROM recurring_subscription_line l
                     LEFT JOIN recurring_plan_version v
                            ON v.id = COALESCE(l.plan_version_id, s.plan_version_id)
                         WHERE l.subscription_id = s.id
                           AND (l.role = 'usage' OR v.timing = 'arrears')))
                OR EXISTS (
                    SELECT 1 FROM recurring_revenue_adjustment a
                      JOIN recurring_revenue_run u ON u.id = a.run_id
                     WHERE %(standing)s AND a.subscription_id = s.id
                       AND a.role IN %(names)s AND a.source_line_id IS NULL))
            """,
            company=self.company_id.id,
            states=RUNNING,
            day=self.last_day,
            standing=self.env["recurring.revenue.adjustment"]._standing(
                self.company_id, self.month
            ),
            names=NAMES,
        )

    def _count_accruable(self):
        """Return how many subscriptions a closing of the month looks at."""
        if not self.company_id._closing_wants("rr_closing_accruals"):
            return 0
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                "SELECT COUNT(*) FROM recurring_subscription s WHERE %s",
                self._accruable_condition(),
            )
        )[0][0]

    def _accruable(self, after, limit=None):
        """Return the next subscriptions to look at, by id."""
        rows = self.env.execute_query(
            SQL(
                "SELECT s.id FROM recurring_subscription s"
                " WHERE s.id > %s AND %s ORDER BY s.id LIMIT %s",
                after,
                self._accruable_condition(),
                limit,
            )
        )
        return self.env["recurring.subscription"].browse([row[0] for row in rows])

    def _next_unbilled(self, limit=None):
        """Return the next rows of subscriptions, and keep the place that was reached.

        A batch of subscriptions without any is passed over.
        """
        if not self.company_id._closing_wants("rr_closing_accruals"):
            return []
        # sudo: closing reckons what every subscription was served.
        run = self.sudo()
        while run.accrued_to >= 0:
            rows, reached = run._unbilled_page(run.accrued_to, SUBSCRIPTIONS)
            applying(run).accrued_to = reached
            run.flush_recordset()
            if rows:
                return rows
        return []

    def _unbilled_page(self, after, limit=None):
        """Return (rows not booked yet of the next subscriptions, the id of the last,
        or -1 at the end)."""
        self.env.flush_all()
        subscriptions = self._accruable(after, limit)
        reached = subscriptions[-1:].id if len(subscriptions) == limit else -1
        return self._unbilled_rows(subscriptions), reached

    def _unbilled_rows(self, subscriptions):
        """Return what is missing of what subscriptions have to show; whoever cannot be
        reckoned is named on the closing."""
        wanted = self._accrual_rows(self._unbilled_or_halve(subscriptions))
        booked = self._accrued(
            SQL(
                "a.subscription_id = ANY(%s) AND a.source_line_id IS NULL",
                subscriptions.ids,
            )
        )
        return self._missing(wanted, booked)

    def _unbilled_or_halve(self, subscriptions):
        if not subscriptions:
            return []
        try:
            with self.env.cr.savepoint():
                return self._unbilled(subscriptions)
        except CONFLICTS:
            raise
        except Exception as error:
            if len(subscriptions) == 1:
                self._note_unknown(subscriptions, error)
                return []
            half = len(subscriptions) // 2
            return self._unbilled_or_halve(
                subscriptions[:half]
            ) + self._unbilled_or_halve(subscriptions[half:])

    def _note_unknown(self, subscription, error):
        """Say whose service could not be reckoned: it is missing in the closing."""
        if self.state == "running":
            self.message_post(
                body=self.env._(
                    "What %(name)s has to be invoiced for is not in this closing. "
                    "%(error)s",
                    name=subscription.name,
                    error=error,
                )
            )

    # ------------------------------------------------------------------
    # What is booked already
    # ------------------------------------------------------------------

    def _accrued(self, condition):
        """Return rows of what stands of accruals of the month."""
        self.env["recurring.revenue.adjustment"].flush_model()
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT a.role, a.subscription_id, a.subscription_line_id,
                       a.source_line_id, a.partner_id, a.account_id,
                       a.balance_account_id, a.analytic_distribution, a.currency_id,
                       a.label, SUM(a.amount_currency) AS amount_currency,
                       SUM(a.tax_currency) AS tax_currency,
                       SUM(a.amount) AS amount, SUM(a.tax) AS tax
                  FROM recurring_revenue_adjustment a
                  JOIN recurring_revenue_run u ON u.id = a.run_id
                 WHERE %s AND a.role IN %s AND %s
                 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
                """,
                self.env["recurring.revenue.adjustment"]._standing(
                    self.company_id, self.month
                ),
                NAMES,
                condition,
            )
        )

    def _missing(self, wanted, booked):
        """Return rows that bring what is booked to what is wanted."""
        found = {}
        for sign, rows in ((1, wanted), (-1, booked)):
            for row in rows:
                key = tuple(
                    json.dumps(row[name], sort_keys=True)
                    for name in (
                        "role",
                        "subscription_line_id",
                        "source_line_id",
                        "partner_id",
                        "account_id",
                        "balance_account_id",
                        "analytic_distribution",
                        "currency_id",
                    )
                )
                sums = found.setdefault(key, [row, *[exact(0)] * 4])
                for place, name in enumerate(AMOUNTS, 1):
                    sums[place] += sign * exact(row[name])
        return [
            self._adjustment(
                **{**row, **dict(zip(AMOUNTS, amounts, strict=True))},
            )
            for row, *amounts in found.values()
            if any(amounts)
        ]

    # ------------------------------------------------------------------
    # Rows
    # ------------------------------------------------------------------

    def _accrual_rows(self, parts):
        """Return rows of parts of lines: dicts with ``amount_currency`` and
        ``tax_currency``, negative where something is to be credited.

        Company amounts at the rate of the last day of the month.
        """
        company, rows = self.company_id, []
        rates = {}
        for part in parts:
            total = part["amount_currency"] + part["tax_currency"]
            role = "credit_due" if total < 0 else "accrual"
            sign = -1 if total < 0 else 1
            if not company.rr_accrued_tax_account_id:
                part["tax_currency"] = 0
            row = {**part, "role": role}
            row["balance_account_id"] = self._accrual_account(role).id
            currency = self.env["res.currency"].browse(part["currency_id"])
            for name, own in (
                ("amount_currency", "amount"),
                ("tax_currency", "tax"),
            ):
                value = currency.round(sign * float(part[name]))
                row[name] = exact(value)
                row[own] = self._at_closing(value, currency, rates)
            rows.append(row)
        return rows

    def _at_closing(self, value, currency, rates):
        """Return an amount in company currency at the rate of the month's last day."""
        own = self.company_id.currency_id
        if currency == own:
            return exact(value)
        if currency not in rates:
            rates[currency] = self.env["res.currency"]._get_conversion_rate(
                currency, own, self.company_id, self.last_day
            )
        return exact(own.round(value * rates[currency]))

    def _accrual_account(self, role):
        company = self.company_id
        name = {
            "accrual": "rr_accrued_account_id",
            "credit_due": "rr_credit_due_account_id",
        }[role]
        if not company[name]:
            raise UserError(
                self.env._(
                    "Some service is not invoiced yet. Choose in the settings of "
                    "%(company)s: %(account)s.",
                    company=company.name,
                    account=company._fields[name]._description_string(self.env),
                )
            )
        return company[name]


AMOUNTS = ("amount_currency", "tax_currency", "amount", "tax")
