"""Applying and withdrawing a price revision: subscription by subscription, in batches,
in the background when they are many."""

import logging

from psycopg2 import Error

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ....engine.errors import EngineError
from ...engine_texts import sentence_of
from ..imports.import_job_work import NOT_OF_A_ROW
from .recurring_price_revision_line import STANDING

_logger = logging.getLogger(__name__)

BATCH = 50  # subscriptions per transaction
AT_ONCE = 50  # subscriptions treated while the user waits; more are a background job
APPLICABLE = ("prepared", "announced")


class RecurringPriceRevision(models.Model):
    _inherit = "recurring.price.revision"

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_apply(self):
        """Schedule the new prices on every subscription that is not left out."""
        self._check_may_revise()
        for revision in self:
            revision._set_state(
                APPLICABLE, "applying", stopped=False, job_uid=self.env.uid
            )
            if not revision._open_count("apply"):
                raise UserError(
                    self.env._("“%s” has no price left to apply.", revision.name)
                )
            revision._start("apply")
        return True

    def action_withdraw(self):
        """Take back every change that has not taken effect yet, and say which has."""
        self._check_may_revise()
        for revision in self:
            revision._set_state(
                ("draft", *APPLICABLE, "applied"),
                "withdrawing",
                stopped=False,
                job_uid=self.env.uid,
            )
            rows = revision.line_ids.filtered(lambda row: not row.change_id)
            rows.filtered(lambda row: row.state in ("ready", "problem"))._conclude(
                "withdrawn"
            )
            revision._start("withdraw")
        return True

    def action_stop(self):
        """Stop after the batch that is being treated; what is done stays."""
        self._check_may_revise()
        for revision in self:
            revision._set_state(
                ("applying", "withdrawing"), revision.state, stopped=True
            )
        return True

    def action_continue(self):
        """Go on with the rows that are left."""
        self._check_may_revise()
        for revision in self:
            revision._set_state(
                ("applying", "withdrawing"), revision.state, stopped=False
            )
        self._wake()
        return True

    def action_prepare_problems(self):
        """Work out anew what could not be applied, to look at it and apply it."""
        self._check_may_revise()
        today = fields.Date.context_today(self)
        for revision in self:
            rows = revision.line_ids.filtered(lambda row: row.state == "problem")
            subs = rows.subscription_id
            state = "announced" if revision.announced_on else "prepared"
            revision._set_state(("applied", *APPLICABLE), state)
            revision._replace_rows(rows, revision._prepare_rows(today, subs))
        return True

    # ------------------------------------------------------------------
    # The job
    # ------------------------------------------------------------------

    def _open_rows(self, task):
        """Return the domain of the rows that a job still has to treat."""
        states = ("ready",) if task == "apply" else STANDING
        return [("revision_id", "=", self.id), ("state", "in", states)]

    def _open_count(self, task):
        groups = self.env["recurring.price.revision.line"]._read_group(
            self._open_rows(task), [], ["subscription_id:count_distinct"]
        )
        return groups[0][0]

    def _start(self, task):
        if self._open_count(task) <= AT_ONCE:
            while self._treat_next(task):
                continue
            self._finish(task)
        else:
            self._wake()

    def _wake(self, cron="cron_price_revision"):
        # sudo: the scheduled action belongs to the system.
        self.env.ref(f"recurring_revenue.{cron}").sudo()._trigger()

    @api.model
    def _cron_work(self):
        """Go on with the revisions that are applied or withdrawn, until time is up."""
        running = self.search(
            [("state", "in", ("applying", "withdrawing")), ("stopped", "=", False)],
            order="id",
        )
        for revision in running:
            if not revision._work():
                return

    def _work(self):
        """Treat batch after batch, each a transaction; False when time ran out."""
        self.ensure_one()
        task = "apply" if self.state == "applying" else "withdraw"
        state = self.state
        self._commit_batch(0, self._open_count(task))
        while self.state == state and not self.stopped:
            treated = self._treat_next(task)
            if not treated:
                self._finish(task)
            left = self._commit_batch(treated)
            if not treated:
                break
            if not left:
                return False
            # Someone may have pressed Stop meanwhile.
            self.invalidate_recordset(["state", "stopped"])
        return True

    def _commit_batch(self, treated, remaining=None):
        """Commit, tell the scheduled action how far it is, return its seconds left."""
        return self.env["ir.cron"]._commit_progress(treated, remaining=remaining)

    def _finish(self, task):
        now = fields.Datetime.now()
        if task == "apply":
            self._set_state(("applying",), "applied", applied_on=now)
        else:
            self._set_state(("withdrawing",), "withdrawn", withdrawn_on=now)

    def _treat_next(self, task, size=BATCH):
        """Treat the next subscriptions; return how many."""
        user = self.job_uid
        revision = (
            self.with_user(user)
            .with_company(self.company_id)
            .with_context(lang=user.lang, allowed_company_ids=self.company_id.ids)
        )
        groups = revision.env["recurring.price.revision.line"]._read_group(
            self._open_rows(task),
            ["subscription_id"],
            ["id:recordset"],
            limit=size,
            order="subscription_id",
        )
        for sub, rows in groups:
            if task == "apply":
                revision._apply_to(sub, rows)
            else:
                revision._withdraw_from(sub, rows)
        return len(groups)

    # ------------------------------------------------------------------
    # One subscription
    # ------------------------------------------------------------------

    def _apply_to(self, sub, rows):
        """Make the change of one subscription; one that fails says why on its rows."""
        try:
            with self.env.cr.savepoint():
                self._check_still(sub, rows)
                kind, values = self._change_of(rows)
                change = sub._change(
                    kind,
                    values,
                    when="date",
                    date=rows[0].effective_date,
                    proration="none",
                    note=self.reason,
                )
                change._name_revision(self)
                state = "effective" if change.state == "applied" else "done"
                rows._conclude(state, change_id=change.id)
                self.env.flush_all()
        except NOT_OF_A_ROW:
            raise
        except Exception as error:
            self._record_failure(rows, "problem", error)

    def _check_still(self, sub, rows):
        """Refuse what is not as it was when the list was prepared, or says nothing."""
        day = rows[0].effective_date
        if self.method != "version" and not any(row._says_something() for row in rows):
            raise UserError(self.env._("The price stays the same: nothing to apply."))
        if day < fields.Date.context_today(self):
            raise UserError(
                self.env._(
                    "Its day %s has passed: prepare it again.",
                    format_date(self.env, day),
                )
            )
        guarantee = sub.price_guarantee_until
        if guarantee and day <= guarantee and not any(rows.mapped("taken_in")):
            raise UserError(
                self.env._(
                    "Its price is guaranteed until %s meanwhile: prepare it again.",
                    format_date(self.env, guarantee),
                )
            )
        if sub.billed_through and sub.billed_through > day:
            raise UserError(
                self.env._(
                    "The period from %s has been billed at the old price meanwhile: "
                    "prepare it again.",
                    format_date(self.env, day),
                )
            )

    def _withdraw_from(self, sub, rows):
        """Withdraw the change of one subscription, or say why it stays."""
        change = rows.change_id
        try:
            with self.env.cr.savepoint():
                if change.state == "applied":
                    raise UserError(
                        self.env._(
                            "It has taken effect on %s already.",
                            format_date(self.env, change.effective_date),
                        )
                    )
                change.action_withdraw()
                self.env.flush_all()
        except NOT_OF_A_ROW:
            raise
        except Exception as error:
            self._record_failure(rows, "kept", error)

    def _record_failure(self, rows, state, error):
        """Say on the rows what went wrong; the savepoint has rolled back."""
        rows._conclude(state, why=self._failure_sentence(rows, error))

    def _failure_sentence(self, rows, error):
        if isinstance(error, UserError | EngineError):
            return sentence_of(self.env, error)
        text = str(error).strip()
        first = text.splitlines()[0] if text else repr(error)
        if isinstance(error, Error):
            return self.env._("The database refused it: %s", first)
        _logger.warning("Revision rows %s failed", rows.ids, exc_info=error)
        return self.env._(
            "Odoo could not do it: %s. If the words do not help, show them to your "
            "administrator.",
            first,
        )


class RecurringChange(models.Model):
    _inherit = "recurring.change"

    def _set_state(self, allowed, target, **values):
        """Let the row of a price revision follow what becomes of its change."""
        result = super()._set_state(allowed, target, **values)
        of_row = {
            "applied": "effective",
            "withdrawn": "withdrawn",
            "refused": "problem",
        }
        revised = self.filtered("revision_id")
        if revised and target in of_row:
            # sudo: who changes a subscription need not read the revision.
            rows = self.env["recurring.price.revision.line"].sudo()
            rows = rows.search([("change_id", "in", revised.ids)])
            refused = target == "refused" and self.env._("The change was refused")
            rows._conclude(of_row[target], why=refused)
        return result
