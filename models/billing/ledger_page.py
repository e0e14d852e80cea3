"""One page of the ledger: the rows of one line's whole period, and what they say."""

from decimal import Decimal

from odoo import models

from ...engine.ledger import PeriodBook
from ..exact import exact

# What `explanation` says of rows that a person's act on an invoice wrote.
CANCELLED = "cancelled"  # cancels a row whose invoice was cancelled
VOID = "void"  # cancels a row for another reason: it does not come back
AT_POSTING = "at_posting"  # a credit by hand: it counts while its document is posted


class Standing:
    """A row of an invoice line with its corrections on that line: what stands."""

    def __init__(self, row):
        self.row = row
        self.amount = self.document_amount = self.coupon_amount = Decimal(0)
        self.void = None
        self.count = 0

    def add(self, row):
        self.amount += exact(row.amount)
        self.document_amount += exact(row.document_amount)
        self.coupon_amount += exact(row.coupon_amount)
        self.count += 1
        if row.event == CANCELLED:
            self.void = row

    @property
    def stands(self):
        """A row corrected to nothing does not stand; one of zero does."""
        return bool(self.amount) or self.count == 1


class Page:
    """The rows of one line and whole period, in order, with the engine's own book."""

    def __init__(self, rows):
        self.rows = rows
        self._by_id = {row.id: row for row in rows}
        self.book = PeriodBook([_engine_row(row) for row in rows])
        self.waivers = {
            self._by_id[waiver.key]: self.book.net[waiver.key]
            for waiver in reversed(self.book.waivers)
        }

    def entries(self, move_line):
        """Return the ``Standing`` of every row of an invoice line, also voided ones."""
        entries = {}
        for row in self.rows:
            first = self._first(row)
            if first.move_line_id == move_line:
                entries.setdefault(first, Standing(first)).add(row)
        return list(entries.values())

    def standing(self, move_line):
        """Return the ``Standing`` that count on an invoice line."""
        return [entry for entry in self.entries(move_line) if entry.stands]

    def booked(self, move_line):
        """Return the ``Standing`` charges and credits of an invoice line."""
        return [e for e in self.standing(move_line) if e.row.kind != "waiver"]

    def _first(self, row):
        """Return the row that a chain of corrections on one document starts from.

        A correction on another document stands there by itself.
        """
        origin = row.origin_id
        while (
            origin
            and origin.kind == row.kind
            and (not row.move_line_id or row.move_line_id == origin.move_line_id)
        ):
            row, origin = origin, origin.origin_id
        return row

    def charges(self):
        """Return the live charges and openings as ``{row: not yet credited}``, newest
        service first."""
        charges = sorted(
            self.book.charges, key=lambda row: (row.part.start, row.key), reverse=True
        )
        return {self._by_id[row.key]: self.book.remaining(row) for row in charges}

    def available(self, row):
        """Return how much of a charge or credit can be taken back."""
        if row.kind == "credit":
            return self.book.net.get(row.id, Decimal(0))
        return self.charges().get(row, Decimal(0))

    def waiver_left(self, waiver):
        """Return what a waiver still balances."""
        return self.waivers.get(waiver, Decimal(0))


def _engine_row(row):
    """Return the engine's view of a ledger record."""
    names = row.env["recurring.subscription"]._engine_row_columns()
    return row._engine_row({name: raw(row[name]) for name in names})


def raw(value):
    """Return a field's value as the ledger's columns hold it."""
    return (value.id or None) if isinstance(value, models.BaseModel) else value
