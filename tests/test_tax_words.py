"""What the law wants printed: by decision, customer, day and language, each once."""

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common_tax import GERMAN
from .common_words import WordsCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-01")
class TestTaxWords(WordsCommon):
    # ------------------------------------------------------------------
    # VAT
    # ------------------------------------------------------------------

    def test_mentions_of_decisions(self):
        """(customer, product) -> French and English wording."""
        company = {"is_company": True}
        german = self._at("DE", "10115", vat=GERMAN)
        goods, online = self._sold("goods"), self._sold("electronic")
        for customer, product, french, english in (
            (self._at("FR"), self.service, [], []),
            (german, self.service, ["Autoliquidation"], ["Reverse charge"]),
            (
                german,
                goods,
                ["Exonération de TVA, art. 262 ter I du CGI"],
                ["VAT exempt, art. 262 ter I of the French tax code (CGI)"],
            ),
            (
                self._at("CH", "3000", **company),
                self.service,
                ["TVA non applicable, art. 259-1 du CGI"],
                ["VAT not applicable, art. 259-1 of the French tax code (CGI)"],
            ),
            (
                self._at("CH", "3000"),
                online,
                ["TVA non applicable, art. 259 D du CGI"],
                ["VAT not applicable, art. 259 D of the French tax code (CGI)"],
            ),
            (
                self._at("US", "10001"),
                goods,
                ["Exonération de TVA, art. 262 I du CGI"],
                ["VAT exempt, art. 262 I of the French tax code (CGI)"],
            ),
            (
                self._at("RE", "97400"),
                goods,
                ["Exonération de TVA, art. 294-2 du CGI"],
                ["VAT exempt, art. 294-2 of the French tax code (CGI)"],
            ),
            (self._at("RE", "97400", **company), self.service, [], []),
        ):
            invoice = self._invoice(customer, product)
            self.assertEqual(self._words(invoice)["vat"], english)
            self.assertEqual(self._french(invoice)["vat"], french)

    def test_one_mention_for_several_lines(self):
        german = self._at("DE", "10115", vat=GERMAN)
        invoice = self._invoice(german, self.service, self._sold("electronic"))
        self.assertEqual(self._words(invoice)["vat"], ["Reverse charge"])
        self.assertFalse(invoice._rr_marks())
        both = self._invoice(german, self.service, self._sold("goods"))
        self.assertEqual(len(self._words(both)["vat"]), 2)
        # Each line says which mention is its own.
        marks = both._rr_marks()
        self.assertEqual(
            [line._rr_tax_text(marks) for line in both.invoice_line_ids],
            ["– (1)", "– (2)"],
        )
        page = self._printed(both)
        self.assertIn("(1) Reverse charge", page)
        self.assertIn("(2) VAT exempt, art. 262 ter I", page)

    def test_oss_names_the_country(self):
        self._regime(oss_option=True)
        invoice = self._invoice(self._at("DE", "10115"), self._sold("electronic"))
        (sentence,) = self._words(invoice)["vat"]
        self.assertIn("(Germany)", sentence)
        (sentence,) = self._french(invoice)["vat"]
        self.assertIn("(Allemagne)", sentence)

    def test_franchise(self):
        self._regime(regime="franchise")
        invoice = self._invoice(self._at("FR"), self.service)
        french = ["TVA non applicable, art. 293 B du CGI"]
        self.assertEqual(self._french(invoice)["vat"], french)
        by_hand = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": invoice.partner_id.id,
                "invoice_date": "2026-11-01",
                "invoice_line_ids": [
                    Command.create({"product_id": self.service.id, "tax_ids": False})
                ],
            }
        )
        self.assertEqual(self._french(by_hand)["vat"], french)

    def test_association(self):
        self._regime(regime="association_partial")
        invoice = self._invoice(self._at("FR"), self._sold("member_service"))
        self.assertEqual(
            self._french(invoice)["vat"],
            ["Exonération de TVA, art. 261-7-1° a du CGI"],
        )

    def test_debits_only_where_services_bear_french_vat(self):
        self._regime(debits=True)
        sentence = "Option pour le paiement de la taxe d'après les débits"
        customer = self._at("FR")
        for product, said in ((self.service, True), (self._sold("goods"), False)):
            words = self._french(self._invoice(customer, product))
            self.assertEqual(sentence in words["vat"], said)
        german = self._at("DE", "10115", vat=GERMAN)
        words = self._french(self._invoice(german, self.service))
        self.assertNotIn(sentence, words["vat"])

    def test_debits_hold_from_their_day(self):
        self._regime(day="2026-12-01", debits=True)
        customer = self._at("FR")
        self.assertFalse(self._words(self._invoice(customer, self.service))["vat"])
        december = self._invoice(customer, self.service, day="2026-12-01")
        self.assertTrue(self._words(december)["vat"])

    def test_the_wording_is_that_of_the_invoice_date(self):
        """The CIBS wording from 2027 on; an invoice of 2026 keeps the CGI's."""
        swiss = self._at("CH", "3000", is_company=True)
        invoice = self._invoice(swiss, self.service)
        old = self._words(invoice)["vat"]
        mention = self.env.ref("recurring_revenue.vat_mention_outside_service")
        self.env["recurring.vat.mention.text"].create(
            {
                "mention_id": mention.id,
                "law": "cibs",
                "valid_from": "2027-01-01",
                "text": "TVA non applicable, art. X du CIBS",
            }
        )
        self.assertEqual(self._words(invoice)["vat"], old)
        later = self._invoice(swiss, self.service, day="2027-01-01")
        # Without English words, the law's own.
        self.assertEqual(
            self._words(later)["vat"], ["TVA non applicable, art. X du CIBS"]
        )

    def test_a_credit_note_says_what_its_invoice_said(self):
        german = self._at("DE", "10115", vat=GERMAN)
        invoice = self._invoice(german, self.service)
        credit = invoice._reverse_moves([{"invoice_date": "2026-11-01"}])
        words = self._words(credit)
        self.assertEqual(words["vat"], ["Reverse charge"])
        self.assertEqual(words["payment"], [])

    # ------------------------------------------------------------------
    # Payment, company, customer
    # ------------------------------------------------------------------

    def test_forty_euros_for_businesses_only(self):
        consumer = self._french(self._invoice(self._at("FR"), self.service))
        company = self._at("FR", is_company=True)
        business = self._french(self._invoice(company, self.service))
        indemnity = (
            "Indemnité forfaitaire pour frais de recouvrement en cas de retard de "
            "paiement : 40 €"
        )
        self.assertNotIn(indemnity, consumer["payment"])
        self.assertIn(indemnity, business["payment"])
        for words in (consumer, business):
            self.assertIn("trois fois le taux d'intérêt légal", words["payment"][0])
            self.assertEqual(
                words["payment"][-1], "Pas d'escompte pour paiement anticipé"
            )

    def test_public_customers_pay_eight_points(self):
        town = self._at("FR", is_company=True, company_registry="21440109300015")
        words = self._words(self._invoice(town, self.service))
        self.assertIn("plus 8 percentage points", words["payment"][0])
        self.assertIn("EUR 40", words["payment"][1])

    def test_discount_of_the_payment_terms(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "2 % within 10 days",
                "early_discount": True,
                "discount_percentage": 2.5,
                "discount_days": 10,
            }
        )
        invoice = self._invoice(self._at("FR"), self.service, payment_term_id=term.id)
        self.assertEqual(
            self._french(invoice)["payment"][-1],
            "Escompte de 2,50 % pour paiement sous 10 jours",
        )

    def test_own_words_about_payment(self):
        self.company.write(
            {
                "rr_penalties": "own",
                "rr_penalty_text": "Pénalités de 12 %",
                "rr_penalty_text_en": "Penalties of 12 %",
                "rr_discount_text": "Escompte de 1 %",
            }
        )
        invoice = self._invoice(self._at("FR"), self.service)
        self.assertEqual(
            self._words(invoice)["payment"], ["Penalties of 12 %", "Escompte de 1 %"]
        )
        self.assertEqual(self._french(invoice)["payment"][0], "Pénalités de 12 %")

    def test_notes_of_electronic_invoices(self):
        invoice = self._invoice(self._at("FR", is_company=True), self.service)
        note = self.company._rr_legal_note
        self.assertIn("40", note("PMT", invoice))
        self.assertIn("three times", note("PMD", invoice))
        self.assertEqual(note("AAB", invoice), "No discount for early payment")
        consumer = self._invoice(self._at("FR"), self.service)
        self.assertEqual(note("PMT", consumer), "")
        german = self._invoice(self._at("DE", "10115", vat=GERMAN), self.service)
        self.assertEqual(note("reverse_charge", german), "Reverse charge")
        self.assertEqual(note("franchise", german)[:18], "VAT not applicable")

    def test_identity(self):
        invoice = self._invoice(self._at("FR"), self.service)
        parts = self._words(invoice)["identity"].replace("\N{NO-BREAK SPACE}", " ")
        self.assertIn("SAS with a share capital of", parts)
        self.assertIn("10,000.00", parts)
        self.assertIn("RCS Nantes 732 829 320", parts)
        self.assertIn("VAT FR40303265045", parts)

    def test_identity_of_an_association(self):
        self.company.write(
            {
                "rr_legal_kind": "association",
                "rr_legal_form": "Association loi 1901",
                "rr_rna": "W442001234",
                "rr_register_city": False,
                "rr_share_capital": 0,
            }
        )
        text = self._words(self._invoice(self._at("FR"), self.service))["identity"]
        text = text.replace("\N{NO-BREAK SPACE}", " ")
        self.assertIn("Association loi 1901 – 1 rue A, 44000 Nantes – RNA W442", text)
        self.assertIn("RNA W442001234 – SIREN 732 829 320", text)
        self.assertNotIn("capital", text)

    def test_a_posted_invoice_keeps_what_the_company_was(self):
        customer = self._at("FR")
        first = self._invoice(customer, self.service)
        self.company.rr_share_capital = 50000
        second = self._invoice(customer, self.service)
        self.assertIn("10,000.00", self._words(first)["identity"])
        self.assertIn("50,000.00", self._words(second)["identity"])
        again = self._invoice(customer, self.service)
        self.assertEqual(again.rr_legal_data_id, second.rr_legal_data_id)
        with self.assertRaises(UserError):
            first.rr_legal_data_id.date = "2020-01-01"
        with self.assertRaises(UserError):
            first.rr_legal_data_id.unlink()

    def test_a_batch_looks_once_for_the_legal_data(self):
        plan = self._plan(
            charges=[{"product_id": self.service.id, "unit_price": 100.0}]
        )
        for number in range(4):
            customer = self._at("FR", f"7500{number + 1}")
            self._subscribe(plan, "2026-11-01", customer=customer)
        kind = type(self.env["recurring.legal.data"])
        kept = kind._kept
        with patch.object(kind, "_kept", autospec=True, side_effect=kept) as asked:
            run = self._bill("2026-11-01")
        invoices = self.env["account.move"].search([("rr_run_id", "=", run.id)])
        self.assertEqual(len(invoices), 4)
        self.assertTrue(all(invoices.mapped("rr_legal_data_id")))
        self.assertEqual(asked.call_count, 1)

    def test_kind_of_operation(self):
        customer = self._at("FR")
        goods = self._sold("goods")
        for products, text in (
            ([self.service], "Supply of services"),
            ([goods], "Supply of goods"),
            ([goods, self.service], "Supply of goods and services"),
        ):
            invoice = self._invoice(customer, *products)
            self.assertEqual(self._words(invoice)["operation"], text)

    def test_siren_of_the_customer(self):
        company = self._at("FR", is_company=True, company_registry="55200844300018")
        invoice = self._invoice(company, self.service)
        self.assertEqual(
            self._words(invoice)["siren"].replace("\N{NO-BREAK SPACE}", " "),
            "552 008 443",
        )
        german = self._at("DE", "10115", vat=GERMAN, company_registry="732829320")
        self.assertFalse(self._words(self._invoice(german, self.service))["siren"])

    def test_goods_delivered_elsewhere(self):
        customer = self._at("FR", "75011", street="1 rue A", city="Paris")
        other = self._customer(
            "Depot", parent_id=customer.id, type="delivery", zip="69001", city="Lyon"
        )
        for product, said in ((self._sold("goods"), True), (self.service, False)):
            invoice = self._invoice(customer, product, partner_shipping_id=other.id)
            self.assertEqual(self._words(invoice)["delivered_elsewhere"], said)
