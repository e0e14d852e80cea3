from datetime import date
from decimal import Decimal
from itertools import product

from odoo.tests import BaseCase, tagged

from ..engine.errors import VatError
from ..engine.vat import (
    NUMBERS,
    REGIMES,
    SPECIAL,
    STATUSES,
    SUPPLIES,
    WARNINGS,
    Customer,
    Supply,
    decide,
    rule_from_row,
)
from .common_vat import BOOK, DAY, customer, decided, rows, seller

FR = seller()
OSS = seller(destination=True)
FRANCHISE = seller(regime="franchise")
EXEMPT = seller(regime="association_exempt")
PARTIAL = seller(regime="association_partial")
PLACES = (
    ("FR", ""),
    ("FR", "20000"),
    ("MC", "98000"),
    ("RE", "97400"),
    ("FR", "97200"),
    ("GF", "97300"),
    ("YT", ""),
    ("FR", "97133"),
    ("NC", ""),
    ("DE", "10115"),
    ("ES", "35001"),
    ("PT", "9000"),
    ("GB", "BT1 1AA"),
    ("GB", "SW1A 1AA"),
    ("CH", "3000"),
    ("US", "12534"),
    ("", ""),
)
BUSINESS = ("business", "confirmed")
# seller, customer (country, status, number[, postcode]), supply,
# rate or None, category of EN 16931, VATEX, mention
WORKED = (
    (FR, ("FR",), "electronic", "20", "S", "", ""),
    (FR, ("FR", *BUSINESS), "service", "20", "S", "", ""),
    (FR, ("MC", *BUSINESS), "service", "20", "S", "", ""),
    (FR, ("FR", "consumer", "none", "20200"), "goods", "20", "S", "", ""),
    (FR, ("DE", *BUSINESS), "service", None, "AE", "VATEX-EU-AE", "reverse_charge"),
    (FR, ("DE", *BUSINESS), "electronic", None, "AE", "VATEX-EU-AE", "reverse_charge"),
    (FR, ("DE",), "electronic", "20", "S", "", ""),
    (OSS, ("DE",), "electronic", "19", "S", "", "oss"),
    (OSS, ("DE",), "service", "20", "S", "", ""),
    (OSS, ("DE", "business"), "electronic", "19", "S", "", "oss"),
    (FR, ("DE", "business"), "service", "20", "S", "", ""),
    (FR, ("DE", *BUSINESS), "goods", None, "K", "VATEX-EU-IC", "eu_goods"),
    (FR, ("DE", "business"), "goods", "20", "S", "", ""),
    (FR, ("DE",), "goods", "20", "S", "", ""),
    (OSS, ("DE",), "goods", "19", "S", "", "oss"),
    (OSS, ("SK",), "electronic", "23", "S", "", "oss"),
    (OSS, ("PT", "consumer", "none", "9000"), "electronic", "22", "S", "", "oss"),
    (FR, ("GB", *BUSINESS), "service", None, "O", "VATEX-EU-O", "outside_service"),
    (FR, ("GB",), "service", "20", "S", "", ""),
    (FR, ("GB",), "electronic", None, "O", "VATEX-EU-O", "outside_electronic"),
    (FR, ("GB",), "intangible", None, "O", "VATEX-EU-O", "outside_consumer"),
    (FR, ("DE",), "intangible", "20", "S", "", ""),
    (FR, ("GB", *BUSINESS, "BT1"), "goods", None, "K", "VATEX-EU-IC", "eu_goods"),
    (
        FR,
        ("GB", *BUSINESS, "BT1"),
        "service",
        None,
        "O",
        "VATEX-EU-O",
        "outside_service",
    ),
    (OSS, ("GB", "consumer", "none", "BT1"), "goods", "20", "S", "", "oss"),
    (FR, ("GB",), "goods", None, "G", "VATEX-EU-G", "export"),
    (FR, ("CH", "business"), "service", None, "O", "VATEX-EU-O", "outside_service"),
    (FR, ("CH",), "service", "20", "S", "", ""),
    (FR, ("US", "business"), "goods", None, "G", "VATEX-EU-G", "export"),
    (FR, ("ES", "business", "confirmed", "35001"), "service", None, "O", "", ""),
    (OSS, ("ES", "consumer", "none", "35001"), "electronic", None, "O", "", ""),
    (OSS, ("ES", "consumer", "none", "38001"), "goods", None, "G", "", "export"),
    (FR, ("RE", "business"), "goods", None, "G", "VATEX-EU-G", "dom_goods"),
    (FR, ("RE",), "goods", None, "G", "VATEX-EU-G", "dom_goods"),
    (FR, ("RE", "business"), "service", "8.5", "S", "", ""),
    (FR, ("FR", "business", "none", "97400"), "service", "8.5", "S", "", ""),
    (FR, ("RE",), "service", "20", "S", "", ""),
    (FR, ("RE",), "electronic", "8.5", "S", "", ""),
    (FR, ("GF", "business"), "service", None, "E", "", "dom_free"),
    (FR, ("YT",), "electronic", None, "E", "", "dom_free"),
    (FR, ("YT",), "service", "20", "S", "", ""),
    (FR, ("FR", "business", "none", "97133"), "service", None, "O", "", ""),
    (FR, ("NC", "business"), "service", None, "O", "VATEX-EU-O", "outside_service"),
    (FR, ("NC", "business"), "goods", None, "G", "VATEX-EU-G", "export"),
    (FRANCHISE, ("FR",), "service", None, "E", "VATEX-FR-FRANCHISE", "franchise"),
    (FRANCHISE, ("RE",), "goods", None, "E", "VATEX-FR-FRANCHISE", "franchise"),
    (FRANCHISE, ("DE", *BUSINESS), "goods", None, "E", "", "franchise"),
    (FRANCHISE, ("DE", *BUSINESS), "service", None, "AE", "", "reverse_charge"),
    (FRANCHISE, ("DE",), "electronic", None, "E", "VATEX-FR-FRANCHISE", "franchise"),
    (EXEMPT, ("FR",), "member_service", None, "E", "VATEX-FR-CGI261-7", "members"),
    (EXEMPT, ("FR",), "service", None, "E", "VATEX-FR-CGI261-7", "association"),
    (EXEMPT, ("FR",), "none", None, "O", "VATEX-EU-O", "out_of_scope"),
    (PARTIAL, ("FR",), "member_service", None, "E", "", "members"),
    (PARTIAL, ("FR",), "service", "20", "S", "", ""),
    (FR, ("FR", "business"), "training", None, "E", "VATEX-FR-CGI261-4", "training"),
    (FR, ("FR", "non_taxable"), "service", "20", "S", "", ""),
    (FR, ("DE", "non_taxable", "confirmed"), "service", None, "AE", "", ""),
    (OSS, ("DE", "non_taxable"), "electronic", "19", "S", "", "oss"),
    (FR, ("RE", "non_taxable"), "service", "20", "S", "", ""),
    (FR, ("RE", "public"), "service", "20", "S", "", ""),
    (FR, ("RE", "public", "plausible"), "service", "8.5", "S", "", ""),
    (FR, ("CH", "non_taxable", "plausible"), "service", None, "O", "", ""),
    (FR, ("CH", "non_taxable"), "service", "20", "S", "", ""),
    (FR, ("RE", "public"), "electronic", "8.5", "S", "", ""),
)


