"""Amounts in words, as the tax office reads them."""

import doctest
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ..models.membership.receipts import amount_words
from ..models.membership.receipts.amount_words import amount_in_words


@tagged("post_install", "-at_install")
class TestAmountInWords(BaseCase):
    def test_french(self):
        for amount, words in (
            ("0", "zéro euro"),
            ("0.01", "un centime"),
            ("0.50", "cinquante centimes"),
            ("1.00", "un euro"),
            ("1.01", "un euro et un centime"),
            ("2", "deux euros"),
            ("21", "vingt et un euros"),
            ("71.10", "soixante et onze euros et dix centimes"),
            ("80", "quatre-vingts euros"),
            ("81", "quatre-vingt-un euros"),
            ("99", "quatre-vingt-dix-neuf euros"),
            ("200", "deux cents euros"),
            ("230", "deux cent trente euros"),
            ("1000", "mille euros"),
            (
                "1234.56",
                "mille deux cent trente-quatre euros et cinquante-six centimes",
            ),
            ("80000", "quatre-vingt mille euros"),
            ("1000000", "un million d’euros"),
            ("3000000", "trois millions d’euros"),
            ("1000001", "un million un euros"),
            ("2000000.30", "deux millions d’euros et trente centimes"),
        ):
            self.assertEqual(amount_in_words(amount), words)
            self.assertEqual(amount_in_words(Decimal(amount), lang="fr_BE"), words)

    def test_english(self):
        for amount, words in (
            ("1", "one euro"),
            ("230", "two hundred and thirty euros"),
            ("71.10", "seventy-one euros and ten cents"),
            ("1000000", "one million euros"),
        ):
            self.assertEqual(amount_in_words(amount, lang="en_US"), words)

    def test_rounded_to_the_cent(self):
        self.assertEqual(amount_in_words(Decimal("1.995")), "deux euros")

    def test_refused(self):
        for amount, currency in (("-1", "EUR"), ("1", "JPY")):
            with self.assertRaises(ValueError):
                amount_in_words(amount, currency)

    def test_the_example_in_the_text(self):
        found = doctest.testmod(amount_words)
        self.assertFalse(found.failed)
        self.assertTrue(found.attempted)
