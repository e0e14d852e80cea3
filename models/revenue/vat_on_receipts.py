"""VAT on receipts names its base on accounts of revenue, not on the deferred one."""

from odoo import models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    def _prepare_cash_basis_base_line_vals(self, base_line, balance, amount_currency):
        """Where no base account is chosen, take the account on which the line ends up:
        nothing but what schedules follow runs through the deferred account."""
        values = super()._prepare_cash_basis_base_line_vals(
            base_line, balance, amount_currency
        )
        income = base_line.rr_revenue_account_id
        if income and values["account_id"] == base_line.account_id.id:
            values["account_id"] = income.id
        return values
