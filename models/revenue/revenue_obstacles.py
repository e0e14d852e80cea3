"""Why revenue is not recognised in a company: every reason in plain words."""

from odoo import models

from .revenue_accounts import ALLOWED

NEEDED = ("rr_deferred_account_id", "rr_revenue_journal_id")


class ResCompany(models.Model):
    _inherit = "res.company"

    def _revenue_rival_words(self):
        return self.env._(
            "Odoo's own deferred revenue (Accounting) is installed: it defers the "
            "same invoice lines, so this one keeps out."
        )

    def _revenue_obstacle(self):
        """Return in words why revenue is not recognised here, or False where it is."""
        self.ensure_one()
        if self._revenue_rival():
            return self._revenue_rival_words()
        book = self.env["recurring.revenue.policy"]._book(self)
        if not book:
            return self.env._("No policy was chosen for %s yet.", self.name)
        treatments = book.treatments()
        if treatments == {"invoiced"}:
            return False
        return (
            self._revenue_missing()
            or self._revenue_account_fault("continuous" in treatments)
            or self._revenue_journal_fault()
        )

    def _revenue_missing(self):
        missing = [
            self._fields[name]._description_string(self.env)
            for name in NEEDED
            if not self[name]
        ]
        return missing and self.env._(
            "Choose in the settings of %(company)s: %(missing)s.",
            company=self.name,
            missing=", ".join(missing),
        )

    def _revenue_account_fault(self, is_matched):
        """Return what is wrong with the deferred account, or False.

        :param is_matched: whether invoices are booked on it and matched with closings
        """
        # sudo: whoever posts an invoice need not be allowed to read the chart.
        account = self.rr_deferred_account_id.sudo()
        if not account.active:
            return self.env._(
                "The deferred revenue account %(account)s is archived. Restore it, or "
                "choose another one in the settings of %(company)s.",
                account=account.display_name,
                company=self.name,
            )
        if account.account_type not in ALLOWED["deferred"]:
            return self.env._(
                "%(account)s cannot hold deferred revenue: it is no account of current "
                "liabilities. Choose another one in the settings of %(company)s.",
                account=account.display_name,
                company=self.name,
            )
        if is_matched and not account.reconcile:
            return self.env._(
                "The deferred revenue account %(account)s must allow reconciliation: "
                "each month is matched with its invoice. Tick it on the account, or "
                "let the set-up of revenue recognition do it.",
                account=account.display_name,
            )
        return False

    def _revenue_journal_fault(self):
        # sudo: as above
        journal = self.rr_revenue_journal_id.sudo()
        if not journal.active:
            return self.env._(
                "The journal %(journal)s is archived. Restore it, or choose another "
                "one in the settings of %(company)s.",
                journal=journal.display_name,
                company=self.name,
            )
        if journal.type != "general":
            return self.env._(
                "Revenue is recognised in a journal of miscellaneous operations: "
                "%(journal)s is none.",
                journal=journal.display_name,
            )
        return False
