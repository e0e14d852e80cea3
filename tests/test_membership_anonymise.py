"""Former members are forgotten after the delay; the books keep what the law asks."""

import io
import json
import zipfile
from datetime import date
from decimal import Decimal
from unittest.mock import patch

from openpyxl import load_workbook

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged

from ..models.membership.privacy import anonymise
from .common_member_import import MemberImportCommon
from .common_receipts import ReceiptCommon


@tagged("post_install", "-at_install")
class TestMembershipAnonymise(MemberImportCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(
            cls.env, "rr_a_admin", "recurring_revenue.group_manager"
        )
        with freeze_time("2021-10-05"):
            cls.jeanne = cls._member("Jeanne Martin", "2021-10-05", number="00042")
            cls.person = cls.jeanne.partner_id
            cls.person.write(
                {
                    "email": "jeanne@example.org",
                    "street": "1 rue Haute",
                    "zip": "75001",
                    "city": "Paris",
                    "rr_birthdate": "1980-12-31",
                    "comment": "Likes tea",
                }
            )
            cls.jeanne.message_post(body="She called about her illness")
            dues = cls.jeanne._call_dues(date(2021, 10, 5))
            dues.action_call()
            cls.money = dues._receive(
                cls.person,
                date(2021, 10, 5),
                exact_amount(dues),
                journal_id=cls.bank.id,
            )
            cls.ivan = cls._member("Ivan Noir", "2021-10-05")
            cls.ivan._call_dues(date(2021, 10, 5)).action_call()
            cls.env.flush_all()
        # What Odoo writes in a test bears the day of the database's clock.
        cls.env.cr.execute("UPDATE mail_message SET date = '2021-10-05'")
        cls.env.invalidate_all()

    def _preview(self, day="2026-11-12"):
        with freeze_time(day):
            action = self.env["recurring.anonymise.run"].with_user(self.admin)
            return action.browse(action.action_preview()["res_id"])

    def _line(self, run, partner):
        return run.line_ids.filtered(lambda line: line.partner_id == partner)

    def test_the_preview_says_who_and_what_is_kept(self):
        run = self._preview()
        self.assertEqual(run.limit_day, date(2023, 11, 12))
        jeanne, ivan = (
            self._line(run, self.person),
            self._line(run, self.ivan.partner_id),
        )
        self.assertEqual((jeanne.state, ivan.state), ("ready", "kept"))
        self.assertEqual(jeanne.last_contact, date(2022, 8, 31))
        self.assertIn("entries until 12/31/2031", jeanne.kept)
        self.assertIn("still asked for", ivan.reason)
        self.assertEqual(self.person.name, "Jeanne Martin")

    def test_nobody_before_the_delay(self):
        self.assertFalse(self._line(self._preview("2025-08-30"), self.person))
        self.assertTrue(self._line(self._preview("2025-09-02"), self.person))

    def test_the_person_is_forgotten_and_the_books_stand(self):
        move = self.money.move_id
        before = move.line_ids.mapped("balance"), move.name, move.state
        run = self._preview()
        with freeze_time("2026-11-12"):
            run.action_start()
        person = self.person
        self.assertEqual(run.state, "done")
        self.assertEqual(person.name, "Former member 00042")
        for field in ("email", "street", "zip", "city", "comment", "rr_birthdate"):
            self.assertFalse(person[field], field)
        self.assertFalse(person.active)
        self.assertFalse(self.jeanne.message_ids)
        self.assertEqual(
            (move.line_ids.mapped("balance"), move.name, move.state), before
        )
        self.assertEqual((self.money.state, self.money.amount), ("booked", 65))
        self.assertEqual(self.jeanne.number, "00042")
        messages = self.env["mail.message"]
        self.assertFalse(messages.search([("body", "ilike", "illness")]))
        identity = self.env["recurring.identity"].search([])
        self.assertRecordValues(
            identity,
            [{"name": "Jeanne Martin", "keep_until": date(2031, 12, 31)}],
        )
        self.assertIn("1 rue Haute", identity.address)
        log = self.env["recurring.privacy.log"].search([], limit=1)
        self.assertEqual((log.kind, log.record_count), ("anonymise", 1))
        self.assertEqual(log.user_id, self.admin)
        self.assertNotIn("Jeanne", run.line_ids.mapped("name"))

    def test_identities_are_deleted_in_time(self):
        with freeze_time("2026-11-12"):
            self._preview().action_start()
            identities = self.env["recurring.identity"]
            with self.assertRaises(UserError):
                identities.search([]).unlink()
        with freeze_time("2031-12-30"):
            identities._cron_purge()
            self.assertTrue(identities.search([]))
        with freeze_time("2031-12-31"):
            identities._cron_purge()
            self.assertFalse(identities.search([]))

    def test_open_money_stops_it(self):
        self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.person.id,
                "invoice_date": "2021-11-01",
                "invoice_line_ids": [
                    Command.create(
                        {"product_id": self.gift.id, "price_unit": 10, "tax_ids": []}
                    )
                ],
            }
        ).action_post()
        line = self._line(self._preview(), self.person)
        self.assertIn("Money is open", line.reason)

    def test_what_happened_since_the_preview_counts(self):
        run = self._preview()
        with freeze_time("2026-11-12"):
            child = self._member("Léo", "2026-11-10", payer_id=self.person.id)
            child._call_dues(date(2026, 11, 10)).action_call()
            run.action_start()
        line = self._line(run, self.person)
        self.assertEqual((line.state, self.person.name), ("kept", "Jeanne Martin"))

    def test_donors_of_late_stay(self):
        with freeze_time("2026-10-01"):
            self._imported(
                "Date;Nom;Email;Montant\n"
                "01/10/2026;Jeanne Martin;jeanne@example.org;5\n",
                "gifts",
            )
        self.assertFalse(self._line(self._preview(), self.person))

    def test_the_portal_login_and_the_bank_account_go(self):
        user = new_test_user(
            self.env,
            "jeanne@example.org",
            "base.group_portal",
            partner_id=self.person.id,
        )
        bank = self.env["res.partner.bank"].create(
            {"partner_id": self.person.id, "acc_number": "FR7630006000011234567890189"}
        )
        run = self._preview()
        with freeze_time("2026-11-12"):
            run.action_start()
        self.assertEqual(self._line(run, self.person).state, "done")
        self.assertFalse(user.active)
        self.assertNotIn("jeanne", user.login)
        self.assertNotIn("0123456789", bank.acc_number)

    def test_in_the_background(self):
        run = self._preview()
        with freeze_time("2026-11-12"), patch.object(anonymise, "AT_ONCE", 0):
            run.action_start()
            self.assertEqual((run.state, run.done_count), ("running", 0))
            crons = type(self.env["ir.cron"])
            with patch.object(crons, "_commit_progress", lambda *a, **k: 60):
                self.env["recurring.anonymise.run"]._cron_anonymise()
        self.assertEqual((run.state, run.done_count), ("done", 1))

    def test_the_association_s_own_delay(self):
        self.env["recurring.retention.rule"].create(
            {
                "code": "association",
                "company_id": self.company.id,
                "valid_from": "2020-01-01",
                "months": 60,
                "source": "Our board, 12 March 2020",
            }
        )
        self.assertFalse(self._line(self._preview(), self.person))

    def test_rights(self):
        run = self._preview()
        for user in (self.secretary, self.treasurer):
            with self.assertRaises(AccessError):
                run.with_user(user).read(["day"])
            with self.assertRaises(UserError):
                self.env["recurring.anonymise.run"].with_user(user).action_preview()
        with self.assertRaises(AccessError):
            run.line_ids.write({"state": "ready"})
        with self.assertRaises(AccessError):
            self.env["recurring.identity"].with_user(self.secretary).search([])

    # ------------------------------------------------------------------
    # A person's data
    # ------------------------------------------------------------------

    def test_a_person_gets_everything(self):
        content = self.person.with_user(self.treasurer)._person_zip()
        archive = zipfile.ZipFile(io.BytesIO(content))
        data = json.loads(archive.read("data.json"))
        self.assertEqual(data["person"][0]["name"], "Jeanne Martin")
        self.assertEqual(data["memberships"][0]["number"], "00042")
        self.assertEqual(data["contributions"][0]["amount"], 65)
        self.assertEqual(len(data["periods"]), 2)  # dues and entrance fee
        self.assertIn("illness", " ".join(row["text"] for row in data["messages"]))
        self.assertNotIn("Ivan", json.dumps(data))
        book = load_workbook(io.BytesIO(archive.read("data.xlsx")))
        self.assertIn("Memberships", book.sheetnames)
        log = self.env["recurring.privacy.log"].search([], limit=1)
        self.assertEqual((log.kind, log.partner_id), ("export", self.person))
        with self.assertRaises(AccessError):
            self.person.with_user(self.secretary)._person_zip()
        with self.assertRaises(AccessError):
            self.person.with_user(self.secretary).action_rr_person_data()

    def test_what_is_closed_is_not_handed_out(self):
        self.season.rr_sensitive = True
        content = self.person.with_user(self.treasurer)._person_zip()
        data = json.loads(zipfile.ZipFile(io.BytesIO(content)).read("data.json"))
        self.assertFalse(data["memberships"] or data["contributions"])


