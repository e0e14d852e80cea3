"""Bytes to rows: encodings, separators, spreadsheets, a sentence for bad files."""

import doctest
import io
import zipfile
from datetime import date, datetime
from types import SimpleNamespace
from unittest.mock import patch

from openpyxl import Workbook

from odoo.tests import BaseCase, tagged

from ..models.subscription.imports import import_reader, import_values
from ..models.subscription.imports.import_columns import BY_NAME, COLUMNS
from ..models.subscription.imports.import_reader import UnreadableFile, read_table
from ..models.subscription.imports.import_template import (
    rejected_file,
    template_csv,
    template_xlsx,
)
from ..models.subscription.imports.import_values import Refused, read_value

HEAD = "external_ref,plan,start_date,customer_name\n"
ROW = "C-1,PRO,2026-01-01,Zoé"


def untranslated(text, *args, **kwargs):
    return str(text) % (args or kwargs) if args or kwargs else str(text)


ENV = SimpleNamespace(_=untranslated)


def with_part(content, name, spoilt):
    """Return a spreadsheet one part of which was changed, or left out (None)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old:
        with zipfile.ZipFile(buffer, "w") as new:
            for one in old.namelist():
                part = spoilt(old.read(one)) if one == name else old.read(one)
                if part is not None:
                    new.writestr(one, part)
    return buffer.getvalue()


def xlsx(*rows, title="Sheet"):
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@tagged("post_install", "-at_install")
class TestImportReader(BaseCase):
    def _refused(self, content, part, filename="f.csv"):
        with self.assertRaises(UnreadableFile) as caught:
            read_table(content, filename, ENV)
        self.assertIn(part, str(caught.exception))

    def test_doctests(self):
        for module in (import_reader, import_values):
            self.assertFalse(doctest.testmod(module).failed, module.__name__)

    def test_utf8_with_and_without_mark(self):
        for encoding in ("utf-8", "utf-8-sig"):
            table = read_table((HEAD + ROW).encode(encoding), "f.csv", ENV)
            self.assertEqual(
                table.rows,
                (
                    (
                        2,
                        {
                            "external_ref": "C-1",
                            "plan": "PRO",
                            "start_date": "2026-01-01",
                            "customer_name": "Zoé",
                        },
                    ),
                ),
            )

    def test_other_encodings(self):
        self._refused((HEAD + ROW).encode("latin-1"), "line 2")
        self._refused((HEAD + ROW).encode("latin-1"), "UTF-8")
        self._refused((HEAD + ROW).encode("utf-16"), "UTF-8")
        self._refused((HEAD + ROW).encode("utf-16-le"), "UTF-8")

    def test_separators(self):
        for mark in ",;\t":
            text = (HEAD + ROW).replace(",", mark)
            table = read_table(text.encode(), "f.csv", ENV)
            self.assertEqual((table.delimiter, len(table.rows)), (mark, 1))
            self.assertEqual(table.rows[0][1]["plan"], "PRO")

    def test_line_numbers_count_broken_values_and_empty_lines(self):
        text = HEAD + 'C-1,PRO,2026-01-01,"Two\nlines"\n\n' + ROW
        lines = [line for line, _cells in read_table(text.encode(), "f", ENV).rows]
        self.assertEqual(lines, [2, 5])

    def test_headings(self):
        self._refused(b"", "empty")
        self._refused(b" \n\n", "empty")
        self._refused(HEAD.encode(), "no row below")
        self._refused(b"external_ref,plan\nC,P", "lacks the column start_date")
        self._refused((HEAD.strip() + ",foo\n" + ROW).encode(), "“foo” is not known")
        self._refused((HEAD.strip() + ",plan\n" + ROW).encode(), "twice")
        text = "# mine,External Reference,Plan,START_DATE\nx,C-1,PRO,2026-01-01"
        table = read_table(text.encode(), "f", ENV)
        self.assertEqual(table.columns, ("external_ref", "plan", "start_date"))
        self.assertEqual(table.rows[0][1]["external_ref"], "C-1")

    def test_broken_csv(self):
        self._refused((HEAD + 'C-1,"PRO,2026-01-01').encode(), "Line 2 cannot be read")
        table = read_table((HEAD + ROW + ",more").encode(), "f", ENV)
        self.assertEqual(table.rows[0][1][None], "more")

    def test_xlsx(self):
        head = HEAD.strip().split(",")
        table = read_table(
            xlsx([*head, "quantity"], ["C", 1001, datetime(2026, 1, 1), "Zoé", 2.5]),
            "f.xlsx",
            ENV,
        )
        self.assertEqual(table.kind, "xlsx")
        self.assertEqual(
            table.rows[0],
            (
                2,
                {
                    "external_ref": "C",
                    "plan": "1001",
                    "start_date": "2026-01-01",
                    "customer_name": "Zoé",
                    "quantity": "2.5",
                },
            ),
        )

    def test_xlsx_formula_arrives_as_such(self):
        head = HEAD.strip().split(",")
        table = read_table(
            xlsx(head, ["=A1", "P", date(2026, 1, 1), "Z"]), "f.xlsx", ENV
        )
        with self.assertRaisesRegex(Refused, "formula"):
            read_value(BY_NAME["external_ref"], table.rows[0][1]["external_ref"], ENV)

    def test_not_a_spreadsheet(self):
        self._refused(b"\xd0\xcf\x11\xe0 old", "Save it as XLSX", "f.xls")
        self._refused(b"hello", "Save it as XLSX", "f.xlsx")
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("a.txt", "x")
        self._refused(buffer.getvalue(), "damaged", "f.xlsx")

    def test_a_damaged_part_of_a_spreadsheet(self):
        whole = xlsx(HEAD.strip().split(","), ROW.split(","))
        for name, spoilt in (
            ("xl/worksheets/sheet1.xml", lambda part: part[: len(part) // 2]),
            ("xl/worksheets/sheet1.xml", lambda part: None),
            ("xl/workbook.xml", lambda part: b"<a"),
            ("[Content_Types].xml", lambda part: None),
        ):
            with self.subTest(name):
                self._refused(with_part(whole, name, spoilt), "damaged", "f.xlsx")
        start = zipfile.ZipFile(io.BytesIO(whole)).getinfo("xl/workbook.xml")
        flipped = bytearray(whole)
        for place in range(start.header_offset + 50, start.header_offset + 80):
            flipped[place] ^= 0x55
        self._refused(bytes(flipped), "damaged", "f.xlsx")

    def test_formats_far_below_are_no_rows(self):
        book = Workbook()
        sheet = book.active
        sheet.append(HEAD.strip().split(","))
        sheet.append(ROW.split(","))
        for row in range(3, 40):
            sheet.cell(row, 1).number_format = "0.00"
        buffer = io.BytesIO()
        book.save(buffer)
        with patch.object(import_reader, "MAX_ROWS", 10):
            table = read_table(buffer.getvalue(), "f.xlsx", ENV)
        self.assertEqual(len(table.rows), 1)

    def test_values(self):
        def refused(column, text, part):
            with self.assertRaisesRegex(Refused, part):
                read_value(BY_NAME[column], text, ENV)

        refused("start_date", "2026-02-30", "no such day")
        refused("start_date", "01/02/2026", "not a date")
        refused("start_date", "45000", "not a date")
        refused("start_date", "2026-01-01 13:00:00", "not a date")
        refused("start_date", "0001-01-01", "year")
        refused("price", "12 EUR", "not a number")
        refused("price", "1 234", "not a number")
        refused("price", "1e3", "not a number")
        refused("price", "nan", "not a number")
        refused("price", "1,234", "comma")
        refused("price", "=1+1", "formula")
        refused("external_ref", "x" * 65, "65 characters")
        refused("customer_name", "a\nb", "line break")
        refused("renewal", "yes", "automatic, manual, none")
        self.assertEqual(read_value(BY_NAME["renewal"], "Manual", ENV), "manual")

    def test_template_can_be_read_back(self):
        for content in (template_xlsx(ENV), template_csv()):
            table = read_table(content, "template", ENV)
            self.assertEqual(table.columns, tuple(column.name for column in COLUMNS))
            self.assertEqual(table.rows[0][1]["external_ref"], "C-1001")

    def test_rejected_rows_can_be_imported_once_corrected(self):
        rows = [(7, {"external_ref": "0012", "plan": "=P", "price": "1"}, ["plan: no"])]
        for kind in ("csv", "xlsx"):
            content = rejected_file(kind, ";", rows, ENV)
            table = read_table(content, f"f.{kind}", ENV)
            self.assertEqual(table.rows[0][1]["external_ref"], "0012")
            self.assertEqual(table.rows[0][1]["plan"], "=P")
            self.assertIn("price", table.columns)
