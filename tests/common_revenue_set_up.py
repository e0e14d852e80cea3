"""A French company before revenue recognition is set up, and who sets it up."""

from odoo.tests import freeze_time, new_test_user, tagged

from .common_revenue import RevenueCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-04-15 10:00:00")
class SetUpCase(RevenueCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.unlink()
        cls.journal.unlink()
        cls.company.write(
            {
                "rr_deferred_account_id": False,
                "rr_revenue_journal_id": False,
                "account_cash_basis_base_account_id": False,
            }
        )
        cls.deferred.reconcile = False
        cls.accountant = new_test_user(
            cls.env,
            "rr_revenue_accountant",
            "account.group_account_manager",
            lang="en_US",
        )

    def _wizard(self, user=None, **values):
        wizards = self.env["recurring.revenue.set.up"]
        return wizards.with_user(user or self.accountant).create(values)

    def _ready(self, **values):
        """Return a set-up on its second page."""
        wizard = self._wizard(create_missing=True, **values)
        wizard.action_next()
        return wizard

    def _policies(self):
        return {
            policy.nature_id.code: (policy.treatment, policy.method, policy.spread)
            for policy in self.env["recurring.revenue.policy"].search([])
        }
