"""The table of the waterfall: what is deferred, by when it will be earned."""

from odoo.fields import Domain

from .report_builder import Builder, deferred_on, last_day
from .report_dimension import month_name
from .report_table import Column, Row
from .report_waterfall import Waterfall


class WaterfallTable(Builder):
    """Months as rows with what is left after each, or a dimension by months."""

    def __init__(self, report):
        super().__init__(report)
        self.day = report.date
        self.flow = Waterfall(self.company, self.day, self.split)
        self.explanations, self.difference, self.waiting = [], 0, 0

    def build(self, everything=False):
        if self.split:
            return self._by_key(self.page(everything))
        return self._by_month()

    def _by_month(self):
        env = self.env
        late, later = self.flow.by_month()
        columns = [
            Column("amount", env._("To recognise")),
            Column("left", env._("Left afterwards"), has_total=False),
        ]
        table = self.table(columns, (0, None))
        links = frozenset(["amount"])
        total = left = late + sum(amount for _month, amount in later)
        self.waiting = late
        rows = [("late", env._("Due and not booked"), late)] if late else []
        rows += [(str(month), month_name(env, month), own) for month, own in later]
        for key, name, amount in rows:
            left -= amount
            cells = {"amount": amount, "left": left}
            table.rows.append(Row(key, name, cells, links=links))
        table.count = len(table.rows)
        table.total(env._("Deferred"), {"amount": total}, links)
        return table

    def _by_key(self, page):
        env, months = self.env, self.flow.months
        rows = self.flow.by_key(*page)
        keys = ["late", *map(str, months), "later", "all"]
        labels = [
            env._("Due and not booked"),
            *(self.short(month) for month in months),
            env._("Later"),
            env._("Deferred"),
        ]
        columns = [Column(*pair) for pair in zip(keys, labels, strict=True)]
        columns[-1].added = tuple(keys[:-1])
        table = self.table(columns, page, count=self.flow.count)
        links = frozenset(keys)
        for (key, amounts), name in self.split.named(rows[:-1], lambda r: r[0], *page):
            cells = dict(zip(keys, amounts, strict=True))
            table.rows.append(Row(str(key or "none"), name, cells, links=links))
        totals = dict(zip(keys, rows[-1][1], strict=True))
        self.waiting = totals["late"]
        table.total(env._("Total"), totals, links)
        return table

    def open(self, row, column):
        place = column if self.split else row
        own = self.dimension(row) if self.split else Domain.TRUE
        due = Domain.TRUE
        if place == "late":
            due = Domain("due_month", "<=", self.day)
        elif place == "later":
            due = Domain("due_month", ">", last_day(self.flow.months[-1]))
        elif place not in ("all", "total"):
            due = Domain("due_month", "=", place)
        name = self.env._("Deferred")
        return self.slices(
            name, own & deferred_on(self.day) & due, search_default_by_customer=1
        )
