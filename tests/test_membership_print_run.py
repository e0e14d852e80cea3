"""Documents in the background: made once, sent once, failures stand on their line."""

import base64
import io
import zipfile
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger
from odoo.tools.pdf import PdfFileReader

from .common_print import PrintCommon

WORK = "odoo.addons.recurring_revenue.models.membership.documents.print_run_work"


@tagged("post_install", "-at_install")
@freeze_time("2026-11-21 10:00:00")
class TestPrintRun(PrintCommon):
    def _text(self, line):
        return " ".join(base64.b64decode(line.document).decode().split())

    def test_each_in_the_language_of_who_gets_it(self):
        members = self._members("Ann", "Benoît")
        members[1].partner_id.lang = "fr_FR"
        run = self._run(members)
        self.assertEqual(run.state, "running")
        self.assertEqual(run.progress_text, "0 of 2 documents")
        self._work(run)
        self.assertEqual((run.state, self._states(run)), ("done", ["made", "made"]))
        self.assertEqual((run.progress, run.print_count), (100.0, 2))
        first, second = run.line_ids
        self.assertIn("Letter to Ann in en_US", self._text(first))
        self.assertIn("Letter to Benoît in fr_FR", self._text(second))
        self.assertEqual(first.document_name, f"Letter {members[0].number}.pdf")

    def test_one_bad_record_does_not_stop_the_others(self):
        members = self._members("Ann", "Bob", "Cleo")
        run = self._run(members)
        bad, sentence = members[1], "The address of Bob is missing."

        def render(run, records):
            if records == bad:
                raise UserError(sentence)
            return b"%PDF"

        with patch.object(type(run), "_render_document", render):
            self._work(run)
        self.assertEqual(self._states(run), ["made", "failed", "made"])
        self.assertEqual(run.line_ids[1].message, sentence)
        self.assertEqual(run.progress_text, "3 of 3 documents, 1 failed")
        run.action_retry()
        self.assertEqual(self._states(run), ["made", "waiting", "made"])
        kept = run.line_ids[0].document
        self._work(run)
        self.assertEqual(self._states(run), ["made"] * 3)
        self.assertEqual(run.line_ids[0].document, kept)
        self.assertFalse(run.line_ids[1].message)

    def test_an_odd_error_says_what_to_do(self):
        run = self._run(self._members("Ann"))
        with (
            patch.object(type(run), "_render_document", side_effect=ZeroDivisionError),
            mute_logger(WORK),
        ):
            self._work(run)
        self.assertIn("show them to your administrator", run.line_ids.message)

    def test_gone_meanwhile(self):
        members = self._members("Ann", "Bob")
        run = self._run(members)
        members[0].unlink()
        self._work(run)
        self.assertEqual(self._states(run), ["failed", "made"])
        self.assertEqual(run.line_ids[0].message, "It does not exist any more.")

    def test_sent_once_and_who_has_no_address_is_printed(self):
        members = self._members("Ann", "Bob", email="someone@example.com")
        members[1].partner_id.email = False
        run = self._run(members, self.mail)
        self._work(run)
        self.assertEqual(self._states(run), ["sent", "unsent"])
        sent, unsent = run.line_ids
        self.assertEqual(unsent.message, "No e-mail address")
        self.assertFalse(unsent.mail_id)
        mail = sent.mail_id
        self.assertEqual(mail.subject, f"Letter to {members[0].number}")
        self.assertEqual(mail.state, "outgoing")
        self.assertEqual(mail.recipient_ids, members[0].partner_id)
        self.assertEqual(
            mail.attachment_ids.mapped("name"), [f"Letter {members[0].number}.pdf"]
        )
        self.assertEqual(mail.attachment_ids.datas, sent.document)
        self.assertEqual((run.sent_count, run.print_count), (1, 1))
        members[1].partner_id.email = "bob@example.com"
        run.action_retry()
        self._work(run)
        self.assertEqual(self._states(run), ["sent", "sent"])
        self.assertEqual(sent.mail_id, mail)
        mails = self.env["mail.mail"].search([("subject", "=like", "Letter to %")])
        self.assertEqual(len(mails), 2)

    def test_a_document_that_the_e_mail_attaches_is_made_once(self):
        self.mail.report_template_ids = self.document
        members = self._members("Ann", email="ann@example.com")
        run = self._run(members, self.mail)
        reports = type(self.env["ir.actions.report"])
        with patch.object(
            reports, "_render_qweb_html", autospec=True, return_value=(b"made", "html")
        ) as made:
            self._work(run)
        self.assertEqual(made.call_count, 1)
        attachment = run.line_ids.mail_id.attachment_ids
        self.assertEqual(attachment.raw, b"made")
        self.assertEqual(attachment.name, f"Letter {members.number}.pdf")

    def test_an_e_mail_that_could_not_leave(self):
        members = self._members("Ann", email="ann@example.com")
        run = self._run(members, self.mail)
        self._work(run)
        mail = run.line_ids.mail_id
        mail.write({"state": "exception", "failure_reason": "Mailbox full"})
        self.assertEqual(run.line_ids.mail_text, "Could not leave: Mailbox full")
        run.action_retry()
        self.assertEqual(mail.state, "outgoing")
        self._work(run)
        self.assertEqual((run.state, run.line_ids.mail_id), ("done", mail))

    def test_several_records_in_one_document(self):
        members = self._members("Ann", "Bob", "Cleo")
        run = self._run(members, together=2)
        self._work(run)
        self.assertEqual(self._states(run), ["made", "made"])
        self.assertIn("Letter to Bob", self._text(run.line_ids[0]))
        self.assertNotIn("Letter to Bob", self._text(run.line_ids[1]))

    def test_stop_and_continue(self):
        run = self._run(self._members("Ann", "Bob"))
        make = type(run)._make

        def stop(self, line):
            make(self, line)
            self.action_stop()

        with patch.object(type(run), "_make", stop):
            self._work(run)
        self.assertEqual(
            (run.state, self._states(run)), ("stopped", ["made", "waiting"])
        )
        with self.assertRefused("is “Stopped”"):
            run.action_stop()
        run.action_continue()
        self._work(run)
        self.assertEqual(run.state, "done")

    def test_several_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        with self.assertRefused("Select at least one record."):
            self._run(self.env["recurring.membership"])
        mine = self._members("Ann")
        theirs = self._members("Bob")
        self.env.cr.execute(
            "UPDATE recurring_membership SET company_id = %s WHERE id = %s",
            [other.id, theirs.id],
        )
        theirs.invalidate_recordset()
        with self.assertRefused("one company at a time"):
            self._run(mine | theirs)

    def test_documents_are_dropped_after_a_month(self):
        run = self._run(self._members("Ann"))
        self._work(run)
        self.assertTrue(run.line_ids.document)
        with freeze_time("2026-12-20"):
            run._gc_documents()
            self.assertTrue(run.line_ids.document)
        with freeze_time("2026-12-22"):
            run._gc_documents()
        self.assertFalse(run.line_ids.document)
        self.assertEqual(run.line_ids.state, "made")
        self.assertNotIn("href", run.files)

    # ------------------------------------------------------------------
    # Rights
    # ------------------------------------------------------------------

    def _user(self, login, groups="recurring_revenue.group_secretary"):
        return new_test_user(self.env, login, groups)

    def test_each_sees_her_own(self):
        members = self._members("Ann")
        one, two = self._user("secretary one"), self._user("secretary two")
        boss = self._user("boss", "recurring_revenue.group_manager")
        runs = self.env["recurring.print.run"]
        run = runs.with_user(one)._start("Letters", self.document, members)
        run = run.with_user(one)
        self.assertEqual(run.user_id, one)
        self._work(run)
        self.assertEqual(self._states(run), ["made"])
        self.assertTrue(run.line_ids.document)
        self.assertTrue(run.with_user(boss).line_ids.document)
        run.action_retry()
        for model in (run, run.line_ids):
            found = model.with_user(two)
            self.assertFalse(found.search([("id", "in", model.ids)]))
            with self.assertRaises(AccessError):
                found.read(["name"])
        with self.assertRaises(AccessError):
            run.with_user(two).action_stop()
        attachment = self.env["ir.attachment"].search(
            [
                ("res_model", "=", "recurring.print.line"),
                ("res_id", "=", run.line_ids.id),
                ("res_field", "=", "document"),
            ]
        )
        self.assertEqual(len(attachment), 1)
        attachment.with_user(one).check_access("read")
        with self.assertRaises(AccessError):
            attachment.with_user(two).check_access("read")

    def test_nobody_types_a_run(self):
        run = self._run(self._members("Ann")).with_user(self._user("secretary"))
        with self.assertRaises(AccessError):
            run.write({"name": "Other"})
        with self.assertRaises(AccessError):
            self.env["recurring.print.run"].with_user(run.env.user).create({})
        portal = self._user("portal", "base.group_portal")
        with self.assertRaises(AccessError):
            run.with_user(portal).read(["name"])

    def test_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        user = self._user("secretary")
        user.write(
            {"company_id": other.id, "company_ids": [Command.set(other.ids)]},
        )
        members = self._members("Ann")
        runs = self.env["recurring.print.run"].with_user(user).with_company(other)
        with self.assertRaises(AccessError):
            runs._start("Letters", self.document, members.with_user(user))


