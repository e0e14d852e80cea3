"""Numbers by themselves: which are right, and which part of the others is wrong."""

import doctest
from pathlib import Path

from odoo.exceptions import ValidationError
from odoo.tests import Form, TransactionCase, tagged

from ..models.tax import number_texts, numbers
from ..models.tax.numbers import (
    iban_finding,
    registry_finding,
    rna_finding,
    vat_finding,
)
from .common_tax import FRENCH, GERMAN

VALID = """
    FR40303265045 FR83404833048 FR23334175221 FR19552008443 FRK7399859412
    BE0428759497 BE0697449992 DE136695976 LU15027442 EL094259216 XI432525179
    GB980780684 CHE-107.787.577IVA IE6433435F ES54362315K NL004495445B01
    PT501964843 ATU13585627 IT00743110157 NO995525828MVA NO995525828
""".split()
# The number, the customer's country, the part that is wrong.
WRONG = [
    ("FR84323140391", "FR", "digits"),
    ("FR IO334175221", "FR", "characters"),
    ("FR61954506077", "MC", "monaco"),
    ("BE431150351", "BE", "digits"),
    ("DE136695978", "DE", "digits"),
    ("LU15027443", "LU", "digits"),
    ("EL123456781", "GR", "digits"),
    ("GB802311781", "GB", "digits"),
    ("CHE-107.787.578 IVA", "CH", "digits"),
    ("NL123456789B90", "NL", "digits"),
    ("ATU13585626", "AT", "digits"),
    ("IT00743110158", "IT", "digits"),
    ("DE13669597", "DE", "length"),
    ("DEDE136695976", "DE", "length"),
    ("DK136695976", "DE", "length"),
    ("ZZ136695976", "DE", "prefix"),
    ("136695976", "", "country"),
    ("CHE107787577", "CH", "ending"),
    ("12/345/67890", "DE", "tax_number"),
    ("EU372000041", "DE", "one_stop_shop"),
]
BANK_FR = "FR14 2004 1010 0505 0001 3M02 606"


