"""Every code that a decision can give has words, and is said where it matters."""

import ast
from pathlib import Path

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from ..engine.vat import NUMBERS, WARNINGS
from ..models.tax import vat_sentences as words
from ..models.tax.vat_by_hand import BY_HAND
from .common_tax import GERMAN, TaxCommon

MODELS = Path(__file__).resolve().parent.parent / "models"


def _added_by_models():
    """Return the codes that models add to a decision's warnings, as written there."""
    found = set()
    for path in MODELS.glob("**/*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) == "add_warning":
                code = node.args[1]
                found.add(code.value if isinstance(code, ast.Constant) else BY_HAND)
            elif isinstance(node, ast.keyword) and node.arg == "warnings":
                parts = getattr(node.value, "elts", ())
                found |= {
                    part.value for part in parts if isinstance(part, ast.Constant)
                }
    return found


def _name(node):
    return getattr(node, "id", getattr(node, "attr", ""))


@tagged("post_install", "-at_install")
@freeze_time("2026-11-01")
class TestTaxSentences(TaxCommon):
    def _sub(self, customer, *products, **values):
        charges = [{"product_id": one.id, "unit_price": 100.0} for one in products]
        plan = self._plan(products[0].name, charges=charges)
        return self._subscribe(plan, "2026-11-01", customer=customer, **values)

    def _billed(self, sub):
        self._bill("2026-11-01")
        return sub.billed_item_ids.move_id

    # ------------------------------------------------------------------
    # No code is without words
    # ------------------------------------------------------------------

    def test_every_warning_has_a_sentence(self):
        added = _added_by_models()
        self.assertIn("location_conflict", added)
        self.assertIn("own_tax_missing", added)
        self.assertEqual(set(words.WARNINGS), {*WARNINGS, *added})

    def test_every_other_code_has_words(self):
        rules = self.env["recurring.vat.rule"].search([("code", "!=", False)])
        treatments = {*rules.mapped("treatment"), "dom_free", BY_HAND}
        self.assertEqual(set(words.TREATMENTS), treatments)
        evidence = {code for rule in rules for code in (rule.evidence or "").split()}
        self.assertEqual(set(words.EVIDENCE), evidence)
        self.assertEqual(set(words.NUMBERS), set(NUMBERS))
        mentions = self.env["recurring.vat.mention"]
        for code in filter(None, {*rules.mapped("mention"), "dom_free"}):
            self.assertTrue(mentions._say(code, self.env.cr.now().date(), "fr"), code)

    # ------------------------------------------------------------------
    # Where they are said
    # ------------------------------------------------------------------

    def test_on_subscription_customer_decision_and_invoice(self):
        customer = self._at("DE", "10115", is_company=True)
        sub = self._sub(customer, self._sold())
        sentence = "A business without VAT number: VAT is charged as to a consumer."
        self.assertEqual(sub.vat_odd, sentence)
        self.assertIn(sentence, sub.vat_html)
        self.assertIn(sentence, customer.rr_vat_html)
        move = self._billed(sub)
        self.assertEqual(move.rr_vat_odd, sentence)
        decision = move.invoice_line_ids.rr_vat_decision_id
        self.assertEqual(decision.odd, sentence)
        self.assertNotIn(sentence, decision.why)

    def test_nothing_odd_says_nothing(self):
        sub = self._sub(self._at("FR", "75011"), self._sold())
        self.assertFalse(sub.vat_odd)
        self.assertFalse(self._billed(sub).rr_vat_odd)

    def test_taxes_changed_on_a_draft(self):
        self.company.rr_invoice_policy = "draft"
        move = self._billed(self._sub(self._at("FR", "75011"), self._sold()))
        self.assertFalse(move.rr_vat_odd)
        move.invoice_line_ids.tax_ids = self.env["account.tax"]
        self.assertIn("somebody changed its taxes", move.rr_vat_odd)
        self.assertIn("VAT of 20 %, France", move.rr_vat_odd)

    def test_addresses_in_two_places(self):
        payer = self._at("FR", "75011")
        service = self._customer(
            "Abroad",
            parent_id=payer.id,
            type="delivery",
            country_id=self.env.ref("base.de").id,
            zip="10115",
        )
        sub = self._sub(payer, self._sold(), partner_shipping_id=service.id)
        self.assertIn("the service address decides", sub.vat_odd)
        goods = self._sub(payer, self._sold("goods"), partner_shipping_id=service.id)
        self.assertFalse(goods.vat_odd)

    def test_an_address_without_country_is_where_the_payer_is(self):
        """An invoice address that somebody typed in a hurry: still a German company."""
        german = self._at("DE", "10115", vat=GERMAN)
        desk = self._customer(
            "Accounts", parent_id=german.id, type="invoice", country_id=False
        )
        sub = self._sub(
            german,
            self._sold(),
            partner_invoice_id=desk.id,
            partner_shipping_id=desk.id,
        )
        move = self._billed(sub)
        decision = move.invoice_line_ids.rr_vat_decision_id
        self.assertEqual((move.amount_total, decision.inputs["place"]), (100.0, "eu"))

    def test_a_kind_of_customer_that_was_chosen_stays(self):
        freelancer = self._at("US", "12534")
        self.assertEqual(freelancer.rr_vat_status, "consumer")
        freelancer.rr_vat_status = "business"
        freelancer.country_id = self.env.ref("base.ca")
        self.assertEqual(freelancer.rr_vat_status, "business")
        freelancer.rr_vat_status = "consumer"
        freelancer.is_company = True
        self.assertEqual(freelancer.rr_vat_status, "business")

    def test_the_company_s_own_address_is_read_anew(self):
        day = self.env.cr.now().date()
        self.assertEqual(self.company._vat_seller(day).territory.code, "FR")
        self.company.partner_id.zip = "97400"
        self.assertEqual(self.company._vat_seller(day).territory.code, "FR-RE")

    # ------------------------------------------------------------------
    # At home, what is decided is what is charged
    # ------------------------------------------------------------------

    def test_a_nature_that_names_its_rate(self):
        """E-books and press at 20 % by mistake: the nature's rate is charged."""
        for nature, total in (("ebook", 105.5), ("book", 105.5), ("press", 102.1)):
            with self.subTest(nature=nature):
                product = self._sold(nature)
                self.company._vat_set_up()
                self.assertFalse(self.company._vat_set_up(dry=True))
                move = self._billed(self._sub(self._at("FR"), product))
                decision = move.invoice_line_ids.rr_vat_decision_id
                self.assertEqual(move.amount_total, total)
                self.assertEqual(decision.rate, round(total - 100, 2))
                scope = "service" if nature == "ebook" else "consu"
                self.assertEqual(move.invoice_line_ids.tax_ids.tax_scope, scope)

    def test_a_rate_that_no_tax_has(self):
        """Nobody is billed 20 % for press; the set-up activates the chart's tax."""
        sub = self._sub(self._at("FR"), self._sold("press"))
        self._bill("2026-11-01")
        self.assertFalse(sub.billed_item_ids)
        self.assertEqual(sub.problem_code, "vat_set_up")
        self.assertIn("2.1 %", sub.problem_message)
        [step] = self.company._vat_set_up(dry=True)
        self.assertEqual((step.kind, step.name), ("tax", "2.1% G"))

    def test_an_e_book_overseas(self):
        """The set-up makes what the activated rate needs there: 2.1 % in Réunion."""
        product = self._sold("ebook")
        self.company._vat_set_up()
        move = self._billed(self._sub(self._at("RE", "97400"), product))
        self.assertEqual(move.amount_total, 102.1)

    def test_a_product_without_tax(self):
        product = self._sold("service", tax=self.tax_s.browse())
        sub = self._sub(self._at("FR"), product)
        self.assertIn("no tax of its own", sub.vat_odd)
        move = self._billed(sub)
        self.assertEqual(move.amount_total, 120.0)
        self.assertEqual(move.invoice_line_ids.tax_ids.tax_scope, "service")

    def test_a_tax_whose_rate_is_of_no_category(self):
        """An exempt or special tax at home stands, and the decision says its rate."""
        chart = f"account.{self.company.id}_"
        exempt = self.env.ref(f"{chart}tva_sale_service_0")
        special = self.tax_s.copy({"name": "13 % Corsica", "amount": 13.0})
        for tax, total in ((exempt, 100.0), (special, 113.0)):
            exempt.active = True
            product = self._sold(tax=tax, name=tax.name)
            move = self._billed(self._sub(self._at("FR"), product))
            decision = move.invoice_line_ids.rr_vat_decision_id
            self.assertEqual(move.amount_total, total)
            self.assertEqual(decision.rate, tax.amount)
            self.assertEqual(decision.is_taxed, bool(tax.amount))
            self.assertIn("own_tax_differs", decision.warnings)

    def test_a_german_company_is_not_asked_for_our_taxes(self):
        product = self._sold("service", tax=self.tax_s.browse())
        move = self._billed(self._sub(self._at("DE", "10115", vat=GERMAN), product))
        self.assertEqual(move.amount_total, 100.0)
        self.assertEqual(move.invoice_line_ids.tax_ids.ubl_cii_tax_category_code, "AE")
        self.assertNotIn("own_tax", move.invoice_line_ids.rr_vat_decision_id.warnings)

    def test_several_taxes_of_a_product_stay(self):
        fee = self.env["account.tax"].create(
            {
                "name": "Fee",
                "amount": 1.0,
                "amount_type": "fixed",
                "type_tax_use": "sale",
                "country_id": self.company.account_fiscal_country_id.id,
            }
        )
        product = self._sold()
        product.taxes_id = [Command.link(fee.id)]
        move = self._billed(self._sub(self._at("FR"), product))
        self.assertEqual(move.amount_total, 121.0)
