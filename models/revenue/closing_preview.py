"""What a closing would book, asked in the terms in which it books, and not written."""

from contextlib import contextmanager

from odoo import models
from odoo.tools import SQL

from ..exact import exact

CUSTOMERS = 10  # rows of the preview; the list shows all


class RecurringRevenueRun(models.Model):
    """A preview adds up the slices that a posting would claim (``_open_condition``)."""

    _inherit = "recurring.revenue.run"

    @contextmanager
    def _as_prepared(self):
        """Let the months follow what happened since, as posting does first; nothing
        of it stays."""
        self.env.flush_all()
        savepoint = self.env.cr.savepoint(flush=False)
        try:
            self._prepare_slices()
            yield
        finally:
            self._flush_books()
            savepoint.close(rollback=True)
            for name in ("recurring.revenue.slice", "recurring.revenue.schedule"):
                self.env[name].invalidate_model(flush=False)

    def _preview_sections(self):
        """Return what this closing will book, section by section.

        Dictionaries: ``key``, ``title``, ``rows`` (dictionaries ``label``,
        ``account_id``, ``amount``) and ``total``, in company currency. The first one
        takes deferred revenue to revenue; other ways of closing add theirs.
        """
        rows = [
            {
                **row,
                "label": self._month_name(row["month"]),
                "account_id": row["account"],
            }
            for row in self._account_rows(self._open_condition())
        ]
        return [
            {
                "key": "recognition",
                "title": self.env._("Deferred revenue becomes revenue"),
                "rows": rows,
                "total": sum(row["amount"] for row in rows),
            }
        ]

    def _preview_customers(self):
        """Return the customers with the largest amounts, and what all of them are:
        ``([(partner id, amount)], number of customers)``."""
        self._flush_books()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT r.partner_id, SUM(s.amount), COUNT(*) OVER ()
                  FROM recurring_revenue_slice s
                  JOIN recurring_revenue_schedule r ON r.id = s.root_id
                 WHERE %s AND r.treatment IN ('continuous', 'accrued')
                   AND r.partner_id IS NOT NULL
                 GROUP BY r.partner_id HAVING SUM(s.amount) <> 0
                 ORDER BY ABS(SUM(s.amount)) DESC, 1 LIMIT %s
                """,
                self._open_condition(),
                CUSTOMERS,
            )
        )
        return [(key, exact(amount)) for key, amount, _number in rows], rows[0][
            2
        ] if rows else 0

    def _previous(self):
        """Return the closing before this one, of the latest month that was closed."""
        return self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "=", "done"),
                ("month", "<", self.month),
            ],
            order="month desc, id desc",
            limit=1,
        )

    def _previous_amounts(self, previous):
        """Return ``{(deferred, account): amount}`` that were booked for the month of an
        earlier closing, caught up months left out."""
        if not previous:
            return {}
        found = {}
        same_month = SQL(
            """s.run_id IN (SELECT id FROM recurring_revenue_run
                             WHERE company_id = %s AND month = %s)
               AND s.due_month = %s""",
            self.company_id.id,
            previous.month,
            previous.month,
        )
        for row in self._account_rows(same_month):
            key = row["deferred"], row["account"]
            found[key] = found.get(key, 0) + row["amount"]
        return found
