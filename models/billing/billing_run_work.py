"""How a billing run works off what is due: claim, bill, bisect, commit."""

import logging
from dataclasses import dataclass, field

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..guard import applying
from ..subscription.resolver import Resolver
from ..tax.subscription_vat import keep_decisions
from .conflicts import CONFLICTS

_logger = logging.getLogger(__name__)

BATCH = 100
ATTEMPTS = 5


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
            try:
                if not run._work(shard, shards):
                    return
            except CONFLICTS:
                self.env.cr.rollback()
            except Exception as error:
                # One run that breaks does not keep those of other companies waiting.
                self.env.cr.rollback()
                _logger.exception("%s failed", run.name)
                run._set_state(("running",), "stopped")
                run.message_post(body=str(error))
                run._commit_batch(0)

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
        try:
            self._finish()
            self._commit_batch(0)
        except CONFLICTS:
            # The other worker closed the run at the same moment.
            self.env.cr.rollback()
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
        run = self._as_reader()
        groups = run._claim(batch, shard, shards)
        if not groups:
            return 0
        treated = sum(map(len, groups))
        resolver = Resolver(self.date)
        groups = run._drop_refused(groups, resolver)
        run._count_outcome(run._bill_groups(groups, resolver))
        return treated

    def _as_reader(self):
        """Return the run in its company and in the language of who reads its problems:
        the one who started it, or, at night, the company."""
        company = self.company_id
        reader = company.partner_id if self.nightly else self.user_id
        return self.with_company(company).with_context(
            lang=reader.lang or self.env.lang
        )

    def _claim(self, batch, shard, shards):
        """Claim due subscriptions and return them as one recordset per invoice.

        The claim updates the rows: under REPEATABLE READ a lock alone would let a
        second transaction go on with a ledger that it read before. Who only refers to
        a subscription, as a new event of usage does, is not kept waiting, nor are
        subscriptions passed over because usage is being recorded.
        """
        self.env["recurring.subscription"].flush_model()
        self.env["recurring.billing.problem"].flush_model()
        due = self._due_condition()
        share = SQL("mod(abs(hashtext(s.billing_group)), %s) = %s", shards, shard)
        rows = self._lock(
            SQL(
                "SELECT s.id, s.billing_group FROM recurring_subscription s"
                " WHERE %s AND %s ORDER BY s.billing_group, s.id LIMIT %s"
                " FOR NO KEY UPDATE SKIP LOCKED",
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

    def _lock(self, query):
        """Run a locking query; that another transaction was faster is no error."""
        self.env.cr.execute(query, log_exceptions=False)
        return self.env.cr.fetchall()

    def _claim_rest_of_group(self, rows, due):
        """Claim the members of the last group that the batch size cut off."""
        group = rows[-1][1]
        if not group or group.startswith("s"):
            return []
        return self._lock(
            SQL(
                "SELECT s.id, s.billing_group FROM recurring_subscription s"
                " WHERE %s AND s.billing_group = %s AND s.id NOT IN %s"
                " ORDER BY s.id FOR NO KEY UPDATE SKIP LOCKED",
                due,
                group,
                tuple(row[0] for row in rows),
            )
        )

    def _count_outcome(self, outcome):
        """Keep what a batch made; the run's totals are the sum of its batches."""
        moves = self.env["account.move"].browse(outcome.moves)
        refunds = moves.filtered(lambda move: move.move_type == "out_refund")
        shifted = moves.filtered(
            lambda move: move.state == "posted" and move.date != move.invoice_date
        )
        # sudo: the record of a billing is written by the billing, by nobody else.
        self.env["recurring.billing.batch"].sudo().create(
            {
                "run_id": self.id,
                "subscription_done": outcome.subscriptions,
                "zero_count": outcome.zeros,
                "invoice_count": len(moves) - len(refunds),
                "credit_note_count": len(refunds),
                "shifted_count": len(shifted),
                "amount_untaxed": sum(moves.mapped("amount_untaxed_signed")),
                "amount_tax": sum(moves.mapped("amount_tax_signed")),
                "amount_total": sum(moves.mapped("amount_total_signed")),
            }
        )

    # ------------------------------------------------------------------
    # Bill, and on failure find who is to blame
    # ------------------------------------------------------------------

    def _bill_groups(self, groups, resolver):
        """Bill the groups together; on failure halve until the bad ones stand alone."""
        if not groups:
            return Outcome()
        try:
            with self.env.cr.savepoint():
                return self._bill_together(groups, resolver)
        except CONFLICTS:
            raise
        except Exception as error:
            if len(groups) == 1:
                return self._bill_without_culprits(groups[0], error, resolver)
            _logger.info("%s: batch of %s halved: %s", self.name, len(groups), error)
        half = len(groups) // 2
        first = self._bill_groups(groups[:half], resolver)
        return first.add(self._bill_groups(groups[half:], resolver))

    def _bill_without_culprits(self, group, error, resolver):
        """Note who cannot be billed and bill the rest of the group without them."""
        if len(group) == 1:
            self._note_failure(group, error)
            return Outcome()
        good = group.browse()
        for sub in group:
            failure = self._try_alone(sub, resolver)
            if failure:
                self._note_failure(sub, failure)
            else:
                good |= sub
        if good == group:
            # Each alone is fine, together they are not.
            for sub in group:
                self._note_failure(sub, error)
            return Outcome()
        return self._bill_groups([good] if good else [], resolver)

    def _try_alone(self, sub, resolver):
        """Return the error that billing ``sub`` by itself raises; keep nothing."""
        try:
            with self.env.cr.savepoint():
                self._bill_together([sub], resolver)
                raise _Undo
        except _Undo:
            return None
        except CONFLICTS:
            raise
        except Exception as error:
            return error

    def _bill_together(self, groups, resolver):
        """Make, post and record the documents of the groups: one create per batch."""
        subscriptions = self.env["recurring.subscription"].union(*groups)
        keep_decisions(resolver)
        lines = resolver.lines(subscriptions)
        drafts = [
            draft
            for group in self._prepare_documents(groups, resolver)
            for draft in group
        ]
        moves = self._make_documents([draft for draft in drafts if draft.vals])
        made = iter(moves)
        none = moves.browse()
        rows = []
        for draft in drafts:
            move = next(made) if draft.vals else none
            rows += draft.subscriptions._prepare_ledger_rows(
                draft, move, self, resolver
            )
        self.env["recurring.billed.item"]._append(rows)
        subscriptions._refresh_billing_state(self.date, lines)
        subscriptions._clear_problem(self)
        invoiced = {row["subscription_id"] for row in rows if row.get("move_id")}
        return Outcome(
            len(subscriptions), len(set(subscriptions.ids) - invoiced), moves.ids
        )

    def _prepare_documents(self, groups, resolver):
        """Return the drafts of each group, in the order in which they are made."""
        subscriptions = self.env["recurring.subscription"].union(*groups)
        differences = resolver.due(subscriptions, self.date)
        subscriptions._discounted(differences, resolver)
        return [group._prepare_drafts(differences, self, resolver) for group in groups]

    def _make_documents(self, drafts):
        """Create the invoices and credit notes; post and send them if so wished."""
        builder = self.env["recurring.invoice.builder"]
        moves = builder._create_invoices([draft.vals for draft in drafts])
        moves._rr_complete_credits()
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
        sub._note_problem(self, "refused", self._failure_sentence(sub, error))

    def _failure_sentence(self, sub, error):
        """Return Odoo's refusal in its own words, or what to do with an odd error."""
        if isinstance(error, UserError):
            return str(error)
        _logger.warning("%s: %s failed: %r", self.name, sub.name, error)
        return self.env._(
            "Odoo could not make the invoice: %s. If the words do not help, show "
            "them to your administrator.",
            str(error).strip().splitlines()[0] if str(error).strip() else repr(error),
        )


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
            # Without the e-mail of an assigned activity: no mail inside a billing.
            sub.with_context(mail_activity_quick_update=True).activity_schedule(
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
