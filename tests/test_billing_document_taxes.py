"""Taxes, price bases and currencies of what a billing makes."""

from datetime import date

from odoo import Command
from odoo.tests import freeze_time, tagged

from .common_billing import BillingCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-12-01")
class TestDocumentTaxes(BillingCommon):
    def test_agreed_with_tax_on_a_product_without(self):
        """36.00 with 20 % tax is 30.00 before tax."""
        sub = self._subscribe(
            self._plan(),
            "2025-01-01",
            lines=[{"price_unit": 36, "price_agreed": True, "price_basis": "included"}],
        )
        invoice = self._bill("2025-01-01").move_ids
        self.assertEqual((invoice.amount_untaxed, invoice.amount_total), (30.0, 36.0))
        self.assertEqual(sub.billed_item_ids.amount, 36.0)
        self.assertEqual(sub.billed_item_ids.document_amount, 30.0)

    def test_agreed_without_tax_on_a_product_with(self):
        product = self._product(taxes_id=[Command.set(self.tax_included.ids)])
        plan = self._plan(charges=[{"unit_price": 36, "product_id": product.id}])
        self._subscribe(
            plan,
            "2025-01-01",
            lines=[{"price_unit": 30, "price_agreed": True, "price_basis": "excluded"}],
        )
        invoice = self._bill("2025-01-01").move_ids
        self.assertEqual((invoice.amount_untaxed, invoice.amount_total), (30.0, 36.0))

    def test_fiscal_position_adapts_a_price_with_tax(self):
        """120 with tax is 100 where the fiscal position maps to a tax of 0 %."""
        zero = self.env["account.tax"].create(
            {"name": "VAT 0", "amount": 0, "type_tax_use": "sale"}
        )
        position = self.env["account.fiscal.position"].create({"name": "Abroad"})
        zero.write(
            {
                "fiscal_position_ids": [Command.set(position.ids)],
                "original_tax_ids": [Command.set(self.tax_included.ids)],
            }
        )
        product = self._product(taxes_id=[Command.set(self.tax_included.ids)])
        plan = self._plan(charges=[{"unit_price": 120, "product_id": product.id}])
        self._subscribe(plan, "2025-01-01", fiscal_position_id=position.id)
        invoice = self._bill("2025-01-01").move_ids
        self.assertEqual(invoice.invoice_line_ids.tax_ids, zero)
        self.assertEqual((invoice.amount_untaxed, invoice.amount_total), (100.0, 100.0))

    def test_the_old_is_credited_with_its_own_taxes(self):
        """Given a product whose tax changed, a credit takes back the old tax."""
        plan = self._plan(charges=[{"unit_price": 365}], interval_unit="year")
        product = plan.current_version_id.charge_ids.product_id
        sub = self._subscribe(plan, "2025-01-01")
        self._bill("2025-01-01")
        tax_10 = self.tax.copy({"name": "VAT 10", "amount": 10})
        product.taxes_id = tax_10
        sub._cancel(date(2025, 1, 11), credit=True)
        credit_note = self._bill("2025-01-11").move_ids
        self.assertEqual(credit_note.invoice_line_ids.tax_ids, self.tax)
        self.assertEqual(
            (credit_note.amount_untaxed, credit_note.amount_tax), (355.0, 71.0)
        )

    def test_foreign_currency(self):
        self.env["res.currency.rate"].create(
            {"name": "2025-01-01", "currency_id": self.dollar.id, "rate": 1.25}
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Dollar", "currency_id": self.dollar.id}
        )
        sub = self._subscribe(self._plan(), "2025-01-01", pricelist_id=pricelist.id)
        self.assertEqual(sub.currency_id, self.dollar)
        run = self._bill("2025-01-01")
        self.assertEqual(run.move_ids.amount_untaxed, 37.5)
        self.assertEqual(run.amount_untaxed, 30.0)
