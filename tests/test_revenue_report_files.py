"""Spreadsheets and paper: opened, read back, and the same figures as on the screen."""

import io

from openpyxl import load_workbook

from odoo.tests import HttpCase, freeze_time, new_test_user, tagged

from .common_revenue_reports import RevenueReportCommon


@tagged("post_install", "-at_install")
@freeze_time("2028-01-15")
class TestRevenueReportFiles(RevenueReportCommon):
    def _book(self, content):
        """Return {sheet: rows of values}, formulas by what they come to."""
        book = load_workbook(io.BytesIO(content), data_only=True)
        self.assertTrue(all(sheet.freeze_panes == "B6" for sheet in book))
        return {
            sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()]
            for sheet in book
        }

    def _formulas(self, content, title):
        sheet = load_workbook(io.BytesIO(content))[title]
        return [[cell.value for cell in row] for row in sheet.iter_rows()]

    def _scene(self):
        invoice = self._invoice("2026-01-01", 1200, "2026-01-01", "2026-12-31")
        self._close("2026-03")
        self._credit_note(invoice, "2026-04-01", 904.11, "terminated", "2026-04-01")
        self._close("2026-04")
        return invoice

    def test_rollforward(self):
        self._scene()
        report = self._report(first="2026-01-01", last="2026-04-01")
        content = report._xlsx()
        rows = self._book(content)["Roll-forward"]
        self.assertEqual(rows[0][0], "Roll-forward of Deferred Revenue")
        self.assertEqual(rows[2][0], "January 2026 - April 2026")
        self.assertEqual(
            rows[4],
            [
                "Month",
                "Opening",
                "Billed",
                "Credited",
                "Recognised",
                "Closing",
                "General ledger",
                "Difference",
            ],
        )
        self.assertEqual(
            rows[5], ["January 2026", 0, 1200, 0, -101.92, 1098.08, 1098.08, 0]
        )
        self.assertEqual(rows[8], ["April 2026", 904.11, 0, -904.11, 0, 0, 0, 0])
        self.assertEqual(rows[9], ["Total", 0, 1200, -904.11, -295.89, 0, 0, 0])
        formulas = self._formulas(content, "Roll-forward")
        self.assertEqual(formulas[5][5], "=B6+C6+D6+E6")
        self.assertEqual(formulas[9][2], "=SUM(C6:C9)")

    def test_what_explains_a_difference(self):
        invoice = self._scene()
        income = invoice.invoice_line_ids.rr_revenue_account_id
        self._entry("2026-04-10", (self.deferred, -55.0), (income, 55.0))
        report = self._report(first="2026-01-01", last="2026-04-01")
        rows = self._book(report._xlsx())["Difference"]
        self.assertEqual(rows[5][3], 55)
        self.assertEqual(str(rows[5][1])[:10], "2026-04-10")
        self.assertEqual(rows[6], ["Difference", None, None, 55])

    def test_all_customers_are_in_the_file(self):
        """The screen has pages, the file has everything."""
        for number in range(105):
            partner = self._customer(f"Customer {number:03}")
            self._invoice(
                "2026-11-15", 12, "2026-11-15", "2027-11-14", partner_id=partner.id
            )
        report = self._report(split_by="customer")
        # A page, the total, the ledger and the difference.
        self.assertEqual(len(report.table["rows"]), 103)
        self.assertEqual(report.table["count"], 105)
        self.assertEqual(report.table["rows"][-3]["cells"][1]["text"], "1,260.00")
        report.offset = 100
        self.assertEqual(len(report.table["rows"]), 8)
        self.assertEqual(report.table["rows"][0]["name"], "Customer 100")
        rows = self._book(report._xlsx())["Roll-forward"]
        self.assertEqual(len(rows), 5 + 105 + 3)
        self.assertEqual(rows[5][0], "Customer 000")
        self.assertEqual(rows[110][:3], ["Total", 0, 1260])

    def test_waterfall_and_earned(self):
        self._invoice("2026-11-15", 1200, "2026-11-15", "2027-11-14")
        self._close("2026-12")
        report = self._report("waterfall", date="2026-12-31", split_by="customer")
        content = report._xlsx()
        rows = self._book(content)["Waterfall"]
        self.assertEqual(rows[4][:3], ["Customer", "Due and not booked", "Jan 2027"])
        self.assertEqual(rows[5][0], "Acme")
        self.assertEqual((rows[5][2], rows[5][-1]), (101.92, 1045.48))
        formulas = self._formulas(content, "Waterfall")
        self.assertTrue(formulas[5][-1].startswith("=B6+C6+"))
        report = self._report("earned")
        rows = self._book(report._xlsx())["Billed and Earned"]
        self.assertEqual(rows[5][:5], ["November 2026", 1200, 52.60, 52.60, 1147.40])
        self.assertEqual(rows[7][:4], ["Total", 1200, 154.52, 154.52])

    def test_sheet_of_a_schedule(self):
        invoice = self._scene()
        schedule = self._schedule(invoice)
        book = self._book(schedule._revenue_sheet_xlsx())
        self.assertEqual(list(book), ["Sums", "Month by month", "Methods", "Promises"])
        self.assertEqual(
            book["Sums"][5][1:],
            [
                invoice.name,
                "01/01/2026 - 12/31/2026",
                "By day",
                1200,
                -904.11,
                295.89,
                0,
            ],
        )
        months = book["Month by month"]
        self.assertEqual(months[5][:4], ["January 2026", "Sold", invoice.name, 101.92])
        self.assertEqual(str(months[5][5])[:10], "2026-01-31")
        self.assertEqual(months[-1][:4], ["Total", None, None, 295.89])
        self.assertEqual(sum(row[3] for row in months[5:-1]), round(295.89, 2))
        self.assertEqual(book["Methods"][5][5], "Served evenly.")
        promised = [(row[2], row[4], row[6]) for row in book["Promises"][5:]]
        self.assertEqual(
            promised,
            [("Before", "12/31/2026", 1200), ("After", "03/31/2026", 295.89)],
        )

    def test_sheet_of_a_subscription(self):
        """Every invoice of the contract, also what was revenue at once."""
        plan = self._plan(
            "Year",
            [
                {"unit_price": 1200.0, "product_id": self._product("Year").id},
                {
                    "unit_price": 99.0,
                    "role": "one_off",
                    "product_id": self._product("Training").id,
                },
            ],
            interval_count=1,
            interval_unit="year",
        )
        self._policy(nature="one_off", treatment="invoiced")
        subscription = self._subscribe(plan, "2026-11-15")
        self._bill("2026-11-15")
        self._close("2026-11")
        book = self._book(subscription._revenue_sheet_xlsx())
        self.assertEqual(
            list(book), ["Sums", "Month by month", "At once", "Methods", "Promises"]
        )
        self.assertEqual(book["At once"][5][4], 99)
        treatments = {row[2] for row in book["Methods"][5:]}
        self.assertEqual(
            treatments,
            {
                "Deferred on the invoice, recognised every month",
                "Revenue when it is invoiced",
            },
        )
        html = self._html("report_revenue_sheet_subscription", subscription)
        for text in (
            "Served evenly.",
            "Revenue when it is invoiced",
            "By day",
            "1,147.40",
        ):
            self.assertIn(text, html)

    def _html(self, name, record):
        report = self.env["ir.actions.report"].with_context(lang="en_US")
        content, _kind = report._render_qweb_html(
            f"recurring_revenue.{name}", record.ids
        )
        return content.decode()

    def test_paper(self):
        invoice = self._scene()
        html = self._html("report_revenue_sheet", self._schedule(invoice))
        credit = self.env["account.move"].search(
            [("reversed_entry_id", "=", invoice.id)]
        )
        for text in (
            invoice.name,
            credit.name,
            "Acme",
            "By day",
            "Served evenly.",
            "the contract ended",
            "January 2026",
            "904.11",
            "295.89",
            "487000",
        ):
            self.assertIn(text, html)
        for run in (
            invoice.line_ids.move_id._fields
            and self._schedule(invoice).slice_ids.move_id
        ):
            self.assertIn(run.name, html)
        report = self._report(first="2026-01-01", last="2026-04-01")
        html = self._html("report_revenue", report)
        self.assertIn("General ledger", html)
        self.assertIn("1,098.08", html)

    def test_nothing_to_show(self):
        subscription = self._subscribe(self._yearly(), "2026-11-15")
        html = self._html("report_revenue_sheet_subscription", subscription)
        self.assertIn("Nothing was billed", html)
        self.assertEqual(
            list(self._book(subscription._revenue_sheet_xlsx()))[0], "Sums"
        )
        report = self._report()
        self.assertTrue(report.is_empty)
        self.assertEqual(self._book(report._xlsx())["Roll-forward"][-1][0], "Total")

    def test_queries_of_a_sheet(self):
        """As many queries for ten invoices of a contract as for two."""
        for number in range(10):
            self._invoice("2026-11-15", 120 + number, "2026-11-15", "2027-11-14")
        self._close("2026-12")
        schedules = self.env["recurring.revenue.schedule"].search([])
        counts = []
        for own in (schedules[:1], schedules[:2], schedules):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            own._revenue_sheet_xlsx()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])


