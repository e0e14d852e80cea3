"""Sums of electronic documents: prices with tax, discounts, parts given back."""

from odoo.tests import freeze_time, tagged

from .common_einvoice import EinvoiceCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-01")
class TestEinvoiceSums(EinvoiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gross = cls.env.ref(
            f"account.{cls.company.id}_tva_normale_encaissement_ttc"
        )
        cls.gross.active = True
        cls.company._vat_set_up()

    def _billed(self, prices, tax=None, discount=0.0):
        charges = [
            {
                "product_id": self._sold(price=price, tax=tax, name=str(number)).id,
                "unit_price": price,
            }
            for number, price in enumerate(prices)
        ]
        sub = self._subscribe(
            self._plan(charges=charges, alignment="calendar"),
            "2026-11-01",
            customer=self._french_company(),
            lines=[{"discount": discount} for _price in prices],
        )
        self._bill("2026-11-01")
        return sub.billed_item_ids.move_id

    def test_by_either_rounding(self):
        for method in ("round_globally", "round_per_line"):
            self.company.tax_calculation_rounding_method = method
            with self.subTest(method=method):
                moves = {
                    "with tax": self._billed([2.49, 96.85, 0.99, 17.35], self.gross),
                    "with tax, discount": self._billed([9.9, 9.9], self.gross, 5),
                    "discount": self._billed([9.9, 9.9], None, 5),
                }
                for part in self._parts(57.42, (14.43, 22.43, 20.56)):
                    moves[f"given back {part.amount_total}"] = part
                self.assertValid(moves)

    def _parts(self, price, parts):
        """Return the notes that give an invoice back in parts."""
        invoice = self._billed([price], self.gross)
        for part in parts:
            note = invoice._reverse_moves()
            note.invoice_date = "2026-11-01"
            note.invoice_line_ids.price_unit = part
            note.action_post()
        notes = invoice.reversal_move_ids
        for name in ("amount_untaxed", "amount_tax", "amount_total"):
            self.assertEqual(round(sum(notes.mapped(name)), 2), invoice[name])
        return notes
