"""Reports of revenue as tests read them: figures by row and column."""

from odoo import Command

from .common_revenue import RevenueCommon


class RevenueReportCommon(RevenueCommon):
    def _report(
        self, kind="rollforward", first="2026-11-01", last="2026-12-01", **vals
    ):
        return self.env["recurring.revenue.statement"].create(
            {"kind": kind, "date_from": first, "date_to": last, **vals}
        )

    def _table(self, report):
        """``{row: {column: Decimal}}`` of all rows, by their keys."""
        table = report._whole()[0]
        return {row.key: row.cells for row in table.rows}

    def _row(self, report, row, *columns):
        """The figures of a row, as floats."""
        cells = self._table(report)[row]
        return tuple(float(cells[column]) for column in columns)

    def _entry(self, day, *items):
        """Return a posted entry by hand: ``(account, debit less credit)``."""
        move = self.env["account.move"].create(
            {
                "journal_id": self.journal.id,
                "date": day,
                "line_ids": [
                    Command.create(
                        {"account_id": account.id, "balance": amount, "name": "By hand"}
                    )
                    for account, amount in items
                ],
            }
        )
        move.action_post()
        return move

    def _opened(self, report, row, column):
        """Return the records behind a figure."""
        action = report.action_open(row, column)
        return self.env[action["res_model"]].search(action["domain"])
