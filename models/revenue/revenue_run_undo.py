"""Taking a closing back: its entries are reversed, its months are open again."""

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..guard import applying


class RecurringRevenueRun(models.Model):
    _inherit = "recurring.revenue.run"

    def action_undo(self):
        """Reverse every entry of this closing; what it booked is open again.

        Later closings have to be taken back first: their figures rest on this one.
        """
        self.ensure_one()
        self._check_may_close()
        self._check_is_last()
        self._set_state(("done", "stopped"), "undone")
        entries = self._entries_to_undo()
        reversals = self._reverse_entries(entries)
        for entry, reversal in zip(entries, reversals, strict=True):
            self._reopen_slices(entry, reversal)
        self._reopen_silent()
        self.env["recurring.revenue.slice"].invalidate_model()
        return True

    def _entries_to_undo(self):
        """Return the entries that recognised revenue."""
        return self.move_ids.filtered(lambda move: not move.reversed_entry_id)

    def _check_is_last(self):
        later = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("month", ">", self.month),
                ("state", "in", ("running", "stopped", "done")),
            ],
            order="month desc",
            limit=1,
        )
        if later:
            raise UserError(
                self.env._(
                    "Take back %s first: it was closed after this month.",
                    later.display_name,
                )
            )

    def _reverse_entries(self, entries):
        """Reverse entries on their own days, or on the first open one."""
        values = [
            {
                "date": self._first_open_day(entry.date),
                "ref": self.env._("Reversal of: %s", entry.name),
                "rr_revenue_run_id": self.id,
                "rr_closing_role": "undo",
            }
            for entry in entries
        ]
        if not entries:
            return entries
        moves = entries.with_context(no_exchange_difference=True)
        return applying(moves)._reverse_moves(values, cancel=True)

    def _reopen_slices(self, entry, reversal):
        """Balance the slices of an entry by the lines that reverse it, and add them
        anew as open ones."""
        self.env["recurring.revenue.slice"].flush_model()
        lines = zip(
            entry.line_ids.sorted("id"), reversal.line_ids.sorted("id"), strict=True
        )
        pairs = {old.id: new.id for old, new in lines}
        for counter in (True, False):
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO recurring_revenue_slice (
                           schedule_id, root_id, company_id, currency_id, month,
                           due_month, amount_currency, amount, cause, account_id,
                           run_id, move_line_id, booked_on)
                    SELECT s.schedule_id, s.root_id, s.company_id, s.currency_id,
                           s.month, s.due_month, %(sign)s * s.amount_currency,
                           %(sign)s * s.amount, %(cause)s, s.account_id,
                           %(run)s, %(line)s, %(day)s
                      FROM recurring_revenue_slice s
                      JOIN unnest(%(old)s::int[], %(new)s::int[]) AS p(old, new)
                        ON p.old = s.move_line_id
                     WHERE s.run_id = %(id)s
                     ORDER BY s.id
                    """,
                    sign=-1 if counter else 1,
                    cause=SQL("'undo'") if counter else SQL("s.cause"),
                    run=self.id if counter else None,
                    line=SQL("p.new") if counter else None,
                    day=reversal.date if counter else None,
                    old=list(pairs),
                    new=list(pairs.values()),
                    id=self.id,
                )
            )

    def _reopen_silent(self):
        """Open the slices again that came to nothing and stand in no entry."""
        self.env.cr.execute(
            SQL(
                "UPDATE recurring_revenue_slice SET run_id = NULL, booked_on = NULL"
                " WHERE run_id = %s AND move_line_id IS NULL",
                self.id,
            )
        )
