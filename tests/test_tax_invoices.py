"""The VAT of real invoices: by customer, product and day, with what proves it."""

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common_tax import GERMAN, TaxCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-01")
class TestTaxInvoices(TaxCommon):
    def _assert_vat(self, invoice, total, treatment, category=None):
        """An invoice of 100.00 with one line: total, decision, category of its tax."""
        line = invoice.invoice_line_ids
        self.assertEqual(invoice.amount_untaxed, 100.0)
        self.assertEqual(invoice.amount_total, total)
        self.assertEqual(line.rr_vat_decision_id.treatment, treatment)
        if category:
            self.assertEqual(line.tax_ids.ubl_cii_tax_category_code, category)

    def test_french_customers(self):
        for customer in (
            self._at("FR", "75011"),
            self._at("FR", "20000", is_company=True),
            self._at("MC", "98000"),
        ):
            invoice = self._invoice(customer, self._sold("electronic"))
            self._assert_vat(invoice, 120.0, "domestic")
            self.assertEqual(invoice.invoice_line_ids.tax_ids, self.tax_s)

    def test_business_of_another_member_state(self):
        german = self._at("DE", "10115", vat=GERMAN)
        invoice = self._invoice(german, self._sold())
        self._assert_vat(invoice, 100.0, "eu_service", "AE")
        decision = invoice.invoice_line_ids.rr_vat_decision_id
        self.assertEqual(decision.inputs["number"], GERMAN)
        self.assertEqual(decision.evidence, "vat_number")
        self._assert_vat(
            self._invoice(german, self._sold("goods")), 100.0, "eu_goods", "K"
        )

    def test_one_invoice_bears_what_each_product_needs(self):
        """A consumer in Germany: support at 20 %, software at 19 %, on one invoice."""
        self._regime(oss_option=True)
        invoice = self._invoice(
            self._at("DE", "10115"), self._sold("service"), self._sold("electronic")
        )
        self.assertEqual(invoice.amount_tax, 39.0)
        treatments = invoice.invoice_line_ids.rr_vat_decision_id.mapped("treatment")
        self.assertEqual(sorted(treatments), ["domestic", "oss"])

    def test_overseas(self):
        company = {"is_company": True}
        for postcode, total, treatment in (
            ("97400", 108.5, "dom_service"),
            ("97300", 100.0, "dom_free"),
            ("97133", 100.0, "outside_service"),
        ):
            invoice = self._invoice(self._at("FR", postcode, **company), self._sold())
            self._assert_vat(invoice, total, treatment)
        consumer = self._at("RE", "97400")
        self._assert_vat(self._invoice(consumer, self._sold()), 120.0, "domestic")
        self._assert_vat(
            self._invoice(consumer, self._sold("goods")), 100.0, "dom_goods", "G"
        )

    def test_outside_the_union(self):
        swiss = self._at("CH", "3000", is_company=True)
        self._assert_vat(
            self._invoice(swiss, self._sold()), 100.0, "outside_service", "O"
        )
        self._assert_vat(
            self._invoice(swiss, self._sold("goods")), 100.0, "export", "G"
        )
        self._assert_vat(
            self._invoice(self._at("CH", "3000"), self._sold()), 120.0, "domestic"
        )

    def test_small_business(self):
        self._regime(regime="franchise")
        invoice = self._invoice(self._at("FR"), self._sold())
        self._assert_vat(invoice, 100.0, "franchise", "E")
        codes = invoice.invoice_line_ids.tax_ids
        self.assertEqual(codes.ubl_cii_tax_exemption_reason_code, "VATEX-FR-FRANCHISE")

    def test_associations(self):
        self._regime(regime="association_partial")
        member = self._at("FR")
        self._assert_vat(
            self._invoice(member, self._sold("member_service")), 100.0, "members", "E"
        )
        self._assert_vat(
            self._invoice(member, self._sold("dues")), 100.0, "out_of_scope", "O"
        )
        self._assert_vat(self._invoice(member, self._sold()), 120.0, "domestic")

    def test_a_decision_is_kept_once_and_never_changed(self):
        """The same customer, the next month: the same evidence; moved away: new."""
        customer = self._at("FR", "75011")
        product = self._sold("electronic")
        first = self._invoice(customer, product)
        again = self._invoice(customer, product)
        decision = first.invoice_line_ids.rr_vat_decision_id
        self.assertEqual(again.invoice_line_ids.rr_vat_decision_id, decision)
        customer.write({"country_id": self.env.ref("base.ch").id, "zip": "3000"})
        moved = self._invoice(customer, product)
        self._assert_vat(moved, 100.0, "outside_service")
        self.assertNotEqual(moved.invoice_line_ids.rr_vat_decision_id, decision)
        with self.assertRaises(UserError):
            decision.sudo().rate = 0
        with self.assertRaises(UserError):
            decision.sudo().unlink()

    def test_products_that_are_alike_share_a_decision(self):
        customer = self._at("FR", "75011")
        invoice = self._invoice(customer, self._sold(), self._sold(name="Support"))
        self.assertEqual(len(invoice.invoice_line_ids), 2)
        self.assertEqual(len(invoice.invoice_line_ids.rr_vat_decision_id), 1)

    def test_keeping_what_is_kept_already(self):
        """The same facts handed over again, as after a savepoint that was left."""
        customer, product = self._at("FR", "75011"), self._sold()
        today = fields.Date.today()
        facts = self.company._vat_answer(customer, customer, product, today).evidence
        decisions = self.env["recurring.vat.decision"]
        first = decisions._kept([facts, facts])
        self.assertEqual(first, decisions._kept([facts])[:1] * 2)

    def test_the_company_moves(self):
        """Its address is a contact: written there, it counts as well."""
        customer, product = self._at("FR", "97400", is_company=True), self._sold()
        first = self._invoice(customer, product)
        self._assert_vat(first, 108.5, "dom_service")
        self.company.partner_id.zip = "97410"
        self.assertEqual(self.company._vat_territory().code, "FR-RE")
        self.company.zip = "44000"
        self.assertEqual(self.company._vat_territory().code, "FR")

    def test_the_regime_is_that_of_the_day(self):
        self._regime(day="2026-12-01", regime="franchise")
        customer, product = self._at("FR"), self._sold()
        self._assert_vat(self._invoice(customer, product), 120.0, "domestic")
        december = self._invoice(customer, product, day="2026-12-01")
        self._assert_vat(december, 100.0, "franchise")

    def test_without_the_set_up_only_this_subscription_waits(self):
        positions = self.env["account.fiscal.position"].search(
            [("rr_vat_treatments", "like", "dom_service")]
        )
        positions.rr_vat_treatments = False
        company = self._at("FR", "97400", is_company=True)
        charges = [{"product_id": self._sold().id, "unit_price": 100.0}]
        plan = self._plan(charges=charges)
        bad = self._subscribe(plan, "2026-11-01", customer=company)
        good = self._subscribe(plan, "2026-11-01", customer=self._at("FR"))
        self._bill("2026-11-01")
        self.assertTrue(good.billed_item_ids)
        self.assertFalse(bad.billed_item_ids)
        self.assertEqual(bad.problem_code, "vat_set_up")
        self.assertIn("Run the VAT set-up", bad.problem_message)

    def test_a_seller_overseas_sells_to_the_mainland(self):
        """From Réunion: 8.5 % at home, 20 % for a service to a company in Paris."""
        self.company.zip = "97400"
        own = self.tax_s.copy({"name": "8.5% S", "amount": 8.5})
        self.company._vat_set_up()
        product = self._sold(tax=own)
        for customer, total in (
            (self._at("RE", "97400"), 108.5),
            (self._at("FR", "75011", is_company=True), 120.0),
            (self._at("FR", "75011"), 108.5),
            (self._at("GP", "97110", is_company=True), 108.5),
            (self._at("GF", "97300", is_company=True), 100.0),
        ):
            with self.subTest(customer=customer.name):
                self.assertEqual(self._invoice(customer, product).amount_total, total)

    def test_a_position_chosen_by_hand_keeps_the_rules_out(self):
        position = self.env.ref(
            f"account.{self.company.id}_fiscal_position_template_import_export"
        )
        invoice = self._invoice(
            self._at("FR"), self._sold(), fiscal_position_id=position.id
        )
        self.assertEqual(invoice.amount_total, 100.0)
        decision = invoice.invoice_line_ids.rr_vat_decision_id
        self.assertEqual(decision.treatment, "by_hand")

    def test_dues_are_a_document_of_their_own(self):
        """Out of scope and taxed never share a document (BR-O-11)."""
        invoices = self._invoice(
            self._at("FR"), self._sold("dues"), self._sold("service")
        )
        self.assertEqual(len(invoices), 2)
        self.assertEqual(sorted(invoices.mapped("amount_total")), [100.0, 120.0])

    def test_a_credit_carries_the_decision_of_what_it_credits(self):
        """The customer moved to Switzerland; what was billed before is credited with
        the VAT that it bore."""
        customer = self._at("FR", "75011")
        plan = self._plan(
            charges=[{"product_id": self._sold().id, "unit_price": 100.0}],
            cancel_when="now",
            cancel_credit=True,
        )
        sub = self._subscribe(plan, "2026-11-01", customer=customer)
        self._bill("2026-11-01")
        invoice = sub.billed_item_ids.move_id
        customer.write(
            {"country_id": self.env.ref("base.ch").id, "zip": "3000", "is_company": 1}
        )
        with freeze_time("2026-11-16"):
            sub.action_cancel("now", credit=True)
            self._bill("2026-11-16")
        note = sub.billed_item_ids.move_id - invoice
        self.assertEqual((note.amount_untaxed, note.amount_tax), (46.67, 9.33))
        self.assertEqual(
            note.invoice_line_ids.rr_vat_decision_id,
            invoice.invoice_line_ids.rr_vat_decision_id,
        )
        by_hand = invoice._reverse_moves()
        self.assertEqual(
            by_hand.invoice_line_ids.rr_vat_decision_id,
            invoice.invoice_line_ids.rr_vat_decision_id,
        )

    def test_a_price_with_tax_when_vat_changes(self):
        """120.00 with 20 %: 119.00 with 19 %, or 120.00, by the company's policy."""
        self._regime(oss_option=True)
        included = self.env.ref(
            f"account.{self.company.id}_tva_normale_encaissement_ttc"
        )
        included.active = True
        self.company._vat_set_up()
        product = self._sold("electronic", price=120.0, tax=included)
        german = self._at("DE", "10115")
        for policy, untaxed, total in (("net", 100.0, 119.0), ("gross", 100.84, 120.0)):
            self.company.rr_vat_price_policy = policy
            invoice = self._invoice(german, product)
            self.assertEqual(
                (invoice.amount_untaxed, invoice.amount_total), (untaxed, total)
            )
            self.assertEqual(invoice.invoice_line_ids.tax_ids.amount, 19.0)

    def test_set_up_twice_makes_nothing_more(self):
        self.assertEqual(self.company._vat_set_up(), [])
        steps = self._regime(oss_option=True)
        self.assertIn("OSS DE", [step.name for step in steps])
        self.assertEqual(self.company._vat_set_up(dry=True), [])