@tagged("post_install", "-at_install")
class TestTaxNumbers(TransactionCase):
    def _partner(self, country="fr", **values):
        values.setdefault("is_company", True)
        return self.env["res.partner"].create(
            {
                "name": "Acme",
                "country_id": country and self.env.ref(f"base.{country}").id,
                **values,
            }
        )

    def test_examples_of_the_module(self):
        result = doctest.testmod(numbers)
        self.assertTrue(result.attempted)
        self.assertFalse(result.failed)

    def test_right_vat_numbers(self):
        for text in VALID:
            finding = vat_finding(text)
            self.assertFalse(finding.fault, text)
            prefixes = {"EL": "GR"}
            self.assertEqual(finding.country, prefixes.get(text[:2], text[:2]), text)

    def test_right_vat_numbers_of_customers_of_that_country(self):
        """Greek numbers begin with EL, those of Northern Ireland with GB or XI."""
        countries = {"EL": "GR", "XI": "GB"}
        for text in VALID:
            country = countries.get(text[:2], text[:2])
            finding = vat_finding(text, country)
            self.assertFalse(finding.fault, text)
            self.assertEqual(finding.number, text.replace("-", "").replace(".", ""))
        greek = self._partner("gr", vat="EL094259216")
        self.assertEqual(
            (greek.rr_vat_number, greek.rr_vat_number_state),
            ("EL094259216", "plausible"),
        )
        for text, country in (("GB980780684", "GB"), ("XI432525179", "XI")):
            finding = vat_finding(text, "XI")
            self.assertEqual((finding.number, finding.country), (text, country))

    def test_right_numbers_without_prefix(self):
        for text, country, number in (
            ("K7399859412", "FR", "FRK7399859412"),
            ("094259216", "GR", "EL094259216"),
            ("FR 53 000 004 605", "MC", "FR53000004605"),
            ("303265045", "LU", "LU303265045"),
            ("428 759 497", "BE", "BE0428759497"),
            ("980 7806 84", "GB", "GB980780684"),
            ("XI432525179", "GB", "XI432525179"),
        ):
            self.assertEqual(vat_finding(text, country).number, number)
        self.assertEqual(vat_finding("303265045", "LU").fault, "length")
        self.assertIsNone(vat_finding("/", "DE"))
        self.assertIsNone(vat_finding(" ", "DE"))

    def test_number_of_another_country_is_that_country_s(self):
        finding = vat_finding("BE0428759497", "FR")
        self.assertEqual((finding.country, finding.fault), ("BE", ""))

    def test_numbers_of_countries_without_a_check_are_taken(self):
        finding = vat_finding("94-3234123", "US")
        self.assertEqual((finding.country, finding.fault), ("US", ""))

    def test_wrong_vat_numbers_say_which_part(self):
        for text, country, fault in WRONG:
            self.assertEqual(vat_finding(text, country).fault, fault, text)

    def test_siren_and_siret(self):
        for text in ("552008443", "732 829 320 00074", "35600000049837"):
            self.assertFalse(registry_finding(text).fault, text)
        for text, fault in (
            ("404833047", "siren_digits"),
            ("73282932000079", "siret_digits"),
            ("35600000049838", "siret_digits"),
            ("40483304700013", "siren_digits"),
            ("7328293200007", "registry_length"),
            ("RCS Nantes", "registry_characters"),
            ("W123456789", "rna_here"),
        ):
            self.assertEqual(registry_finding(text).fault, fault, text)

    def test_rna(self):
        for text, fault in (
            ("W123456789", ""),
            ("w 2A1 000123", ""),
            ("123456789", "rna_start"),
            ("W12345678", "rna_length"),
            ("W12345678X", "rna_characters"),
        ):
            self.assertEqual(rna_finding(text).fault, fault, text)

    def test_iban(self):
        for text, fault in (
            (BANK_FR, ""),
            ("GR1601101050000010547023796", "iban_digits"),
            (BANK_FR[:-1], "iban_length"),
            ("ZZ14 2004 1010", "iban_country"),
            ("DE89 3704 0044 0532 01X0 00", "iban_characters"),
        ):
            self.assertEqual(iban_finding(text).fault, fault, text)
        self.assertIsNone(iban_finding("20041 01005 0500013M026 06"))

    def test_every_fault_has_its_words(self):
        codes = {fault for *_rest, fault in WRONG}
        source = Path(numbers.__file__).read_text()
        for code, sentence in number_texts.SENTENCES.items():
            if code != "registry_vat":
                self.assertIn(f'"{code}"', source)
            self.assertTrue(str(sentence).endswith("."))
        self.assertFalse(codes - set(number_texts.SENTENCES))
        text = number_texts.fault_text(self.env, vat_finding("DE13669597", "DE"))
        self.assertEqual(
            text,
            "The length is wrong: VAT numbers of Germany have 9 characters after DE, "
            "this one has 8.",
        )

    # ------------------------------------------------------------------
    # On customers
    # ------------------------------------------------------------------

    def test_the_refusal_of_a_vat_number_says_which_part(self):
        with self.assertRaisesRegex(ValidationError, "check digits are wrong"):
            self._partner("de", vat="DE136695978")

    def test_what_another_way_brings_is_kept_and_said(self):
        """No country: Odoo checks nothing; so does no_vat_validation."""
        partner = self._partner(None, vat="DE136695978")
        self.assertEqual(partner.rr_vat_number_state, "malformed")
        self.assertIn("check digits are wrong", partner.rr_vat_number_message)
        partner = self._partner(
            "fr", vat=FRENCH, company_registry="73282932000079", rr_rna="W12"
        )
        self.assertEqual(partner.rr_registry_fault, "siret_digits")
        self.assertIn("(00079)", partner.rr_registry_message)
        self.assertEqual(partner.rr_rna_fault, "rna_length")

    def test_a_number_typed_on_a_form_is_refused(self):
        partner = self._partner("fr")
        for vals, words in (
            ({"company_registry": "73282932000079"}, "five digits of the establish"),
            ({"company_registry": "404833047"}, "check digit of the SIREN"),
            ({"rr_rna": "123456789"}, "begins with W"),
            ({"bank_ids": [(0, 0, {"acc_number": BANK_FR[:-1]})]}, "27 characters"),
        ):
            with self.assertRaisesRegex(ValidationError, words):
                partner.web_save(vals, {})
        with self.assertRaisesRegex(ValidationError, "check digits are wrong"):
            self._partner(None).web_save({"vat": "DE136695978"}, {})
        with self.assertRaisesRegex(ValidationError, "RNA"):
            self.env["res.partner"].web_save({"name": "New", "rr_rna": "W1"}, {})

    def test_an_old_fault_does_not_hold_up_other_changes(self):
        partner = self._partner("fr", company_registry="404833047")
        partner.web_save({"name": "Acme SARL"}, {})
        self.assertEqual(partner.name, "Acme SARL")

    def test_right_numbers_are_typed(self):
        partner = self._partner("fr")
        partner.web_save(
            {
                "company_registry": "356 000 000 49837",
                "rr_rna": "w123456789",
                "bank_ids": [(0, 0, {"acc_number": BANK_FR})],
            },
            {},
        )
        self.assertEqual(partner.rr_rna, "W123456789")
        self.assertEqual(partner.bank_ids.rr_iban_country, "FR")

    def test_messages_follow_what_is_typed(self):
        form = Form(self._partner("fr"))
        form.rr_rna = "W123"
        self.assertIn("9 characters", form.rr_rna_message)

    def test_wrong_iban_on_its_own_form(self):
        account = self.env["res.partner.bank"].create(
            {"partner_id": self._partner().id, "acc_number": BANK_FR[:-1]}
        )
        self.assertEqual(account.rr_iban_fault, "iban_length")
        with self.assertRaisesRegex(ValidationError, "check digits"):
            account.web_save({"acc_number": "GR1601101050000010547023796"}, {})

    def test_siren_and_vat_number_of_two_companies(self):
        """Said, never refused: a VAT group has a number of its own."""
        partner = self._partner("fr", vat=FRENCH)
        partner.web_save({"company_registry": "552008443"}, {})
        self.assertEqual(partner.rr_registry_fault, "registry_vat")
        partner.web_save({"company_registry": "303265045"}, {})
        self.assertFalse(partner.rr_registry_fault)

    def test_registries_of_other_countries_are_left_alone(self):
        partner = self._partner("de", company_registry="HRB 12345", vat=GERMAN)
        self.assertFalse(partner.rr_registry_fault)
