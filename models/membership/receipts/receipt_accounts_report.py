"""The receipts of a year against the accounts: from what stands on the accounts of
gifts and dues, step by step, to the sum of the receipts; the difference is zero."""

from collections import defaultdict

from odoo.tools import SQL

from ...exact import exact
from ...revenue.report_table import ZERO, Column, Row, Table
from .receipt_eligibility import GiftsOfYear
from .receipt_finding import ELIGIBLE, RECEIPTED

LINKS = frozenset(["count", "amount"])


class AccountsReport:
    """Figures of one company and calendar year, counted anew from the books.

    :param company: with the environment of who reads
    """

    def __init__(self, company, year):
        self.env, self.company, self.year = company.env, company, year
        # sudo: the sum holds whatever its reader may not open (plans that reveal a
        # special category); who reads it was checked, and links open what is theirs.
        self.gifts = GiftsOfYear(company.sudo(), year)
        self.first, self.last = self.gifts.first_last()
        self.rows = {}  # key: (name, amount, records behind it)
        self.difference = ZERO
        self._count()

    # ------------------------------------------------------------------
    # Counting
    # ------------------------------------------------------------------

    def _count(self):
        self.accounts = self._accounts()
        by_contribution, self.others, invoiced = self._ledger()
        self.ledger = sum(by_contribution.values(), ZERO)
        self.ledger += sum(self.others.values(), ZERO) + invoiced
        self._step("others", -sum(self.others.values(), ZERO), list(self.others))
        heaps = defaultdict(lambda: [ZERO, set()])
        heaps["invoiced"][0] -= invoiced
        contributions = self.gifts.env["recurring.contribution"].browse(by_contribution)
        booked = self.gifts.lines.contribution_id
        for contribution in contributions | booked:
            in_books = by_contribution.get(contribution.id, ZERO)
            key, amount = self._heap(contribution, booked), -in_books
            if not key:
                key = self._books_of(contribution)
                amount = exact(contribution.amount) - in_books
            if amount or key not in ("shifted", "history"):
                heaps[key][0] += amount
                heaps[key][1].add(contribution.id)
        if not heaps["invoiced"][0]:
            heaps.pop("invoiced")  # paid in the year in which it was claimed
        for key in ("earlier", "undone", "currency", "invoiced", "shifted", "history"):
            self._step(key, *heaps[key])
        own = [one for one in booked if not self._heap(one, booked)]
        self.booked = sum((exact(one.amount) for one in own), ZERO)
        self.booked_ids = [one.id for one in own]
        self._count_findings(set(self.booked_ids))

    def _heap(self, contribution, booked):
        """Return why an entry is not that of a booked contribution of the year."""
        if not self.first <= contribution.date <= self.last:
            return "earlier"
        if contribution not in booked:
            return "undone"
        if contribution.currency_id != self.company.currency_id:
            return "currency"
        return ""

    def _books_of(self, contribution):
        """Return where the entry of a contribution is, if it is not of the year."""
        if contribution.state == "history":
            return "history"
        is_invoiced = contribution.move_id.move_type == "out_invoice"
        return "invoiced" if is_invoiced else "shifted"

    def _step(self, key, amount, ids):
        self.rows[key] = (amount, sorted(ids))

    def _accounts(self):
        """Return the accounts that contributions were booked on, credit, and those of
        dues that were invoiced."""
        rows = self._query(
            """SELECT DISTINCT l.account_id
                 FROM account_move_line l
                 JOIN account_move m ON m.id = l.move_id
                 JOIN recurring_contribution c ON c.move_id = m.id
                WHERE c.company_id = %(company)s
                  AND (l.display_type = 'product' AND m.move_type = 'out_receipt'
                       OR l.rr_dues_line_id IS NOT NULL AND m.move_type = 'out_invoice'
                       OR m.move_type = 'entry' AND l.balance < 0)""",
            company=self.company.id,
        )
        return self.env["account.account"].browse(row[0] for row in rows)

    def _ledger(self):
        """Return ``{contribution id: amount}`` of the year's items on these accounts,
        reversals included, ``{item id: amount}`` of what is no contribution, and the
        sum of invoices of dues: several contributions may pay one."""
        rows = self.accounts and self._query(
            """SELECT c.id,
                      CASE WHEN c.id IS NULL AND o.rr_dues_id IS NULL THEN l.id END,
                      SUM(-l.balance)
                 FROM account_move_line l
                 JOIN account_move m ON m.id = l.move_id
                 JOIN account_move o ON o.id = COALESCE(m.reversed_entry_id, m.id)
            LEFT JOIN recurring_contribution c
                      ON c.move_id = o.id AND o.move_type != 'out_invoice'
                WHERE l.company_id = %(company)s
                  AND l.parent_state = 'posted'
                  AND l.account_id IN %(accounts)s
                  AND l.date BETWEEN %(first)s AND %(last)s
                GROUP BY 1, 2""",
            company=self.company.id,
            accounts=tuple(self.accounts.ids),
            first=self.first,
            last=self.last,
        )
        found, others, invoiced = {}, {}, ZERO
        for contribution, item, balance in rows:
            amount = exact(self.company.currency_id.round(balance))
            if contribution:
                found[contribution] = amount
            elif item:
                others[item] = amount
            else:
                invoiced += amount
        return found, others, invoiced

    def _query(self, query, **values):
        for model in ("account.move", "account.move.line", "recurring.contribution"):
            self.env[model].flush_model()
        return self.env.execute_query(SQL(query, **values))

    def _count_findings(self, own):
        """Split what was booked by what became of it."""
        heaps = defaultdict(lambda: [ZERO, set()])
        self.wrong = [ZERO, set()]
        for finding in self.gifts.findings():
            contribution = finding.line.contribution_id
            if contribution.id not in own:
                continue
            key, amount = finding.reason, exact(finding.line.amount)
            if finding.status in (ELIGIBLE, RECEIPTED) and finding.amount < amount:
                heaps["part"][0] += amount - finding.amount
                heaps["part"][1].add(contribution.id)
                amount = finding.amount
            if key == "receipted_wrongly":
                self.wrong[0] += amount
                self.wrong[1].add(contribution.id)
                key = "receipted"
            heaps[key][0] += amount
            heaps[key][1].add(contribution.id)
        heaps.pop("receipted", None)
        for key, (amount, ids) in heaps.items():
            self._step(key, -amount, ids)
        receipts = self._receipts("issued")
        self.receipts = sum((exact(one.amount) for one in receipts), ZERO)
        self.receipt_count = len(receipts)
        explained = self.booked - sum((heap[0] for heap in heaps.values()), ZERO)
        self.difference = self.receipts - explained

    def _receipts(self, state):
        return self.env["recurring.tax.receipt"].search(
            [
                ("company_id", "=", self.company.id),
                ("gift_year", "=", self.year),
                ("state", "=", state),
            ]
        )

    # ------------------------------------------------------------------
    # Showing
    # ------------------------------------------------------------------

    def names(self):
        """Return ``{key of a step: its name}``, in the order of the report."""
        env = self.env
        return {
            "others": env._("Less entries that are no contribution"),
            "earlier": env._(
                "Less contributions of other years, booked or reversed then"
            ),
            "undone": env._("Less contributions that came back or were cancelled"),
            "currency": env._("Less contributions in another currency"),
            "invoiced": env._(
                "Dues that were invoiced: what was paid in %(year)s, less the invoices "
                "of %(year)s",
                year=self.year,
            ),
            "shifted": env._("Contributions of the year in the books of another one"),
            "history": env._("Contributions of the year that were booked elsewhere"),
            "booked": env._("Contributions of %s", self.year),
            "no_gift": env._("Less dues that do not count as a gift"),
            "part": env._("Less the part of dues that is no gift"),
            "counterpart": env._("Less gifts for which too much came back"),
            "unpaid": env._("Less what is not paid by the books"),
            "future": env._("Less what is dated after today"),
            "credited": env._("Less what a credit note took back"),
            "elsewhere": env._("Less what was receipted elsewhere"),
            "article": env._("Less what the basis does not allow"),
            "form": env._("Less what no form is known for"),
            "basis": env._("Less gifts of days without a basis"),
            "donor": env._("Less donors of whom something is missing"),
            "eligible": env._("Less eligible gifts without a receipt"),
        }

    def build(self, everything=False):
        """Return the report as a table."""
        env = self.env
        table = Table(
            env._("From the accounts to the receipts"),
            [
                Column("count", env._("Records"), is_text=True),
                Column("amount", env._("Amount"), has_total=False),
            ],
        )
        codes = ", ".join(self.accounts.sorted("code").mapped("code"))
        name = env._("Accounts %(codes)s in %(year)s", codes=codes, year=self.year)
        table.rows.append(
            Row("accounts", name, {"amount": self.ledger}, "total", LINKS)
        )
        for key, name in self.names().items():
            if key == "booked":
                self._row(table, key, name, self.booked, self.booked_ids, "total")
                continue
            amount, ids = self.rows.get(key, (ZERO, []))
            if amount or ids:
                self._row(table, key, name, amount, ids)
        cells = {"amount": self.receipts - self.difference}
        table.rows.append(Row("total", env._("To be on receipts"), cells, "total"))
        cells = {"count": str(self.receipt_count), "amount": self.receipts}
        table.rows.append(
            Row(
                "ledger",
                env._("Tax receipts for gifts of %s", self.year),
                cells,
                "ledger",
                LINKS,
            )
        )
        cells = {"amount": self.difference}
        table.rows.append(Row("difference", env._("Difference"), cells, "difference"))
        table.count = len(table.rows)
        return table

    def _row(self, table, key, name, amount, ids, kind="figure"):
        cells = {"count": str(len(ids)), "amount": amount}
        table.rows.append(Row(key, name, cells, kind, LINKS))

    def remarks(self):
        """Return a table of what does not change the sum but wants a look, or None."""
        env = self.env
        rows = []
        if self.wrong[1]:
            name = env._("Receipted, but no longer eligible: cancel these receipts")
            rows.append(("wrong", name, len(self.wrong[1]), self.wrong[0]))
        cancelled = self._receipts("cancelled")
        if cancelled:
            amount = sum((exact(one.amount) for one in cancelled), ZERO)
            name = env._("Cancelled receipts for gifts of %s", self.year)
            rows.append(("cancelled", name, len(cancelled), amount))
        if not rows:
            return None
        table = Table(
            env._("For information"),
            [
                Column("count", env._("Records"), is_text=True),
                Column("amount", env._("Amount")),
            ],
        )
        for key, name, count, amount in rows:
            cells = {"count": str(count), "amount": amount}
            table.rows.append(Row(key, name, cells, links=LINKS))
        table.count = len(rows)
        return table

    def open(self, row):
        """Return the action that shows what a row is made of."""
        if row in ("accounts", "invoiced"):
            domain = [
                ("account_id", "in", self.accounts.ids),
                ("date", ">=", self.first),
                ("date", "<=", self.last),
                ("parent_state", "=", "posted"),
                ("company_id", "=", self.company.id),
            ]
            paid = self.rows.get("invoiced", (ZERO, []))[1]
            if row == "accounts":
                return self._action("account.move.line", domain)
            if not paid:
                claims = ("move_id.rr_dues_id", "!=", False)
                return self._action("account.move.line", [*domain, claims])
        if row in ("ledger", "cancelled"):
            state = "issued" if row == "ledger" else "cancelled"
            ids = self._receipts(state).ids
            return self._action("recurring.tax.receipt", [("id", "in", ids)])
        if row == "others":
            ids = self.rows["others"][1]
            return self._action("account.move.line", [("id", "in", ids)])
        ids = {"booked": self.booked_ids, "wrong": list(self.wrong[1])}
        found = ids.get(row) or self.rows.get(row, (ZERO, []))[1]
        return self._action("recurring.contribution", [("id", "in", found)])

    def _action(self, model, domain):
        return {
            "type": "ir.actions.act_window",
            "name": self.env["ir.model"]._get(model).name,
            "res_model": model,
            "domain": domain,
            "views": [(False, "list"), (False, "form")],
            "context": {"create": False},
        }
