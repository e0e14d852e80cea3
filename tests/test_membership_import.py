"""Members from a file: numbers kept, openings that count, households, again, undone."""

import base64
import io
from datetime import date
from unittest.mock import patch

from openpyxl import Workbook, load_workbook
from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from ..models.membership.imports.template import member_template
from ..models.subscription.imports import import_job
from .common_member_import import MemberImportCommon

LIST = "\n".join(
    (
        "N° adhérent;Nom;Prénom;E-mail;Né(e) le;Catégorie;Adhérent depuis;"
        "À jour jusqu'au;Payé par",
        "00042;MARTIN;Jeanne;jeanne@example.org;31/12/1980;;10/11/2019;31/08/2027;",
        "00050;MARTIN;Léo;;1/2/2001;Reduced;1/9/2024;31/08/2026;00042",
        ";Durand;Zoé;zoe@example.org;;;2026-10-01;;",
    )
)


@tagged("post_install", "-at_install")
@freeze_time("2026-11-12")
class TestMembershipImport(MemberImportCommon):
    def test_members_with_their_numbers_and_openings(self):
        job = self._imported(LIST)
        members = job.row_ids.sorted("line").membership_id
        jeanne, leo, zoe = members
        self.assertEqual(jeanne.number, "00042")
        self.assertEqual(jeanne.partner_id.name, "Jeanne MARTIN")
        self.assertEqual(jeanne.partner_id.sudo().rr_birthdate, date(1980, 12, 31))
        self.assertEqual((jeanne.state, leo.state), ("up_to_date", "lapsed"))
        self.assertEqual(jeanne.covered_until, date(2027, 8, 31))
        self.assertEqual(leo.payer_id, jeanne.partner_id)
        self.assertEqual(leo.category_id, self.reduced)
        self.assertEqual(zoe.state, "pending")
        line = jeanne.dues_line_ids
        self.assertRecordValues(
            line,
            [{"is_opening": True, "amount": 0, "date_start": date(2026, 9, 1)}],
        )
        self.assertTrue(line.dues_id.is_opening)
        # Nothing is in the books, and the next call is for the days that follow.
        self.assertFalse(
            self.env["account.move.line"].search_count(
                [("partner_id", "in", members.partner_id.ids)]
            )
        )
        renewed = jeanne._call_dues(date(2026, 11, 12))
        self.assertEqual(renewed.line_ids.date_start, date(2027, 9, 1))
        self.assertEqual(renewed.amount, 60)  # no entrance fee: no newcomer

    def test_members_of_old_were_born_and_joined_long_ago(self):
        job = self._imported(
            LIST.replace("31/12/1980", "24/6/1941").replace("10/11/2019", "1/9/1962")
        )
        jeanne = job.row_ids.sorted("line").membership_id[0]
        self.assertEqual(jeanne.partner_id.sudo().rr_birthdate, date(1941, 6, 24))
        self.assertEqual(jeanne.joined_on, date(1962, 9, 1))

    def test_the_next_number_follows_the_kept_ones(self):
        self._imported(
            "Numéro;Nom;Date d'adhésion\n00900;Un;1/9/2026\n;Deux;1/9/2026\n"
        )
        self.assertEqual(self._member("Three", "2026-11-10").number, "00902")

    def test_again_adds_nothing(self):
        self._imported(LIST)
        count = self.env["recurring.membership"].search_count([])
        job = self._checked(LIST)
        self.assertEqual((job.existing_count, job.valid_count), (3, 0))
        with self.assertRaises(UserError):
            job.action_import()
        self.assertEqual(self.env["recurring.membership"].search_count([]), count)

    def test_two_at_once_import_once(self):
        """The second import of a file, checked before the first was done."""
        first, second = self._checked(LIST), self._checked(LIST)
        first.action_import()
        second.action_import()
        self.assertEqual((second.imported_count, second.existing_count), (0, 3))
        row = second.row_ids[0].sudo()
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            row.state = "imported"  # what another transaction would do
            self.env.flush_all()

    def test_undo_and_again(self):
        job = self._imported(LIST)
        partners = job.row_ids.partner_id
        job.action_undo()
        self.assertEqual(job.state, "undone")
        self.assertFalse(partners.exists())
        self.assertFalse(
            self.env["recurring.membership"].search([("number", "=", "00042")])
        )
        again = self._imported(LIST)
        self.assertEqual(again.imported_count, 3)

    def test_no_undo_of_what_somebody_built_on(self):
        job = self._imported(LIST)
        zoe = job.row_ids.sorted("line")[2].membership_id
        zoe._call_dues(date(2026, 11, 12)).action_call()
        with self.assertRefused("was called since"):
            job.action_undo()
        self.assertTrue(zoe.exists())

    def test_consents_guardians_and_representatives(self):
        self._category("Body", kind="legal")
        job = self._imported(
            "Nom,Prénom,Date de naissance,Catégorie,Date d'adhésion,Tuteur,"
            "Représentant,Newsletter\n"
            "Petit,Ana,2015-03-04,,01/10/2026,Rosa Petit,,02/10/2026\n"
            "Club Alpin,,,Body,01/10/2026,,Paul Mont,\n"
        )
        ana, club = job.row_ids.sorted("line").membership_id
        self.assertEqual(ana.guardian_id.name, "Rosa Petit")
        consent = ana.partner_id.rr_consent_ids
        self.assertRecordValues(
            consent, [{"source": "import", "given_on": date(2026, 10, 2)}]
        )
        self.assertEqual(consent.given_by_id, ana.guardian_id)
        self.assertEqual(club.representative_id.name, "Paul Mont")
        self.assertTrue(club.partner_id.is_company)

    def test_problems_by_row_and_column(self):
        self._member("Anna", "2026-09-01", number="00007")
        problems = self._problems(
            "Numéro;Nom;E-mail;Date d'adhésion;À jour jusqu'au;Catégorie;Payeur\n"
            "1;;pas un mail;31/11/2025;;;\n"
            "2;Un;;01/01/2027;;Duc;nobody@example.org\n"
            "2;Deux;;01/09/2026;01/08/2026;;\n"
            "00007;Trois;;=NOW();;;\n"
        )
        self.assertEqual(
            [(line, column) for line, column, _reason in problems],
            [
                (2, "Nom"),
                (2, "E-mail"),
                (2, "Date d'adhésion"),
                (3, "Catégorie"),
                (3, "Date d'adhésion"),
                (3, "Payeur"),
                (4, "À jour jusqu'au"),
                (4, "Numéro"),
                (5, "Date d'adhésion"),
                (5, "Numéro"),
            ],
        )
        reasons = " ".join(reason for _line, _column, reason in problems)
        for words in (
            "must be filled in",
            "no such day",
            "no category",
            "lies ahead",
            "formula",
            "Anna has this number",
            "stands on line 3 already",
        ):
            self.assertIn(words, reasons)

    def test_rows_to_correct_come_back_as_they_were(self):
        job = self._checked(LIST.replace("1/9/2024", "41/9/2024"))
        job.action_import()
        self.assertEqual((job.imported_count, job.problem_count), (2, 1))
        content = base64.b64decode(job.rejected_file).decode("utf-8-sig")
        self.assertIn("41/9/2024", content)
        corrected = content.replace("41/9/2024", "01/09/2024")
        again = self._imported(corrected)
        self.assertEqual(again.row_ids.membership_id.number, "00050")

    def test_encodings_titles_and_merged_cells(self):
        text = (
            "Liste des adhérents 2026;;\n;;\nIdentité;;Adhésion\n"
            "Nom;Prénom;Date d'adhésion\nLefèvre;Noël;01/09/2026\n"
        )
        for place, code in enumerate(("utf-8", "utf-8-sig", "cp1252", "utf-16")):
            content = text.replace("Lefèvre", f"Lefèvre {place}").encode(code)
            job = self._imported(content)
            name = job.row_ids.membership_id.partner_id.name
            self.assertEqual(name, f"Noël Lefèvre {place}")

    def test_unreadable_files(self):
        for content in (
            b"",
            b"\xd0\xcf\x11\xe0rest",
            b"PK\x03\x04broken",
            b"Nom;Age\n",
        ):
            with self.assertRaises(UserError):
                self._upload(content)

    def test_xlsx_with_dates_and_formulas(self):
        book = Workbook()
        sheet = book.active
        sheet.append(["Name", "First name", "Joined on", "Paid until"])
        sheet.append(["Ito", "Ken", date(2026, 9, 1), date(2027, 8, 31)])
        sheet.append(["Ito", "Mia", "=A1", None])
        buffer = io.BytesIO()
        book.save(buffer)
        job = self._checked(buffer.getvalue())
        self.assertEqual((job.valid_count, job.problem_count), (1, 1))
        self.assertIn("formula", job.problem_ids.reason)
        job.action_import()
        ken = job.row_ids.membership_id
        self.assertEqual((ken.joined_on, ken.state), (date(2026, 9, 1), "up_to_date"))

    def test_a_column_mapped_by_hand_is_known_next_time(self):
        text = "Patronyme;Entrée au club\nBlanc;01/09/2026\n"
        job = self._upload(text)
        with self.assertRefused("Last name"):
            job.action_check()
        first, second = job.heading_ids
        first.members_column = "last_name"
        second.members_column = "joined_on"
        job.action_check()
        job.action_import()
        self.assertEqual(job.imported_count, 1)
        again = self._upload(text)
        self.assertEqual(again.heading_ids.mapped("column"), ["last_name", "joined_on"])
        with self.assertRefused("columns"):
            first.members_column = "email"

    def test_who_may_be_known_already_is_asked(self):
        known = self.env["res.partner"].create(
            {"name": "Zoe DURAND", "email": "old@example.org"}
        )
        job = self._checked(LIST)
        self.assertEqual(job.possible_count, 1)
        with self.assertRefused("say for each"):
            job.action_import()
        row = job.row_ids.filtered("possible_ids")
        self.assertEqual(row.possible_ids, known)
        row.action_same_person()
        job.action_import()
        self.assertEqual(row.membership_id.partner_id, known)

    def test_the_same_name_and_mail_is_the_same_person(self):
        known = self.env["res.partner"].create(
            {"name": "durand, ZOÉ", "email": "Zoe@Example.org"}
        )
        job = self._imported(LIST)
        self.assertEqual(job.row_ids.sorted("line")[2].partner_id, known)
        job.action_undo()
        self.assertTrue(known.exists())

    def test_large_files_are_a_job(self):
        with patch.object(import_job, "AT_ONCE", 2):
            job = self._checked(LIST)
            job.action_import()
        self.assertEqual((job.state, job.imported_count), ("running", 0))
        with patch.object(type(job), "_commit_batch", lambda *a, **k: 60):
            job.sudo()._cron_import()
        self.assertEqual((job.state, job.imported_count), ("done", 3))

    def test_template(self):
        for lang, label in (("en_US", "Paid until"), ("fr_FR", None)):
            env = self.env(context={"lang": lang})
            content = member_template(env, "members", self.company)
            sheet = load_workbook(io.BytesIO(content)).worksheets[0]
            headings = [cell.value for cell in sheet[1]]
            if label:
                self.assertIn(label, headings)
            self.assertTrue(sheet.data_validations.dataValidation)
            job = self._upload(content)
            self.assertEqual(len(job.heading_ids.filtered("column")), len(headings))

    def test_rights(self):
        job = self._upload(LIST)
        seller = new_test_user(self.env, "rr_seller", "recurring_revenue.group_user")
        with self.assertRaises(AccessError):
            job.with_user(seller).read(["name"])
        with self.assertRaises(AccessError):
            self._upload(LIST, user=seller)
        with self.assertRaises(AccessError):
            self._upload(LIST, "gifts", user=self.secretary)
        gifts = self._upload("Date;Nom;Montant\n01/01/2026;Un;10\n", "gifts")
        with self.assertRaises(AccessError):
            gifts.with_user(self.secretary).read(["name"])
        with self.assertRaises(UserError):
            job.write({"state": "done"})
        with self.assertRaises(AccessError):
            job.row_ids.create({"import_id": job.id, "line": 1, "state": "valid"})
        other = self.env["res.company"].create({"name": "Other"})
        self.secretary.write({"company_ids": [(4, other.id)]})
        there = job.with_context(allowed_company_ids=other.ids)
        with self.assertRaises(AccessError):
            there.read(["name"])
