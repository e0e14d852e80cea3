"""What an import does to its rows: check them all, then make subscriptions."""

import logging

from psycopg2 import Error, InterfaceError, OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError

from ....engine.errors import EngineError
from ...engine_texts import engine_sentence
from .import_build import ImportBuild
from .import_check import Facts, RowCheck

_logger = logging.getLogger(__name__)

BATCH = 500  # rows per transaction
# A faster transaction, a database that is gone, no memory: not the fault of a row.
NOT_OF_A_ROW = (OperationalError, InterfaceError, MemoryError)


class RecurringImport(models.Model):
    _inherit = "recurring.import"

    # ------------------------------------------------------------------
    # Check
    # ------------------------------------------------------------------

    def _check_rows(self, lines):
        """Create the rows, each with its state and problems."""
        facts = self._facts([cells for _line, cells in lines])
        seen, rows, problems = {}, [], []
        for line, cells in lines:
            reference = cells.get("external_ref")
            state = "existing" if reference in facts.existing else "valid"
            found = []
            if state == "valid":
                found = self._row_problems(line, cells, facts, seen)
            cells = {name: text for name, text in cells.items() if name}
            rows.append(
                {
                    "import_id": self.id,
                    "line": line,
                    "reference": (reference or "")[:128],
                    "cells": cells,
                    "state": "problem" if found else state,
                }
            )
            problems.append(found)
        records = self.env["recurring.import.row"].create(rows)
        for record, found in zip(records, problems, strict=True):
            record._add_problems(found)

    def _row_problems(self, line, cells, facts, seen):
        """Return the problems of one row as ``(column, value, sentence)``."""
        check = RowCheck(line, cells, facts, seen, self.env)
        try:
            check.run()
        except Error:
            raise
        except Exception as error:
            return [*check.problems, ("", "", self._failure_sentence(line, error))]
        return check.problems

    def _facts(self, rows):
        """Ask the database once about everything that the rows name."""
        env = self.env

        def named(column):
            return {cells[column] for cells in rows if column in cells}

        in_company = [("company_id", "in", (False, self.company_id.id))]
        references = named("external_ref")
        return Facts(
            today=self.date,
            existing=set(
                env["recurring.subscription"]
                .search(
                    [
                        ("company_id", "=", self.company_id.id),
                        ("external_ref", "in", list(references)),
                    ]
                )
                .mapped("external_ref")
            ),
            plans={
                plan.code: plan
                for plan in env["recurring.plan"].search(
                    [("code", "!=", False), *in_company]
                )
            },
            partners=self._partners_by_reference(references | named("customer_ref")),
            countries={c.code: c.id for c in env["res.country"].search([])},
            currencies={c.name: c for c in env["res.currency"].search([])},
            languages={code for code, _name in env["res.lang"].get_installed()},
            payment_terms=env["account.payment.term"]
            .search([("name", "in", list(named("payment_term"))), *in_company])
            .grouped("name"),
            quantity_digits=env["decimal.precision"].precision_get("Product Unit"),
            price_digits=env["decimal.precision"].precision_get("Product Price"),
        )

    def _partners_by_reference(self, references):
        partners = (
            self.env["res.partner"]
            .with_context(active_test=False)
            .search(
                [
                    ("ref", "in", list(references)),
                    ("company_id", "in", (False, self.company_id.id)),
                ]
            )
        )
        found = {}
        for partner in partners:
            found.setdefault(partner.ref, []).append((partner.id, partner.active))
        return found

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
        rows = job.env["recurring.import.row"].search(
            [("import_id", "=", job.id), ("state", "=", "valid")],
            order="line",
            limit=size,
        )
        if rows:
            job._import_rows(rows)
        return len(rows)

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
            if row.reference in facts.existing:
                row.state = "existing"
                continue
            check = RowCheck(row.line, row.cells, facts, seen, self.env)
            result = check.run()
            if result:
                good.append(row)
                parsed.append(result)
            else:
                row.state = "problem"
                row._add_problems(check.problems)
        if parsed:
            built = ImportBuild(self.env, self.company_id, facts).run(parsed)
            for row, subscription in zip(good, built, strict=True):
                row.write({"state": "imported", "subscription_id": subscription.id})
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
