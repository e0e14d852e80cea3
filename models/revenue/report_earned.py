"""Billed versus earned: what was invoiced in a month, and what was served in it."""

from dataclasses import dataclass
from decimal import Decimal

from odoo.tools import SQL

from ..exact import exact
from .report_dimension import months_between
from .report_rollforward import CURRENCY, recognition_day
from .report_table import ZERO


@dataclass(slots=True)
class Earned:
    """The figures of a month. ``direct`` is what was revenue as soon as it was
    invoiced: it is billed and booked as earned alike."""

    billed: Decimal = ZERO
    served: Decimal = ZERO
    booked: Decimal = ZERO
    deferred: Decimal = ZERO
    accrued: Decimal = ZERO


class BilledAndEarned:
    """Billed by accounting date; earned by month of service and by accounting date.

    An invoice line without a schedule is earned in its accounting month; it was served
    in the month of its last day of service, where it names one that is over by then.
    Lines of invoices on accounts of income count, whoever made them.
    """

    def __init__(self, company, first, last):
        self.company, self.env = company, company.env
        self.first, self.last = first, last
        self.months = months_between(first, last)
        for model in (
            "recurring.revenue.schedule",
            "recurring.revenue.slice",
            "account.move.line",
            "account.move",
        ):
            self.env[model].flush_model()

    def figures(self):
        """Return ``{month: Earned}``."""
        found = {month: Earned() for month in self.months}
        for what, month, amount in self.env.execute_query(self._query()):
            if month in found:
                one = found[month]
                setattr(one, what, getattr(one, what) + exact(amount))
        accrued = self._accrued()
        for month, one in found.items():
            one.accrued = accrued[month]
        return found

    def _query(self):
        day = recognition_day()
        return SQL(
            """
            WITH direct AS (
                SELECT l.date,
                       LEAST(l.date, COALESCE(l.deferred_end_date, l.date)) AS served,
                       SUM(-l.balance) AS amount
                  FROM account_move_line l
                  JOIN account_move m ON m.id = l.move_id
                  JOIN account_account a ON a.id = l.account_id
                 WHERE l.company_id = %(company)s AND l.parent_state = 'posted'
                   AND l.display_type = 'product' AND l.date BETWEEN %(start)s
                       AND %(end)s
                   AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                   AND a.account_type IN ('income', 'income_other')
                   AND NOT EXISTS (SELECT 1 FROM recurring_revenue_schedule c
                                    WHERE c.move_line_id = l.id)
                 GROUP BY 1, 2
            ), slice AS (
                SELECT s.month, %(day)s AS day, SUM(s.amount) AS amount
                  FROM recurring_revenue_slice s
                  JOIN recurring_revenue_schedule c ON c.id = s.schedule_id
                 WHERE s.company_id = %(company)s AND NOT %(currency)s
                   AND (s.month BETWEEN %(first)s AND %(last)s
                        OR %(day)s BETWEEN %(first)s AND %(last)s)
                 GROUP BY 1, 2
            )
            SELECT 'billed' AS what, date_trunc('month', booked_on::timestamp)::date
                   AS month, SUM(amount)
              FROM recurring_revenue_schedule
             WHERE company_id = %(company)s AND kind IN ('invoice', 'credit')
               AND booked_on BETWEEN %(first)s AND %(last)s
             GROUP BY 2
             UNION ALL
            SELECT w.what, date_trunc('month', CASE w.what WHEN 'served' THEN served
                   ELSE date END::timestamp)::date, SUM(amount)
              FROM direct, (VALUES ('billed'), ('served'), ('booked')) AS w(what)
             WHERE w.what = 'served' OR date BETWEEN %(first)s AND %(last)s
             GROUP BY 1, 2
             UNION ALL
            SELECT w.what, date_trunc('month', CASE w.what WHEN 'served' THEN month
                   ELSE day END::timestamp)::date, SUM(amount)
              FROM slice, (VALUES ('served'), ('booked')) AS w(what)
             GROUP BY 1, 2
            """,
            company=self.company.id,
            first=self.first,
            last=self.last,
            # What was served in these months may be invoiced a year later.
            start=self.first,
            end=self.last.replace(year=self.last.year + 1, day=28),
            day=day,
            currency=CURRENCY,
        )

    def _accrued(self):
        """Return ``{month: invoices to issue at its end}``, debit positive."""
        account = self.company.rr_accrued_account_id
        rows = account and self.env.execute_query(
            SQL(
                """
                SELECT CASE WHEN date >= %(first)s
                       THEN date_trunc('month', date::timestamp)::date END,
                       SUM(balance)
                  FROM account_move_line
                 WHERE company_id = %(company)s AND account_id = %(account)s
                   AND parent_state = 'posted' AND date <= %(last)s GROUP BY 1
                """,
                first=self.first,
                company=self.company.id,
                account=account.id,
                last=self.last,
            )
        )
        sums = {month: exact(amount) for month, amount in rows or ()}
        balance, found = sums.get(None, ZERO), {}
        for month in self.months:
            balance += sums.get(month, ZERO)
            found[month] = balance
        return found
