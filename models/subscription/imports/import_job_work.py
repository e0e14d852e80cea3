"""What an import does to its rows: check them all, then make records of them."""

import logging

from psycopg2 import Error, InterfaceError, OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError

from ....engine.errors import EngineError
from ...engine_texts import engine_sentence

_logger = logging.getLogger(__name__)

BATCH = 500  # rows per transaction
# A faster transaction, a database that is gone, no memory: not the fault of a row.
NOT_OF_A_ROW = (OperationalError, InterfaceError, MemoryError)


class RecurringImportJob(models.AbstractModel):
    _inherit = "recurring.import.job"

    # ------------------------------------------------------------------
    # Check
    # ------------------------------------------------------------------

    def _check_rows(self, lines):
        """Create the rows, each with its state and problems."""
        facts = self._facts([cells for _line, cells in lines])
        references = self._references([cells for _line, cells in lines])
        seen, rows, problems = {}, [], []
        for (line, cells), reference in zip(lines, references, strict=True):
            state, found, values = self._row_outcome(
                line, cells, reference, facts, seen
            )
            cells = {name: text for name, text in cells.items() if name}
            rows.append(
                {
                    "import_id": self.id,
                    "line": line,
                    "reference": (reference or "")[:128],
                    "cells": cells,
                    "state": state,
                    **values,
                }
            )
            problems.append(found)
        records = self.env[self._row_model()].create(rows)
        for record, found in zip(records, problems, strict=True):
            record._add_problems(found)

    def _row_outcome(self, line, cells, reference, facts, seen):
        """Return what is known of a row before it is imported: its state, problems
        ``(column, value, sentence)`` and more values of its record."""
        if self._was_imported(reference, facts):
            return "existing", [], {}
        check = self._row_check(line, cells, facts, seen)
        try:
            check.run()
        except Error:
            raise
        except Exception as error:
            sentence = self._failure_sentence(line, error)
            return "problem", [*check.problems, ("", "", sentence)], {}
        state, values = self._outcome(check)
        return ("problem" if check.problems else state), check.problems, values

    # ------------------------------------------------------------------
    # Import
    # ------------------------------------------------------------------

    @api.model
    def _cron_import(self):
        """Work off the running imports, batch by batch, until time is up."""
        for job in self.search([("state", "=", "running")], order="id"):
            if not job._work():
                return

    def _work(self):
        """Import batch after batch, each a transaction; False when time ran out."""
        self.ensure_one()
        self._commit_batch(0, self.valid_count)
        while self.state == "running":
            treated = self._import_next()
            if not treated:
                self._finish()
            left = self._commit_batch(treated)
            if not treated:
                break
            if not left:
                return False
            # Someone may have pressed Stop meanwhile.
            self.invalidate_recordset(["state"])
        return True

    def _commit_batch(self, treated, remaining=None):
        """Commit, tell the scheduled action how far it is, return its seconds left."""
        return self.env["ir.cron"]._commit_progress(treated, remaining=remaining)

    def _finish(self):
        self._set_state(("running",), "done", ended_at=fields.Datetime.now())

    def _import_next(self, size=BATCH):
        """Import the next rows; return how many were treated."""
        user = self.user_id
        # sudo: the right to import includes creating the customers that the file
        # names; who imported stays on record as the user of the environment.
        job = (
            self.with_user(user)
            .sudo()
            .with_company(self.company_id)
            .with_context(lang=user.lang, allowed_company_ids=self.company_id.ids)
        )
        rows = job.env[job._row_model()].search(
            [("import_id", "=", job.id), ("state", "=", "valid")],
            order=job._work_order(),
            limit=size,
        )
        if rows:
            job._import_rows(rows)
        return len(rows)

    @api.model
    def _work_order(self):
        return "line"

    def _import_rows(self, rows):
        """Import these rows; a batch that fails is halved down to the bad row."""
        try:
            with self.env.cr.savepoint():
                self._build_rows(rows)
        except NOT_OF_A_ROW:
            raise
        except Exception as error:
            if len(rows) == 1:
                rows._refuse(self._failure_sentence(rows.line, error))
                return
            _logger.info("%s: %s rows halved: %s", self.name, len(rows), error)
            half = len(rows) // 2
            self._import_rows(rows[:half])
            self._import_rows(rows[half:])

    def _build_rows(self, rows):
        """Check again, since the database may have changed, and create."""
        facts = self._facts([row.cells for row in rows])
        seen, good, parsed = {}, [], []
        for row in rows:
            if self._was_imported(row.reference, facts):
                row.state = "existing"
                continue
            check = self._row_check(row.line, row.cells, facts, seen)
            result = check.run()
            if result:
                good.append(row)
                parsed.append(result)
                continue
            state, values = self._outcome(check)
            row.write(dict(values, state="problem" if check.problems else state))
            row._add_problems(check.problems)
        if parsed:
            built = self._build(good, parsed, facts)
            for row, values in zip(good, built, strict=True):
                row.write({"state": "imported", **values})
        self.env.flush_all()

    def _failure_sentence(self, line, error):
        """Return why a row cannot be imported, in words for the user."""
        text = str(error).strip()
        first = text.splitlines()[0] if text else repr(error)
        if isinstance(error, UserError):
            return text
        if isinstance(error, EngineError):
            return self.env._(
                "The row cannot be computed: %s", engine_sentence(self.env, error)
            )
        if isinstance(error, Error):
            return self.env._("The database refused the row: %s", first)
        _logger.warning("%s, line %s failed", self.name, line, exc_info=error)
        return self.env._(
            "Odoo could not import the row: %s. If the words do not help, show them to "
            "your administrator.",
            first,
        )
