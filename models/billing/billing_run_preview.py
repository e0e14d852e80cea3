"""The dry run of a billing: the same questions as the run, and nothing written."""

import copy
import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..guard import applying
from ..subscription.resolver import Resolver
from .billing_run_work import ATTEMPTS
from .conflicts import CONFLICTS
from .preview_sums import add_document, add_problem, empty_sums, keep_biggest

_logger = logging.getLogger(__name__)

AT_ONCE = 500  # subscriptions that a web request previews itself
PREVIEW_BATCH = 200
READERS = (
    "recurring_revenue.group_billing,account.group_account_readonly,"
    "account.group_account_invoice"
)


class RecurringBillingRun(models.Model):
    """A preview asks what the run asks (difference, refusals, drafts) and adds it up.

    Taxes and totals come from Odoo's own computation on the values that the run would
    create the invoices from. The only thing written is the field ``preview``.
    """

    _inherit = "recurring.billing.run"

    preview = fields.Json(
        readonly=True,
        copy=False,
        # The customers' names and amounts are in it.
        groups=READERS,
    )

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_preview(self):
        """Show what billing would do; a large portfolio is worked off in background."""
        self.ensure_one()
        self._check_may_bill()
        if self.state != "draft":
            raise UserError(
                self.env._("Only a billing that has not started can be previewed.")
            )
        due = self._count_due()
        if due <= AT_ONCE:
            applying(self).preview = self._preview_sums()
            return True
        self._set_preview_state(("draft",), "previewing", empty_sums(due))
        self._wake_workers()
        return True

    def action_stop_preview(self):
        """Give up a preview that is being worked off."""
        self._check_may_bill()
        self._set_preview_state(("previewing",), "draft", False)
        return True

    def _set_preview_state(self, allowed, target, sums):
        """Change the state without a word in the chatter: nothing has happened."""
        quiet = self.with_context(tracking_disable=True)
        quiet._set_state(allowed, target, preview=sums)

    # ------------------------------------------------------------------
    # In the background
    # ------------------------------------------------------------------

    @api.model
    def _cron_work(self, shard, shards):
        """Let the last worker make the previews: somebody waits for them."""
        if shard == shards - 1:
            for run in self.search([("state", "=", "previewing")], order="id"):
                if not run._preview_work():
                    return
        super()._cron_work(shard, shards)

    def _preview_work(self, batch=PREVIEW_BATCH):
        """Preview batch after batch, each committed; False when time ran out.

        The place reached is kept with the sums, so that a killed worker goes on there.
        """
        self.ensure_one()
        while self.state == "previewing":
            treated, remaining = self._preview_step_again(batch)
            left = self._commit_batch(treated, remaining)
            self.invalidate_recordset(flush=False)
            if not left and remaining:
                return False
        return True

    def _preview_step_again(self, batch):
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._preview_step(batch)
            except CONFLICTS:
                if attempt == ATTEMPTS:
                    raise
                # Somebody pressed a button meanwhile: look again.
                self.env.cr.rollback()
                if self.state != "previewing":
                    break
        return 0, 0

    def _preview_step(self, batch):
        """Preview one batch and return (subscriptions treated, subscriptions left)."""
        sums = copy.deepcopy(self.preview)
        groups = self._preview_groups_due(sums["cursor"], batch)
        if groups:
            # In the language of who asked, not of the scheduled action.
            self._as_reader()._add_to_preview(sums, groups)
            sums["cursor"] = self._group_key(groups[-1])
            applying(self).preview = sums
        else:
            sums["made_at"] = fields.Datetime.to_string(fields.Datetime.now())
            self._set_preview_state(("previewing",), "draft", sums)
        treated = sum(map(len, groups))
        left = max(sums["total"] - sums["done"], 1) if groups else 0
        self.flush_recordset()
        return treated, left

    # ------------------------------------------------------------------
    # The dry run
    # ------------------------------------------------------------------

    def _preview_sums(self):
        """Return the sums over everything due; writes nothing at all."""
        sums = empty_sums(self._count_due())
        while groups := self._preview_groups_due(sums["cursor"], PREVIEW_BATCH):
            self._add_to_preview(sums, groups)
            sums["cursor"] = self._group_key(groups[-1])
        sums["made_at"] = fields.Datetime.to_string(fields.Datetime.now())
        return sums

    def _preview_groups_due(self, cursor, batch):
        """Return the next groups due after ``cursor``, one recordset per invoice."""
        self.env["recurring.subscription"].flush_model()
        self.env["recurring.billing.problem"].flush_model()
        key = SQL("COALESCE(s.billing_group, 's' || s.id) COLLATE \"C\"")
        rows = self.env.execute_query(
            SQL(
                """
                SELECT s.id, %(key)s FROM recurring_subscription s
                 WHERE %(due)s AND %(key)s > %(cursor)s
                   AND %(key)s <= (
                       SELECT MAX(first.key) FROM (
                           SELECT %(key)s AS key FROM recurring_subscription s
                            WHERE %(due)s AND %(key)s > %(cursor)s
                            ORDER BY 1 LIMIT %(batch)s) first)
                 ORDER BY 2, 1
                """,
                key=key,
                due=self._due_condition(),
                cursor=cursor,
                batch=batch,
            )
        )
        groups = {}
        for sub_id, group in rows:
            groups.setdefault(group, []).append(sub_id)
        model = self.env["recurring.subscription"].with_prefetch(
            [row[0] for row in rows]
        )
        return [model.browse(members) for members in groups.values()]

    def _group_key(self, group):
        return group[0].billing_group or f"s{group[0].id}"

    def _add_to_preview(self, sums, groups):
        """Add what billing these groups would make, and who cannot be billed."""
        run = self.with_company(self.company_id)
        sums["done"] += sum(map(len, groups))
        everybody = self.env["recurring.subscription"].union(*groups)
        refused = everybody.browse()
        resolver = Resolver(self.date)
        for sub, _code, message, record in run._all_refusals(everybody, resolver):
            if sub not in refused:
                refused |= sub
                add_problem(sums, run._preview_problem(sub, message, record))
        rest = [left for group in groups if (left := group - refused)]
        run._preview_or_halve(sums, rest)
        keep_biggest(sums)

    def _preview_or_halve(self, sums, groups):
        """Add the groups' documents; on failure halve, as the run would."""
        if not groups:
            return
        try:
            with self.env.cr.savepoint():
                result = self._preview_documents(groups, _carried(sums))
        except CONFLICTS:
            raise
        except Exception as error:
            if len(groups) == 1:
                self._preview_without_culprits(sums, groups[0], error)
                return
            half = len(groups) // 2
            self._preview_or_halve(sums, groups[:half])
            self._preview_or_halve(sums, groups[half:])
            return
        documents, counts = result
        for name, count in counts.items():
            sums[name] += count
        for document in documents:
            currency = self.env["res.currency"].browse(document["currency"])
            add_document(sums, document, currency, self.company_id.currency_id)

    def _preview_without_culprits(self, sums, group, error):
        """Note who cannot be billed, and preview the group without them."""
        good = group.browse()
        failures = {}
        for sub in group if len(group) > 1 else ():
            try:
                with self.env.cr.savepoint():
                    self._preview_documents([sub], copy.deepcopy(_carried(sums)))
                good |= sub
            except CONFLICTS:
                raise
            except Exception as failure:
                failures[sub] = failure
        if good == group or len(group) == 1:
            # A single one, or each alone is fine and together they are not.
            failures, good = dict.fromkeys(group, error), group.browse()
        for sub, failure in failures.items():
            sentence = self._failure_sentence(sub, failure)
            add_problem(sums, self._preview_problem(sub, sentence, None))
        self._preview_or_halve(sums, [good] if good else [])

    def _preview_documents(self, groups, carried, resolver=None):
        """Return the documents that billing these groups makes, and what is counted.

        :param dict carried: what this preview has to remember from batch to batch
        """
        subscriptions = self.env["recurring.subscription"].union(*groups)
        resolver = resolver or Resolver(self.date)
        resolver.memo["dry"] = True
        differences = resolver.due(subscriptions, self.date)
        owner = {line.id: line.subscription_id.id for line in subscriptions.line_ids}
        drafts = [
            draft
            for group in self._prepare_documents(groups, resolver)
            for draft in group
        ]
        invoiced = {
            owner[item.line]
            for draft in drafts
            if draft.vals
            for item in draft.document.items
        }
        memory = {}
        documents = [
            self._preview_document(draft, memory) for draft in drafts if draft.vals
        ]
        counts = {
            "subscriptions": len(subscriptions),
            "without": len(set(subscriptions.ids) - invoiced),
            "new": sum(not sub.ledger_sequence for sub in subscriptions),
            "prorated": sum(map(_has_part, differences.values())),
            "credited": sum(map(_has_credit, differences.values())),
        }
        return documents, counts


def _carried(sums):
    return sums.setdefault("carried", {})


def _has_part(items):
    """Tell whether a charge covers only a part of its period."""
    return any(
        item.kind == "charge"
        and item.share is not None
        and item.share.numerator != item.share.denominator
        for item in items
    )


def _has_credit(items):
    return any(item.kind == "credit" for item in items)
