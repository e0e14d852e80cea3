"""What the general ledger says of deferred revenue, and what explains a difference."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...engine.recognition import next_month
from ..exact import exact
from .report_dimension import month_name, months_between
from .report_table import ZERO

# So many entries are named; an accountant reads no more before mending the first.
MOST = 200

# Line ``l`` of entry ``m`` belongs to no schedule and to no closing, and is none of the
# lines on the invoice's account by which Odoo makes VAT on receipts due.
IS_STRANGE = SQL(
    """m.rr_revenue_run_id IS NULL AND m.tax_cash_basis_origin_move_id IS NULL
       AND NOT EXISTS (SELECT 1 FROM recurring_revenue_schedule c
                        WHERE c.move_line_id = l.id AND c.kind <> 'opening')"""
)


@dataclass(slots=True)
class Explanation:
    """A part of what the ledger shows more than the schedules: ``amount`` is credit
    less debit. ``line`` is the journal item that it is, if it is one."""

    name: str
    amount: Decimal
    day: date | None = None
    entry: str = ""
    line: int = 0


class Ledger:
    """Posted lines of a company on its accounts of deferred revenue."""

    def __init__(self, company, first, last):
        self.company, self.env = company, company.env
        self.first, self.last = first, last
        self.months = months_between(first, last)
        for model in ("account.move.line", "account.move", "recurring.revenue.run"):
            self.env[model].flush_model()
        self.accounts = self._accounts()

    def _accounts(self):
        """The deferred account of the settings, and those that schedules stand on."""
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT deferred_account_id FROM recurring_revenue_schedule"
                " WHERE company_id = %s AND deferred_account_id IS NOT NULL"
                " AND treatment <> 'accrued'",
                self.company.id,
            )
        )
        ids = {row[0] for row in rows} | set(self.company.rr_deferred_account_id.ids)
        return self.env["account.account"].browse(sorted(ids))

    def names(self):
        """Return the codes of the accounts as a text."""
        accounts = self.accounts.sudo().with_company(self.company)
        # sudo: the code of an account is printed whoever may read the figures.
        return ", ".join(filter(None, accounts.mapped("code")))

    def _lines(self, day=None):
        """The SQL of posted lines on the accounts, up to a day."""
        return SQL(
            """l.company_id = %s AND l.account_id = ANY(%s)
               AND l.parent_state = 'posted' AND l.date <= %s""",
            self.company.id,
            self.accounts.ids,
            day or self.last,
        )

    def balances(self):
        """Return ``{month: credit balance at its end}``."""
        rows = self.env.execute_query(
            SQL(
                "SELECT %s AS bucket, SUM(-l.balance) FROM account_move_line l"
                " WHERE %s GROUP BY 1",
                self._bucket(),
                self._lines(),
            )
        )
        return self._to_date(rows)

    def balances_by_account(self, day):
        """Return ``{id of the account: credit balance on a day}``."""
        rows = self.env.execute_query(
            SQL(
                "SELECT l.account_id, SUM(-l.balance) FROM account_move_line l"
                " WHERE %s GROUP BY 1",
                self._lines(day),
            )
        )
        return {account: exact(amount) for account, amount in rows}

    def _bucket(self):
        return SQL(
            "CASE WHEN l.date >= %s THEN date_trunc('month', l.date::timestamp)::date"
            " END",
            self.first,
        )

    def _to_date(self, rows):
        sums = {month: exact(amount) for month, amount in rows}
        balance, found = sums.get(None, ZERO), {}
        for month in self.months:
            balance += sums.get(month, ZERO)
            found[month] = balance
        return found

    def domain(self, day, accounts=None):
        """Return the domain of what makes up the balance on a day; Odoo's cash-basis
        entries come to nothing on it."""
        return Domain(
            [
                ("company_id", "=", self.company.id),
                ("account_id", "in", (accounts or self.accounts).ids),
                ("parent_state", "=", "posted"),
                ("date", "<=", day),
                ("move_id.tax_cash_basis_origin_move_id", "=", False),
            ]
        )

    # ------------------------------------------------------------------
    # What explains a difference
    # ------------------------------------------------------------------

    def closed_months(self):
        """Return the months of closings that are done."""
        runs = self.env["recurring.revenue.run"].search(
            [
                ("company_id", "=", self.company.id),
                ("month", "in", self.months),
                ("state", "=", "done"),
            ]
        )
        return set(runs.mapped("month"))

    def explain(self, day, difference, cut_off):
        """Return the ``Explanation`` rows of a difference at the end of a day's month.

        :param difference: what the ledger shows more than the schedules
        :param cut_off: what cut-off schedules defer at that end
        """
        settled = self.settled_on(day)
        found = self._strangers(day, settled) + self._taken_over(day, settled)
        found += self._cut_off(day, cut_off)
        rest = difference - sum(one.amount for one in found)
        if rest:
            found += self._changed(day)
            rest = difference - sum(one.amount for one in found)
        if rest:
            found.append(Explanation(self.env._("Not explained"), rest))
        return found

    def _cut_off(self, day, wanted):
        """Cut-off whose entries do not stand in the ledger on a day as the schedules
        would have it.

        :param wanted: what cut-off schedules defer on the day
        """
        env, month = self.env, day.replace(day=1)
        found = [
            Explanation(
                env._("Cut-off of %s that stands on this day", month_name(env, other))
                if other != month
                else env._("Cut-off booked on the first open day, not on this one"),
                exact(amount) if other != month else -exact(amount),
                on,
                entry,
                line or 0,
            )
            for other, on, entry, line, amount in self._displaced(day)
        ]
        rest = self._cut_off_booked(day) - exact(wanted)
        rest -= sum(one.amount for one in found)
        if rest:
            text = env._("%s is not closed: its cut-off is not booked")
            if month in self.closed_months():
                text = env._(
                    "Documents came after %s was closed: close it again to book their "
                    "cut-off"
                )
            found.append(Explanation(text % month_name(env, day), rest, day))
        return found

    def _displaced(self, day):
        """Return (month, day, name of the entry, a line of it, amount) of cut-off of
        the day's month that is booked later, and of other months that stands then."""
        self.env["recurring.revenue.adjustment"].flush_model()
        return self.env.execute_query(
            SQL(
                """
                SELECT a.month, a.booked_on, m.name, MIN(l.id), SUM(a.amount)
                  FROM recurring_revenue_adjustment a
                  JOIN recurring_revenue_run u ON u.id = a.run_id
             LEFT JOIN account_move_line l ON l.id = a.move_line_id
             LEFT JOIN account_move m ON m.id = l.move_id
                 WHERE a.company_id = %(company)s AND a.role = 'deferral'
                   AND u.state <> 'undone'
                   AND CASE WHEN a.month = %(month)s THEN a.booked_on > %(day)s
                       ELSE a.booked_on <= %(day)s AND a.reversed_on > %(day)s END
                 GROUP BY 1, 2, 3 HAVING SUM(a.amount) <> 0
                 ORDER BY 2, 3
                """,
                company=self.company.id,
                month=day.replace(day=1),
                day=day,
            )
        )

    def _cut_off_booked(self, day):
        """Return what cut-off holds on the accounts at the end of a day."""
        held = self.env["recurring.revenue.adjustment"]._deferred_on(self.company, day)
        return sum(map(exact, held.values()), ZERO)

    def settled_on(self, day):
        """Return the last day by a day on which schedules were taken over, if what
        stood on the accounts then without one is what they took over; else None."""
        [(last, taken)] = self.env.execute_query(
            SQL(
                """
                SELECT MAX(booked_on), SUM(amount) FROM recurring_revenue_schedule
                 WHERE company_id = %s AND booked_on < %s
                   AND treatment = 'continuous' AND kind = 'opening'
                """,
                self.company.id,
                day,
            )
        )
        if not last:
            return None
        # They count from the last day before; the entry stands on the first day.
        last += timedelta(days=1)
        [(stood,)] = self.env.execute_query(
            SQL(
                """
                SELECT SUM(-l.balance) FROM account_move_line l
                  JOIN account_move m ON m.id = l.move_id
                 WHERE %s AND %s
                """,
                self._lines(last),
                IS_STRANGE,
            )
        )
        return last if exact(stood) == exact(taken) else None

    def _strangers(self, day, settled=None):
        """Lines that belong to no schedule and to no closing, entry by entry; what
        comes to nothing within one entry is left out.

        :param settled: lines up to this day are not meant
        """
        query = SQL(
            """
            SELECT l.id, l.date, m.name, l.name, -l.balance
              FROM account_move_line l
              JOIN account_move m ON m.id = l.move_id
              JOIN (SELECT l.move_id FROM account_move_line l
                      JOIN account_move m ON m.id = l.move_id
                     WHERE %(lines)s AND %(own)s
                     GROUP BY 1 HAVING SUM(l.balance) <> 0) AS odd
                ON odd.move_id = l.move_id
             WHERE %(lines)s AND %(own)s AND l.balance <> 0
             ORDER BY l.date, l.id
            """,
            lines=self._lines(day),
            own=SQL("%s AND l.date > %s", IS_STRANGE, settled or date.min),
        )
        return self._listed(
            self.env.execute_query(query),
            self.env._("Entry without schedule"),
            self.env._("Further entries without schedule"),
        )

    def _listed(self, rows, name, others):
        """Return the latest of rows, which tell most, by their days; others as one."""
        found = [
            Explanation(
                self.env._("%(what)s: %(label)s", what=name, label=label)
                if label
                else name,
                exact(amount),
                on,
                entry,
                line,
            )
            for line, on, entry, label, amount in rows[-MOST:]
        ]
        if rest := sum((exact(row[-1]) for row in rows[:-MOST]), ZERO):
            found.append(Explanation(others, rest))
        return found

    def _taken_over(self, day, settled=None):
        """Schedules that were taken over: their amount stood in the ledger before.

        :param settled: it did, as ``settled_on`` says
        """
        [(amount,)] = self.env.execute_query(
            SQL(
                """
                SELECT SUM(amount) FROM recurring_revenue_schedule
                 WHERE company_id = %s AND booked_on <= %s AND treatment = 'continuous'
                   AND (kind = 'opening' AND %s
                        OR kind <> 'opening' AND move_line_id IS NULL)
                """,
                self.company.id,
                day,
                not settled,
            )
        )
        if not amount:
            return []
        text = self.env._("Schedules that were taken over, without an entry of theirs")
        return [Explanation(text, -exact(amount))]

    def _changed(self, day):
        """Lines of invoices and of closings that do not show what their schedules and
        months say."""
        query = SQL(
            """
            WITH said AS (
                SELECT move_line_id AS id, SUM(amount) AS amount
                  FROM recurring_revenue_schedule
                 WHERE company_id = %(company)s AND treatment = 'continuous'
                   AND booked_on <= %(day)s AND move_line_id IS NOT NULL
                   AND kind <> 'opening'
                 GROUP BY 1
                 UNION ALL
                SELECT move_line_id, -SUM(amount) FROM recurring_revenue_slice
                 WHERE company_id = %(company)s AND booked_on <= %(day)s
                   AND move_line_id IS NOT NULL
                 GROUP BY 1)
            SELECT l.id, l.date, m.name, l.name,
                   CASE WHEN %(lines)s THEN -l.balance ELSE 0 END - said.amount
              FROM said
              JOIN account_move_line l ON l.id = said.id
              JOIN account_move m ON m.id = l.move_id
             WHERE NOT (%(lines)s) OR -l.balance <> said.amount
             ORDER BY l.date, l.id
            """,
            company=self.company.id,
            day=day,
            lines=self._lines(day),
        )
        return self._listed(
            self.env.execute_query(query),
            self.env._("Entry that differs from its schedule"),
            self.env._("Further entries that differ from their schedules"),
        )

    def waiting(self, day):
        """Return what was due by the end of a day's month and is not booked."""
        [(amount,)] = self.env.execute_query(
            SQL(
                """
                SELECT SUM(s.amount) FROM recurring_revenue_slice s
                  JOIN recurring_revenue_schedule r ON r.id = s.root_id
                 WHERE s.company_id = %s AND s.run_id IS NULL AND s.due_month < %s
                   AND r.treatment = 'continuous'
                """,
                self.company.id,
                next_month(day),
            )
        )
        return exact(amount)

    def title(self, day):
        """Name the line of the ledger."""
        return self.env._(
            "General ledger %(accounts)s on %(day)s",
            accounts=self.names(),
            day=format_date(self.env, day),
        )
