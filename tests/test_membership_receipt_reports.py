"""Receipts against the accounts, the yearly declaration, the register."""

import io
from datetime import date

from openpyxl import load_workbook

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from ..models.membership.receipts.receipt_declaration_report import deadline
from .common_receipts import ReceiptCommon


@tagged("post_install", "-at_install")
@freeze_time("2027-01-12 10:00:00")
class TestReceiptReports(ReceiptCommon):
    def _report(self, kind, year=2026):
        values = {"kind": kind, "year": year}
        return self.env["recurring.receipt.statement"].create(values)

    def _rows(self, report, table="table"):
        """Return {row: (records, amount)} as the screen shows them."""
        rows = report[table]["rows"]
        return {
            row["key"]: tuple(
                cell["text"]
                for cell in row["cells"]
                if cell["key"] in ("count", "amount")
            )
            for row in rows
        }

    def _year(self):
        """What a year may bring: receipted, excluded, returned, of other years."""
        receipts = self.env["recurring.tax.receipt"]
        self.whole = receipts._issue_for(self._given(230, "2026-03-04"))
        self._given(50, "2026-03-05", receipted_elsewhere="HelloAsso 4")
        self._given(70, "2026-03-06", self._donor("Paul"))
        nowhere = self._donor("Nowhere", city=False)
        self._given(11, "2026-03-07", nowhere)
        plan = self._dues_plan("Course", 60, is_gift=False)
        dues = self._member("Anne", "2026-03-01", plan)._call_dues(date(2026, 3, 1))
        dues.action_call()
        dues.line_ids.charge_id.product_id.property_account_income_id = (
            self.gift._get_product_accounts()["income"]
        )
        self._given(
            5,
            "2026-03-08",
            self._donor("Anne"),
            line={
                "kind": "dues",
                "dues_line_id": dues.line_ids.id,
                "amount": 60,
                "product_id": dues.line_ids.charge_id.product_id.id,
            },
        )
        self.back = self._given(400, "2026-04-01", self._donor("Bounced"))
        self.back._return(date(2027, 1, 8), "No cover")
        gone = self._given(30, "2026-04-01", self._donor("Gone"))
        gone._return(date(2026, 4, 8), "No cover")
        self._given(90, "2025-12-31", self._donor("Earlier"))
        void = receipts._issue_for(self._given(20, "2026-05-01", self._donor("Void")))
        void.action_cancel("Wrong")
        receipts._issue_for(self._given(1000, "2026-06-01", self._firm()))
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.donor.id,
                "invoice_date": "2026-07-01",
                "invoice_line_ids": [
                    Command.create(
                        {"product_id": self.gift.id, "price_unit": 8, "tax_ids": []}
                    )
                ],
            }
        )
        invoice.action_post()

    def test_receipts_and_accounts(self):
        self._year()
        report = self._report("accounts")
        self.assertEqual(
            self._rows(report),
            {
                "accounts": ("", "1,849.00"),
                "others": ("1", "-8.00"),
                "undone": ("2", "-400.00"),
                "booked": ("7", "1,441.00"),
                "no_gift": ("1", "-60.00"),
                "elsewhere": ("1", "-50.00"),
                "donor": ("1", "-11.00"),
                "eligible": ("2", "-90.00"),
                "total": ("", "1,230.00"),
                "ledger": ("2", "1,230.00"),
                "difference": ("", "0.00"),
            },
        )
        self.assertIn("0.00", report.agreement)
        self.assertFalse(report.disagreement)
        self.assertEqual(
            self._rows(report, "explanations"), {"cancelled": ("1", "20.00")}
        )
        for row, model, count in (
            ("accounts", "account.move.line", None),
            ("others", "account.move.line", 1),
            ("undone", "recurring.contribution", 2),
            ("booked", "recurring.contribution", 7),
            ("eligible", "recurring.contribution", 2),
            ("ledger", "recurring.tax.receipt", 2),
            ("cancelled", "recurring.tax.receipt", 1),
        ):
            action = report.action_open(row, "amount")
            self.assertEqual(action["res_model"], model, row)
            found = self.env[model].search_count(action["domain"])
            if count is not None:
                self.assertEqual(found, count, row)
        following = self._report("accounts", 2027)
        rows = self._rows(following)
        self.assertEqual(rows["earlier"], ("1", "400.00"))
        self.assertEqual(rows["difference"], ("", "0.00"))
        sheet = load_workbook(io.BytesIO(report._xlsx())).worksheets[0]
        self.assertEqual(sheet.cell(6, 3).value, 1849)

    def test_a_receipt_that_should_not_be(self):
        """Dues counted, then what came back grew too much: named, still explained."""
        receipts = self.env["recurring.tax.receipt"]
        line = {"counterpart": 40}
        receipts._issue_for(self._given(200, "2026-02-01", line=line))
        self._given(200, "2026-06-01", line=line)
        report = self._report("accounts")
        rows = self._rows(report)
        self.assertEqual(rows["counterpart"], ("1", "-200.00"))
        self.assertEqual(rows["difference"], ("", "0.00"))
        self.assertEqual(self._rows(report, "explanations"), {"wrong": ("1", "200.00")})

    def test_gift_booked_in_the_next_year(self):
        """A lock date moves the entry: the gift stays of its year."""
        self.company.fiscalyear_lock_date = "2026-12-31"
        self._given(25, "2026-12-30")
        self.assertEqual(
            self._rows(self._report("accounts"))["shifted"], ("1", "25.00")
        )
        rows = self._rows(self._report("accounts", 2027))
        self.assertEqual(rows["earlier"], ("1", "-25.00"))

    def test_declaration_of_a_calendar_year(self):
        with freeze_time("2026-12-20 10:00:00"):
            self._year()
        receipts = self.env["recurring.tax.receipt"]
        receipts._issue_for(self._given(7, "2026-12-30", self._donor("Late")))
        report = self._report("declaration")
        self.assertEqual(str(report.deadline), "2027-05-04")
        self.assertEqual(
            self._rows(report),
            {
                "gifts": ("3", "1,237.00"),
                "gifts_person": ("2", "237.00"),
                "gifts_company": ("1", "1,000.00"),
                "issued": ("2", "1,230.00"),
                "issued_person": ("1", "230.00"),
                "issued_company": ("1", "1,000.00"),
                "cancelled": ("1", "20.00"),
                "waiting": ("2", "90.00"),
            },
        )
        self.assertEqual(
            self._rows(self._report("declaration", 2027))["issued"][0], "1"
        )
        action = report.action_open("gifts_company", "count")
        self.assertEqual(action["res_model"], "recurring.contribution")

    def test_declaration_of_a_season(self):
        """A year from September: by its last day, whatever the calendar says."""
        self.company.write({"fiscalyear_last_day": 31, "fiscalyear_last_month": "8"})
        receipts = self.env["recurring.tax.receipt"]
        with freeze_time("2026-10-01 10:00:00"):
            receipts._issue_for(self._given(10, "2026-08-31"))
            receipts._issue_for(self._given(20, "2026-09-01"))
        model = self.env["recurring.receipt.statement"]
        report = model.with_context(default_kind="declaration").create({})
        self.assertEqual(report.year, 2026)
        self.assertEqual(str(report.deadline), "2026-11-30")
        self.assertIn("09/01/2025", report.period)
        rows = self._rows(report)
        self.assertEqual(
            (rows["gifts"], rows["issued"]), (("1", "10.00"), ("0", "0.00"))
        )
        rows = self._rows(self._report("declaration", 2027))
        self.assertEqual(
            (rows["gifts"], rows["issued"]), (("1", "20.00"), ("2", "30.00"))
        )

    def test_deadlines(self):
        for last, found in (
            ("2023-12-31", "2024-05-03"),
            ("2025-12-31", "2026-05-05"),
            ("2026-12-31", "2027-05-04"),
            ("2034-12-31", "2035-05-04"),  # Ascension is on 3 May
            ("2026-06-30", "2026-09-30"),
            ("2026-02-28", "2026-05-31"),
            ("2026-06-15", "2026-09-15"),
        ):
            self.assertEqual(str(deadline(date.fromisoformat(last))), found, last)

    def test_days_in_the_register(self):
        """In the language of who reads it, whatever that of the donor is."""
        given = self._given(10, "2026-03-04")
        receipt = self.env["recurring.tax.receipt"]._issue_for(given)
        self.assertEqual(receipt.lang, "en_US")
        report = self._report("register", 2027).with_context(lang="fr_FR")
        [row, _total] = report.table["rows"]
        cells = {cell["key"]: cell["text"] for cell in row["cells"]}
        self.assertEqual(cells["given"], "04/03/2026")

    def test_register(self):
        self._year()
        report = self._report("register", 2027)
        rows = report.table["rows"]
        self.assertEqual(
            [row["name"] for row in rows],
            ["2027-00001", "2027-00002", "2027-00003", "Total"],
        )
        total = {cell["key"]: cell["text"] for cell in rows[-1]["cells"]}
        self.assertEqual((total["amount"], total["cancelled"]), ("1,230.00", "20.00"))
        action = report.action_open(rows[0]["key"], "donor")
        self.assertEqual(action["res_id"], self.whole.id)
        sheet = load_workbook(io.BytesIO(report._xlsx())).worksheets[0]
        values = [cell.value for cell in sheet[7]]
        self.assertEqual(values[0], "2027-00002")
        self.assertIn("Wrong", values)
        self.assertEqual(report._page()["titles"][0], "Register of Receipts")

    def test_rights(self):
        secretary = new_test_user(
            self.env, "secretary", groups="recurring_revenue.group_secretary"
        )
        with self.assertRaises(AccessError):
            self.env["recurring.receipt.statement"].with_user(secretary).create({})
        treasurer = new_test_user(
            self.env, "treasurer", groups="recurring_revenue.group_treasurer"
        )
        self._year()
        report = self._report("accounts").with_user(treasurer)
        own = report.create({"kind": "accounts", "year": 2026})
        self.assertTrue(own.agreement)
        other = self.env["res.company"].create({"name": "Other"})
        with self.assertRaises(AccessError):
            own.create({"company_id": other.id}).read(["table"])
        with self.assertRefused("2000 to 2100"):
            self._report("accounts", 1).read(["table"])
