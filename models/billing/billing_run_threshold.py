"""The invoice that crosses the threshold of sales to EU consumers, inside a batch.

Up to the threshold such sales bear the seller's VAT, the invoice that crosses it bears
that of the customer's country already. Within a batch the documents count one after
the other, in the order of their numbers; what comes from the crossing one on is
prepared anew, with other taxes.
"""

from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError

from ..exact import exact
from ..subscription.resolver import Resolver
from ..tax.subscription_vat import memory_of
from .billing_run_work import Outcome


class ThresholdCrossed(Exception):
    """Raised before anything is made: group number ``position`` crosses it."""

    def __init__(self, position, years):
        super().__init__(position)
        self.position = position
        self.years = years


class RecurringBillingRun(models.Model):
    _inherit = "recurring.billing.run"

    def _bill_together(self, groups, resolver):
        """Bill the groups; where one crosses the threshold, those before it first."""
        if not self._watches_threshold(resolver):
            return super()._bill_together(groups, resolver)
        try:
            # What was decided for the ones after the crossing leaves no trace.
            with self.env.cr.savepoint():
                return super()._bill_together(groups, resolver)
        except ThresholdCrossed as crossing:
            position, years = crossing.position, crossing.years
        outcome = Outcome()
        if position:
            outcome = self._bill_together(groups[:position], Resolver(self.date))
        after = self._resolver_past_threshold()
        rest = self._drop_refused(groups[position:], after)
        if rest:
            outcome.add(super()._bill_together(rest, after))
        # sudo: the billing notes it, whoever runs it.
        model = self.env["recurring.vat.oss.year"].sudo()
        for year in years:
            model._claim(self.company_id, year)._note_crossing()
        return outcome

    def _prepare_documents(self, groups, resolver):
        drafts = super()._prepare_documents(groups, resolver)
        if self._watches_threshold(resolver):
            self._check_threshold(drafts, claim=not resolver.memo.get("dry"))
        return drafts

    def _preview_documents(self, groups, resolver=None):
        """Preview as the run would bill: other taxes from the crossing group on."""
        try:
            return super()._preview_documents(groups, resolver)
        except ThresholdCrossed as crossing:
            position = crossing.position
        after = self._resolver_past_threshold()
        subscriptions = self.env["recurring.subscription"].union(*groups[position:])
        for _sub, _code, message, _record in self._all_refusals(subscriptions, after):
            raise UserError(message)
        documents, counts = super()._preview_documents(groups[position:], after)
        if position:
            first, others = self._preview_documents(groups[:position])
            documents = first + documents
            counts = {name: count + others[name] for name, count in counts.items()}
        return documents, counts

    # ------------------------------------------------------------------
    # Who crosses it
    # ------------------------------------------------------------------

    def _watches_threshold(self, resolver):
        """Tell whether a sale of this batch may cross the threshold."""
        company = self.company_id
        return company._vat_is_decided() and not memory_of(resolver).is_crossed(
            company, self.date
        )

    def _resolver_past_threshold(self):
        """Return an empty memory in which the threshold is crossed."""
        resolver = Resolver(self.date)
        memory_of(resolver).crossed[self.company_id, self.date] = True
        return resolver

    def _check_threshold(self, drafts, claim=True):
        """Raise ThresholdCrossed at the first group that crosses it.

        :param drafts: one list of drafts per group
        :param claim: count with nobody else billing such sales at the same moment;
            False in a preview, which bills nothing
        """
        sales = self._threshold_sales(drafts)
        if not sales:
            return
        # sudo: whoever bills need not read what the company sold in all.
        model = self.env["recurring.vat.oss.year"].sudo()
        totals = {}
        for year in sorted({year for _position, year, _amount in sales}):
            row = (
                model._claim(self.company_id, year)
                if claim
                else model._of(self.company_id, year)
                or model.new({"company_id": self.company_id.id, "year": year})
            )
            totals[year] = (row._sum_for_decisions(), row._limit())
        for position, year, amount in sales:
            total, limit = totals[year]
            totals[year] = (total + amount, limit)
            if limit is not None and total + amount > limit:
                raise ThresholdCrossed(position, sorted(totals))

    def _threshold_sales(self, drafts):
        """Return ``[(group's position, year, amount)]`` of the documents that count."""
        ids = {
            vals["rr_vat_decision_id"]
            for group in drafts
            for draft in group
            for vals in draft.line_values
            if vals.get("rr_vat_decision_id")
        }
        decisions = self.env["recurring.vat.decision"].browse(ids)
        counted = set(decisions.filtered("counts_for_oss").ids)
        sales = []
        for position, group in enumerate(drafts if counted else ()):
            for draft in group:
                amount = self._threshold_amount(draft, counted) if draft.vals else 0
                if amount:
                    year = draft.vals["invoice_date"].year
                    sales.append((position, year, amount))
        return sales

    def _threshold_amount(self, draft, counted):
        """Return what a document adds before tax, in the threshold's currency."""
        company, day = self.company_id, draft.vals["invoice_date"]
        currency = self.env["res.currency"].browse(draft.vals["currency_id"])
        total = Decimal(0)
        for vals in draft.line_values:
            if vals.get("rr_vat_decision_id") in counted:
                total += self._untaxed(vals, currency)
        if draft.vals["move_type"] == "out_refund":
            total = -total
        year = self.env["recurring.vat.oss.year"].sudo()
        row = year.new({"company_id": company.id, "year": day.year})
        return row._converted(total, currency, day)

    def _untaxed(self, vals, currency):
        """Return the amount of a line before tax; its price may include it."""
        price = exact(vals["price_unit"]) * (100 - exact(vals.get("discount"))) / 100
        taxes = self.env["account.tax"].browse(vals["tax_ids"][0][2])
        totals = taxes.compute_all(
            float(price), currency=currency, quantity=vals["quantity"]
        )
        return exact(totals["total_excluded"])
