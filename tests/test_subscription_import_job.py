"""An import as a job: again, in part, with failures, in the background, by whom."""

import base64
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..engine.errors import EngineError
from ..models.subscription.imports import import_job
from ..models.subscription.imports.import_build import ImportBuild
from ..models.subscription.imports.import_check import RowCheck
from .common_import import TODAY, ImportCommon


@tagged("post_install", "-at_install")
class TestImportJob(ImportCommon):
    def test_again_changes_nothing(self):
        self._import(self._row())
        count = self.env["recurring.subscription"].search_count([])
        job = self._upload(self._row(price="1", plan="NO SUCH PLAN"), self._row("C-2"))
        self.assertEqual((job.existing_count, job.valid_count), (1, 1))
        job.action_import()
        self.assertEqual(self.env["recurring.subscription"].search_count([]), count + 1)
        self.assertIn("already there", job.summary)
        with self.assertRaises(UserError):
            job.action_import()

    def test_valid_rows_only_and_the_rest_to_correct(self):
        job = self._upload(
            self._row("A"), self._row("B", plan="NOPE", price="-1"), self._row("C")
        )
        self.assertEqual((job.valid_count, job.problem_count), (2, 1))
        job.action_import()
        self.assertEqual((job.state, job.imported_count), ("done", 2))
        content = base64.b64decode(job.rejected_file)
        self.assertIn("plan: There is no plan", content.decode("utf-8-sig"))
        corrected = content.replace(b"NOPE", b"MONTH").replace(b";-1;", b";1;")
        again = (
            self.env["recurring.import"]
            .with_user(self.user)
            ._upload(corrected, "c.csv", self.company, TODAY)
        )
        again.action_import()
        self.assertEqual(again.row_ids.subscription_id.external_ref, "B")

    def test_a_row_that_fails_late_does_not_stop_the_others(self):
        run = ImportBuild.run

        reason = "another module says no"

        def fail(build, rows):
            if any(row.reference == "B" for row in rows):
                raise UserError(reason)
            return run(build, rows)

        job = self._upload(*(self._row(reference) for reference in "ABCDE"))
        with patch.object(ImportBuild, "run", fail):
            job.action_import()
        self.assertEqual((job.imported_count, job.problem_count), (4, 1))
        self.assertEqual(job.problem_ids.reason, reason)
        self.assertEqual(job.problem_ids.reference, "B")

    def _import_with_bad_row(self, error):
        """Import rows A to E, of which C makes the building raise ``error``."""
        run = ImportBuild.run

        def fail(build, rows):
            if any(row.reference == "C" for row in rows):
                raise error
            return run(build, rows)

        job = self._upload(*(self._row(reference) for reference in "ABCDE"))
        with patch.object(ImportBuild, "run", fail):
            job.action_import()
        return job

    def test_an_error_of_the_engine_fails_its_row_alone(self):
        job = self._import_with_bad_row(EngineError("Too long: {days}.", days=40))
        self.assertEqual((job.state, job.imported_count), ("done", 4))
        self.assertEqual(job.problem_ids.reference, "C")
        self.assertIn("cannot be computed: Too long: 40.", job.problem_ids.reason)

    def test_an_unexpected_error_fails_its_row_alone_with_a_sentence(self):
        """The row stands in the file to correct, the job goes on to its end."""
        with self.assertLogs(level="WARNING") as log:
            job = self._import_with_bad_row(KeyError("boom"))
        self.assertIn("line 4", log.output[0])
        self.assertEqual((job.state, job.imported_count), ("done", 4))
        self.assertIn("show them to your administrator", job.problem_ids.reason)
        content = base64.b64decode(job.rejected_file).decode("utf-8-sig")
        self.assertIn("boom", content)

    def test_a_conflict_is_not_the_fault_of_a_row(self):
        """Another transaction was faster: the batch is tried again, nothing refused."""
        with self.assertRaises(SerializationFailure):
            self._import_with_bad_row(SerializationFailure())

    def test_a_row_that_cannot_be_checked_does_not_stop_the_check(self):
        run = RowCheck.run

        def fail(check):
            if check.line == 3:
                raise EngineError("Out of range.")
            return run(check)

        with patch.object(RowCheck, "run", fail):
            job = self._upload(*(self._row(reference) for reference in "ABC"))
        self.assertEqual((job.valid_count, job.problem_count), (2, 1))
        self.assertRecordValues(
            job.problem_ids,
            [{"line": 3, "reason": "The row cannot be computed: Out of range."}],
        )

    def test_a_large_file_is_a_background_job_that_goes_on(self):
        job = self._upload(*(self._row(f"C-{n}") for n in range(7)))
        committed = []

        def commit(job, treated, remaining=None):
            committed.append(treated)
            return 0 if len(committed) == 2 else 60  # time is up after one batch

        with (
            patch.object(import_job, "AT_ONCE", 3),
            patch.object(type(job), "_commit_batch", commit),
        ):
            job.action_import()
            self.assertEqual((job.state, job.imported_count), ("running", 0))
            batch = type(job)._import_next
            with patch.object(type(job), "_import_next", lambda job: batch(job, 3)):
                job.sudo()._cron_import()
                self.assertEqual((job.state, job.imported_count), ("running", 3))
                self.assertAlmostEqual(job.progress, 42.86, 1)
                job.action_stop()
                job.sudo()._cron_import()
                self.assertEqual(job.imported_count, 3)
                job.action_continue()
                job.sudo()._cron_import()
        self.assertEqual((job.state, job.imported_count), ("done", 7))

    def test_rights(self):
        seller = new_test_user(
            self.env, "nobody", groups="recurring_revenue.group_user"
        )
        job = self._upload(self._row())
        with self.assertRaises(AccessError):
            self.env["recurring.import"].with_user(seller)._upload(
                self._csv(self._row()), "f.csv", self.company
            )
        with self.assertRaises(AccessError):
            job.with_user(seller).read(["name"])
        with self.assertRaises(AccessError):
            job.write({"state": "done"})
        other = self.env["res.company"].create({"name": "Other"})
        self.user.write({"company_ids": [Command.link(other.id)]})
        there = job.with_user(self.user).with_context(allowed_company_ids=other.ids)
        with self.assertRaises(AccessError):
            there.read(["name"])

    def test_wizard(self):
        wizard = (
            self.env["recurring.import.wizard"]
            .with_user(self.user)
            .create(
                {
                    "file": base64.b64encode(self._csv(self._row())),
                    "filename": "f.csv",
                    "date": TODAY,
                }
            )
        )
        action = wizard.action_check()
        self.assertEqual(
            self.env["recurring.import"].browse(action["res_id"]).valid_count, 1
        )
        wizard.file = base64.b64encode("é".encode("latin-1"))
        with self.assertRaisesRegex(UserError, "UTF-8"):
            wizard.action_check()
