"""An index and its values: typed, imported from a file, asked for a day."""

import base64
from datetime import date

from psycopg2.errors import CheckViolation, UniqueViolation

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import RecurringCommon


@tagged("post_install", "-at_install")
class TestIndex(RecurringCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.index = cls.env["recurring.index"].create(
            {"name": "Syntec", "code": "SYNTEC"}
        )

    def _import(self, text, encoding="utf-8", **values):
        wizard = self.env["recurring.index.import"].create(
            {
                "index_id": self.index.id,
                "file": base64.b64encode(text.encode(encoding)),
                **values,
            }
        )
        wizard.action_import()
        return {str(row.date): row.value for row in self.index.value_ids}

    def test_the_value_of_a_day_is_the_last_published(self):
        self._import("2026-01;310.1\n2026-03;312.5")
        for day, value in (
            ("2025-12-31", 0),
            ("2026-01-01", 310.1),
            ("2026-02-28", 310.1),
            ("2026-03-01", 312.5),
            ("2027-01-01", 312.5),
        ):
            found = self.index._value_at(date.fromisoformat(day))
            self.assertEqual(found.value, value, day)
        self.assertEqual(self.index.last_value, 312.5)
        self.assertEqual(self.index.last_date, date(2026, 3, 1))

    def test_files_as_they_come(self):
        values = self._import("Mois;Indice\n09/2026;321,4\n01/10/2026; 1 322,05 \n\n")
        self.assertEqual(values, {"2026-09-01": 321.4, "2026-10-01": 1322.05})
        self.assertEqual(len(self._import("2026-11-01,323.0")), 3)
        self.assertEqual(len(self._import("2026-12\t324.0")), 4)
        self.assertEqual(len(self._import("\ufeffDéc;Été\n2027-01;325", "utf-8")), 5)
        self.assertEqual(len(self._import("Période;x\n2027-02;326", "latin-1")), 6)

    def test_a_file_is_imported_whole_or_not_at_all(self):
        with self.assertRefused("Line 2: “2026-13” is not a day or a month"):
            self._import("2026-12;321\n2026-13;322")
        with self.assertRefused("Line 1: “x1” is not a value above 0"):
            self._import("2026-12;x1")
        with self.assertRefused("“-3” is not a value above 0"):
            self._import("2026-12;-3")
        with self.assertRefused("a date and a value are expected"):
            self._import("2026-12;321;7")
        with self.assertRefused("two different values"):
            self._import("2026-12;321\n12/2026;322")
        with self.assertRefused("The file is empty"):
            self._import("\n")
        self.assertFalse(self.index.value_ids)

    def test_a_known_value_is_corrected_only_when_told(self):
        self._import("2026-12;321")
        self._import("2026-12;321\n2027-01;322")
        with self.assertRefused("the index has 321.0, the file 320"):
            self._import("2026-12;320")
        values = self._import("2026-12;320", replace=True)
        self.assertEqual(values, {"2026-12-01": 320.0, "2027-01-01": 322.0})

    @mute_logger("odoo.sql_db")
    def test_one_value_a_day_and_above_zero(self):
        create = self.env["recurring.index.value"].create
        values = {"index_id": self.index.id, "date": "2026-12-01", "value": 300}
        create(values)
        with self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            create(values)
        with self.assertRaises(CheckViolation), self.env.cr.savepoint():
            create({**values, "date": "2027-01-01", "value": 0})

    def test_only_administrators_keep_indices(self):
        officer = new_test_user(
            self.env, "index_officer", "recurring_revenue.group_billing"
        )
        index = self.index.with_user(officer)
        self.assertEqual(index.name, "Syntec")
        with self.assertRaises(AccessError):
            index.name = "Other"

    def test_an_index_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.index.company_id = other
        officer = new_test_user(
            self.env, "index_officer", "recurring_revenue.group_billing"
        )
        found = self.env["recurring.index"].with_user(officer).search([])
        self.assertNotIn(self.index, found)
