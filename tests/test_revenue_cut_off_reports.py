"""What the page of a closing and the reports say of entries made for one night."""

import io

from openpyxl import load_workbook

from odoo.tests import freeze_time, tagged

from .common_cut_off import CutOffCommon
from .common_revenue_reports import RevenueReportCommon


@tagged("post_install", "-at_install")
@freeze_time("2028-01-15")
class TestRevenueCutOffReports(CutOffCommon, RevenueReportCommon):
    def _year(self, day="2026-01-02"):
        return self._invoice(day, 1200, "2026-01-01", "2026-12-31")

    def _books(self, **values):
        return self.env["recurring.revenue.statement"].create(
            {
                "company_id": self.company.id,
                "date_from": "2026-01-01",
                "date_to": "2026-02-28",
                "date": "2026-02-28",
                **values,
            }
        )

    def _explained(self, report):
        """Return [[name, day, entry, amount]] of what explains a difference."""
        return [
            [row["name"], *(cell["text"] for cell in row["cells"])]
            for row in report.explanations["rows"]
        ]

    def _unexplained(self, run):
        [check] = [check for check in run._checks() if check["key"] == "unexplained"]
        return check["level"]

    def test_the_page_of_a_closed_month(self):
        self._year()
        run = self._close("2026-01")
        self.assertEqual(self._unexplained(run), "ok")
        statement = run._statement()
        self.assertEqual(statement["billed"], 1200)
        self.assertEqual(statement["recognised"], -100)
        self.assertEqual(statement["closing"], 1100)
        self.assertEqual(statement["ledger"], 1100)
        self.assertEqual(statement["difference"], 0)
        self.assertEqual(statement["elsewhere"], 0)
        self.assertIn("table-success", run.record_html)

    def test_a_month_that_is_taken_back(self):
        self._year()
        run = self._close("2026-01")
        run.action_undo()
        statement = run._statement()
        self.assertEqual(statement["elsewhere"], -1100)
        self.assertEqual(statement["ledger"], 0)
        self.assertEqual(statement["difference"], 0)
        self.assertEqual(self._unexplained(run), "ok")

    def test_a_stranger_beside_cut_off(self):
        """What somebody typed on the account is shown, and no more than that."""
        self._year()
        run = self._close("2026-01")
        move = self._entry("2026-01-20", (self.deferred, -55), (self.income, 55))
        self.assertEqual(run._statement()["difference"], 55)
        self.assertEqual(run._unexplained(run.last_day), 55)
        self.assertEqual(
            run._strange_lines(run.last_day),
            move.line_ids.filtered(lambda line: line.account_id == self.deferred).ids,
        )

    def test_a_lock_date_moves_it(self):
        self._year()
        self.company.fiscalyear_lock_date = "2026-02-28"
        run = self._close("2026-02")
        self.assertEqual(self._unexplained(run), "ok")
        statement = run._statement()
        self.assertEqual(statement["elsewhere"], -1000)
        self.assertEqual(statement["difference"], 0)
        self.assertIn("Cut-off booked on another day", run.record_html)
        report = self._books()
        [row, _total] = self._explained(report)
        [entry] = run.move_ids.filtered(lambda move: move.rr_closing_role == "deferral")
        self.assertEqual(
            row,
            [
                "Cut-off booked on the first open day, not on this one",
                "03/01/2026",
                entry.name,
                "-1,000.00",
            ],
        )
        action = report.action_open("2026-02-01", "difference")
        items = self.env["account.move.line"].search(action["domain"])
        self.assertEqual(items.move_id, entry)

    def test_documents_that_came_later(self):
        self._year()
        self._close("2026-01")
        self._year("2026-01-20")
        [row, _total] = self._explained(self._books(date_to="2026-01-31"))
        self.assertEqual(
            row[0],
            "Documents came after January 2026 was closed: close it again to book "
            "their cut-off",
        )
        self.assertEqual(row[3], "-1,100.00")

    def test_another_month_that_stands_on_the_day(self):
        """Locked up to the 27th: January's cut-off stands beside February's."""
        self._year()
        self.company.fiscalyear_lock_date = "2026-02-27"
        self._close("2026-01")
        self._close("2026-02")
        [row, _total] = self._explained(self._books())
        self.assertEqual(row[0], "Cut-off of January 2026 that stands on this day")
        self.assertEqual(row[3], "1,100.00")

    def test_the_entries_behind_what_is_earned(self):
        """Invoices, closings and their reversals add up to the figure."""
        self._year()
        self._invoice("2026-02-10", 300)
        self._close("2026-01")
        self._close("2026-02")
        report = self._books(kind="earned")
        for row, amount in (("2026-01-01", 100), ("2026-02-01", 400), ("total", 500)):
            self.assertEqual(self._row(report, row, "booked"), (amount,))
            lines = self._opened(report, row, "booked")
            self.assertEqual(-sum(lines.mapped("balance")), amount)

    def test_the_difference_in_the_file(self):
        """Counted anew by the spreadsheet it stays what it is."""
        self._year()
        self._close("2026-01")
        self._entry("2026-01-20", (self.deferred, -55), (self.income, 55))
        for values, cell, formula in (
            ({"split_by": "customer"}, "F9", "=F8-F7"),
            ({}, "H6", "=G6-F6"),
            ({"split_by": "customer", "months_apart": True}, "B9", "=B8-B7"),
            ({"months_apart": True}, "B12", "=B11-B10"),
        ):
            with self.subTest(**values):
                report = self._books(date_to="2026-01-31", **values)
                content = report._xlsx()
                for cached, expected in ((True, 55), (False, formula)):
                    book = load_workbook(io.BytesIO(content), data_only=cached)
                    sheet = book.worksheets[0]
                    rows = [[one.value for one in row] for row in sheet.iter_rows()]
                    self.assertEqual(sheet[cell].value, expected, rows)
