"""Advances: what customers paid by the end of the month, and no invoice took yet."""

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL


class RecurringRevenueRun(models.Model):
    _inherit = "recurring.revenue.run"

    def _adjustments(self):
        return [*super()._adjustments(), self._next_advances]

    def _is_adjusted(self):
        return super()._is_adjusted() and not self._next_advances(1)

    def _next_advances(self, limit=None):
        """Return the next rows of payments whose unmatched rest at the end of the month
        is not shown as an advance yet."""
        company = self.company_id
        if not company._closing_wants("rr_closing_advances"):
            return []
        self.env["account.move.line"].flush_model()
        self.env["account.partial.reconcile"].flush_model()
        self.env["recurring.revenue.adjustment"].flush_model()
        found = self.env.execute_query_dict(self._advances_query(limit))
        account = found and self._advance_account()
        return [
            self._adjustment("advance", balance_account_id=account.id, **row)
            for row in found
        ]

    def _advance_account(self):
        company = self.company_id
        if not company.rr_advance_account_id:
            raise UserError(
                self.env._(
                    "Customers paid in advance, and %s has no account of advances "
                    "received: choose one in the settings.",
                    company.name,
                )
            )
        return company.rr_advance_account_id

    def _advances_query(self, limit):
        """Return the query of lines of payments on receivable accounts, with what of
        them was matched with nothing by the end of the month, less what is booked."""
        return SQL(
            """
            WITH booked AS (
                SELECT a.source_line_id, SUM(a.amount_currency) AS amount_currency,
                       SUM(a.amount) AS amount
                  FROM recurring_revenue_adjustment a
                  JOIN recurring_revenue_run u ON u.id = a.run_id
                 WHERE %(standing)s AND a.role = 'advance'
                 GROUP BY a.source_line_id),
            wanted AS (
                SELECT l.id, GREATEST(-l.balance - COALESCE(p.amount, 0), 0) AS amount,
                       GREATEST(-l.amount_currency - COALESCE(p.amount_currency, 0), 0)
                           AS amount_currency
                  FROM account_move_line l
                  JOIN account_journal j ON j.id = l.journal_id
                  JOIN account_account c ON c.id = l.account_id
     LEFT JOIN LATERAL (
                       SELECT SUM(amount) AS amount,
                              SUM(credit_amount_currency) AS amount_currency
                         FROM account_partial_reconcile
                        WHERE credit_move_id = l.id
                          AND max_date <= %(last_day)s) p ON TRUE
                 WHERE l.company_id = %(company)s AND l.parent_state = 'posted'
                   AND l.date <= %(last_day)s AND l.balance < 0
                   AND c.account_type = 'asset_receivable'
                   AND j.type IN ('bank', 'cash', 'credit')
                   AND (NOT l.reconciled OR EXISTS (
                       SELECT 1 FROM account_partial_reconcile
                        WHERE credit_move_id = l.id AND max_date > %(last_day)s)))
            SELECT l.id AS source_line_id, l.partner_id, l.account_id, l.currency_id,
                   l.move_name AS label,
                   COALESCE(w.amount, 0) - COALESCE(b.amount, 0) AS amount,
                   COALESCE(w.amount_currency, 0) - COALESCE(b.amount_currency, 0)
                       AS amount_currency
              FROM wanted w
         FULL JOIN booked b ON b.source_line_id = w.id
              JOIN account_move_line l ON l.id = COALESCE(w.id, b.source_line_id)
             WHERE COALESCE(w.amount, 0) != COALESCE(b.amount, 0)
                OR COALESCE(w.amount_currency, 0) != COALESCE(b.amount_currency, 0)
             ORDER BY l.currency_id, l.partner_id, l.id
             LIMIT %(limit)s
            """,
            standing=self.env["recurring.revenue.adjustment"]._standing(
                self.company_id, self.month
            ),
            company=self.company_id.id,
            last_day=self.last_day,
            limit=limit,
        )
