from odoo import models

from ...engine.documents import documents
from ..subscription.resolver import Resolver
from .invoice_lines import Credits, Pricing, Wording


class RecurringSubscription(models.Model):
    """What is expected, with the taxes that its invoices would bear today."""

    _inherit = "recurring.subscription"

    def _expected_totals(self, billings):
        """Return (before tax, with tax), by Odoo's own tax computation per document."""
        self.ensure_one()
        per_period = self.plan_version_id.catch_up == "per_period"
        resolver = Resolver()
        return [
            self._billing_totals(
                [
                    document
                    for part in self._parts_of_documents(items)
                    for document in documents(part, per_period)
                ],
                resolver,
            )
            for items in billings
        ]

    def _billing_totals(self, made, resolver):
        untaxed = total = 0.0
        for document in made:
            if document.kind != "none":
                totals = self._document_totals(document, resolver)
                sign = -1 if document.kind == "credit_note" else 1
                untaxed += sign * totals["base_amount_currency"]
                total += sign * totals["total_amount_currency"]
        return untaxed, total

    def _document_totals(self, document, resolver):
        """Return Odoo's tax totals of one engine document."""
        taxes = self.env["account.tax"]
        sign = -1 if document.kind == "credit_note" else 1
        lines = {line.id: line for line in self.line_ids}
        pricing = Pricing(resolver, Credits(self.env, document.items))
        values = self._prepare_line_values(document, pricing, Wording(self.env))
        base_lines = [
            self._base_line(lines[item.line], item, vals, sign, pricing)
            for item, vals in zip(document.items, values, strict=True)
        ]
        taxes._add_tax_details_in_base_lines(base_lines, self.company_id)
        taxes._round_base_lines_tax_details(base_lines, self.company_id)
        return taxes._get_tax_totals_summary(
            base_lines, self.currency_id, self.company_id
        )

    def _base_line(self, line, item, vals, sign, pricing):
        """Return an item as Odoo's tax computation wants it, priced as it is billed."""
        taxes = line._credited_taxes(item)
        if taxes is None:
            taxes = line._charged_taxes(item)
        if taxes is None:
            before = pricing.resolver.before(self._former_on(item.part.start))
            taxes = before.booking(self, line.product_id)[2]
        return self.env["account.tax"]._prepare_base_line_for_taxes_computation(
            None,
            product_id=line.product_id,
            partner_id=self.partner_invoice_id.commercial_partner_id,
            tax_ids=taxes,
            price_unit=vals["price_unit"],
            quantity=vals["quantity"],
            discount=vals.get("discount", 0.0),
            currency_id=self.currency_id,
            is_refund=sign < 0,
        )
