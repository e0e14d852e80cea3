"""Spreadsheets of revenue: what the screen shows, as numbers that add up."""

import io
from datetime import date

import xlsxwriter
from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

from .report_table import ZERO

HEAD = 4  # rows above the table: title, company, what was chosen, an empty one
FIRST = 1  # column of the first figure
NARROW, WIDE = 16, 50  # widths of columns of texts
SHEET = 31  # most characters in the name of a sheet
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


class Book:
    """A spreadsheet in memory; ``sheet`` adds a table, ``content`` ends it."""

    def __init__(self, currency):
        self.buffer = io.BytesIO()
        self.book = xlsxwriter.Workbook(self.buffer, {"in_memory": True})
        money = "#,##0" + ("." + "0" * currency.decimal_places).rstrip(".")
        make = self.book.add_format
        self.title = make({"bold": True, "font_size": 13})
        self.bold = make({"bold": True})
        self.head = make(
            {
                "bold": True,
                "bg_color": "#E8EEF4",
                "text_wrap": True,
                "valign": "top",
            }
        )
        self.number_head = make(
            {
                "bold": True,
                "bg_color": "#E8EEF4",
                "text_wrap": True,
                "valign": "top",
                "align": "right",
            }
        )
        self.money = make({"num_format": money})
        self.total = make({"num_format": money, "bold": True, "top": 1})
        self.total_name = make({"bold": True, "top": 1})
        self.day = make({"num_format": "yyyy-mm-dd", "align": "left"})
        self.good = make({"num_format": money, "bold": True, "font_color": "#1E7D34"})
        self.bad = make({"num_format": money, "bold": True, "font_color": "#B02A37"})

    def content(self):
        """Return the file's bytes."""
        self.book.close()
        return self.buffer.getvalue()

    def sheet(self, name, titles, table):
        """Write a table to a sheet of its own.

        :param titles: lines above it: title, company, what was chosen
        """
        sheet = self.book.add_worksheet(name.translate(FORBIDDEN)[:SHEET])
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        for number, title in enumerate(titles[: HEAD - 1]):
            sheet.write_string(number, 0, title, self.bold if number else self.title)
        sheet.write_string(HEAD, 0, table.head, self.head)
        for place, column in enumerate(table.columns, start=FIRST):
            form = self.head if column.is_text else self.number_head
            sheet.write_string(HEAD, place, column.label, form)
        sheet.set_column(0, 0, 44)
        sheet.set_column(FIRST, FIRST + len(table.columns), 16)
        for place, column in enumerate(table.columns, start=FIRST):
            if column.is_text:
                sheet.set_column(place, place, self._width(table, column))
        sheet.freeze_panes(HEAD + 1, FIRST)
        sheet.repeat_rows(HEAD)
        figures = sum(1 for row in table.rows if row.kind == "figure")
        for place, row in enumerate(table.rows, start=HEAD + 1):
            self._row(sheet, place, row, table, figures)

    def _width(self, table, column):
        """Return the width of a column of texts: names and reasons are not cut."""
        cells = (row.cells.get(column.key) for row in table.rows)
        longest = max((len(cell) for cell in cells if isinstance(cell, str)), default=0)
        return min(max(longest + 2, NARROW), WIDE)

    def _row(self, sheet, place, row, table, figures):
        last = row.key == "total"
        name = self.total_name if row.kind == "total" else None
        sheet.write_string(place, 0, row.name, name)
        for at, column in enumerate(table.columns, start=FIRST):
            value = row.cells.get(column.key)
            if value is None:
                if last:
                    sheet.write_blank(place, at, None, self.total)
                continue
            if isinstance(value, str):
                sheet.write_string(place, at, value)
            elif isinstance(value, date):
                sheet.write_datetime(place, at, value, self.day)
            else:
                form = self._format(row, column, value)
                formula = self._formula(row, column, table, place, at, figures)
                if formula:
                    sheet.write_formula(place, at, formula, form, float(value))
                else:
                    sheet.write_number(place, at, float(value), form)

    def _format(self, row, column, value):
        if row.kind == "difference" or column.key == "difference":
            return self.bad if value else self.good
        return self.total if row.kind == "total" else self.money

    def _formula(self, row, column, table, place, at, figures):
        """Return the sum that a cell is, None where it is a figure of its own."""
        if row.key == "total" and column.has_total and figures:
            first = HEAD + 1
            return f"=SUM({xl_range(first, at, first + figures - 1, at)})"
        if row.kind == "difference" or column.key == "difference":
            return self._difference(row, column, table, place, at)
        if row.kind == "ledger" or not column.added:
            return None
        keys = [one.key for one in table.columns]
        cells = [
            xl_rowcol_to_cell(place, FIRST + keys.index(key)) for key in column.added
        ]
        total = sum((row.cells.get(key) or ZERO for key in column.added), ZERO)
        return "=" + "+".join(cells) if total == row.cells[column.key] else None

    def _difference(self, row, column, table, place, at):
        """Return what the ledger shows less what the schedules close with, by the two
        cells that say so: in the same row, or above in the same column."""
        if column.key == "difference":
            keys = [one.key for one in table.columns]
            ledger, closing = keys.index("ledger"), keys.index("closing")
            cells = [(place, FIRST + ledger), (place, FIRST + closing)]
            found = row.cells["ledger"] - row.cells["closing"]
        else:
            keys = [one.key for one in table.rows]
            ledger = keys.index("ledger")
            closing = keys.index("closing" if "closing" in keys else "total")
            cells = [(HEAD + 1 + ledger, at), (HEAD + 1 + closing, at)]
            above = [table.rows[one].cells[column.key] for one in (ledger, closing)]
            found = above[0] - above[1]
        if found != row.cells[column.key]:
            return None
        return "=" + "-".join(xl_rowcol_to_cell(*cell) for cell in cells)
