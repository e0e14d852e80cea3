"""The table of what was billed and what was earned."""

from odoo.fields import Domain

from .report_builder import Builder, deferred_on, last_day
from .report_dimension import month_name
from .report_earned import BilledAndEarned
from .report_ledger import Ledger
from .report_rollforward import RollForward
from .report_rollforward_table import CURRENCY
from .report_table import Column, Row

FLOWS = ("billed", "served", "booked")
ACCRUED = ("accrual", "credit_due", "advance")
INCOME = Domain("account_id.account_type", "in", ("income", "income_other"))
INVOICED = Domain("display_type", "=", "product") & Domain(
    "move_id.move_type", "in", ("out_invoice", "out_refund", "out_receipt")
)


class EarnedTable(Builder):
    """A row for each month."""

    def __init__(self, report):
        super().__init__(report)
        self.split = None
        self.first, self.last = report.date_from, last_day(report.date_to)
        self.explanations, self.difference, self.waiting = [], 0, 0

    def labels(self):
        env = self.env
        return {
            "billed": env._("Billed"),
            "served": env._("Earned by month of service"),
            "booked": env._("Earned by accounting date"),
            "deferred": env._("Deferred at the end"),
            "accrued": env._("To invoice at the end"),
        }

    def build(self, everything=False):
        figures = BilledAndEarned(self.company, self.first, self.last).figures()
        movements = RollForward(self.company, self.first, self.last).movements()[0]
        columns = [
            Column(key, label, has_total=key in FLOWS)
            for key, label in self.labels().items()
        ]
        table = self.table(columns, (0, None), count=len(figures))
        links = frozenset(self.labels())
        totals = dict.fromkeys(FLOWS, 0)
        for movement in movements:
            one = figures[movement.key]
            cells = {key: getattr(one, key) for key in (*FLOWS, "accrued")}
            cells["deferred"] = movement.closing
            for key in FLOWS:
                totals[key] += cells[key]
            name = month_name(self.env, movement.key)
            table.rows.append(Row(str(movement.key), name, cells, links=links))
        table.total(self.env._("Total"), totals, frozenset(FLOWS))
        self.waiting = Ledger(self.company, self.first, self.last).waiting(self.last)
        return table

    def open(self, row, column):
        first, last = self.first, self.last
        if row != "total":
            first = next(
                month
                for month in BilledAndEarned(self.company, first, last).months
                if str(month) == row
            )
            last = last_day(first)
        name = f"{self.labels()[column]}: {month_name(self.env, last)}"
        if column == "billed":
            return self.items(name, self._invoice_lines(first, last))
        if column == "served":
            served = Domain("month", ">=", first) & Domain("month", "<=", last)
            name = self.env._(
                "%s (of schedules; the others are invoice lines without one)", name
            )
            return self.slices(name, served & ~CURRENCY)
        if column == "booked":
            return self.items(name, self._income_lines(first, last))
        if column == "deferred":
            return self.slices(name, deferred_on(last))
        account = self.company.rr_accrued_account_id
        return self.items(
            name,
            Domain("account_id", "in", account.ids)
            & Domain("parent_state", "=", "posted")
            & Domain("date", "<=", last),
        )

    def _invoice_lines(self, first, last):
        """Lines of invoices on accounts of income, or deferred from them."""
        deferred = Domain("rr_revenue_account_id", "!=", False)
        return _posted(first, last) & INVOICED & (INCOME | deferred)

    def _income_lines(self, first, last):
        """Lines on accounts of income: of invoices, and of closings that recognise or
        defer; what is accrued is no part of the figure."""
        closed = Domain("move_id.rr_revenue_run_id", "!=", False)
        for path in ("", "reversed_entry_id."):
            roles = Domain(f"move_id.{path}rr_closing_role", "in", ACCRUED)
            closed &= ~roles
        return _posted(first, last) & INCOME & (INVOICED | closed)


def _posted(first, last):
    return (
        Domain("parent_state", "=", "posted")
        & Domain("date", ">=", first)
        & Domain("date", "<=", last)
    )
