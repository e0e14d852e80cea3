"""What a closing did to deferred revenue: booked amounts, and the month's movements.

Of a continuous schedule everything counts on its accounting date. Under cut-off the
months count as recognised at their end, and what the closing defers for one night is
what the ledger shows: where its entry stands on another day, or is not made yet, the
movements say so in a line of their own.
"""

from odoo import models
from odoo.tools import SQL

from ...engine.recognition import next_month
from ..exact import exact

AMOUNTS = ("amount", "amount_currency")

# Entry ``m`` is one that a closing makes for one night, its reversal, or what took one
# of them back; what recognised revenue, and took that back, is bound to months.
IS_CUT_OFF = SQL(
    """m.rr_closing_role <> 'recognition'
       AND NOT EXISTS (SELECT 1 FROM account_move_line o
                         JOIN recurring_revenue_slice s ON s.move_line_id = o.id
                        WHERE o.move_id = m.id)"""
)


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
                " WHERE company_id = %s AND treatment IN ('continuous', 'cut_off')"
                " AND deferred_account_id IS NOT NULL",
                self.company_id.id,
            )
        )
        found = {account_id for (account_id,) in rows}
        return sorted(found | set(self.company_id.rr_deferred_account_id.ids))

    def _statement(self):
        """Return the movements of this month, exact:

        ``opening``, ``billed``, ``taken_over``, ``credited`` (negative), ``recognised``
        (negative), ``currency``, ``elsewhere`` (cut-off whose entry does not stand at
        the end of the month), ``closing``, ``ledger`` and ``difference``, where opening
        and all movements add up to closing.
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
                         WHERE company_id = %(company)s
                           AND treatment IN ('continuous', 'cut_off')
                           AND booked_on < %(after)s) s
                """,
                **values,
            )
        )
        [earned] = self.env.execute_query_dict(
            SQL(
                """
                SELECT COALESCE(SUM(amount) FILTER (WHERE day < %(first)s), 0)
                           AS opening,
                       COALESCE(SUM(amount) FILTER (
                           WHERE day >= %(first)s AND cause <> 'currency'), 0)
                           AS recognised,
                       COALESCE(SUM(amount) FILTER (
                           WHERE day >= %(first)s AND cause = 'currency'), 0)
                           AS currency
                  FROM (SELECT s.amount, s.cause,
                               CASE WHEN r.treatment = 'cut_off' THEN s.due_month
                                    ELSE s.booked_on END AS day
                          FROM recurring_revenue_slice s
                          JOIN recurring_revenue_schedule r ON r.id = s.root_id
                         WHERE s.company_id = %(company)s
                           AND r.treatment IN ('continuous', 'cut_off')) s
                 WHERE day < %(after)s
                """,
                **values,
            )
        )
        sold, earned = _exact(sold), _exact(earned)
        ledger, cut_off = self._ledger_balance(self.last_day)
        found = {
            **sold,
            "opening": sold["opening"] - earned["opening"],
            "recognised": -earned["recognised"],
            "currency": -earned["currency"],
            "elsewhere": cut_off - self._cut_off_wanted(),
            "ledger": ledger,
        }
        movements = (
            "billed",
            "taken_over",
            "credited",
            "recognised",
            "currency",
            "elsewhere",
        )
        found["closing"] = found["opening"] + sum(found[name] for name in movements)
        found["difference"] = found["ledger"] - found["closing"]
        return found

    def _ledger_balance(self, day):
        """Return what the general ledger says is deferred at the end of a day, and how
        much of it cut-off holds for one night: closed, reversed or taken back."""
        self.env["account.move.line"].flush_model()
        [(balance, cut_off)] = self.env.execute_query(
            SQL(
                """
                SELECT COALESCE(-SUM(l.balance), 0),
                       COALESCE(-SUM(l.balance) FILTER (
                           WHERE m.rr_revenue_run_id IS NOT NULL AND %(cut_off)s), 0)
                  FROM account_move_line l JOIN account_move m ON m.id = l.move_id
                 WHERE l.account_id = ANY(%(accounts)s) AND l.company_id = %(company)s
                   AND l.date <= %(day)s AND l.parent_state = 'posted'
                """,
                accounts=self._deferred_accounts(),
                company=self.company_id.id,
                day=day,
                cut_off=IS_CUT_OFF,
            )
        )
        return exact(balance), exact(cut_off)

    def _unexplained(self, day):
        """Return how much more the general ledger says is deferred at the end of a day
        than schedules and closings do."""
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
        balance, cut_off = self._ledger_balance(day)
        return balance - exact(left) - cut_off

    def _cut_off_wanted(self):
        """Return what cut-off schedules defer at the end of this month."""
        [(amount,)] = self.env.execute_query(
            SQL(
                """
                SELECT COALESCE((SELECT SUM(amount) FROM recurring_revenue_schedule
                          WHERE company_id = %(company)s AND treatment = 'cut_off'
                            AND booked_on <= %(day)s), 0)
                     - COALESCE((SELECT SUM(s.amount) FROM recurring_revenue_slice s
                           JOIN recurring_revenue_schedule r ON r.id = s.root_id
                          WHERE s.company_id = %(company)s
                            AND r.treatment = 'cut_off'
                            AND s.due_month <= %(day)s), 0)
                """,
                company=self.company_id.id,
                day=self.last_day,
            )
        )
        return exact(amount)

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
