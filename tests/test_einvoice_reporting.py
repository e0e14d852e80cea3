"""The figures of e-reporting: what no electronic invoice tells the administration."""

import base64
import io
import zipfile
from datetime import date
from decimal import Decimal

import openpyxl

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from .common_einvoice import EinvoiceCommon
from .common_tax import GERMAN


@tagged("post_install", "-at_install")
@freeze_time("2026-11-30")
class TestEinvoiceReporting(EinvoiceCommon):
    def _figures(self, start="2026-11-01", end="2026-11-30"):
        return self.env["recurring.ereporting"]._figures(
            self.company, date.fromisoformat(start), date.fromisoformat(end)
        )

    def _rows(self, rows):
        """Return [(day, kind, category, country, rate, base, VAT)] as plain values."""
        return [
            (
                str(key.day),
                key.kind,
                key.category,
                key.country,
                float(key.rate),
                float(row.base),
                float(row.vat),
            )
            for key, row in rows.items()
        ]

    def test_sales(self):
        self._regime(oss_option=True)
        service, goods = self._sold(), self._sold("goods")
        online = self._sold("electronic")
        consumer = self._at("FR", "75011")
        self._invoice(consumer, service)
        self._invoice(consumer, goods, service)
        self._invoice(self._at("FR", "69001"), service, day="2026-11-02")
        self._invoice(self._at("DE", "10115"), online)
        self._invoice(self._at("DE", "10115", vat=GERMAN), service)
        # an electronic invoice says these, and training is exempt under art. 261
        self._invoice(self._french_company(), service)
        self._invoice(consumer, self._sold("training"))
        self._invoice(consumer, self._sold("dues"))
        self.assertEqual(
            self._rows(self._figures().sales),
            [
                ("2026-11-01", "abroad", "TNT1", "DE", 0.0, 100.0, 0.0),
                ("2026-11-01", "consumer", "TNT1", "DE", 19.0, 100.0, 19.0),
                ("2026-11-01", "consumer", "TPS1", "FR", 20.0, 200.0, 40.0),
                ("2026-11-01", "consumer", "TLB1", "FR", 20.0, 100.0, 20.0),
                ("2026-11-02", "consumer", "TPS1", "FR", 20.0, 100.0, 20.0),
            ],
        )
        [(document, key, base, vat)] = self._figures().abroad
        self.assertEqual(document.partner_id.vat, GERMAN)
        self.assertEqual((key.country, base, vat), ("DE", Decimal(100), Decimal(0)))
        self.assertFalse(self._figures("2026-10-01", "2026-10-31").sales)

    def test_corrections_of_earlier_periods(self):
        consumer = self._at("FR", "75011")
        early = self._invoice(consumer, self._sold(), day="2026-10-01")
        late = self._invoice(consumer, self._sold(), day="2026-11-01")
        self._refund(early, "2026-11-10")
        self._refund(late, "2026-11-10")
        figures = self._figures()
        day = ("consumer", "TPS1", "FR", 20.0)
        self.assertEqual(
            self._rows(figures.sales),
            [
                # the second month of the first, and the first of the second
                ("2026-11-01", *day, 200.0, 40.0),
                ("2026-11-10", *day, -100.0, -20.0),
            ],
        )
        [(part, _document, corrected, corrected_day, _key, row)] = figures.corrections
        self.assertEqual((part, corrected), ("sales", early))
        self.assertEqual(corrected_day, date(2026, 10, 1))
        self.assertEqual((row.base, row.vat), (Decimal(-100), Decimal(-20)))

    def test_payments_and_cashed(self):
        """Half of 120.00 is paid in October, the rest in November."""
        consumer, company = self._at("FR", "75011"), self._french_company()
        moves = [
            self._invoice(customer, self._sold(), self._sold("goods"), day="2026-10-01")
            for customer in (consumer, company)
        ]
        for move in moves:
            self._pay(move, "2026-10-15", amount=120)
            self._pay(move, "2026-11-20")
        half = ("consumer", "TPS1", "FR", 20.0, 50.0, 10.0)
        self.assertEqual(
            self._rows(self._figures("2026-10-01", "2026-10-31").payments),
            [("2026-10-15", *half)],
        )
        figures = self._figures()
        self.assertEqual(self._rows(figures.payments), [("2026-11-20", *half)])
        self.assertEqual(
            figures.cashed,
            [(moves[1], date(2026, 11, 20), Decimal(20), Decimal(50), Decimal(10))],
        )

    def test_a_credit_note_is_no_payment(self):
        """What it settles was neither paid nor cashed; what is given back, was."""
        customers = self._at("FR", "75011"), self._french_company()
        moves = [self._invoice(customer, self._sold()) for customer in customers]
        for move in moves:
            self._refund(move, "2026-11-10")
            self.assertFalse(move.amount_residual)
            self.assertTrue(move.tax_cash_basis_created_move_ids)
        figures = self._figures()
        self.assertFalse(figures.payments)
        self.assertFalse(figures.cashed)
        paid = [self._invoice(customer, self._sold()) for customer in customers]
        for move in paid:
            self._pay(move, "2026-11-05")
            self._pay(self._refund(move, "2026-11-10"), "2026-11-20")
        figures = self._figures()
        day = ("consumer", "TPS1", "FR", 20.0)
        self.assertEqual(
            self._rows(figures.payments),
            [
                ("2026-11-05", *day, 100.0, 20.0),
                ("2026-11-20", *day, -100.0, -20.0),
            ],
        )
        self.assertEqual(
            [(str(row[1]), float(row[4])) for row in figures.cashed],
            [("2026-11-05", 20.0), ("2026-11-20", -20.0)],
        )

    def test_a_payment_taken_back_is_a_correction(self):
        move = self._invoice(self._at("FR", "75011"), self._sold(), day="2026-10-01")
        self._pay(move, "2026-10-15")
        payment = move._rr_einvoice_payments().move_id
        payment.line_ids.remove_move_reconcile()
        entries = move.tax_cash_basis_created_move_ids
        reversal = entries.filtered("reversed_entry_id")
        self.assertTrue(reversal)
        reversal_day = reversal.date
        if reversal_day.month == 11:
            [(part, *_about, row)] = self._figures().corrections
            self.assertEqual((part, row.vat), ("payments", Decimal(-20)))
        else:
            figures = self._figures("2026-10-01", "2026-10-31")
            self.assertFalse(
                sum(row.vat for row in figures.payments.values()), reversal_day
            )

    def test_files(self):
        self._invoice(self._at("FR", "75011"), self._sold())
        swiss = self._at("CH", "1200", vat="CHE-107.787.577 TVA")
        # a name that a spreadsheet would take for a formula
        swiss.name = "=1+1"
        self._invoice(swiss, self._sold())
        wizard = self.env["recurring.ereporting.export"].create(
            {"date_from": "2026-11-01", "date_to": "2026-11-30"}
        )
        self.assertFalse(wizard.has_platform)
        action = wizard.action_workbook()
        self.assertIn("e-reporting_2026-11-01_2026-11-30.xlsx", action["url"])
        book = openpyxl.load_workbook(io.BytesIO(base64.b64decode(wizard.file)))
        self.assertEqual(
            book.sheetnames,
            ["Sales", "Invoices Abroad", "Payments", "Corrections", "Cashed"],
        )
        self.assertEqual(book["Invoices Abroad"]["B2"].value, "=1+1")
        self.assertEqual(book["Invoices Abroad"]["B2"].data_type, "s")
        cells = [cell.value for cell in book["Sales"][3]]
        self.assertEqual(cells[1:5], ["Consumers", "TPS1", "FR", 20])
        self.assertEqual(cells[5:], [1, 100, 20, "EUR"])
        wizard.action_csv()
        archive = zipfile.ZipFile(io.BytesIO(base64.b64decode(wizard.file)))
        text = archive.read("Sales.csv").decode("utf-8-sig")
        self.assertIn("2026-11-01;Consumers;TPS1;FR;20", text)

    def test_refused(self):
        wizards = self.env["recurring.ereporting.export"]
        wizard = wizards.create({"date_from": "2026-11-30", "date_to": "2026-11-01"})
        with self.assertRefused("ends before it begins"):
            wizard.action_workbook()
        seller = new_test_user(
            self.env, "seller", groups="recurring_revenue.group_user"
        )
        with self.assertRaises(AccessError):
            wizards.with_user(seller).create({})

    def test_other_company(self):
        self._invoice(self._at("FR", "75011"), self._sold())
        other = self.env["res.company"].create({"name": "Other"})
        figures = self.env["recurring.ereporting"]._figures(
            other, date(2026, 11, 1), date(2026, 11, 30)
        )
        self.assertFalse(figures.sales)
