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
from ..tax.recurring_vat_decision import counts_for_oss
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
            self._check_threshold(drafts, resolver)
        return drafts

    def _preview_documents(self, groups, carried, resolver=None):
        """Preview as the run would bill: other taxes from the crossing group on, in
        this batch and in the ones after it."""
        if carried.get("crossed"):
            after = self._checked_past_threshold(groups)
            return super()._preview_documents(groups, carried, after)
        resolver = resolver or Resolver(self.date)
        resolver.memo["sold"] = dict(carried.get("sold", {}))
        try:
            result = super()._preview_documents(groups, carried, resolver)
        except ThresholdCrossed as crossing:
            position = crossing.position
        else:
            carried["sold"] = resolver.memo["sold"]
            return result
        rest = groups[position:]
        after = self._checked_past_threshold(rest)
        documents, counts = super()._preview_documents(rest, carried, after)
        if position:
            first, others = self._preview_documents(groups[:position], carried)
            documents = first + documents
            counts = {name: count + others[name] for name, count in counts.items()}
        carried["crossed"] = True
        return documents, counts

    def _checked_past_threshold(self, groups):
        """Return an empty memory in which the threshold is crossed; UserError for
        groups that cannot be billed so."""
        after = self._resolver_past_threshold()
        subscriptions = self.env["recurring.subscription"].union(*groups)
        for _sub, _code, message, _record in self._all_refusals(subscriptions, after):
            raise UserError(message)
        return after

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

    def _check_threshold(self, drafts, resolver):
        """Raise ThresholdCrossed at the first group that crosses it.

        A preview, which bills nothing, claims nothing and remembers what it has counted
        for its next batch.

        :param drafts: one list of drafts per group
        """
        sales = self._threshold_sales(drafts)
        if not sales:
            return
        dry, sold = resolver.memo.get("dry"), resolver.memo.get("sold", {})
        # sudo: whoever bills need not read what the company sold in all.
        model = self.env["recurring.vat.oss.year"].sudo()
        totals, company = {}, self.company_id
        for year in sorted({year for _position, year, _amount in sales}):
            row = (
                model._of(company, year)
                or model.new({"company_id": company.id, "year": year})
                if dry
                else model._claim(company, year)
            )
            before = row._sum_for_decisions() + Decimal(sold.get(str(year), 0))
            totals[year] = (before, row._limit())
        for position, year, amount in sales:
            total, limit = totals[year]
            totals[year] = (total + amount, limit)
            if limit is not None and total + amount > limit:
                raise ThresholdCrossed(position, sorted(totals))
            sold[str(year)] = str(Decimal(sold.get(str(year), 0)) + amount)

    def _threshold_sales(self, drafts):
        """Return ``[(group's position, year, amount)]`` of the documents that count."""
        ids = {
            vals.get("rr_vat_decision_id") or 0
            for group in drafts
            for draft in group
            for vals in draft.line_values
        }
        decisions = self.env["recurring.vat.decision"].browse(ids - {0})
        kept = set(decisions.filtered("counts_for_oss").ids)
        sales = []
        for position, group in enumerate(drafts):
            for draft in group:
                amount = self._threshold_amount(draft, kept) if draft.vals else 0
                if amount:
                    year = draft.vals["invoice_date"].year
                    sales.append((position, year, amount))
        return sales

    def _threshold_amount(self, draft, kept):
        """Return what a document adds before tax, in the threshold's currency."""
        counted = [
            vals for vals in draft.line_values if self._counts(vals, draft, kept)
        ]
        if not counted:
            return 0
        company, day = self.company_id, draft.vals["invoice_date"]
        currency = self.env["res.currency"].browse(draft.vals["currency_id"])
        total = sum((self._untaxed(vals, currency) for vals in counted), Decimal(0))
        if draft.vals["move_type"] == "out_refund":
            total = -total
        year = self.env["recurring.vat.oss.year"].sudo()
        row = year.new({"company_id": company.id, "year": day.year})
        return row._converted(total, currency, day)

    def _counts(self, vals, draft, kept):
        """Tell whether a line of a document counts: by the decision that is kept, in a
        preview by the one that would be.

        :param kept: the ids of the kept decisions that count
        """
        if "rr_vat_decision_id" in vals:
            return vals["rr_vat_decision_id"] in kept
        line = self.env["recurring.subscription.line"].browse(
            vals["rr_subscription_line_id"]
        )
        taxes = self.env["account.tax"].browse(vals["tax_ids"][0][2])
        answer = line.subscription_id._vat_kept_answer(
            line.product_id, draft.resolver, taxes
        )
        return counts_for_oss(answer.evidence)

    def _untaxed(self, vals, currency):
        """Return the amount of a line before tax; its price may include it."""
        price = exact(vals["price_unit"]) * (100 - exact(vals.get("discount"))) / 100
        taxes = self.env["account.tax"].browse(vals["tax_ids"][0][2])
        totals = taxes.compute_all(
            float(price), currency=currency, quantity=vals["quantity"]
        )
        return exact(totals["total_excluded"])
