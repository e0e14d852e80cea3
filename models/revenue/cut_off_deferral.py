"""Cut-off: what the invoices booked as revenue and belongs to later months."""

from odoo import models
from odoo.tools import SQL

from ..exact import exact


class RecurringRevenueRun(models.Model):
    _inherit = "recurring.revenue.run"

    def _next_deferrals(self, limit=None):
        """Return the next rows of schedules under a cut-off policy whose deferral at
        the end of the month is not booked yet: net per family."""
        self.env["recurring.revenue.slice"].flush_model()
        self.env["recurring.revenue.schedule"].flush_model()
        self.env["recurring.revenue.adjustment"].flush_model()
        if not self._has_cut_off():
            return []
        found = self.env.execute_query_dict(self._deferrals_query(limit))
        return [self._adjustment("deferral", **row) for row in found]

    def _deferrals_query(self, limit):
        """Return the query of families, with what is to be deferred less what is."""
        return SQL(
            """
                WITH booked AS (
                    SELECT a.root_id, SUM(a.amount_currency) AS amount_currency,
                           SUM(a.amount) AS amount
                      FROM recurring_revenue_adjustment a
                      JOIN recurring_revenue_run u ON u.id = a.run_id
                     WHERE %(standing)s AND a.role = 'deferral'
                     GROUP BY a.root_id),
                wanted AS (%(wanted)s)
                SELECT r.id AS root_id, r.subscription_id, r.subscription_line_id,
                       r.partner_id, r.revenue_account_id AS account_id, r.label,
                       COALESCE(r.deferred_account_id, %(account)s)
                           AS balance_account_id,
                       r.analytic_distribution, r.currency_id,
                       COALESCE(w.amount_currency, 0)
                           - COALESCE(b.amount_currency, 0) AS amount_currency,
                       COALESCE(w.amount, 0) - COALESCE(b.amount, 0) AS amount
                  FROM wanted w
             FULL JOIN booked b ON b.root_id = w.root_id
                  JOIN recurring_revenue_schedule r
                    ON r.id = COALESCE(w.root_id, b.root_id)
                 WHERE COALESCE(w.amount, 0) != COALESCE(b.amount, 0)
                    OR COALESCE(w.amount_currency, 0)
                       != COALESCE(b.amount_currency, 0)
                 ORDER BY r.currency_id, %(order)s, r.id
                 LIMIT %(limit)s
                """,
            standing=self.env["recurring.revenue.adjustment"]._standing(
                self.company_id, self.month
            ),
            wanted=self._deferred_query(),
            account=self.company_id.rr_deferred_account_id.id or None,
            order=SQL("r.partner_id") if self._by_customer() else SQL("r.id"),
            limit=limit,
        )

    def _has_cut_off(self):
        # sudo: whoever closes a month need not be allowed to read every schedule.
        schedules = self.env["recurring.revenue.schedule"].sudo()
        return schedules.search_count(
            [("company_id", "=", self.company_id.id), ("treatment", "=", "cut_off")],
            limit=1,
        )

    def _deferred_query(self):
        """Return the query of ``(family, in currency, in company currency)`` that
        belongs to later months than this one, of documents booked by its end."""
        return SQL(
            """
            SELECT s.root_id, SUM(s.amount_currency) AS amount_currency,
                   SUM(s.amount) AS amount
              FROM recurring_revenue_slice s
              JOIN recurring_revenue_schedule d ON d.id = s.schedule_id
             WHERE s.company_id = %(company)s AND d.treatment = 'cut_off'
               AND d.booked_on <= %(last_day)s
               AND s.month > %(month)s
             GROUP BY s.root_id
            HAVING SUM(s.amount) != 0 OR SUM(s.amount_currency) != 0
            """,
            company=self.company_id.id,
            last_day=self.last_day,
            month=self.month,
        )

    def _adjustment(self, role, **values):
        """Return a row of an adjustment with exact amounts and every column."""
        row = {
            "role": role,
            "root_id": None,
            "subscription_id": None,
            "subscription_line_id": None,
            "source_line_id": None,
            "analytic_distribution": None,
            "tax": 0,
            "tax_currency": 0,
            **values,
        }
        for name in ("amount", "amount_currency", "tax", "tax_currency"):
            row[name] = exact(row[name])
        return row
