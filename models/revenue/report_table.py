"""A report as a table: one shape for the screen, the spreadsheet and the page."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

ZERO = Decimal(0)
# Rows of a screen; a spreadsheet has all of them.
PAGE = 100


@dataclass(slots=True)
class Column:
    """A column of amounts, or of text. ``total``: the sum of its rows means something.

    ``added`` names the columns of the same row that it is the sum of.
    """

    key: str
    label: str
    is_text: bool = False
    has_total: bool = True
    added: tuple = ()


@dataclass(slots=True)
class Row:
    """A line: ``cells`` are amounts (Decimal), texts or days by key of column.

    ``kind``: figure, total (the sum of the figures), ledger, difference or text.
    ``links``: the keys of the cells behind which something can be opened.
    """

    key: str
    name: str
    cells: dict
    kind: str = "figure"
    links: frozenset = frozenset()


@dataclass(slots=True)
class Table:
    """Rows under columns; ``count`` rows in all, of which these start at ``offset``."""

    head: str
    columns: list
    rows: list = field(default_factory=list)
    offset: int = 0
    count: int = 0

    def total(self, name, sums, links=frozenset()):
        """Add the last line; ``sums`` are those of all rows, shown or not."""
        self.rows.append(Row("total", name, sums, "total", links))

    @property
    def is_empty(self):
        """Whether there is nothing but zeros."""
        cells = (value for row in self.rows for value in row.cells.values())
        return not any(value for value in cells if not isinstance(value, str))

    def data(self, money):
        """Return the table as the screen and the page show it.

        :param money: an amount -> its text
        """
        return {
            "head": self.head,
            "columns": [
                {"key": one.key, "label": one.label, "isText": one.is_text}
                for one in self.columns
            ],
            "rows": [
                {
                    "key": row.key,
                    "name": row.name,
                    "kind": row.kind,
                    "cells": [self._cell(row, one, money) for one in self.columns],
                }
                for row in self.rows
            ],
            "offset": self.offset,
            "count": self.count,
            "page": PAGE,
        }

    def _cell(self, row, column, money):
        value = row.cells.get(column.key)
        tone = ""
        if row.kind == "difference" or column.key == "difference":
            tone = "" if value is None else "danger" if value else "success"
        return {
            "key": column.key,
            "text": value if isinstance(value, str) else money(value),
            "tone": tone,
            "isText": column.is_text,
            "isEmpty": not value,
            "link": column.key in row.links and value is not None,
        }


class Money:
    """Writes amounts as the user's language does, in the decimals of a currency."""

    def __init__(self, env, currency):
        self.lang = env["res.lang"]._lang_get(env.lang or "en_US")
        self.digits = f"%.{currency.decimal_places}f"
        self.day = self.lang.date_format

    def __call__(self, value):
        if value is None:
            return ""
        if isinstance(value, date):
            return value.strftime(self.day)
        # Adding zero keeps a minus sign away from nothing.
        return self.lang.format(self.digits, float(value) + 0.0, grouping=True)