@tagged("post_install", "-at_install")
@freeze_time("2028-01-15 10:00:00")
class TestRevenueReportDownloads(RevenueReportCommon, HttpCase):
    def test_who_may_download(self):
        invoice = self._invoice("2026-11-15", 1200, "2026-11-15", "2027-11-14")
        schedule = self._schedule(invoice)
        new_test_user(self.env, "rr_reader", "account.group_account_readonly")
        new_test_user(self.env, "rr_plain", "base.group_user")
        self.env.flush_all()
        url = f"/recurring_revenue/revenue_sheet/schedule/{schedule.id}"
        self.authenticate("rr_reader", "rr_reader")
        answer = self.url_open(url)
        self.assertEqual(answer.status_code, 200)
        self.assertIn("spreadsheetml", answer.headers["Content-Type"])
        load_workbook(io.BytesIO(answer.content))
        missing = self.url_open("/recurring_revenue/revenue_sheet/other/1")
        self.assertEqual(missing.status_code, 404)
        report = (
            self.env["recurring.revenue.statement"]
            .with_user(self.env["res.users"].search([("login", "=", "rr_reader")]))
            .create({"date_from": "2026-11-01", "date_to": "2026-12-31"})
        )
        self.env.flush_all()
        self.assertEqual(
            self.url_open(f"/recurring_revenue/revenue/{report.id}").status_code, 200
        )
        self.authenticate("rr_plain", "rr_plain")
        for path in (url, f"/recurring_revenue/revenue/{report.id}"):
            self.assertEqual(self.url_open(path).status_code, 403)