@tagged("post_install", "-at_install")
class TestVatDecisions(BaseCase):
    def test_worked_rows(self):
        for sells, buys, kind, rate, category, vatex, mention in WORKED:
            with self.subTest(seller=sells, customer=buys, supply=kind):
                country, *rest = buys
                status, number, postcode = (
                    *rest,
                    *("consumer", "none", "")[len(rest) :],
                )
                of = "XI" if postcode.startswith("BT") and number != "none" else None
                who = customer(country, status, number, postcode=postcode, of=of)
                found = decided(sells, who, kind)
                self.assertEqual(found.rate, rate and Decimal(rate))
                self.assertEqual(found.tax_category, category)
                if vatex:
                    self.assertEqual(found.vatex, vatex)
                if mention or category == "S":
                    self.assertEqual(found.mention, mention)

    def test_the_table_is_total_and_its_answers_hold_together(self):
        """Every seller, place, status, number and supply gets one sound answer."""
        seen, said = set(), set()
        sellers = [
            seller(regime=regime, destination=destination, accepts_plausible=accepts)
            for regime in REGIMES
            for destination in (False, True)
            for accepts in (False, True)
        ]
        kinds = SUPPLIES + SPECIAL
        for sells, place, status, number, kind in product(
            sellers, PLACES, STATUSES, NUMBERS, kinds
        ):
            if not place[0] and number != "none":
                continue
            who = customer(place[0], status, number, postcode=place[1])
            found = decided(sells, who, kind)
            seen.add(found.rule)
            said |= set(found.warnings)
            self._assert_sound(found)
        shipped = {row["code"] for row in rows("recurring.vat.rule")}
        self.assertEqual(seen, shipped, "rules that nothing ever reaches")
        self.assertLessEqual(said, set(WARNINGS))

    def _assert_sound(self, found):
        """EN 16931: a rate above zero is S; everything else has a reason."""
        if found.tax_category == "S":
            self.assertGreater(found.rate, 0)
            self.assertIn(found.treatment, ("domestic", "dom_service", "oss"))
        else:
            self.assertIsNone(found.rate)
            self.assertIn(found.tax_category, ("AE", "E", "G", "K", "O"))
            self.assertTrue(found.mention)
        if found.vatex:
            tax = {"AE": "AE", "K": "IC", "G": "G", "O": "O"}.get(found.tax_category)
            wanted = f"VATEX-EU-{tax}" if tax else "VATEX-FR-"
            self.assertTrue(found.vatex.startswith(wanted), found)
        if found.place == "home" and found.treatment != "out_of_scope":
            self.assertNotIn(found.tax_category, ("AE", "K", "G", "O"))
        if found.treatment == "oss":
            self.assertIn(found.taxed_in.zone, ("eu", "ni"))
            self.assertNotEqual(found.taxed_in.country, "FR")

    def test_no_address_at_all_is_taxed_at_home_and_said(self):
        nowhere = Customer(BOOK.atlas.find(""))
        found = decided(OSS, nowhere, "electronic")
        self.assertEqual((found.rate, found.place), (Decimal(20), "home"))
        self.assertEqual(found.warnings, ("no_country",))

    def test_a_country_of_the_moon_is_outside(self):
        found = decided(FR, customer("XX", "business"), "service")
        self.assertEqual(found.treatment, "outside_service")

    def test_numbers(self):
        """What counts makes a business; the rest is taxed, and said."""
        strict = seller(accepts_plausible=False)
        for sells, number, of, rate, warning in (
            (FR, "confirmed", "DE", None, ()),
            (FR, "plausible", "DE", None, ("number_unverified",)),
            (strict, "plausible", "DE", 20, ("number_waits",)),
            (FR, "refused", "DE", 20, ("number_refused",)),
            (FR, "malformed", "DE", 20, ("number_malformed",)),
            (FR, "confirmed", "AT", None, ("number_of_another_country",)),
            (FR, "confirmed", "FR", 20, ("number_of_seller_country",)),
            (FR, "none", None, 20, ("number_missing",)),
        ):
            with self.subTest(number=number, of=of):
                found = decided(
                    sells, customer("DE", "business", number, of=of), "service"
                )
                self.assertEqual(found.rate, rate)
                self.assertEqual(found.warnings, warning)

    def test_only_a_business_lacks_a_number(self):
        for status, warnings in (
            ("business", ("number_missing",)),
            ("public", ()),
            ("non_taxable", ()),
            ("consumer", ()),
        ):
            found = decided(FR, customer("DE", status), "service")
            self.assertEqual((found.rate, found.warnings), (20, warnings))

    def test_a_number_of_the_sellers_country_is_no_consumer_of_another_one(self):
        """Neither exempt nor through OSS: what it buys is taxed where it is known."""
        who = customer("DE", "business", "confirmed", of="FR")
        for kind in ("goods", "service", "electronic"):
            with self.subTest(kind=kind):
                found = decided(OSS, who, kind)
                self.assertEqual((found.rate, found.treatment), (20, "domestic"))

    def test_northern_ireland(self):
        """In the Union for goods and numbers that begin with XI, outside otherwise."""
        for number, of, kind, treatment, warning in (
            ("confirmed", "XI", "goods", "eu_goods", ()),
            ("plausible", "GB", "goods", "domestic", ("number_not_xi",)),
            ("none", None, "goods", "domestic", ("number_missing",)),
            ("plausible", "GB", "service", "outside_service", ()),
            ("confirmed", "XI", "service", "outside_service", ()),
            ("none", None, "service", "outside_service", ()),
            ("none", None, "training", "outside_service", ()),
        ):
            with self.subTest(number=number, of=of, kind=kind):
                who = customer("GB", "business", number, postcode="BT1 1AA", of=of)
                found = decided(FR, who, kind)
                self.assertEqual(found.treatment, treatment)
                self.assertEqual(found.warnings, warning)

    def test_odd_numbers_that_do_not_matter_are_said(self):
        for country, number, of, treatment, warning in (
            ("FR", "confirmed", "BE", "domestic", ("number_foreign_noted",)),
            ("FR", "malformed", "FR", "domestic", ("number_wrong_noted",)),
            ("CH", "malformed", "CH", "outside_service", ("number_wrong_noted",)),
            ("CH", "confirmed", "DE", "outside_service", ("number_foreign_noted",)),
            ("US", "confirmed", "FR", "outside_service", ()),
            ("MC", "confirmed", "FR", "domestic", ()),
            ("BL", "confirmed", "FR", "outside_service", ()),
        ):
            with self.subTest(country=country, number=number, of=of):
                found = decided(
                    FR, customer(country, "business", number, of=of), "service"
                )
                self.assertEqual(found.treatment, treatment)
                self.assertEqual(found.warnings, warning)

    def test_reverse_charge_needs_the_sellers_number(self):
        sells = seller(regime="franchise", has_number=False)
        found = decided(sells, customer("DE", *BUSINESS), "service")
        self.assertEqual(found.warnings, ("seller_number_missing",))

    def test_members_are_of_associations_only(self):
        found = decided(FR, customer("FR"), "member_service")
        self.assertEqual(found.rate, 20)
        self.assertEqual(found.warnings, ("not_an_association",))

    def test_reduced_rates(self):
        self.assertEqual(decided(FR, customer("FR"), "goods", "reduced").rate, 5.5)
        press = decided(FR, customer("RE"), "electronic", "super_reduced")
        self.assertEqual(press.rate, Decimal("1.05"))
        book = decided(OSS, customer("DE"), "electronic", "reduced")
        self.assertEqual((book.rate, book.warnings), (19, ("reduced_rate_unknown",)))

    def test_rates_are_those_of_the_day(self):
        slovak = customer("SK")
        for day, rate in ((date(2024, 12, 31), 20), (date(2025, 1, 1), 23)):
            found = decided(OSS, slovak, "electronic", day=day)
            self.assertEqual(found.rate, rate)

    def test_a_seller_overseas(self):
        """Seen from Réunion, the mainland is elsewhere."""
        reunion = seller("RE", "97400")
        self.assertEqual(
            decided(reunion, customer("RE"), "service").rate, Decimal("8.5")
        )
        mainland = customer("FR", "business", postcode="75011")
        self.assertEqual(decided(reunion, mainland, "service").rate, 20)
        self.assertEqual(decided(reunion, mainland, "goods").treatment, "dom_goods")
        self.assertEqual(
            decided(reunion, customer("FR"), "service").rate, Decimal("8.5")
        )

    def test_goods_from_overseas(self):
        """They leave a third territory; Guadeloupe and Martinique are one market."""
        guadeloupe = seller("GP", "97110", destination=True)
        for buys, treatment in (
            (customer("DE", *BUSINESS), "export"),
            (customer("DE"), "export"),
            (customer("GB", postcode="BT1 1AA"), "export"),
            (customer("RE"), "dom_goods"),
            (customer("MQ"), "domestic"),
        ):
            self.assertEqual(decided(guadeloupe, buys, "goods").treatment, treatment)
        found = decided(guadeloupe, customer("DE", *BUSINESS), "service")
        self.assertEqual(found.treatment, "eu_service")

    def test_a_seller_where_no_vat_is_charged(self):
        guiana = seller("GF")
        found = decided(guiana, customer("GF"), "goods")
        self.assertEqual(
            (found.rate, found.tax_category, found.mention), (None, "E", "dom_free")
        )

    def test_another_country_has_no_rules_yet(self):
        self.assertIsNone(decided(seller("DE"), customer("FR"), "service"))

    def test_a_gap_in_the_table_is_an_error(self):
        gappy = type(BOOK)(BOOK.rules[:3], BOOK.atlas, BOOK.rates)
        with self.assertRaises(VatError):
            decide(FR, customer("FR"), Supply("goods"), DAY, gappy)

    def test_a_rule_is_read_with_care(self):
        row = rows("recurring.vat.rule")[0]
        with self.assertRaises(VatError):
            rule_from_row({**row, "places": "moon"})
        with self.assertRaises(VatError):
            rule_from_row({**row, "kinds": ""})
