from odoo import models
from odoo.fields import Command


class RecurringSubscriptionLine(models.Model):
    _inherit = "recurring.subscription.line"

    def _prepare_vat(self, resolver):
        """Return what an invoice line carries of the VAT decision: taxes, account and
        the decision itself; nothing where Odoo's own mapping decides."""
        self.ensure_one()
        sub = self.subscription_id
        if not sub._vat_by_rules():
            return {}
        account, _own, taxes = resolver.booking(sub, self.product_id)
        return {
            "tax_ids": [Command.set(taxes.ids)],
            "account_id": account.id,
            "rr_vat_decision_id": sub._vat_decision_id(self.product_id, resolver),
        }
