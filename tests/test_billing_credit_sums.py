"""Parts of an invoice that are given back add up to it, VAT included."""

from odoo.tests import freeze_time, tagged

from .common_changes import ChangeCommon

PARTS = (
    (9.99, (7.13, 1.01)),
    (100.07, (33.35, 0.02)),
    (57.42, (42.99, 29.07, 20.56)),
    (76.83, (48.32,)),
    (61.17, (35.47, 3.01)),
    (8.95, (6.16,)),
)


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestCreditSums(ChangeCommon):
    def _given_back(self, price, steps, method, included, currency=None):
        """Bill a price, lower it step by step to nothing; return invoice and notes."""
        self.company.tax_calculation_rounding_method = method
        tax = self.tax_included if included else self.tax
        product = self._product(price=price, taxes_id=tax.ids)
        plan = self._plan(
            charges=[{"product_id": product.id, "unit_price": price}],
            alignment="calendar",
            currency_id=(currency or self.euro).id,
        )
        sub = self._subscribe(
            plan, "2026-04-01", currency_id=(currency or self.euro).id
        )
        self._bill("2026-04-01")
        invoice = sub.billed_item_ids.move_id
        for step in [*steps, 0]:
            line = sub._lines_on(self._day("2026-04-01"))
            rows = [{"line_id": line.id, "price_unit": step}]
            sub.action_change("lines", {"lines": rows}, date="2026-04-01")
            self._bill("2026-04-16")
        return invoice, sub.billed_item_ids.move_id - invoice

    def _assert_adds_up(self, invoice, notes):
        for name in ("amount_untaxed", "amount_tax", "amount_total"):
            self.assertEqual(
                round(sum(notes.mapped(name)), 2), invoice[name], f"{name} {notes}"
            )
        for note in notes:
            self.assertEqual(round(sum(note.line_ids.mapped("balance")), 2), 0.0)

    def test_thirds(self):
        """10.01 and 2.00 of VAT in thirds: 0.67 three times would be 2.01."""
        for method in ("round_globally", "round_per_line"):
            with self.subTest(method=method):
                invoice, notes = self._given_back(10.01, (6.67, 3.34), method, False)
                self.assertEqual(invoice.amount_tax, 2.0)
                self.assertEqual(len(notes), 3)
                self._assert_adds_up(invoice, notes)
                self.assertEqual(sorted(notes.mapped("amount_tax")), [0.66, 0.67, 0.67])

    def test_any_price_by_either_rounding(self):
        """Prices with tax and without, in uneven parts: what the customer paid comes
        back to the cent, base and VAT each too."""
        for included in (False, True):
            for method in ("round_globally", "round_per_line"):
                for price, steps in PARTS:
                    with self.subTest(price=price, included=included, method=method):
                        invoice, notes = self._given_back(
                            price, steps, method, included
                        )
                        self._assert_adds_up(invoice, notes)

    def test_prices_with_tax_in_another_currency(self):
        """Base and VAT add up in both currencies' books."""
        self.env["res.currency.rate"].create(
            {"name": "2026-01-01", "currency_id": self.dollar.id, "rate": 1.13}
        )
        invoice, notes = self._given_back(
            57.42, (42.99, 29.07, 20.56), "round_globally", True, self.dollar
        )
        self.assertEqual(invoice.currency_id, self.dollar)
        self._assert_adds_up(invoice, notes)

    def test_notes_by_hand(self):
        """What a person gives back in thirds: 0.67 three times would be 2.01."""
        for included, prices in ((False, (3.34, 3.34, 3.33)), (True, (4.0, 4.0, 4.01))):
            with self.subTest(included=included):
                tax = self.tax_included if included else self.tax
                price = round(sum(prices), 2)
                product = self._product(price=price, taxes_id=tax.ids)
                plan = self._plan(
                    charges=[{"product_id": product.id, "unit_price": price}],
                    alignment="calendar",
                )
                sub = self._subscribe(plan, "2026-04-01")
                self._bill("2026-04-01")
                invoice = sub.billed_item_ids.move_id
                notes = invoice.browse()
                for part in prices:
                    note = invoice._reverse_moves()
                    note.invoice_date = "2026-04-16"
                    note.invoice_line_ids.price_unit = part
                    note.action_post()
                    notes |= note
                self._assert_adds_up(invoice, notes)

    def test_totals_are_the_sums_of_the_lines(self):
        """Three lines of 0.99 with tax: 2.97, whatever the rounding."""
        for method in ("round_globally", "round_per_line"):
            self.company.tax_calculation_rounding_method = method
            product = self._product(price=0.99, taxes_id=self.tax_included.ids)
            charges = [
                {"product_id": product.id, "unit_price": 0.99, "name": str(number)}
                for number in range(3)
            ]
            sub = self._subscribe(self._plan(charges=charges), "2026-04-01")
            self._bill("2026-04-01")
            invoice = sub.billed_item_ids.move_id
            self.assertEqual(invoice.amount_total, 2.97)
            lines = invoice.invoice_line_ids
            self.assertEqual(round(sum(lines.mapped("price_total")), 2), 2.97)
