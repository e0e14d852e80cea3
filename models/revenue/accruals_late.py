"""What was served by the end of the month and invoiced, or credited, on a later day:
the amounts stand on the documents."""

from odoo import models
from odoo.tools import SQL

from ...engine.accrual import share_served
from ...engine.period import Period
from ..exact import currency_rounding, exact
from ..guard import applying
from .deferral import Deferral


class RecurringRevenueRun(models.Model):
    _inherit = "recurring.revenue.run"

    def _next_late(self, limit=None):
        """Return the next rows of documents of later days, and keep the place."""
        if not self.company_id._closing_wants("rr_closing_accruals"):
            return []
        # sudo: closing looks at every invoice, whoever closes.
        run = self.sudo()
        while run.late_to >= 0:
            rows, reached = run._late_page(run.late_to, limit)
            applying(run).late_to = reached
            run.flush_recordset()
            if rows:
                return rows
        return []

    def _late_page(self, after, limit=None):
        """Return (rows not booked yet of the next lines of documents, the id of the
        last line, or -1 at the end)."""
        found = self.env.execute_query_dict(self._late_query(after, limit))
        reached = found[-1]["id"] if limit and len(found) == limit else -1
        booked = self._accrued(
            SQL(
                "a.source_line_id > %s AND (a.source_line_id <= %s OR %s = -1)",
                after,
                reached,
                reached,
            )
        )
        wanted = self._accrual_rows(self._late_parts(found))
        return self._missing(wanted, booked), reached

    def _late_parts(self, rows):
        """Return what lines of later documents charge for days of this month or before,
        of drafts what the billing made."""
        deferral = Deferral(self.company_id)
        found = []
        for row in rows:
            line = self.env["account.move.line"].browse(row["id"])
            usage = line.rr_subscription_line_id.role == "usage"
            method = self._accrual_method(deferral, line, usage)
            if method:
                found.append(self._late_part(line, row, method))
        return [part for part in found if part["amount_currency"]]

    def _late_query(self, after, limit):
        self.env["account.move.line"].flush_model()
        self.env["recurring.billed.item"].flush_model()
        self.env["recurring.revenue.slice"].flush_model()
        return SQL(
            """
            SELECT l.id, COALESCE(l.deferred_start_date, i.date_start) AS start,
                   COALESCE(l.deferred_end_date + 1, i.date_end) AS stop,
                   (SELECT SUM(x.amount_currency) FROM recurring_revenue_slice x
                     WHERE x.schedule_id = d.id AND x.month <= %(month)s) AS served,
                   d.id AS schedule_id
              FROM account_move_line l
              JOIN account_move m ON m.id = l.move_id
         LEFT JOIN LATERAL (SELECT MIN(date_start) AS date_start,
                                   MAX(date_end) AS date_end
                              FROM recurring_billed_item
                             WHERE move_line_id = l.id) i ON TRUE
         LEFT JOIN recurring_revenue_schedule d ON d.move_line_id = l.id
             WHERE l.company_id = %(company)s AND l.display_type = 'product'
               AND m.move_type IN ('out_invoice', 'out_refund')
               AND (m.state = 'posted' AND m.date > %(day)s
                    OR m.state = 'draft' AND l.rr_subscription_id IS NOT NULL)
               AND COALESCE(l.deferred_start_date, i.date_start) <= %(day)s
               AND COALESCE(l.deferred_end_date + 1, i.date_end)
                   > COALESCE(l.deferred_start_date, i.date_start)
               AND l.amount_currency != 0 AND l.id > %(after)s
             ORDER BY l.id LIMIT %(limit)s
            """,
            after=after,
            limit=limit,
            company=self.company_id.id,
            month=self.month,
            day=self.last_day,
        )

    def _late_part(self, line, row, method):
        """Return what a line of a document charges for days that were served."""
        whole = -exact(line.amount_currency)
        rounding = currency_rounding(line.currency_id)
        if row["schedule_id"]:
            net = exact(row["served"])
        else:
            period = Period(row["start"], row["stop"])
            net = share_served(whole, period, self.last_day, rounding, method)
        tax = exact(line.currency_id.round(line.price_total - line.price_subtotal))
        tax = tax * net / abs(whole)
        return {
            "subscription_id": line.rr_subscription_id.id or None,
            "subscription_line_id": line.rr_subscription_line_id.id or None,
            "source_line_id": line.id,
            "partner_id": line.move_id.commercial_partner_id.id,
            "account_id": line._rr_income_account().id,
            "analytic_distribution": line.analytic_distribution or None,
            "currency_id": line.currency_id.id,
            "label": line.rr_subscription_id.name or line.move_id.name or "",
            "amount_currency": net,
            "tax_currency": tax,
        }
