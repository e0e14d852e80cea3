"""The list of customers whose numbers need somebody, and what it says to do."""

from unittest.mock import patch

from odoo.tests import freeze_time, new_test_user, tagged

from ..engine.errors import VatError
from .common_tax import BELGIAN, FRENCH, GERMAN, TaxCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-01 08:00:00")
class TestTaxAttention(TaxCommon):
    def _refused(self, customer):
        self.env["recurring.vat.check"].create(
            {"partner_id": customer.id, "answer": "refused", "message": "VIES site"}
        )
        return customer

    def _listed(self, code):
        return self.env["res.partner"].search([("rr_number_attention", "=", code)])

    def test_who_is_listed_and_why(self):
        cases = {
            "refused": self._refused(self._at("DE", vat=GERMAN)),
            "malformed": self._customer("X", country_id=False, vat="DE136695978"),
            "missing": self._at("DE", is_company=True),
            "place": self._at("RE", "75013"),
            "unverified": self._at("BE", vat=BELGIAN),
            "registry": self._at("FR", company_registry="404833047"),
            "contradiction": self._at(
                "FR", vat="FR83404833048", company_registry="552008443"
            ),
            "rna": self._at("FR", rr_rna="123456789"),
            "iban": self._at("FR"),
        }
        self.env["res.partner.bank"].create(
            {
                "partner_id": cases["iban"].id,
                "acc_number": "GR1601101050000010547023796",
            }
        )
        germany = {"country_id": self.env.ref("base.de").id}
        cases["malformed"].with_context(no_vat_validation=True).write(germany)
        for code, customer in cases.items():
            self.assertEqual(customer.rr_number_attention, code)
            self.assertIn(customer, self._listed(code), code)
            self.assertTrue(customer.rr_number_advice, code)
            for other in set(cases) - {code}:
                self.assertNotIn(customer, self._listed(other), (code, other))
        self.assertIn("check digits", cases["iban"].rr_number_advice)
        self.assertIn("11/01/2026", cases["refused"].rr_number_advice)

    def test_who_is_not_listed(self):
        fine = (
            self._at("FR", vat=FRENCH, company_registry="303265045")
            | self._at("FR", is_company=True)
            | self._at("DE")
            | self._at("CH", vat="CHE-107.787.577 IVA")
            | self._at("US", is_company=True)
        )
        need = self.env["res.partner"].search([("rr_number_attention", "!=", False)])
        none = self.env["res.partner"].search([("rr_number_attention", "=", False)])
        self.assertFalse(fine & need)
        self.assertEqual(fine & none, fine)
        self.assertEqual(set(fine.mapped("rr_number_attention")), {False})

    def test_nobody_knows_where(self):
        nobody = self._customer("Nobody", country_id=False)
        self.assertEqual(nobody.rr_number_attention, "place")
        self.assertIn("no country", nobody.rr_number_advice)
        self.assertIn(nobody, self._listed("place"))
        nobody.country_id = self.env.ref("base.fr")
        self.assertFalse(nobody.rr_number_attention)

    def test_a_table_that_contradicts_itself_stops_no_address(self):
        rules = type(self.env["recurring.vat.rule"])
        with patch.object(rules, "_book", side_effect=VatError("Two values.")):
            nobody = self._customer("Nobody", country_id=False)
            self.assertFalse(nobody.rr_vat_place_doubt)

    def test_contacts_of_a_listed_company_are_not_listed(self):
        company = self._at("DE", is_company=True)
        contact = self._customer(
            "Contact", parent_id=company.id, country_id=company.country_id.id
        )
        self.assertFalse(contact.rr_number_attention)

    def test_with_subscriptions(self):
        customer = self._at("DE", is_company=True)
        other = self._at("DE", is_company=True)
        plan = self._plan(charges=[{"product_id": self._sold().id}])
        self._subscribe(plan, "2026-11-01", customer=customer)
        partners = self.env["res.partner"]
        payers = partners.search([("rr_is_recurring_payer", "=", True)])
        self.assertIn(customer, payers)
        self.assertNotIn(other, payers)
        others = partners.search([("rr_is_recurring_payer", "=", False)])
        self.assertIn(other, others)
        self.assertNotIn(customer, others)
        self.assertTrue(customer.rr_is_recurring_payer)
        self.assertFalse(other.rr_is_recurring_payer)

    def test_sentences(self):
        german = self._at("DE", vat=GERMAN)
        sentence = german._vat_number_sentence
        self.assertEqual(sentence(), "number not confirmed yet")
        self._refused(german)
        self.assertEqual(sentence(), "number refused on 11/01/2026")
        self.assertEqual(self._at("DE")._vat_number_sentence(), "no VAT number")
        british = self._at("UK", vat="GB980780684")
        self.assertEqual(
            british._vat_number_sentence(),
            "number not confirmed: VIES does not know this country",
        )
        french = german.with_context(lang="fr_FR")
        self.assertIn("01/11/2026", french._vat_number_sentence())

    def test_readers_may_open_the_list(self):
        reader = new_test_user(
            self.env, "numbers_reader", groups="account.group_account_readonly"
        )
        action = self.env.ref("recurring_revenue.customer_numbers_action")
        partners = self.env["res.partner"].with_user(reader)
        view = partners.get_views(
            [(view.view_id.id, view.view_mode) for view in action.view_ids]
        )
        self.assertIn("rr_number_advice", view["views"]["list"]["arch"])
        self._at("DE", is_company=True)
        domain = [("rr_number_attention", "!=", False)]
        rows = partners.search_read(domain, ["rr_number_advice", "rr_vies_can_know"])
        self.assertTrue(rows)
