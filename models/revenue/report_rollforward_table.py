"""The table of the roll-forward, with what the general ledger says beside it."""

from odoo.fields import Domain

from .report_builder import Builder, deferred_on, last_day, recognised_between
from .report_dimension import month_name, months_between
from .report_ledger import Ledger
from .report_rollforward import PARTS, RollForward
from .report_table import ZERO, Column, Row, Table

CURRENCY = Domain("cause", "=", "currency") | (
    Domain("cause", "=", "undo") & Domain("amount_currency", "=", 0)
)
KINDS = {
    "billed": Domain("kind", "=", "invoice"),
    "credited": Domain("kind", "=", "credit"),
    "taken": Domain("kind", "not in", ("invoice", "credit")),
}
SELDOM = ("taken", "currency")
FIGURES = ("opening", *PARTS, "closing")


class RollForwardTable(Builder):
    """Months as rows or side by side, or what a dimension had in all these months."""

    def __init__(self, report):
        super().__init__(report)
        self.first, self.last = report.date_from, last_day(report.date_to)
        self.flow = RollForward(
            self.company,
            self.first,
            self.last,
            self.split,
            apart=not self.split or self.side_by_side,
        )
        self.ledger = Ledger(self.company, self.first, self.last)
        self.explanations, self.difference, self.waiting = [], ZERO, ZERO

    @property
    def side_by_side(self):
        return self.report.months_apart

    def labels(self):
        env = self.env
        return {
            "opening": env._("Opening"),
            "billed": env._("Billed"),
            "credited": env._("Credited"),
            "taken": env._("Taken over"),
            "recognised": env._("Recognised"),
            "currency": env._("Currency"),
            "closing": env._("Closing"),
            "ledger": env._("General ledger"),
            "difference": env._("Difference"),
        }

    def build(self, everything=False):
        if self.split and self.side_by_side:
            return self._balances(self.page(everything))
        page = self.page(everything)
        months, movements, cut_off = self.flow.movements(*page)
        self._compare({one.key: one.closing for one in months}, cut_off)
        if self.split:
            return self._by_key(months, movements, page)
        return self._across(months) if self.side_by_side else self._down(months)

    def _compare(self, closings, cut_off):
        """Compare the end of each month with the ledger; explain what differs."""
        self.balances = self.ledger.balances()
        self.differences = {
            month: self.balances[month] - closing for month, closing in closings.items()
        }
        self.waiting = self.ledger.waiting(self.last)
        wrong = [month for month, amount in self.differences.items() if amount]
        if wrong:
            # The last one tells most: entries add up from month to month.
            self.explained_on = last_day(wrong[-1])
            self.difference = self.differences[wrong[-1]]
            self.explanations = self.ledger.explain(
                self.explained_on, self.difference, cut_off[wrong[-1]]
            )

    def _figures(self, *movements):
        """Return the figures that are shown: those that most companies never have are
        left out while they are nothing."""
        seldom = {
            part
            for part in SELDOM
            if not any(getattr(one, part) for own in movements for one in own)
        }
        return [figure for figure in FIGURES if figure not in seldom]

    def _columns(self, *names):
        labels = self.labels()
        columns = [Column(name, labels[name]) for name in names]
        added = tuple(name for name in names if name in ("opening", *PARTS))
        for column in columns:
            if column.key == "closing":
                column.added = added
            # From month to month balances are not added up.
            column.has_total = column.key in PARTS or bool(self.split)
        return columns

    def _checked(self, month):
        return {"ledger": self.balances[month], "difference": self.differences[month]}

    def _down(self, months):
        """Months as rows."""
        columns = self._columns(*self._figures(months), "ledger", "difference")
        table = self.table(columns, (0, None), count=len(months))
        links = frozenset((*FIGURES, "ledger", "difference"))
        for one in months:
            cells = one.cells() | self._checked(one.key)
            name = month_name(self.env, one.key)
            table.rows.append(Row(str(one.key), name, cells, links=links))
        cells = {part: sum(getattr(one, part) for one in months) for part in PARTS}
        cells["opening"] = months[0].opening
        cells["closing"] = months[-1].closing
        cells |= self._checked(months[-1].key)
        table.total(self.env._("Total"), cells, links)
        return table

    def _across(self, months):
        """Months side by side, figures as rows."""
        labels = self.labels()
        table = Table("", [])
        table.columns = [
            Column(str(one.key), self.short(one.key), has_total=False) for one in months
        ]
        links = frozenset(str(one.key) for one in months)
        for figure in self._figures(months):
            cells = {str(one.key): one.cells()[figure] for one in months}
            kind = "total" if figure in ("opening", "closing") else "figure"
            table.rows.append(Row(figure, labels[figure], cells, kind, links))
        for figure, found in (
            ("ledger", self.balances),
            ("difference", self.differences),
        ):
            cells = {str(month): amount for month, amount in found.items()}
            table.rows.append(Row(figure, labels[figure], cells, figure, links))
        table.rows[-2].name = self.env._("General ledger %s", self.ledger.names())
        table.count = len(table.rows)
        return table

    def _by_key(self, months, movements, page):
        """What each row of a dimension had in all the months together."""
        checked = self.split.key == "deferred"
        extra = ("ledger", "difference") if checked else ()
        figures = self._figures(months, movements)
        table = self.table(self._columns(*figures, *extra), page)
        links = frozenset((*FIGURES, *extra))
        named = self.split.named(movements, lambda one: one.key, *page)
        accounts = self.ledger.balances_by_account(self.last) if checked else {}
        for one, name in named:
            cells = one.cells()
            if checked:
                cells["ledger"] = accounts.get(one.key, ZERO)
                cells["difference"] = cells["ledger"] - one.closing
            key = str(one.key or "none")
            table.rows.append(Row(key, name, cells, links=links))
        table.count = self.flow.count
        cells = {part: sum(getattr(one, part) for one in months) for part in PARTS}
        cells["opening"], cells["closing"] = months[0].opening, months[-1].closing
        if checked:
            cells |= self._checked(months[-1].key)
        table.total(self.env._("Total"), cells, links)
        self._add_ledger(table, months[-1].key)
        return table

    def _add_ledger(self, table, month):
        """Add the ledger's line and the difference below the closing of a split."""
        for key, name, amount in (
            ("ledger", self.ledger.title(self.last), self.balances[month]),
            ("difference", self.env._("Difference"), self.differences[month]),
        ):
            if self.split.key != "deferred":
                links = frozenset(["closing"])
                table.rows.append(Row(key, name, {"closing": amount}, key, links))

    def _balances(self, page):
        """What is deferred at the end of each month, split up."""
        rows = self.flow.balances(*page)
        months = self.flow.months
        totals = dict(zip(months, rows[-1][1], strict=True))
        self._compare(totals, self._cut_off())
        columns = [Column(str(month), self.short(month)) for month in months]
        table = self.table(columns, page, count=self.flow.count)
        links = frozenset(column.key for column in columns)
        for (key, amounts), name in self.split.named(rows[:-1], lambda r: r[0], *page):
            cells = dict(zip(map(str, months), amounts, strict=True))
            table.rows.append(Row(str(key or "none"), name, cells, links=links))
        table.total(
            self.env._("Total"),
            {str(month): amount for month, amount in totals.items()},
            links,
        )
        ledger = self.env._("General ledger %s", self.ledger.names())
        for key, name, found in (
            ("ledger", ledger, self.balances),
            ("difference", self.env._("Difference"), self.differences),
        ):
            cells = {str(month): amount for month, amount in found.items()}
            table.rows.append(Row(key, name, cells, key, links))
        return table

    def _cut_off(self):
        """What cut-off defers at each month's end, read where something differs."""
        return LazyCutOff(RollForward(self.company, self.first, self.last))

    # ------------------------------------------------------------------
    # Behind a cell
    # ------------------------------------------------------------------

    def open(self, row, column):
        first, last, figure, key = self._place(row, column)
        name = f"{self.labels()[figure]}: {self._row_name(row, last)}"
        own = self.dimension(key)
        if figure == "ledger":
            return self.items(name, self._account_lines(key, last))
        if figure == "difference":
            return self._open_difference(name, last)
        if figure in ("opening", "closing"):
            day = last if figure == "closing" else last_before(first)
            return self.slices(name, own & deferred_on(day), search_default_by_month=1)
        if figure in KINDS:
            booked = Domain("booked_on", ">=", first) & Domain("booked_on", "<=", last)
            return self.schedules(name, own & KINDS[figure] & booked)
        cause = CURRENCY if figure == "currency" else ~CURRENCY
        return self.slices(name, own & cause & recognised_between(first, last))

    def _place(self, row, column):
        """Return (first day, last day, figure, key of the dimension) of a cell."""
        if self.side_by_side:
            month = self._month(column)
            if self.split:
                figure = row if row in ("ledger", "difference") else "closing"
                key = "total" if figure != "closing" else row
                return month, last_day(month), figure, key
            return month, last_day(month), row, "total"
        if self.split:
            if row in ("ledger", "difference"):
                return self.first, self.last, row, "total"
            return self.first, self.last, column, row
        if row == "total":
            return self.first, self.last, column, "total"
        month = self._month(row)
        return month, last_day(month), column, "total"

    def _month(self, text):
        months = months_between(self.first, self.last)
        return next(month for month in months if str(month) == text)

    def _row_name(self, row, last):
        return month_name(self.env, last)

    def _account_lines(self, key, last):
        accounts = None
        if self.split and self.split.key == "deferred" and key not in ("total", "none"):
            accounts = self.env["account.account"].browse(int(key))
        return self.ledger.domain(last, accounts)

    def _open_difference(self, name, last):
        """Open the entries that explain the difference at a month's end."""
        closings = RollForward(self.company, self.first, last).movements()
        month = last.replace(day=1)
        [closing] = [one.closing for one in closings[0] if one.key == month]
        difference = self.ledger.balances()[month] - closing
        found = self.ledger.explain(last, difference, closings[2][month])
        return self.items(
            name, Domain("id", "in", [one.line for one in found if one.line])
        )


class LazyCutOff:
    """Reads what cut-off defers when it is asked for."""

    def __init__(self, flow):
        self.flow = flow

    def __getitem__(self, month):
        return self.flow.movements()[2][month]


def last_before(first):
    """Return the day before a month."""
    return first.fromordinal(first.toordinal() - 1)
