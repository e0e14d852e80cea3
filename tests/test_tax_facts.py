"""The facts of the law on real invoices: VAT, category, code and literal mention."""

from odoo.tests import freeze_time, tagged

from .common_tax import FRENCH, GERMAN, TaxCommon

NONE, OUTSIDE = "", "TVA non applicable, art. 259-1 du CGI"
OUT = ("O", "VATEX-EU-O", OUTSIDE)
# Country, postcode, values of the customer, nature, VAT on 100.00, category, VATEX and
# mention.
ROWS = (
    ("FR", "75011", {}, "electronic", 20.0, "S", "", NONE),
    ("FR", "75011", {"vat": FRENCH}, "service", 20.0, "S", "", NONE),
    ("FR", "20200", {}, "goods", 20.0, "S", "", NONE),
    ("MC", "98000", {"vat": "FR53000004605"}, "service", 20.0, "S", "", NONE),
    ("DE", "10115", {"vat": GERMAN}, "service", 0.0)
    + ("AE", "VATEX-EU-AE", "Autoliquidation"),
    ("GR", "10431", {"vat": "EL094259216"}, "electronic", 0.0)
    + ("AE", "VATEX-EU-AE", "Autoliquidation"),
    ("DE", "10115", {}, "electronic", 20.0, "S", "", NONE),
    ("DE", "10115", {}, "service", 20.0, "S", "", NONE),
    ("DE", "10115", {"vat": GERMAN}, "goods", 0.0)
    + ("K", "VATEX-EU-IC", "Exonération de TVA, art. 262 ter I du CGI"),
    ("GB", "SW1A 1AA", {"vat": "GB980780684"}, "service", 0.0, *OUT),
    ("GB", "BT1 1AA", {"vat": "XI432525179"}, "service", 0.0, *OUT),
    ("GB", "BT1 1AA", {"vat": "XI432525179"}, "goods", 0.0)
    + ("K", "VATEX-EU-IC", "Exonération de TVA, art. 262 ter I du CGI"),
    ("GB", "BT1 1AA", {"vat": "GB980780684"}, "goods", 20.0, "S", "", NONE),
    ("CH", "3000", {"vat": "CHE-107.787.577 TVA"}, "service", 0.0, *OUT),
    ("CH", "3000", {}, "service", 20.0, "S", "", NONE),
    ("US", "12534", {}, "goods", 0.0)
    + ("G", "VATEX-EU-G", "Exonération de TVA, art. 262 I du CGI"),
    ("ES", "35001", {"vat": "ES54362315K"}, "service", 0.0, *OUT),
    ("ES", "35001", {}, "goods", 0.0)
    + ("G", "VATEX-EU-G", "Exonération de TVA, art. 262 I du CGI"),
    ("RE", "97400", {}, "goods", 0.0)
    + ("G", "VATEX-EU-G", "Exonération de TVA, art. 294-2 du CGI"),
    ("FR", "97400", {"is_company": True}, "service", 8.5, "S", "", NONE),
    ("FR", "97400", {}, "service", 20.0, "S", "", NONE),
    ("FR", "97400", {}, "electronic", 8.5, "S", "", NONE),
    ("FR", "97300", {"is_company": True}, "service", 0.0)
    + ("E", "", "TVA non applicable, art. 294-1 du CGI"),
    ("FR", "97133", {"is_company": True}, "service", 0.0, *OUT),
    ("GP", "97150", {"is_company": True}, "service", 0.0, *OUT),
    ("NC", "98800", {"is_company": True}, "service", 0.0, *OUT),
    ("FR", "75011", {}, "dues", 0.0)
    + ("O", "VATEX-EU-O", "Opération hors du champ d'application de la TVA"),
    ("FR", "75011", {}, "training", 0.0)
    + ("E", "VATEX-FR-CGI261-4", "Exonération de TVA, art. 261-4-4° a du CGI"),
)
BY_OSS = (
    ("DE", "10115", {}, "electronic", 19.0, "Allemagne"),
    ("DE", "10115", {}, "goods", 19.0, "Allemagne"),
    ("FI", "00100", {}, "electronic", 25.5, "Finlande"),
    ("SK", "81101", {}, "electronic", 23.0, "Slovaquie"),
    ("PT", "9000", {}, "electronic", 22.0, "Madère"),
)
FREE = {
    "franchise": (
        ("service", "E", "VATEX-FR-FRANCHISE", "TVA non applicable, art. 293 B du CGI"),
        ("goods", "E", "VATEX-FR-FRANCHISE", "TVA non applicable, art. 293 B du CGI"),
    ),
    "association_exempt": (
        ("member_service", "E", "VATEX-FR-CGI261-7")
        + ("Exonération de TVA, art. 261-7-1° a du CGI",),
        ("dues", "O", "VATEX-EU-O")
        + ("Opération hors du champ d'application de la TVA",),
    ),
}


@tagged("post_install", "-at_install")
@freeze_time("2026-11-01")
class TestTaxFacts(TaxCommon):
    def _customer_of(self, country, postcode, values):
        country = {"GB": "UK"}.get(country, country)
        return self._at(country, postcode, lang="fr_FR", **values)

    def assertInvoiced(self, customer, nature, tax, category, vatex, mention):
        move = self._invoice(customer, self._sold(nature))
        self.assertEqual((move.amount_untaxed, move.amount_tax), (100.0, tax))
        one = move.invoice_line_ids.tax_ids
        decision = move.invoice_line_ids.rr_vat_decision_id
        self.assertEqual(decision.rate, tax)
        self.assertEqual(
            (decision.tax_category, decision.vatex or ""), (category, vatex)
        )
        if not tax:
            self.assertEqual(one.ubl_cii_tax_category_code, category)
            self.assertEqual(one.ubl_cii_tax_exemption_reason_code or "", vatex)
        self.assertEqual(move._rr_words()["vat"], [mention] if mention else [])

    def test_by_rows(self):
        for country, postcode, values, nature, *expected in ROWS:
            with self.subTest(country=country, postcode=postcode, nature=nature):
                customer = self._customer_of(country, postcode, values)
                self.assertInvoiced(customer, nature, *expected)

    def test_above_the_threshold(self):
        self._regime(oss_option=True)
        for country, postcode, values, nature, tax, place in BY_OSS:
            with self.subTest(country=country, nature=nature):
                customer = self._customer_of(country, postcode, values)
                mention = f"TVA du pays du client ({place}), déclarée par le guichet"
                mention += " unique (OSS)"
                self.assertInvoiced(customer, nature, tax, "S", "", mention)

    def test_sellers_without_vat(self):
        for regime, rows in FREE.items():
            self.env["recurring.vat.registration"].search([]).unlink()
            self._regime(regime=regime)
            for nature, *expected in rows:
                with self.subTest(regime=regime, nature=nature):
                    customer = self._customer_of("FR", "75011", {})
                    self.assertInvoiced(customer, nature, 0.0, *expected)
