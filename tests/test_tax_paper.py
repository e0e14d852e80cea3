"""The printed invoice: its mentions once, its taxes and totals in the right words."""

from odoo.tests import freeze_time, tagged

from .common_tax import GERMAN
from .common_words import WordsCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-01")
class TestTaxPaper(WordsCommon):
    def _in_dollars(self, customer):
        """Return an invoice of the service in dollars."""
        charge = {"product_id": self.service.id, "unit_price": 100}
        plan = self._plan("USD", charges=[charge], currency_id=self.dollar.id)
        pricelist = self.env["product.pricelist"].create(
            {"name": "USD", "currency_id": self.dollar.id}
        )
        sub = self._subscribe(
            plan, "2026-11-01", customer=customer, pricelist_id=pricelist.id
        )
        self._bill("2026-11-01")
        return sub.billed_item_ids.move_id

    def test_the_page_says_it_once(self):
        """Odoo's own notes and those of the French chart give way."""
        german = self._at("DE", "10115", vat=GERMAN, is_company=True)
        page = self._printed(self._invoice(german, self.service))
        self.assertEqual(page.count("Reverse charge"), 1)
        self.assertNotIn("Article 196", page)
        self.assertEqual(page.count("Supply of services"), 1)
        self.assertNotIn("Service Delivery", page)
        self._regime(debits=True)
        company = self._at("FR", is_company=True, company_registry="55200844300018")
        page = self._printed(self._invoice(company, self.service, self._sold("goods")))
        self.assertEqual(page.count("debits"), 1)
        self.assertEqual(page.count("SIREN: 552"), 1)
        self.assertNotIn("SIRET: 552", page)

    def test_taxes_are_called_by_the_customers_word(self):
        """VAT in English, TVA otherwise, whatever the chart or the set-up wrote."""
        self._regime(oss_option=True)
        self.env["res.lang"]._activate_lang("fr_FR")
        german = self._at("DE", "10115")
        invoice = self._invoice(german, self.service, self._sold("electronic"))
        page = self._printed(invoice)
        for said in ("VAT 20%", "VAT 19% DE on"):
            self.assertIn(said, page)
        self.assertNotIn("TVA", page)
        german.lang = "fr_FR"
        page = self._printed(invoice)
        for said in ("TVA 20%", "TVA 19% ", "TVA 19% DE sur"):
            self.assertIn(said, page)
        self.assertNotIn("VAT", page)
        overseas = self._at("FR", "97400", is_company=True, lang="fr_FR")
        page = self._printed(self._invoice(overseas, self.service))
        self.assertIn("TVA 8,5%", page)

    def test_without_vat_no_rate_is_shown(self):
        """What a mention exempts has a dash, and no total of 0 %; where something else
        bears VAT, the totals name both."""
        german = self._at("DE", "10115", vat=GERMAN)
        invoice = self._invoice(german, self.service)
        self.assertEqual(invoice.invoice_line_ids._rr_tax_text({}), "–")
        page = self._printed(invoice)
        self.assertNotIn("0%", page)
        self.assertIn("Untaxed Amount", page)
        credit = invoice._reverse_moves([{"invoice_date": "2026-11-01"}])
        self.assertEqual(credit.invoice_line_ids._rr_tax_text({}), "–")
        self._regime(regime="association_partial")
        both = self._invoice(self._at("FR"), self.service, self._sold("member_service"))
        page = self._printed(both)
        self.assertIn("VAT 0% on", page)
        self.assertIn("VAT 20% on", page)

    def test_vat_in_euro_on_invoices_in_another_currency(self):
        self.company.display_invoice_tax_company_currency = False
        invoice = self._invoice(self._at("FR"), self.service)
        self.assertFalse(invoice.tax_totals["display_in_company_currency"])
        rate = {"name": "2026-01-01", "rate": 1.25, "currency_id": self.dollar.id}
        self.env["res.currency.rate"].create(rate)
        dollars = invoice.copy({"currency_id": self.dollar.id})
        self.assertTrue(dollars.tax_totals["display_in_company_currency"])
        page = self._printed(dollars)
        self.assertIn("VAT in EUR (1 EUR = 1.25 USD)", page)
        self.assertIn("16.00", page)
        german = self._at("DE", "10115", vat=GERMAN)
        free = self._in_dollars(german)
        self.assertFalse(free.tax_totals["display_in_company_currency"])
        # Where the company wants the box all the same, it has no rate of 0 %.
        self.company.display_invoice_tax_company_currency = True
        free.invalidate_recordset(["tax_totals"])
        page = self._printed(free)
        self.assertIn("Amounts in EUR", page)
        self.assertNotIn("0%", page)

    def test_a_company_that_decides_by_hand_prints_what_odoo_prints(self):
        self.company.rr_vat_decides = False
        customer = self._at("DE", "10115", vat=GERMAN)
        invoice = self._invoice(customer, self.service)
        self.assertIsNone(self._words(invoice))
        self.assertFalse(invoice.rr_legal_data_id)
        self.assertNotIn("Late payment", self._printed(invoice))
        bill = self.env["account.move"].create({"move_type": "in_invoice"})
        self.assertIsNone(bill._rr_words())
