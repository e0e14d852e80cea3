"""What a closing did to deferred revenue: booked amounts, and the month's movements."""

from odoo import models
from odoo.tools import SQL

from ...engine.recognition import next_month
from ..exact import exact

AMOUNTS = ("amount", "amount_currency")


class RecurringRevenueRun(models.Model):
    """Figures of a month from the schedules, and what the general ledger says of them.

    All amounts in company currency; deferred revenue is positive.
    """

    _inherit = "recurring.revenue.run"

    def _deferred_accounts(self):
        """Return the ids of the accounts on which deferred revenue stands."""
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT deferred_account_id FROM recurring_revenue_schedule"
                " WHERE company_id = %s AND treatment = 'continuous'"
                " AND deferred_account_id IS NOT NULL",
                self.company_id.id,
            )
        )
        found = {account_id for (account_id,) in rows}
        return sorted(found | set(self.company_id.rr_deferred_account_id.ids))

    def _statement(self):
        """Return the movements of this month by accounting date, exact:

        ``opening``, ``billed``, ``taken_over``, ``credited`` (negative), ``recognised``
        (negative), ``currency``, ``closing``, ``ledger`` and ``difference``, where
        opening and all movements add up to closing.
        """
        self.ensure_one()
        self._flush_books()
        values = {
            "company": self.company_id.id,
            "first": self.month,
            "after": next_month(self.month),
        }
        [sold] = self.env.execute_query_dict(
            SQL(
                """
                SELECT COALESCE(SUM(amount) FILTER (WHERE before), 0) AS opening,
                       COALESCE(SUM(amount) FILTER (
                           WHERE NOT before AND kind IN ('invoice', 'free')), 0)
                           AS billed,
                       COALESCE(SUM(amount) FILTER (
                           WHERE NOT before AND kind = 'opening'), 0) AS taken_over,
                       COALESCE(SUM(amount) FILTER (
                           WHERE NOT before AND kind = 'credit'), 0) AS credited
                  FROM (SELECT amount, kind, booked_on < %(first)s AS before
                          FROM recurring_revenue_schedule
                         WHERE company_id = %(company)s AND treatment = 'continuous'
                           AND booked_on < %(after)s) s
                """,
                **values,
            )
        )
        [earned] = self.env.execute_query_dict(
            SQL(
                """
                SELECT COALESCE(SUM(s.amount) FILTER (
                           WHERE s.booked_on < %(first)s), 0) AS opening,
                       COALESCE(SUM(s.amount) FILTER (
                           WHERE s.booked_on >= %(first)s AND s.cause <> 'currency'), 0)
                           AS recognised,
                       COALESCE(SUM(s.amount) FILTER (
                           WHERE s.booked_on >= %(first)s AND s.cause = 'currency'), 0)
                           AS currency
                  FROM recurring_revenue_slice s
                  JOIN recurring_revenue_schedule r ON r.id = s.root_id
                 WHERE s.company_id = %(company)s AND r.treatment = 'continuous'
                   AND s.booked_on < %(after)s
                """,
                **values,
            )
        )
        sold, earned = _exact(sold), _exact(earned)
        found = {
            **sold,
            "opening": sold["opening"] - earned["opening"],
            "recognised": -earned["recognised"],
            "currency": -earned["currency"],
            "ledger": self._ledger_balance(self.last_day),
        }
        movements = ("billed", "taken_over", "credited", "recognised", "currency")
        found["closing"] = found["opening"] + sum(found[name] for name in movements)
        found["difference"] = found["ledger"] - found["closing"]
        return found

    def _ledger_balance(self, day):
        """Return what the general ledger says is deferred at the end of a day."""
        self.env["account.move.line"].flush_model()
        [(balance,)] = self.env.execute_query(
            SQL(
                "SELECT COALESCE(-SUM(balance), 0) FROM account_move_line"
                " WHERE account_id = ANY(%s) AND company_id = %s AND date <= %s"
                " AND parent_state = 'posted'",
                self._deferred_accounts(),
                self.company_id.id,
                day,
            )
        )
        return exact(balance)

    def _unexplained(self, day):
        """Return how much more the general ledger says is deferred at the end of a day
        than the schedules do."""
        self._flush_books()
        [(left,)] = self.env.execute_query(
            SQL(
                """
                SELECT (SELECT COALESCE(SUM(amount), 0) FROM recurring_revenue_schedule
                         WHERE company_id = %(company)s AND treatment = 'continuous'
                           AND booked_on <= %(day)s)
                     - (SELECT COALESCE(SUM(s.amount), 0)
                          FROM recurring_revenue_slice s
                          JOIN recurring_revenue_schedule r ON r.id = s.root_id
                         WHERE s.company_id = %(company)s
                           AND r.treatment = 'continuous' AND s.booked_on <= %(day)s)
                """,
                company=self.company_id.id,
                day=day,
            )
        )
        return self._ledger_balance(day) - exact(left)

    def _flush_books(self):
        self.env["recurring.revenue.slice"].flush_model()
        self.env["recurring.revenue.schedule"].flush_model()

    # ------------------------------------------------------------------
    # By account
    # ------------------------------------------------------------------

    def _booked_rows(self):
        """Return what this closing booked by account, as ``_account_rows`` does."""
        return self._account_rows(
            SQL("s.run_id = %s AND s.move_line_id IS NOT NULL", self.id)
        )

    def _account_rows(self, condition):
        """Return slices by due month, accounts and currency: dictionaries ``month``,
        ``deferred``, ``account`` (ids), ``currency`` (id), ``count`` (invoice lines),
        ``amount`` (company currency), ``amount_currency``, ``booked_on``.

        :param condition: SQL on slice ``s`` and its root ``r``
        """
        self._flush_books()
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT s.due_month AS month, r.deferred_account_id AS deferred,
                       COALESCE(s.account_id, r.revenue_account_id) AS account,
                       r.currency_id AS currency, s.booked_on,
                       COUNT(DISTINCT s.root_id) AS count, SUM(s.amount) AS amount,
                       SUM(s.amount_currency) AS amount_currency
                  FROM recurring_revenue_slice s
                  JOIN recurring_revenue_schedule r ON r.id = s.root_id
                 WHERE %s AND r.treatment IN ('continuous', 'accrued')
                 GROUP BY 1, 2, 3, 4, 5
                HAVING SUM(s.amount) <> 0 OR SUM(s.amount_currency) <> 0
                 ORDER BY 1, 2, 3, 4, 5
                """,
                condition,
            )
        )
        return [
            {**row, **_exact({name: row[name] for name in AMOUNTS})} for row in rows
        ]


def _exact(amounts):
    return {name: exact(amount) for name, amount in amounts.items()}