def exact_amount(dues):
    return Decimal(str(dues.amount))


@tagged("post_install", "-at_install")
class TestMembershipAnonymiseReceipts(ReceiptCommon):
    def test_a_receipt_says_whose_it_was_until_its_delay_is_over(self):
        admin = new_test_user(self.env, "rr_a_boss", "recurring_revenue.group_manager")
        with freeze_time("2021-11-05"):
            gift = self._given(100, "2021-11-04")
            receipt = self.env["recurring.tax.receipt"]._issue_for(gift)
            self.env.flush_all()
        self.env.cr.execute("UPDATE mail_message SET date = '2021-11-05'")
        self.env.invalidate_all()
        with freeze_time("2026-11-12"):
            runs = self.env["recurring.anonymise.run"].with_user(admin)
            run = runs.browse(runs.action_preview()["res_id"])
            line = run.line_ids.filtered(lambda line: line.partner_id == self.donor)
            self.assertIn("1 tax receipts until 11/05/2027", line.kept)
            run.action_start()
        self.assertEqual(self.donor.name, f"Former donor {self.donor.id}")
        self.assertEqual(receipt.donor_name, "Jeanne Martin")
        self.assertEqual((receipt.amount, receipt.state), (100, "issued"))
        identities = self.env["recurring.identity"]
        with freeze_time("2031-12-31"):
            identities._cron_purge()
        self.assertFalse(identities.search([("partner_id", "=", self.donor.id)]))
        self.assertEqual(receipt.donor_name, self.donor.name)
        self.assertFalse(receipt.donor_street)
        self.assertEqual((receipt.amount, receipt.state), (100, "issued"))
