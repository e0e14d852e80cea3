"""Thousands of deferred lines matched with what recognises them, in few statements."""

import logging
from contextlib import closing
from functools import partial

from odoo import api, models, tools
from odoo.fields import Command

from ..billing.complete_lines_check import differences
from .revenue_matching import NotPlanned, plan, read_items
from .revenue_matching_rows import MatchingRows, matching_snapshot

_logger = logging.getLogger(__name__)

LINE_FIELDS = [
    "amount_residual",
    "amount_residual_currency",
    "reconciled",
    "matching_number",
    "full_reconcile_id",
    "matched_debit_ids",
    "matched_credit_ids",
    "write_uid",
    "write_date",
]
# What is matched stays as it was made: a person changes invoices, not the matching.
BY_ODOO = {"no_exchange_difference": True, "skip_is_manually_modified": True}


class RecurringRevenueEntry(models.AbstractModel):
    _inherit = "recurring.revenue.entry"

    @api.model
    def _reconcile(self, groups):
        """Match the lines of each group with one another; never book a difference.

        In a foreign currency both amounts of a line are matched as they were booked
        (`revenue_matching`), so nothing of a cent stays open.

        :param groups: lists of ids of posted `account.move.line`, each of one
            reconcilable account. Lines without anything left to match are passed over.
        :raise UserError: as `reconcile` does, for lines that cannot be matched
        """
        self.env["account.partial.reconcile"].check_access("create")
        groups = [list(dict.fromkeys(group)) for group in groups]
        items = self._read_items(groups)
        planned, rest = self._plan(items, groups)
        if self._writes_matchings(planned):
            partials = [found for _, founds in planned for found in founds]
            MatchingRows(self.env, items).insert(partials)
            self._forget_matching()
        else:
            self._match_standard(planned)
        self._match_by_odoo(rest)

    def _read_items(self, groups):
        return read_items(self.env, {line_id for group in groups for line_id in group})

    def _plan(self, items, groups):
        """Return ([(group, its partials)], [groups that Odoo has to match])."""
        planned, rest = [], []
        for group in groups:
            try:
                found = plan([items.get(line_id) for line_id in group])
            except NotPlanned as reason:
                _logger.debug("A group is matched by Odoo: %s", reason)
                rest.append(group)
            else:
                if found:
                    planned.append((group, found))
        return planned, rest

    # ------------------------------------------------------------------
    # The fast way
    # ------------------------------------------------------------------

    def _writes_matchings(self, planned):
        """Tell whether matchings may be written as rows: all kinds are trusted."""
        if reason := self._foreign_hand():
            _logger.debug("Standard way of matching: %s", reason)
            return False
        samples = {}
        for group, found in planned:
            samples.setdefault(_kind(found), group)
        return all(
            self._is_trusted(
                ("match", *kind), partial(self._matching_differences, group)
            )
            for kind, group in samples.items()
        )

    def _matching_differences(self, group):
        """Return what differs between both ways for the group; undo everything."""
        found = []
        for write in (self._match_standard, self._match_rows):
            with closing(self.env.cr.savepoint()):
                items = self._read_items([group])
                planned, _rest = self._plan(items, [group])
                write(planned)
                found.append(matching_snapshot(self.env, group))
        return differences(*found)

    def _match_rows(self, planned):
        items = {
            item.id: item
            for _, found in planned
            for each in found
            for item in (each.debit, each.credit)
        }
        partials = [each for _, found in planned for each in found]
        MatchingRows(self.env, items).insert(partials)

    def _forget_matching(self):
        """Let the cache forget what was written past it, and what follows from it."""
        for model, names in self._fields_of_matching().items():
            self.env[model].invalidate_model(names, flush=False)

    @tools.ormcache()
    def _fields_of_matching(self):
        """Return {model: fields that are written, or computed from them unstored}."""
        written = {
            "account.move.line": LINE_FIELDS,
            "account.partial.reconcile": list(
                self.env["account.partial.reconcile"]._fields
            ),
            "account.full.reconcile": list(self.env["account.full.reconcile"]._fields),
        }
        names = {model: set(fields) for model, fields in written.items()}
        for name in LINE_FIELDS:
            field = self.env["account.move.line"]._fields[name]
            for follower in self.env.registry.get_dependent_fields(field):
                if not follower.store:
                    names.setdefault(follower.model_name, set()).add(follower.name)
        return {model: sorted(fields) for model, fields in names.items()}

    # ------------------------------------------------------------------
    # The standard way
    # ------------------------------------------------------------------

    def _match_standard(self, planned):
        """Match by Odoo; with the amounts that stand, in a foreign currency."""
        foreign = [found for _, found in planned if found[0].debit.is_foreign]
        self._match_by_odoo(
            [group for group, found in planned if not found[0].debit.is_foreign]
        )
        Partial = self.env["account.partial.reconcile"].with_context(**BY_ODOO)
        partials = Partial.create(
            [
                {
                    "debit_move_id": each.debit.id,
                    "credit_move_id": each.credit.id,
                    "amount": float(each.amount),
                    "debit_amount_currency": float(each.amount_currency),
                    "credit_amount_currency": float(each.amount_currency),
                }
                for found in foreign
                for each in found
            ]
        )
        lines = (
            partials.debit_move_id | partials.credit_move_id
        )._all_reconciled_lines()
        for together in lines.grouped("matching_number").values():
            if all(together.mapped("reconciled")):
                matched = together.matched_debit_ids | together.matched_credit_ids
                self.env["account.full.reconcile"].with_context(**BY_ODOO).create(
                    {
                        "partial_reconcile_ids": [
                            Command.link(each.id) for each in matched
                        ],
                        "reconciled_line_ids": [
                            Command.link(line.id) for line in together
                        ],
                    }
                )

    def _match_by_odoo(self, groups):
        Line = self.env["account.move.line"].with_context(**BY_ODOO)
        groups = [
            Line.browse(group).filtered(lambda line: not line.reconciled)
            for group in groups
        ]
        Line._reconcile_plan([lines for lines in groups if lines])


def _kind(found):
    """Return what decides how the matching of a group is stored."""
    items = {item.id: item for each in found for item in (each.debit, each.credit)}
    debit = found[0].debit
    return (
        debit.account_id,
        debit.is_foreign,
        min(len(found), 3),
        min(sum(bool(item.number) for item in items.values()), 2),
        min(sum(item.is_open for item in items.values()), 2),
    )
