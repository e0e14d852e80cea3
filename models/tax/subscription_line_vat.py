from dataclasses import replace
from datetime import date

from odoo import models
from odoo.fields import Command

# The places of account and taxes in a line's nature (see ``_natures``).
ACCOUNT, TAXES = 4, 5


class RecurringSubscriptionLine(models.Model):
    _inherit = "recurring.subscription.line"

    def _engine_terms(self, nature=None, uses=None, resolver=None):
        """Say from which day on the service bears other taxes."""
        terms = super()._engine_terms(nature, uses, resolver)
        if not nature:
            return terms
        sub, changes = self.subscription_id, self.env["recurring.vat.tax.change"]
        applied = changes._applied(sub.company_id.id)
        if not any(change.rule == "period" for change in applied):
            return terms
        day = sub._vat_day(resolver)
        turned = {}
        for one in (nature, *(other for _until, other in terms.former)):
            turns = changes._turns(
                _ids(one[TAXES]), self.product_id, sub.company_id, *day
            )
            turned[one] = tuple((first, _with_taxes(one, ids)) for first, ids in turns)
        return replace(
            terms,
            turns=turned[nature],
            former=tuple(_former_turned(terms.former, turned)),
            alike=self._alike((nature, *(one for _day, one in turned[nature])))
            if turned[nature]
            else (),
        )

    def _alike(self, natures):
        """Return (nature of invoices of other days, the one that stands for it)."""
        changes, company = self.env["recurring.vat.tax.change"], self.company_id
        pairs = (
            (_with_taxes(one, changes._alike(_ids(one[TAXES]), company)), one)
            for one in natures
        )
        return tuple((other, one) for other, one in pairs if other not in natures)

    def _prepare_vat(self, item, resolver):
        """Return what the invoice line of a charge carries of the VAT decision: taxes,
        account and the decision itself; nothing where Odoo's own mapping decides."""
        self.ensure_one()
        sub = self.subscription_id
        if not sub._vat_taxes_are_known():
            return {}
        taxes = self.env["account.tax"].browse(_ids(item.nature[TAXES]))
        vals = {"tax_ids": [Command.set(taxes.ids)]}
        if decision := sub._vat_decision_id(self.product_id, resolver, taxes):
            vals["rr_vat_decision_id"] = decision
        if item.nature[ACCOUNT]:
            vals["account_id"] = item.nature[ACCOUNT]
        return vals


def _former_turned(former, turned):
    """Yield what a line was before a day, parted where its nature turns."""
    since = date.min
    for until, nature in former:
        for first, other in turned[nature]:
            if since < first < until:
                yield first, nature
            if first < until:
                nature = other
        yield until, nature
        since = until


def _ids(tax_key):
    return tuple(int(tax) for tax in (tax_key or "").split(",") if tax)


def _with_taxes(nature, tax_ids):
    key = ",".join(map(str, sorted(tax_ids)))
    return (*nature[:TAXES], key, *nature[TAXES + 1 :])
