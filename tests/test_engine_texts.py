"""What the engine refuses is said in the user's language."""

import ast
from datetime import date
from pathlib import Path

from odoo.tests import TransactionCase, tagged

from ..engine.errors import EngineError, PeriodError, RatingError
from ..engine.period import Period
from ..engine.rating import ChargeTerms, rate
from ..models.engine_texts import SENTENCES, engine_sentence, sentence_of

ENGINE = Path(__file__).resolve().parent.parent / "engine"


def raised():
    """Every sentence that the engine raises, read from its source."""
    for path in sorted(ENGINE.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                if node.exc.func.id.endswith("Error") and node.exc.args:
                    yield path.name, node.exc.args[0].value


@tagged("post_install", "-at_install")
class TestEngineTexts(TransactionCase):
    def test_every_sentence_of_the_engine_stands_in_the_catalogue(self):
        sentences = dict.fromkeys(sentence for _file, sentence in raised())
        self.assertGreater(len(sentences), 10)
        self.assertEqual(set(sentences), set(SENTENCES))

    def test_french_says_it_with_the_values_in_the_reader_s_format(self):
        with self.assertRaises(PeriodError) as caught:
            Period(date(2025, 3, 1), date(2025, 2, 1))
        french = self.env(context={"lang": "fr_FR"})
        sentence = engine_sentence(french, caught.exception)
        self.assertIn("01/03/2025", sentence)
        self.assertNotIn("period", sentence.replace("période", ""))
        self.assertNotEqual(sentence, str(caught.exception))

    def test_a_price_scale_is_refused_in_french(self):
        with self.assertRaises(RatingError) as caught:
            rate(ChargeTerms("package"), 1)
        french = self.env(context={"lang": "fr_FR"})
        self.assertIn("lot", sentence_of(french, caught.exception))

    def test_what_is_not_of_the_engine_keeps_its_own_words(self):
        self.assertEqual(sentence_of(self.env, ValueError("No.")), "No.")
        odd = EngineError("Not {word} in any catalogue.", word="listed")
        self.assertEqual(engine_sentence(self.env, odd), "Not listed in any catalogue.")
