from dataclasses import replace

from odoo import models
from odoo.fields import Command

# The places of account and taxes in a line's nature (see ``_natures``).
ACCOUNT, TAXES = 4, 5


class RecurringSubscriptionLine(models.Model):
    _inherit = "recurring.subscription.line"

    def _engine_terms(self, nature=None, uses=None, resolver=None):
        """Say from which day on the service bears other taxes."""
        terms = super()._engine_terms(nature, uses, resolver)
        if not nature or not self.subscription_id.company_id._vat_is_decided():
            return terms
        sub = self.subscription_id
        turns = self.env["recurring.vat.tax.change"]._turns(
            _ids(nature[TAXES]), self.product_id, sub.company_id
        )
        if not turns:
            return terms
        return replace(
            terms,
            turns=tuple((day, _with_taxes(nature, taxes)) for day, taxes in turns),
        )

    def _prepare_vat(self, item, resolver):
        """Return what the invoice line of a charge carries of the VAT decision: taxes,
        account and the decision itself; nothing where Odoo's own mapping decides."""
        self.ensure_one()
        sub = self.subscription_id
        if not sub.company_id._vat_is_decided():
            return {}
        taxes = self.env["account.tax"].browse(_ids(item.nature[TAXES]))
        vals = {"tax_ids": [Command.set(taxes.ids)]}
        if decision := sub._vat_decision_id(self.product_id, resolver, taxes):
            vals["rr_vat_decision_id"] = decision
        if item.nature[ACCOUNT]:
            vals["account_id"] = item.nature[ACCOUNT]
        return vals


def _ids(tax_key):
    return tuple(int(tax) for tax in (tax_key or "").split(",") if tax)


def _with_taxes(nature, tax_ids):
    key = ",".join(map(str, sorted(tax_ids)))
    return (*nature[:TAXES], key, *nature[TAXES + 1 :])
