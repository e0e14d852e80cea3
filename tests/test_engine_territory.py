"""Where an address is for VAT law, whatever the map says."""

from odoo.tests import BaseCase, tagged

from ..engine.territory import Located, Territory
from ..engine.vat import Customer, Seller, place_of
from .common_vat import BOOK, seller


@tagged("post_install", "-at_install")
class TestTerritories(BaseCase):
    def _code(self, *address):
        return BOOK.atlas.find(*address).territory.code

    def test_by_country_postcode_and_state(self):
        for address, code in (
            (("FR", "75013"), "FR"),
            (("FR", "20200"), "FR"),
            (("fr", "974 00"), "FR-RE"),
            (("FR", "F-97400"), "FR-RE"),
            (("PT", "PT-9000-123"), "PT-30"),
            (("FR", "97133"), "BL"),
            (("GP", "97150"), "MF"),
            (("GP", "97110"), "FR-GP"),
            (("FR", "98800"), "NC"),
            (("FR", "98000"), "MC"),
            (("ES", "28001"), "ES"),
            (("ES", "", "TF"), "ES-CN"),
            (("ES", "51001"), "ES-CE"),
            (("IT", "23041"), "IT-LIV"),
            (("IT", "23030"), "IT"),  # Chiuro and others of the valley
            (("IT", "22060"), "IT"),  # around Como, not Campione
            (("PT", "", "30"), "PT-30"),
            (("FI", "", "FI-01"), "FI-01"),
            (("FI", "00100", "FI-18"), "FI"),
            (("GB", "", "D5"), "XI"),
            (("GB", "SW1A 1AA", "O5"), "GB"),
            (("ES", "35001", "GC"), "ES-CN"),
            (("ES", "28001", "M"), "ES"),
            (("DE", "78266"), "DE-BUS"),
            (("FI", "22100"), "FI-01"),
            (("AX", ""), "FI-01"),
            (("GB", "bt1 1aa"), "XI"),
            (("GB", "B1 1AA"), "GB"),
            (("ZZ", "1"), "ZZ"),
        ):
            with self.subTest(address=address):
                self.assertEqual(self._code(*address), code)

    def test_contradictions_are_said(self):
        """Réunion with a postcode of Paris: the place where more VAT may be due."""
        found = BOOK.atlas.find("RE", "75013")
        self.assertEqual(
            (found.territory.code, found.warning), ("FR", "postcode_contradicts")
        )
        found = BOOK.atlas.find("MQ", "97400")
        self.assertEqual(
            (found.territory.code, found.warning), ("FR-RE", "postcode_contradicts")
        )
        self.assertEqual(BOOK.atlas.find("RE", "").warning, "")
        for address, code in (
            (("RE", "97600"), "FR-RE"),
            (("YT", "97400"), "FR-RE"),
            (("GP", "97500"), "FR-GP"),
            (("ES", "28001", "GC"), "ES"),
            (("ES", "35001", "M"), "ES"),
            (("GB", "SW1A 1AA", "D5"), "XI"),
            (("GB", "BT1 1AA", "O5"), "XI"),
            (("PT", "9000", "11"), "PT"),
            (("PT", "1000", "30"), "PT"),
        ):
            found = BOOK.atlas.find(*address)
            self.assertEqual(
                (found.territory.code, found.warning),
                (code, "postcode_contradicts"),
                address,
            )
        self.assertEqual(BOOK.atlas.find("", "75013"), Located(None, "no_country"))

    def test_home_is_seen_from_the_seller(self):
        there = Customer(Located(Territory("FR-RE", "FR", "dom")))
        self.assertEqual(place_of(Seller(there.located.territory), there), "home")
        self.assertEqual(place_of(seller(), there), "france")
