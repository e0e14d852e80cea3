"""What closing a month adjusts for one night: booked at its end, reversed the next day.

Every kind of adjustment says what should stand at the end of the month; what earlier
closings of the month booked already is taken off, and the difference is booked. So a
batch that was committed is not done twice, and a second closing adds nothing.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...engine.recognition import next_month
from ..exact import exact
from ..guard import applying, typed_over
from .cut_off_adjustment import ADJUSTMENTS

ROLES = [
    ("recognition", "Revenue of the month"),
    *ADJUSTMENTS,
    ("reversal", "Reversal on the next day"),
    ("undo", "Closing taken back"),
]
ADJUSTED = tuple(code for code, _label in ADJUSTMENTS)
ROWS = 2000  # adjustments in one entry


class AccountMove(models.Model):
    _inherit = "account.move"

    rr_closing_role = fields.Selection(
        ROLES, string="Booked at Closing As", copy=False, readonly=True
    )

    def write(self, vals):
        """Refuse to call an entry of a closing something else."""
        if typed_over(self, vals, {"rr_closing_role"}):
            raise UserError(self.env._("An entry stays with the run that made it."))
        return super().write(vals)


class RecurringRevenueRun(models.Model):
    _inherit = "recurring.revenue.run"

    claims = fields.Integer(copy=False, readonly=True)

    # ------------------------------------------------------------------
    # In the work of the closing
    # ------------------------------------------------------------------

    def _book_batch(self, *args, **kwargs):
        """Once nothing is left to recognise, adjust what the end of the month needs."""
        run = self._in_language_of_books()
        return (
            super(RecurringRevenueRun, run)._book_batch(*args, **kwargs)
            or run._adjust_batch()
        )

    @api.depends("month", "company_id", "state")
    def _compute_open_count(self):
        """An invoice that came since may leave nothing to recognise and yet something
        to defer at the month's end."""
        result = super()._compute_open_count()
        for run in self:
            if run.state == "done" and not run.open_count:
                run.open_count = len(run._next_deferrals(1))
        return result

    def _in_language_of_books(self):
        """Return the run in the language of the company, whoever works it off: what
        entries are called stands in its ledger."""
        lang = self.company_id.partner_id.lang or self.user_id.lang or self.env.lang
        return self.with_context(lang=lang)

    def _adjust_batch(self):
        """Book the next adjustments; return how many rows were treated, at last 0.

        Also 0 where somebody else is at it: ``_finish`` sees that something is left.
        """
        run = self.with_company(self.company_id)
        run.flush_model()
        if not run._is_alone():
            return 0
        for next_rows in run._adjustments():
            rows = next_rows(ROWS)
            if rows:
                run._claim_month()
                run._book_adjustments(rows)
                return len(rows)
        return 0

    def _finish(self):
        """Close the month only once everything is adjusted."""
        if self.state == "running" and not self._is_adjusted():
            self._wake_worker()
            return
        super()._finish()

    def _is_adjusted(self):
        """Tell whether nothing is left to adjust."""
        return not self._next_deferrals(1)

    def _is_alone(self):
        """Keep others from adjusting this month until the end of the transaction."""
        return self.env.execute_query(
            SQL(
                "SELECT pg_try_advisory_xact_lock(hashtext(%s), hashtext(%s))",
                self._table,
                f"{self.company_id.id} {self.month}",
            )
        )[0][0]

    def _adjustments(self):
        """Return functions of a number of rows: each answers the next rows to book, as
        dicts of the columns of an adjustment, and none at the end."""
        return [self._next_deferrals]

    def _claim_month(self):
        """Fail, and look again, where this transaction began before another one booked
        adjustments of the month: what it sees is not what stands."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE recurring_revenue_run SET claims = COALESCE(claims, 0) + 1
                 WHERE id = (SELECT MIN(id) FROM recurring_revenue_run
                              WHERE company_id = %s AND month = %s)
                """,
                self.company_id.id,
                self.month,
            ),
            log_exceptions=False,
        )

    # ------------------------------------------------------------------
    # Entries
    # ------------------------------------------------------------------

    def _book_adjustments(self, rows):
        """Book rows: one entry for each kind and currency, and its reversal."""
        day = self._first_open_day(self.last_day)
        groups = {}
        for row in rows:
            groups.setdefault((row["role"], row["currency_id"]), []).append(row)
        for (role, currency_id), own in groups.items():
            currency = self.env["res.currency"].browse(currency_id)
            lines = self._adjusted_lines(role, own)
            move, ids = self._book_closing(role, day, currency, lines)
            reversal = self._book_mirror(move, fields.Date.add(day, days=1), "reversal")
            for row in own:
                row.update(
                    company_id=self.company_id.id,
                    run_id=self.id,
                    month=self.month,
                    booked_on=day,
                    reversed_on=reversal.date,
                    move_line_id=ids.get(self._balance_key(row)),
                )
            self.env["recurring.revenue.adjustment"]._insert(own)

    def _book_closing(self, role, day, currency, lines, reference=None, **values):
        """Post an entry of this closing; return (the entry, {key: id of the line})."""
        company = self.company_id
        return self.env["recurring.revenue.entry"]._book(
            company,
            company.rr_revenue_journal_id,
            day,
            currency,
            lines,
            {
                "rr_revenue_run_id": self.id,
                "rr_closing_role": role,
                "ref": reference or self._adjustment_reference(role, day),
                **values,
            },
        )

    def _adjustment_reference(self, role, day):
        """Say what is adjusted for which month, also where it is booked later."""
        month = f"{self.month:%Y-%m}"
        if day >= next_month(self.month):
            month = self.env._("%s, booked on the first open day", month)
        return {
            "deferral": self.env._("Deferred revenue at the end of %s", month),
            "accrual": self.env._("Invoices to issue at the end of %s", month),
            "credit_due": self.env._("Credit notes to issue at the end of %s", month),
            "advance": self.env._("Advances received at the end of %s", month),
        }[role]

    def _book_mirror(self, move, day, role):
        """Post the reverse of an entry on a day (or the first open one after it), and
        match the two where their accounts are matched."""
        lines = [
            {
                "key": line.id,
                "account_id": line.account_id.id,
                "partner_id": line.partner_id.id,
                "amount": -exact(line.balance),
                "amount_currency": -exact(line.amount_currency),
                "analytic_distribution": line.analytic_distribution,
                "name": line.name,
                "extra": {"rr_schedule_id": line.rr_schedule_id.id}
                if line.rr_schedule_id
                else {},
            }
            for line in move.line_ids
        ]
        mirror, ids = self._book_closing(
            role,
            self._first_open_day(day),
            move.currency_id,
            lines,
            self.env._("Reversal of: %s", move.name),
            reversed_entry_id=move.id,
        )
        groups = [
            [line.id, ids[line.id]]
            for line in move.line_ids
            if line.account_id.reconcile and line.balance
        ]
        self.env["recurring.revenue.entry"]._reconcile(groups)
        return mirror

    # ------------------------------------------------------------------
    # Lines
    # ------------------------------------------------------------------

    def _adjusted_lines(self, role, rows):
        """Return the lines of an entry: balance sheet, revenue, VAT."""
        sign = 1 if role == "accrual" else -1
        groups = {}
        for row in rows:
            total = row["amount"] + row["tax"]
            total_currency = row["amount_currency"] + row["tax_currency"]
            name = self._adjusted_name(row)
            line = self._line_of(
                groups,
                self._balance_key(row),
                row["balance_account_id"],
                row["partner_id"],
                name,
            )
            _increase(line, sign * total, sign * total_currency)
            if row["root_id"] and not self._by_customer():
                line["extra"] = {"rr_schedule_id": row["root_id"]}
            line = self._line_of(groups, *self._counter_part(row))
            line["analytic_distribution"] = row["analytic_distribution"] or False
            _increase(line, -sign * row["amount"], -sign * row["amount_currency"])
            if row["tax"] or row["tax_currency"]:
                account = self.company_id.rr_accrued_tax_account_id
                key = ("tax", account.id)
                line = self._line_of(
                    groups, key, account.id, False, self._line_name("", self.month)
                )
                _increase(line, -sign * row["tax"], -sign * row["tax_currency"])
        return [
            line
            for line in groups.values()
            if line["amount"] or line["amount_currency"]
        ]

    def _counter_part(self, row):
        """Return key, account, partner and name of the line that faces a row."""
        if row["role"] == "advance":
            key = ("source", row["account_id"], row["partner_id"])
            return key, row["account_id"], row["partner_id"], self._adjusted_name(row)
        analytic = row["analytic_distribution"]
        key = ("revenue", row["account_id"], str(analytic) if analytic else "")
        return key, row["account_id"], False, self._line_name("", self.month)

    def _balance_key(self, row):
        """Return what tells the line of a row on the balance sheet account."""
        start = ("balance", row["balance_account_id"], row["partner_id"])
        if self._by_customer():
            return start
        source = row["subscription_id"] or row["source_line_id"]
        return *start, row["root_id"] or source

    def _by_customer(self):
        return self.company_id.rr_revenue_detail == "customer"

    def _adjusted_name(self, row):
        """Name a line by documents and subscriptions, never by persons."""
        label = "" if self._by_customer() else row["label"]
        return self._line_name(label, self.month)

    def _line_of(self, groups, key, account_id, partner_id, name):
        return groups.setdefault(
            key,
            {
                "key": key,
                "account_id": account_id,
                "partner_id": partner_id,
                "amount": exact(0),
                "amount_currency": exact(0),
                "analytic_distribution": False,
                "name": name,
                "extra": {},
            },
        )

    # ------------------------------------------------------------------
    # Taking back
    # ------------------------------------------------------------------

    def action_undo(self):
        """Neutralise what was adjusted too: at the end of the month and the day after.

        Both entries are reversed on their own days (or the first open one), so that no
        day in between says something else.
        """
        run = self._in_language_of_books().with_company(self.company_id)
        result = super(RecurringRevenueRun, run).action_undo()
        adjusted = run.move_ids.filtered(
            lambda move: move.rr_closing_role in (*ADJUSTED, "reversal")
        )
        adjusted.line_ids.remove_move_reconcile()
        for move in adjusted.sorted("id"):
            run._book_mirror(move, move.date, "undo")
        applying(run).write({"accrued_to": 0, "late_to": 0})
        return result

    def _entries_to_undo(self):
        """The adjustments are taken back with their own reversals."""
        entries = super()._entries_to_undo()
        return entries.filtered(
            lambda move: move.rr_closing_role not in (*ADJUSTED, "reversal")
        )


def _increase(line, amount, amount_currency):
    line["amount"] += amount
    line["amount_currency"] += amount_currency
