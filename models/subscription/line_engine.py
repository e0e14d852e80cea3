"""A line as the engine sees it: terms, grid, nature."""

from datetime import timedelta

from odoo import models

from ...engine.billing import LineTerms
from .resolver import Resolver

ONE_DAY = timedelta(days=1)


class RecurringSubscriptionLine(models.Model):
    _inherit = "recurring.subscription.line"

    def _version(self):
        """Return the plan version whose rhythm the line is billed on."""
        return self.plan_version_id or self.subscription_id.plan_version_id

    def _schedule(self):
        """Return the grid of periods that the line is billed on."""
        self.ensure_one()
        if not self.plan_version_id:
            return self.subscription_id._schedule()
        return self.plan_version_id._schedule(self.grid_start, self.grid_anchor or None)

    def _billed_span(self):
        """Return the first day charged and the first not charged any more (or None)."""
        start = self.start_date or self.subscription_id.start_date
        end = self.bill_until or self.end_date or None
        if self.subscription_id.trial_unbilled and not self._is_own_one_off():
            return start, start
        start = max(start, self.bill_from or start)
        return (start if end is None else min(start, end)), end

    def _is_own_one_off(self):
        """Tell whether somebody charges this once, apart from what the plan does."""
        return self.role == "one_off" and not self.charge_id

    def _engine_terms(self, nature=None, uses=None, resolver=None):
        """Return the engine's terms of this line, its price already a snapshot.

        ``uses`` is what was used, ``{whole period: Use}``, of a line by usage.
        """
        self.ensure_one()
        version = self._version()
        start, end = self._billed_span()
        return LineTerms(
            key=self.id,
            start=start,
            end=end,
            amount=self._rated_amount(self._rating()),
            schedule=self._schedule(),
            timing=self._timing(),
            basis=version.proration_basis,
            stub=version.first_period,
            nature=nature,
            former=self._former_natures(resolver) if nature else (),
            credit_due=self.credit_from or None,
            usage=self._usage_terms(uses),
        )

    def _is_settled(self, closed):
        """Tell whether every period of the line ends on or before ``closed``."""
        start, end = self._billed_span()
        if self.role == "one_off":
            return start < closed
        if end is None or end > closed:
            return False
        return start == end or self._schedule().period_at(end - ONE_DAY).end <= closed

    def _former_natures(self, resolver=None):
        """Return the natures of the payers before today's, as the engine wants them."""
        formers = self.subscription_id._formers()
        if not formers:
            return ()
        resolver = resolver or Resolver()
        return tuple(
            (former.until, self._natures(resolver.before(former))[self.id])
            for former in formers
        )

    def _natures(self, resolver=None):
        """Return ``{line id: nature}``: payer, company, currency, product, account,
        taxes and price basis as they would be invoiced today (law 4)."""
        resolver = resolver or Resolver()
        ledger = self.env["recurring.billed.item"]
        natures = {}
        for line in self:
            sub = line.subscription_id
            account, _own, taxes = resolver.booking(sub, line.product_id)
            natures[line.id] = ledger._nature(
                {
                    "partner_id": resolver.parties(sub)[0].id,
                    "company_id": sub.company_id.id,
                    "currency_id": sub.currency_id.id,
                    "product_id": line.product_id.id,
                    "account_id": account.id,
                    "tax_key": ",".join(map(str, sorted(taxes.ids))),
                    "price_basis": line.price_basis,
                }
            )
        return natures
