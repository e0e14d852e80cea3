"""What an invoice totals is what its lines say, by either way of rounding."""

from datetime import date

from odoo.tests import freeze_time, tagged

from .common_tax import GERMAN, TaxCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-01")
class TestLineSums(TaxCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gross = cls.env.ref(
            f"account.{cls.company.id}_tva_normale_encaissement_ttc"
        )
        cls.gross.active = True
        cls.company._vat_set_up()

    def _billed(self, prices, customer=None, tax=None, discount=0.0):
        """Return the invoice of a line for each price; it totals what was foreseen."""
        charges = [
            {
                "product_id": self._sold(price=price, tax=tax, name=str(number)).id,
                "unit_price": price,
            }
            for number, price in enumerate(prices)
        ]
        sub = self._subscribe(
            self._plan(charges=charges),
            "2026-11-01",
            customer=customer or self._at("FR", "75011"),
            lines=[{"discount": discount} for _price in prices],
        )
        due = sub._difference(date(2026, 11, 1))[sub.id]
        [foreseen] = sub._expected_totals([due])
        self._bill("2026-11-01")
        invoice = sub.billed_item_ids.move_id
        self.assertEqual(
            [round(amount, 2) for amount in foreseen],
            [invoice.amount_untaxed, invoice.amount_total],
        )
        return invoice

    def assertSums(self, invoice, untaxed, total=None):
        lines = invoice.invoice_line_ids
        self.assertEqual(round(sum(lines.mapped("price_subtotal")), 2), untaxed)
        self.assertEqual(invoice.amount_untaxed, untaxed)
        if total is not None:
            self.assertEqual(round(sum(lines.mapped("price_total")), 2), total)
            self.assertEqual(invoice.amount_total, total)

    def _by_either(self):
        for method in ("round_globally", "round_per_line"):
            self.company.tax_calculation_rounding_method = method
            with self.subTest(method=method):
                yield method

    def test_discounts(self):
        """9.90 less 5 % is 9.405: two lines of 9.41 are 18.82, not 18.81."""
        for _method in self._by_either():
            invoice = self._billed([9.90, 9.90], discount=5)
            self.assertSums(invoice, 18.82)

    def test_a_discount_alone_stays_in_its_column(self):
        invoice = self._billed([9.90], discount=5)
        line = invoice.invoice_line_ids
        self.assertEqual((line.price_unit, line.discount), (9.90, 5.0))
        self.assertSums(invoice, 9.41)

    def test_prices_with_tax_to_a_business_abroad(self):
        """20.79, 8.17 and 5.41 with 20 %: 17.33 + 6.81 + 4.51 without."""
        for method in self._by_either():
            german = self._at("DE", method, vat=GERMAN)
            invoice = self._billed([20.79, 8.17, 5.41], german, self.gross)
            self.assertSums(invoice, 28.65, 28.65)

    def test_bases_of_prices_with_tax(self):
        """2.49 and 96.85 with 20 %: 99.34, of which 82.78 before tax."""
        self.company.tax_calculation_rounding_method = "round_globally"
        invoice = self._billed([2.49, 96.85], tax=self.gross)
        self.assertSums(invoice, 82.78, 99.34)
        for line in invoice.invoice_line_ids:
            self.assertEqual(line.price_subtotal, -line.balance)
        self.company.tax_calculation_rounding_method = "round_per_line"
        invoice = self._billed([2.49, 96.85], tax=self.gross)
        self.assertSums(invoice, 82.78, 99.34)
