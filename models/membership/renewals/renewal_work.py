"""How a campaign works off its list: prepare, call, write; batch by batch."""

import logging

from psycopg2 import Error

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ....engine.errors import EngineError
from ...billing.conflicts import CONFLICTS
from ...engine_texts import sentence_of
from ...guard import applying
from ...halves import in_halves

_logger = logging.getLogger(__name__)

BATCH = {"list": 500, "prepare": 200, "send": 50}  # payers per transaction
AT_ONCE = 50  # payers treated while the user waits; more are a background job
ATTEMPTS = 5
WORKING = {"listing": "list", "preparing": "prepare", "sending": "send"}
RESULT = {"list": "listed", "prepare": "prepared", "send": "done"}


class RecurringRenewalRun(models.Model):
    _inherit = "recurring.renewal.run"

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_list(self):
        """List who is due and who is left out; again, if the list is there."""
        self.ensure_one()
        self._check_may_call()
        if not self.plan_ids:
            raise UserError(self.env._("Choose the plans whose members are called."))
        self._forget_list()
        name = self.name if self.name != "/" else self._next_number()
        self._set_state(
            ("draft",), "listing", name=name, job_uid=self.env.uid, stopped=False
        )
        return self._start()

    def action_prepare(self):
        """Prepare the call of everybody who is due."""
        self.ensure_one()
        self._check_may_call()
        if not self._payers("prepare", 1):
            raise UserError(self.env._("Nobody is due: there is nothing to prepare."))
        self._set_state(("listed",), "preparing", job_uid=self.env.uid, stopped=False)
        return self._start()

    def action_send(self):
        """Call what was prepared and queue an e-mail to each payer."""
        self.ensure_one()
        self._check_may_call()
        self._set_state(("prepared",), "sending", job_uid=self.env.uid, stopped=False)
        return self._start()

    def action_stop(self):
        """Stop after the batch in work; what was done stays."""
        self._check_may_call()
        for run in self:
            run._set_state(tuple(WORKING), run.state, stopped=True)
        return True

    def action_continue(self):
        """Go on where it was stopped."""
        self._check_may_call()
        for run in self:
            run._set_state(tuple(WORKING), run.state, stopped=False)
        self._wake()
        return True

    def action_retry(self):
        """Try again what could not be done: the causes have been mended."""
        self.ensure_one()
        self._check_may_call()
        if self.state == "listed":
            return self.action_list()
        rows = self.line_ids.filtered(lambda row: row.state == "problem")
        made = rows.filtered("dues_id")
        self._set_state(
            ("prepared", "done"),
            "preparing",
            job_uid=self.env.uid,
            stopped=False,
        )
        applying(made).write({"state": "prepared", "why": False})
        applying(rows - made).write({"state": "due", "why": False})
        return self._start()

    def _check_may_call(self):
        if not (
            self.env.su or self.env.user.has_group("recurring_revenue.group_secretary")
        ):
            raise UserError(self.env._("Only a secretary can call members."))

    def _next_number(self):
        sequences = self.env["ir.sequence"].with_company(self.company_id)
        return sequences.next_by_code("recurring.renewal.run") or "/"

    # ------------------------------------------------------------------
    # The job
    # ------------------------------------------------------------------

    def _start(self):
        task = WORKING[self.state]
        if len(self._payers(task, AT_ONCE + 1)) > AT_ONCE:
            self._wake()
            return True
        while self._treat_next(task):
            continue
        self._finish(task)
        return True

    def _wake(self):
        # sudo: whoever may call members may wake the worker, not edit actions.
        self.env.ref("recurring_revenue.cron_renewal").sudo()._trigger()

    @api.model
    def _cron_work(self):
        """Go on with the campaigns that are under way, until time is up."""
        running = self.search(
            [("state", "in", tuple(WORKING)), ("stopped", "=", False)], order="id"
        )
        for run in running:
            try:
                if not run._work():
                    return
            except CONFLICTS:
                self.env.cr.rollback()
            except Exception as error:
                # One campaign that breaks keeps no other waiting.
                self.env.cr.rollback()
                _logger.exception("%s failed", run.name)
                applying(run).write({"stopped": True})
                run.message_post(body=str(error))
                run._commit_batch(0)

    def _work(self, size=None):
        """Treat batch after batch, each a transaction; False when time ran out."""
        self.ensure_one()
        state = self.state
        task = WORKING[state]
        self._commit_batch(0, self._open_count())
        while self.state == state and not self.stopped:
            treated = self._treat_next_again(task, size)
            if not treated:
                self._finish(task)
            left = self._commit_batch(treated)
            # Flat memory, whatever the number of members.
            self.env.invalidate_all()
            if not treated:
                break
            if not left:
                return False
        return True

    def _commit_batch(self, treated, remaining=None):
        """Commit, tell the scheduled action how far it is, return its seconds left."""
        return self.env["ir.cron"]._commit_progress(treated, remaining=remaining)

    def _treat_next_again(self, task, size):
        """Treat a batch; when another transaction was faster, look again."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._treat_next(task, size)
            except CONFLICTS:
                if attempt == ATTEMPTS:
                    raise
                _logger.info("%s: another transaction was faster, again", self.name)
                self.env.cr.rollback()
        return 0

    def _treat_next(self, task, size=None):
        """Treat the next payers as the user who asked for it; return how many."""
        user = self.job_uid
        run = (
            self.with_user(user)
            .with_company(self.company_id)
            .with_context(lang=user.lang, allowed_company_ids=self.company_id.ids)
        )
        size = size or BATCH[task]
        if task == "list":
            return run._list_next(size)
        if payers := run._payers(task, size):
            rows = run._rows(task, payers)
            run._treat_rows(rows, run._prepare_rows if task == "prepare" else run._call)
        elif task == "send" and (payers := run._payers("tell", size)):
            run._tell(run._rows("tell", payers))
        return len(payers)

    def _finish(self, task):
        values = {"called_at": fields.Datetime.now()} if task == "send" else {}
        state = RESULT[task]
        self._set_state(tuple(WORKING), state, **values)

    # ------------------------------------------------------------------
    # What is open
    # ------------------------------------------------------------------

    def _open_rows(self, task):
        """The SQL condition: row ``l`` is still to be treated."""
        states = {"prepare": "due", "send": "prepared", "tell": "called"}
        notice = SQL("AND l.notice IS NULL") if task == "tell" else SQL()
        return SQL("l.run_id = %s AND l.state = %s %s", self.id, states[task], notice)

    def _payers(self, task, size):
        """Return the ids of the next payers whose members are to be treated."""
        self.env["recurring.renewal.line"].flush_model()
        if task == "list":
            query = SQL(
                "SELECT DISTINCT m.payer_id FROM recurring_membership m WHERE %s"
                " ORDER BY 1 LIMIT %s",
                self._unlisted(),
                size,
            )
        else:
            query = SQL(
                "SELECT DISTINCT l.payer_id FROM recurring_renewal_line l WHERE %s"
                " ORDER BY 1 LIMIT %s",
                self._open_rows(task),
                size,
            )
        return [row[0] for row in self.env.execute_query(query)]

    def _rows(self, task, payers):
        query = SQL(
            "SELECT l.id FROM recurring_renewal_line l WHERE %s AND l.payer_id IN %s"
            " ORDER BY l.id",
            self._open_rows(task),
            tuple(payers),
        )
        ids = [row[0] for row in self.env.execute_query(query)]
        return self.env["recurring.renewal.line"].browse(ids)

    def _open_count(self):
        """Return how many members the task in work has still to treat."""
        task = WORKING[self.state]
        if task == "list":
            self.env["recurring.membership"].flush_model()
            query = SQL(
                "SELECT COUNT(*) FROM recurring_membership m WHERE %s",
                self._unlisted(),
            )
        else:
            query = SQL(
                "SELECT COUNT(*) FROM recurring_renewal_line l WHERE %s",
                self._open_rows(task),
            )
            if task == "send":
                query = SQL("%s OR (%s)", query, self._open_rows("tell"))
        self.env["recurring.renewal.line"].flush_model()
        return self.env.execute_query(query)[0][0]

    # ------------------------------------------------------------------
    # One batch: one that fails does not stop the others
    # ------------------------------------------------------------------

    def _treat_rows(self, rows, treat):
        """Treat the rows of several payers; the rows of one that fails say why."""
        of_payer = rows.grouped("payer_id")

        def fail(payer, error):
            why = self._failure_text(of_payer[payer], error)
            self._note(of_payer[payer], state="problem", why=why)

        def treat_payers(payers):
            treat(rows.browse().union(*(of_payer[payer] for payer in payers)))

        in_halves(self.env, list(of_payer), treat_payers, fail)

    def _note(self, rows, **values):
        applying(rows).write(values)

    def _failure_text(self, rows, error):
        if isinstance(error, UserError | EngineError):
            return sentence_of(self.env, error)
        text = str(error).strip()
        first = text.splitlines()[0] if text else repr(error)
        if isinstance(error, Error):
            return self.env._("The database refused it: %s", first)
        _logger.warning("Campaign rows %s failed", rows.ids, exc_info=error)
        return self.env._(
            "Odoo could not do it: %s. If the words do not help, show them to your "
            "administrator.",
            first,
        )

    def _prepare_rows(self, rows):
        """Prepare the calls of these rows, of who is still due."""
        for plan, own in rows.grouped("plan_id").items():
            day = self._renewal_day(plan)
            own.membership_id._claim()
            if self.drop_over:
                own.membership_id._calls_over(day).action_cancel()
            due = own.filtered(
                lambda row, day=day: self._still_due(row, day)
            ).membership_id
            lines = due._call_dues(day).line_ids
            applying(lines.dues_id).write(
                {"renewal_run_id": self.id, "due_on": self.due_on}
            )
            of_member = lines.grouped("membership_id")
            for row in own.filtered(lambda row: row.state == "due"):
                found = of_member.get(row.membership_id)
                if found:
                    values = self._amounts_of(found)
                    call = found.dues_id.id
                    self._note(row, state="prepared", dues_id=call, **values)
                else:
                    self._note(row, state="left_out", reason="meanwhile")

    def _still_due(self, row, day):
        """Tell whether nothing happened since the list was made; else say what."""
        why = self._why_left_out(row.membership_id, day)
        if why:
            self._note(row, state="left_out", reason=why[0], why=why[1])
        return not why

    def _call(self, rows):
        """Call what was prepared; what somebody called or cancelled stays so."""
        calls = rows.dues_id
        calls.filtered(lambda dues: dues.state == "draft").action_call()
        for row in rows:
            if row.dues_id.state == "called":
                self._note(row, state="called")
            else:
                why = self.env._("The call was cancelled")
                self._note(row, state="left_out", reason="meanwhile", why=why)

    def _tell(self, rows):
        """Queue one e-mail to each payer of these rows."""
        reached, template = {}, self.mail_template_id
        for payer, own in rows.grouped("payer_id").items():
            if not template:
                self._note(own, notice="none")
            elif not payer.email:
                self._note(own, notice="no_email")
            else:
                reached[payer] = own
        for own in reached.values():
            self._note(own, notice="queued")
        if reached:
            # sudo: the e-mails wait in the queue of the system.
            first = [own.dues_id[:1].id for own in reached.values()]
            template.sudo().send_mail_batch(first)
