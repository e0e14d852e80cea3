"""How a billing run works off what is due: claim, bill, bisect, commit."""

import logging
from dataclasses import dataclass, field

from psycopg2 import errors

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..guard import applying

_logger = logging.getLogger(__name__)

BATCH = 100
ATTEMPTS = 5
# Another transaction was faster: nothing is wrong, look again with fresh eyes.
CONFLICTS = (
    errors.SerializationFailure,
    errors.LockNotAvailable,
    errors.DeadlockDetected,
)


@dataclass
class Outcome:
    """What one batch made: documents by kind, and subscriptions without one."""

    subscriptions: int = 0
    zeros: int = 0
    moves: list = field(default_factory=list)

    def add(self, other):
        self.subscriptions += other.subscriptions
        self.zeros += other.zeros
        self.moves += other.moves
        return self


class _Undo(Exception):
    """Raised to leave a savepoint without keeping what was tried in it."""


class RecurringBillingRun(models.Model):
    _inherit = "recurring.billing.run"

    # ------------------------------------------------------------------
    # Workers
    # ------------------------------------------------------------------

    @api.model
    def _cron_work(self, shard, shards):
        """Work off all running runs, one share of the subscriptions per worker."""
        for run in self.search([("state", "=", "running")], order="id"):
            if not run._work(shard, shards):
                return

    def _work(self, shard=0, shards=1, batch=BATCH):
        """Bill batch after batch until nothing is due; False when time ran out.

        Every batch is one transaction: documents, ledger and subscriptions together.
        """
        self.ensure_one()
        self._commit_batch(0, self._count_due())
        while self.state == "running":
            treated = self._bill_batch_again(batch, shard, shards)
            left = self._commit_batch(treated)
            if not treated:
                break
            if not left:
                return False
        self._finish()
        self._commit_batch(0)
        return True

    def _commit_batch(self, treated, remaining=None):
        """Commit, tell the scheduled action how far it is, return its seconds left."""
        return self.env["ir.cron"]._commit_progress(treated, remaining=remaining)

    def _bill_batch_again(self, batch, shard, shards):
        """Bill a batch; when another transaction was faster, look again and retry."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._bill_batch(batch, shard, shards)
            except CONFLICTS:
                if attempt == ATTEMPTS:
                    raise
                _logger.info("%s: another transaction was faster, again", self.name)
                self.env.cr.rollback()
        return 0

    def _finish(self):
        """Close the run when nothing is left for any worker."""
        if self.state == "running" and not self._count_due():
            self._set_state(("running",), "done", ended_at=fields.Datetime.now())

    # ------------------------------------------------------------------
    # One batch
    # ------------------------------------------------------------------

    def _bill_batch(self, batch=BATCH, shard=0, shards=1):
        """Bill one batch and return how many subscriptions were treated."""
        groups = self._claim(batch, shard, shards)
        if not groups:
            return 0
        treated = sum(map(len, groups))
        run = self.with_company(self.company_id)
        groups = run._drop_refused(groups)
        run._count_outcome(run._bill_groups(groups))
        return treated

    def _claim(self, batch, shard, shards):
        """Claim due subscriptions and return them as one recordset per invoice.

        The claim updates the rows: under REPEATABLE READ a lock alone would let a
        second transaction go on with a ledger that it read before.
        """
        self.env["recurring.subscription"].flush_model()
        self.env["recurring.billing.problem"].flush_model()
        due = self._due_condition()
        share = SQL("mod(abs(hashtext(s.billing_group)), %s) = %s", shards, shard)
        rows = self.env.execute_query(
            SQL(
                "SELECT s.id, s.billing_group FROM recurring_subscription s"
                " WHERE %s AND %s ORDER BY s.billing_group, s.id LIMIT %s"
                " FOR UPDATE SKIP LOCKED",
                due,
                share if shards > 1 else SQL("TRUE"),
                batch,
            )
        )
        if not rows:
            return []
        rows += self._claim_rest_of_group(rows, due)
        ids = tuple(row[0] for row in rows)
        self.env.cr.execute(
            SQL(
                "UPDATE recurring_subscription SET claim_count = claim_count + 1"
                " WHERE id IN %s",
                ids,
            )
        )
        groups = {}
        for sub_id, key in rows:
            groups.setdefault(key or f"s{sub_id}", []).append(sub_id)
        model = self.env["recurring.subscription"].with_prefetch(ids)
        return [model.browse(members) for members in groups.values()]

    def _claim_rest_of_group(self, rows, due):
        """Claim the members of the last group that the batch size cut off."""
        group = rows[-1][1]
        if not group or group.startswith("s"):
            return []
        return self.env.execute_query(
            SQL(
                "SELECT s.id, s.billing_group FROM recurring_subscription s"
                " WHERE %s AND s.billing_group = %s AND s.id NOT IN %s"
                " ORDER BY s.id FOR UPDATE SKIP LOCKED",
                due,
                group,
                tuple(row[0] for row in rows),
            )
        )

    def _count_outcome(self, outcome):
        """Add what a batch made to the run's counters and totals."""
        moves = self.env["account.move"].browse(outcome.moves)
        signs = [(move, -1 if move.move_type == "out_refund" else 1) for move in moves]
        refunds = len(moves.filtered(lambda move: move.move_type == "out_refund"))
        shifted = moves.filtered(
            lambda move: move.state == "posted" and move.date != move.invoice_date
        )
        self.flush_recordset()
        # One statement, so that workers add to what the others have counted.
        self.env.cr.execute(
            SQL(
                """
                UPDATE recurring_billing_run
                   SET subscription_done = COALESCE(subscription_done, 0) + %s,
                       zero_count = COALESCE(zero_count, 0) + %s,
                       invoice_count = COALESCE(invoice_count, 0) + %s,
                       credit_note_count = COALESCE(credit_note_count, 0) + %s,
                       shifted_count = COALESCE(shifted_count, 0) + %s,
                       amount_untaxed = COALESCE(amount_untaxed, 0) + %s,
                       amount_tax = COALESCE(amount_tax, 0) + %s,
                       amount_total = COALESCE(amount_total, 0) + %s
                 WHERE id = %s
                """,
                outcome.subscriptions,
                outcome.zeros,
                len(moves) - refunds,
                refunds,
                len(shifted),
                sum(abs(move.amount_untaxed_signed) * sign for move, sign in signs),
                sum(abs(move.amount_tax_signed) * sign for move, sign in signs),
                sum(abs(move.amount_total_signed) * sign for move, sign in signs),
                self.id,
            )
        )
        self.invalidate_recordset(flush=False)

    # ------------------------------------------------------------------
    # Bill, and on failure find who is to blame
    # ------------------------------------------------------------------

    def _bill_groups(self, groups):
        """Bill the groups together; on failure halve until the bad ones stand alone."""
        if not groups:
            return Outcome()
        try:
            with self.env.cr.savepoint():
                return self._bill_together(groups)
        except CONFLICTS:
            raise
        except Exception as error:
            if len(groups) == 1:
                return self._bill_without_culprits(groups[0], error)
            _logger.info("%s: batch of %s halved: %s", self.name, len(groups), error)
        half = len(groups) // 2
        return self._bill_groups(groups[:half]).add(self._bill_groups(groups[half:]))

    def _bill_without_culprits(self, group, error):
        """Note who cannot be billed and bill the rest of the group without them."""
        if len(group) == 1:
            self._note_failure(group, error)
            return Outcome()
        good = group.browse()
        for sub in group:
            failure = self._try_alone(sub)
            if failure:
                self._note_failure(sub, failure)
            else:
                good |= sub
        if good == group:
            # Each alone is fine, together they are not.
            for sub in group:
                self._note_failure(sub, error)
            return Outcome()
        return self._bill_groups([good] if good else [])

    def _try_alone(self, sub):
        """Return the error that billing ``sub`` by itself raises; keep nothing."""
        try:
            with self.env.cr.savepoint():
                self._bill_together([sub])
                raise _Undo
        except _Undo:
            return None
        except CONFLICTS:
            raise
        except Exception as error:
            return error

    def _bill_together(self, groups):
        """Make, post and record the documents of the groups: one create per batch."""
        subscriptions = self.env["recurring.subscription"].union(*groups)
        lines = subscriptions._engine_lines()
        differences = subscriptions._difference(self.date, lines)
        drafts = [
            draft for group in groups for draft in group._prepare_drafts(differences, self)
        ]
        moves = self._make_documents([draft for draft in drafts if draft.vals])
        made = iter(moves)
        none = moves.browse()
        rows = []
        for draft in drafts:
            move = next(made) if draft.vals else none
            rows += draft.subscriptions._prepare_ledger_rows(draft, move, self)
        self.env["recurring.billed.item"]._append(rows)
        subscriptions._refresh_billing_state(self.date, lines)
        subscriptions._clear_problem(self)
        invoiced = {row["subscription_id"] for row in rows if row.get("move_id")}
        return Outcome(
            len(subscriptions), len(set(subscriptions.ids) - invoiced), moves.ids
        )

    def _make_documents(self, drafts):
        """Create the invoices and credit notes; post and send them if so wished."""
        builder = self.env["recurring.invoice.builder"]
        moves = builder._create_invoices([draft.vals for draft in drafts])
        if moves and self.company_id.rr_invoice_policy == "posted":
            builder._post_invoices(moves)
            moves._rr_settle_credit_notes()
            if self.company_id.rr_send_invoices:
                moves._rr_queue_sending(self.user_id)
        return moves

    # ------------------------------------------------------------------
    # Problems
    # ------------------------------------------------------------------

    def _note_failure(self, sub, error):
        """Put what Odoo answered on the subscription, in the words it gave."""
        if isinstance(error, UserError):
            message = str(error)
        else:
            _logger.warning("%s: %s failed: %r", self.name, sub.name, error)
            message = self.env._(
                "Odoo could not make the invoice: %s. If the words do not help, show "
                "them to your administrator.",
                str(error).strip().splitlines()[0] if str(error).strip() else repr(error),
            )
        sub._note_problem(self, "refused", message)


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    def _note_problem(self, run, code, message, record=None):
        """Record why these subscriptions were not billed, with one activity each."""
        now = fields.Datetime.now()
        self.env["recurring.billing.problem"].create(
            [
                {
                    "run_id": run.id,
                    "subscription_id": sub.id,
                    "code": code,
                    "message": message,
                    "res_model": record._name if record else False,
                    "res_id": record.id if record else False,
                }
                for sub in self
            ]
        )
        applying(self).write(
            {"problem_code": code, "problem_message": message, "problem_date": now}
        )
        for sub in self:
            if sub._problem_activities():
                continue
            sub.activity_schedule(
                "recurring_revenue.activity_billing_problem",
                note=message,
                user_id=(sub.user_id or run.user_id).id,
            )

    def _problem_activities(self):
        activity_type = self.env.ref("recurring_revenue.activity_billing_problem")
        return self.activity_ids.filtered(
            lambda activity: activity.activity_type_id == activity_type
        )

    def _clear_problem(self, run):
        """Forget the problems of subscriptions that were billed after all."""
        cleared = self.filtered("problem_message")
        if not cleared:
            return
        self.env["recurring.billing.problem"]._resolve_for(cleared, run)
        applying(cleared).write(
            {"problem_code": False, "problem_message": False, "problem_date": False}
        )
        cleared._problem_activities().unlink()
