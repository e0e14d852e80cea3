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
        groups = list(self._open_lines().values())
        groups = [sorted(lines) for lines in groups if len(lines) > 1]
        if not groups:
            return
        # That another transaction was faster is no error: it is tried again.
        self.env.cr.execute(
            SQL(
                "SELECT id FROM account_move_line WHERE id = ANY(%s) FOR UPDATE",
                [line for group in groups for line in group],
            ),
            log_exceptions=False,
        )
        self.env["recurring.revenue.entry"]._reconcile(groups)

    def _open_lines(self):
        """Return ``{what is matched together: lines}`` of these families: posted, on
        the deferred account, and not matched to the end.

        In steps by key: in one query the database, which knows nothing yet of the rows
        of its own transaction, would read the whole journal for each batch.
        """
        self.env["account.move.line"].flush_model()
        self.env["recurring.revenue.slice"].flush_model()
        keys = dict(self._matching_keys())
        lines = self._lines_of_families()
        found = {}
        for line, account in self._open_among({line for _root, line in lines}):
            found[line] = account
        groups = {}
        for root, line in lines:
            key, account = keys[root]
            if found.get(line) == account:
                groups.setdefault((key, account), set()).add(line)
        return groups

    def _matching_keys(self):
        """Yield (root, (what its lines are matched by, deferred account))."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT r.id, r.partner_id, r.currency_id, r.deferred_account_id,
                       c.rr_revenue_detail = 'customer'
                  FROM recurring_revenue_schedule r
                  JOIN res_company c ON c.id = r.company_id
                 WHERE r.id = ANY(%s)
                """,
                self.ids,
            )
        )
        for root, partner, currency, account, by_customer in rows:
            yield (
                root,
                ((by_customer, partner if by_customer else root, currency), account),
            )

    def _lines_of_families(self):
        """Return (root, line) of the documents and the entries of these families."""
        return self.env.execute_query(
            SQL(
                """
                SELECT root_id, move_line_id FROM recurring_revenue_schedule
                 WHERE root_id = ANY(%(roots)s) AND move_line_id IS NOT NULL
                UNION
                SELECT root_id, move_line_id FROM recurring_revenue_slice
                 WHERE root_id = ANY(%(roots)s) AND move_line_id IS NOT NULL
                """,
                roots=self.ids,
            )
        )

    def _open_among(self, lines):
        """Return (line, its account) of those that are posted and not matched yet."""
        if not lines:
            return []
        return self.env.execute_query(
            SQL(
                "SELECT id, account_id FROM account_move_line"
                " WHERE id = ANY(%s) AND parent_state = 'posted' AND NOT reconciled",
                sorted(lines),
            )
        )
