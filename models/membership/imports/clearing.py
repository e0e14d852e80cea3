"""A journal of its own for money that an online service collects and pays out."""

from odoo import models
from odoo.exceptions import UserError


class RecurringMemberImport(models.Model):
    _inherit = "recurring.member.import"

    def action_clearing_journal(self):
        """Make the clearing journal: what is paid on HelloAsso stands on its account
        until the payout arrives on the bank, which is matched with it."""
        self.ensure_one()
        self.check_access("write")
        journals = self.env["account.journal"]
        if not journals.has_access("create"):
            raise UserError(self.env._("An accountant makes journals."))
        journal = journals.search(
            [("company_id", "=", self.company_id.id), ("code", "=", "HELLO")], limit=1
        ) or journals.create(
            {
                "name": "HelloAsso",
                "code": "HELLO",
                "type": "bank",
                "company_id": self.company_id.id,
            }
        )
        account = self._clearing_account(journal)
        journal.inbound_payment_method_line_ids.payment_account_id = account
        self.journal_id = journal
        return True

    def _clearing_account(self, journal):
        """Return the account on which payments wait for their payout."""
        known = journal.inbound_payment_method_line_ids.payment_account_id[:1]
        if known:
            return known
        accounts = self.env["account.account"].with_company(self.company_id)
        french = self.company_id.account_fiscal_country_id.code == "FR"
        code = "511700" if french else "1017HA"
        return accounts.search([("code", "=", code)], limit=1) or accounts.create(
            {
                "name": self.env._("HelloAsso, to be paid out"),
                "code": code,
                "account_type": "asset_current",
                "reconcile": True,
                "company_ids": [(6, 0, self.company_id.ids)],
            }
        )