@tagged("post_install", "-at_install")
class TestPrintRunFiles(PrintCommon, HttpCase):
    def test_pdf_and_zip(self):
        """Real PDFs: what was not sent is printed in one file, all is in the ZIP."""
        members = self._members("Ann", "Bob", "Cleo")
        members[1].partner_id.email = "bob@example.com"
        user = new_test_user(
            self.env, "rr_secretary", "recurring_revenue.group_secretary", lang="en_US"
        )
        other = new_test_user(
            self.env, "rr_other", "recurring_revenue.group_secretary", lang="en_US"
        )
        runs = self.env["recurring.print.run"].with_user(user)
        run = runs._start("Letters", self.document, members.with_user(user), self.mail)
        real = run.with_context(force_report_rendering=True)
        with self.allow_pdf_render(), mute_logger("odoo.addons.base"):
            self._work(real)
        self.assertEqual(self._states(run), ["unsent", "sent", "unsent"])
        path = f"/recurring_revenue/print_run/{run.id}"
        self.assertEqual(run.files.count("href"), 2)
        self.authenticate(user.login, user.login)
        merged = self.url_open(f"{path}/print/1")
        self.assertEqual(merged.headers["Content-Type"], "application/pdf")
        self.assertEqual(len(PdfFileReader(io.BytesIO(merged.content)).pages), 2)
        archive = zipfile.ZipFile(io.BytesIO(self.url_open(f"{path}/zip").content))
        self.assertEqual(
            archive.namelist(), [f"Letter {member.number}.pdf" for member in members]
        )
        self.assertTrue(archive.read(archive.namelist()[1]).startswith(b"%PDF"))
        self.assertEqual(self.url_open(f"{path}/print/2").status_code, 404)
        self.authenticate(other.login, other.login)
        with mute_logger("odoo.http"):
            for end in ("print/1", "zip"):
                self.assertEqual(self.url_open(f"{path}/{end}").status_code, 403)
