"""Bad numbers on real invoices: the safest answer, said, and nobody else waits."""

from odoo.tests import freeze_time, tagged

from .common_tax import BELGIAN, FRENCH, GERMAN, TaxCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-01 08:00:00")
class TestTaxBadNumbers(TaxCommon):
    def _at(self, country, postcode="", **values):
        """Bring a customer in as another program does: no number is refused."""
        customer = super()._at(country, postcode, **{**values, "vat": False})
        customer.is_company = values.get("is_company", bool(values.get("vat")))
        number = values.get("vat", False)
        customer.with_context(no_vat_validation=True).vat = number
        return customer

    def _billed(self, customer):
        """Return (total of 100.00 before tax, warnings of the decision)."""
        invoice = self._invoice(customer, self._sold())
        decision = invoice.invoice_line_ids.rr_vat_decision_id
        return invoice.amount_total, set((decision.warnings or "").split())

    def test_wrong_digits_are_charged(self):
        german = self._at("DE", "10115", vat="DE136695978")
        self.assertEqual(self._billed(german), (120.0, {"number_malformed"}))

    def test_no_number_is_charged(self):
        german = self._at("DE", "10115", is_company=True)
        self.assertEqual(self._billed(german), (120.0, {"number_missing"}))

    def test_number_of_another_member_state(self):
        german = self._at("DE", "10115", vat=BELGIAN)
        total, warnings = self._billed(german)
        self.assertEqual(total, 100.0)
        self.assertIn("number_of_another_country", warnings)

    def test_number_of_the_seller_s_country(self):
        german = self._at("DE", "10115", vat=FRENCH)
        self.assertEqual(self._billed(german), (120.0, {"number_of_seller_country"}))

    def test_number_of_the_one_stop_shop(self):
        german = self._at("DE", "10115", vat="EU372000041")
        self.assertEqual(self._billed(german), (120.0, {"number_malformed"}))

    def test_german_tax_number(self):
        german = self._at("DE", "10115", vat="12/345/67890")
        self.assertEqual(self._billed(german), (120.0, {"number_malformed"}))

    def test_no_country_at_all(self):
        somebody = self._customer("Nowhere", country_id=False, vat=GERMAN)
        total, warnings = self._billed(somebody)
        self.assertEqual(total, 120.0)
        self.assertIn("no_country", warnings)

    def test_refused_by_hand(self):
        german = self._at("DE", "10115", vat=GERMAN)
        self.env["recurring.vat.check"].create(
            {"partner_id": german.id, "answer": "refused", "message": "BZSt, letter"}
        )
        self.assertEqual(self._billed(german), (120.0, {"number_refused"}))

    def test_nobody_else_waits(self):
        """Five customers in one run, four of them with something wrong."""
        plan = self._plan(charges=[{"product_id": self._sold().id, "unit_price": 100}])
        numbers = ["DE136695978", "12/345/67890", "EU372000041", "DE1", GERMAN]
        subs = [
            self._subscribe(
                plan, "2026-11-01", customer=self._at("DE", "10115", vat=number)
            )
            for number in numbers
        ]
        self._bill("2026-11-01")
        totals = [sub.billed_item_ids.move_id.amount_total for sub in subs]
        self.assertEqual(totals, [120.0, 120.0, 120.0, 120.0, 100.0])
