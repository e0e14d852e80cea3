"""When the shortcuts for entries may be taken: what was compared, who interferes."""

import logging
import time

from psycopg2 import OperationalError

from odoo import models, tools

from ..billing.complete_lines_limits import defining_modules

_logger = logging.getLogger(__name__)

# Modules whose hand in these methods is known to leave such entries alone.
KNOWN_MODULES = {"account", "analytic", "recurring_revenue"}
KNOWN_MOVE_MODULES = KNOWN_MODULES | {
    "account_fleet",
    "hr_expense",
    "point_of_sale",
    "purchase",
    "purchase_stock",
    "sale",
    "stock_account",
}
WATCHED_METHODS = {
    "account.move.line": (
        "create",
        "_prepare_create_values",
        "_add_precomputed_values",
        "_sanitize_vals",
        "_sanitize_values",
        "_inverse_account_id",
        "_inverse_analytic_distribution",
        "_compute_amount_residual",
        "_check_constrains_account_id_journal_id",
        "_check_amls_exigibility_for_reconciliation",
        "_optimize_reconciliation_plan",
        "_prepare_reconciliation_plan",
        "_prepare_reconciliation_amls",
        "_prepare_reconciliation_single_partial",
        "_prepare_move_line_residual_amounts",
        "_reconcile_plan",
        "_reconcile_plan_with_sync",
        "_reconcile_pre_hook",
        "_reconcile_post_hook",
        "reconcile",
    ),
    "account.partial.reconcile": ("create", "write", "_update_matching_number"),
    "account.full.reconcile": ("create",),
}
WATCHED_MOVE_METHODS = ("_synchronize_business_models", "_check_balanced")

# What is stored of a matching; another module's column means: standard way.
PARTIAL_COLUMNS = {
    "id",
    "debit_move_id",
    "credit_move_id",
    "full_reconcile_id",
    "exchange_move_id",
    "draft_caba_move_vals",
    "debit_currency_id",
    "credit_currency_id",
    "amount",
    "debit_amount_currency",
    "credit_amount_currency",
    "company_id",
    "max_date",
    "create_uid",
    "create_date",
    "write_uid",
    "write_date",
}
FULL_COLUMNS = {"id", "create_uid", "create_date", "write_uid", "write_date"}

# Modules whose stored values follow invoices, payments and documents only: nothing of
# theirs changes with such an entry, nor with what is matched on a deferred account.
DEPENDENT_MODULES = {
    "account",
    "account_payment",
    "hr_expense",
    "point_of_sale",
    "purchase",
    "purchase_stock",
    "recurring_revenue",
    "sale",
    "sale_project",
    "stock_account",
}

VERDICT_SECONDS = 15 * 60  # settings may be changed between the batches of a long run
VERDICT_LIMIT = 2000


class RecurringRevenueEntry(models.AbstractModel):
    _inherit = "recurring.revenue.entry"

    def _is_trusted(self, key, compare):
        """Tell whether both ways gave the same, by memory or by comparing now.

        :param key: what the comparison is about, hashable
        :param compare: function that makes a sample in both ways, undoes it and
            returns in words what differs
        """
        memory = self._verdicts()
        known = memory.get(key)
        if not known or known[1] < time.monotonic():
            if len(memory) > VERDICT_LIMIT:
                memory.clear()
            known = (self._compare(compare), time.monotonic() + VERDICT_SECONDS)
            memory[key] = known
        return known[0]

    def _compare(self, compare):
        try:
            found = compare()
        except OperationalError:
            raise  # another transaction was faster: the caller tries all again
        except Exception as error:
            # The savepoint is rolled back. The standard way tells the caller why the
            # sample cannot be made.
            _logger.info("Standard way, no comparison was possible: %s", error)
            return False
        if found:
            _logger.info("Standard way, because rows differ: %s", "; ".join(found))
        return not found

    @tools.ormcache()
    def _verdicts(self):
        """Return this process's memory: {key: (equal, trusted until)}.

        Odoo forgets it with its other caches, when a module changes for example.
        """
        return {}

    @tools.ormcache()
    def _foreign_hand(self):
        """Return whose override or field the shortcuts would bypass, or None."""
        for model, methods in WATCHED_METHODS.items():
            for method in methods:
                if foreign := defining_modules(self.env[model], method) - KNOWN_MODULES:
                    return f"{', '.join(sorted(foreign))}: {model}.{method}"
        for method in WATCHED_MOVE_METHODS:
            found = defining_modules(self.env["account.move"], method)
            if foreign := found - KNOWN_MOVE_MODULES:
                return f"{', '.join(sorted(foreign))}: account.move.{method}"
        return self._foreign_column() or self._foreign_dependent()

    def _foreign_column(self):
        for model, columns in (
            ("account.partial.reconcile", PARTIAL_COLUMNS),
            ("account.full.reconcile", FULL_COLUMNS),
        ):
            for name, field in self.env[model]._fields.items():
                if field.store and field.column_type and name not in columns:
                    return f"{model}.{name}"
        return None

    def _foreign_dependent(self):
        """Return somebody else's stored field that follows journal items."""
        for line_field in self.env["account.move.line"]._fields.values():
            if not line_field.store:
                continue
            for field in self.env.registry.get_dependent_fields(line_field):
                if field.store and field._module not in DEPENDENT_MODULES:
                    return str(field)
        return None
