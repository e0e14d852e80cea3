"""The option for VAT on debits: twins of the service taxes, dated, and back again."""

from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged

from .common_tax import TaxCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-01")
class TestTaxDebits(TaxCommon):
    def _twin(self, tax):
        return self.env["account.tax"].search([("rr_vat_debits_of_id", "=", tax.id)])

    def test_twin_is_due_on_invoice(self):
        """Same rate, boxes and VAT account; no account in between."""
        self._regime("2026-11-01", debits=True)
        twin = self._twin(self.tax_s)
        self.assertEqual(twin.name, "20% S débits")
        self.assertEqual((twin.amount, twin.tax_scope), (20.0, "service"))
        self.assertEqual(twin.tax_exigibility, "on_invoice")
        self.assertFalse(twin.cash_basis_transition_account_id)
        lines = twin.repartition_line_ids
        own = self.tax_s.repartition_line_ids
        self.assertEqual(lines.account_id.code, "445710")
        self.assertEqual(lines.tag_ids, own.tag_ids)
        self.assertEqual(len(lines), len(own))
        self.assertEqual(
            twin.ubl_cii_tax_category_code, self.tax_s.ubl_cii_tax_category_code
        )
        self.assertEqual(twin.fiscal_position_ids, self.tax_s.fiscal_position_ids)

    def test_invoices_from_the_day_on(self):
        product, customer = self._sold(price=100.0), self._at("FR", "75011")
        before = self._invoice(customer, product, day="2026-11-01")
        self._regime("2026-12-01", debits=True)
        with freeze_time("2026-12-01"):
            after = self._invoice(customer, product, day="2026-12-01")
        self.assertEqual(before.invoice_line_ids.tax_ids, self.tax_s)
        self.assertEqual(after.invoice_line_ids.tax_ids, self._twin(self.tax_s))
        vat = after.line_ids.filtered("tax_line_id")
        self.assertEqual((vat.account_id.code, vat.balance), ("445710", -20.0))
        vat = before.line_ids.filtered("tax_line_id")
        self.assertEqual((vat.account_id.code, vat.balance), ("445740", -20.0))

    def test_overseas_too(self):
        """8.5 % of a business in Réunion, made by the set-up, has its twin."""
        self._regime("2026-11-01", debits=True)
        customer = self._at("RE", "97400", vat="FR83404833048")
        tax = self._invoice(customer, self._sold()).invoice_line_ids.tax_ids
        self.assertEqual((tax.amount, tax.tax_exigibility), (8.5, "on_invoice"))
        position = tax.fiscal_position_ids
        self.assertEqual(position.map_tax(self._twin(self.tax_s)), tax)

    def test_twin_on_a_product_is_mapped_abroad(self):
        """Who puts the twin on a product sells to Germany without VAT all the same."""
        self._regime("2026-11-01", debits=True)
        product = self._sold(tax=self._twin(self.tax_s))
        german = self._at("DE", "10115", vat="DE136695976")
        tax = self._invoice(german, product).invoice_line_ids.tax_ids
        own = self._invoice(german, self._sold()).invoice_line_ids.tax_ids
        self.assertEqual((tax, tax.amount), (own, 0.0))

    def test_without_the_set_up_nothing_is_billed_on_receipts(self):
        """The option is on record and its taxes are not made: said, and not billed."""
        self.env["recurring.vat.registration"].create(
            {"company_id": self.company.id, "date_from": "2026-11-01", "debits": True}
        )
        customer, service = self._at("FR", "75011"), self._sold(price=100.0)
        self.assertFalse(self._invoice(customer, service))
        [problem] = self.env["recurring.billing.problem"].search(
            [("subscription_id.partner_id", "=", customer.id)]
        )
        self.assertIn("20% S of service waits for the payment", problem.message)
        self.assertTrue(self._invoice(customer, self._sold("goods")))
        self.company._vat_set_up()
        self._bill("2026-11-01")
        lines = self.env["account.move.line"].search(
            [("product_id", "=", service.id), ("parent_state", "=", "posted")]
        )
        self.assertEqual(lines.tax_ids, self._twin(self.tax_s))

    def test_goods_stay(self):
        self._regime("2026-11-01", debits=True)
        move = self._invoice(self._at("FR", "75011"), self._sold("goods"))
        self.assertEqual(move.invoice_line_ids.tax_ids, self.tax_g)

    def test_given_up(self):
        """Two years of the option, and receipts again from its end on."""
        product, customer = self._sold(price=100.0), self._at("FR", "75011")
        self._regime("2024-01-01", debits=True)
        self._regime("2026-11-01", debits=False)
        with freeze_time("2026-10-01"):
            during = self._invoice(customer, product, day="2026-10-01")
        after = self._invoice(customer, product, day="2026-11-01")
        self.assertEqual(during.invoice_line_ids.tax_ids, self._twin(self.tax_s))
        self.assertEqual(after.invoice_line_ids.tax_ids, self.tax_s)

    def test_set_up_twice_makes_nothing_more(self):
        self._regime("2026-11-01", debits=True)
        taxes = self.env["account.tax"].search_count([])
        changes = self.env["recurring.vat.tax.change"].search_count([])
        self.assertEqual(self.company._vat_set_up(), [])
        self.assertEqual(self.env["account.tax"].search_count([]), taxes)
        found = self.env["recurring.vat.tax.change"].search_count([])
        self.assertEqual(found, changes)

    def test_listed_before_it_is_done(self):
        self.env["recurring.vat.registration"].create(
            {"company_id": self.company.id, "date_from": "2026-11-01", "debits": True}
        )
        listed = self.company._vat_set_up(dry=True)
        self.assertFalse(self._twin(self.tax_s))
        self.assertIn("20% S débits", [step.name for step in listed])
        self.assertIn(
            "20% S → 20% S débits, 2026-11-01", [step.name for step in listed]
        )
        self.assertEqual(self.company._vat_set_up(), listed)

    def test_an_option_that_never_was(self):
        """Its record deleted, the changes are withdrawn."""
        self._regime("2026-11-01", debits=True)
        self.company.rr_vat_registration_ids.filtered("debits").unlink()
        steps = self.company._vat_set_up()
        self.assertTrue(steps)
        self.assertEqual({step.kind for step in steps}, {"withdraw"})
        move = self._invoice(self._at("FR", "75011"), self._sold())
        self.assertEqual(move.invoice_line_ids.tax_ids, self.tax_s)

    def test_first_of_a_month_only(self):
        with self.assertRefused("first day of a month", ValidationError):
            self._regime("2026-11-15", debits=True)
        self._regime("2026-11-01", debits=True)
        with self.assertRefused("first day of a month", ValidationError):
            self._regime("2026-12-02", debits=False)
        self._regime("2026-12-02", debits=True, oss_option=False)
