"""Lines on the deferred account are matched family by family: what was billed with
what gave it back and what recognised it."""

from odoo import models
from odoo.tools import SQL


class RecurringRevenueSchedule(models.Model):
    _inherit = "recurring.revenue.schedule"

    def _match(self):
        """Match what is open on the deferred account of these families.

        Where entries have one line per customer, all the customer's families are
        matched with them, the oldest first.
        """
        if not self:
            return
        self.env["account.move.line"].flush_model()
        self.env["recurring.revenue.slice"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                WITH lines AS (
                    SELECT root_id, move_line_id FROM recurring_revenue_schedule
                     WHERE root_id = ANY(%(roots)s)
                    UNION
                    SELECT root_id, move_line_id FROM recurring_revenue_slice
                     WHERE root_id = ANY(%(roots)s))
                SELECT CASE WHEN c.rr_revenue_detail = 'customer'
                            THEN -r.partner_id ELSE r.id END,
                       array_agg(DISTINCT l.id)
                  FROM lines
                  JOIN recurring_revenue_schedule r ON r.id = lines.root_id
                  JOIN account_move_line l ON l.id = lines.move_line_id
                  JOIN res_company c ON c.id = r.company_id
                 WHERE l.account_id = r.deferred_account_id
                   AND l.parent_state = 'posted' AND NOT l.reconciled
                 GROUP BY 1, r.deferred_account_id, r.currency_id
                HAVING COUNT(DISTINCT l.id) > 1
                """,
                roots=self.ids,
            )
        )
        groups = [lines for _key, lines in rows]
        # That another transaction was faster is no error: it is tried again.
        self.env.cr.execute(
            SQL(
                "SELECT id FROM account_move_line WHERE id = ANY(%s) FOR UPDATE",
                [line for group in groups for line in group],
            ),
            log_exceptions=False,
        )
        self.env["recurring.revenue.entry"]._reconcile(groups)
