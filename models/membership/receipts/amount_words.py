"""Amounts in words, as a receipt has them: through num2words, with its traps avoided.

Left to itself num2words reads 230 as 230 cents, says "zéro euros", "et zéro centimes"
and "un million euros". Here the two parts are numbers of their own, and what is nothing
is not said.
"""

from decimal import ROUND_HALF_UP, Decimal

from num2words import num2words

# (one, many, after a round million) of the unit and of its hundredth, by language.
UNITS = {
    ("fr", "EUR"): (("euro", "euros", "d’euros"), ("centime", "centimes")),
    ("en", "EUR"): (("euro", "euros", "euros"), ("cent", "cents")),
    ("fr", "CHF"): (("franc", "francs", "de francs"), ("centime", "centimes")),
    ("en", "CHF"): (("franc", "francs", "francs"), ("centime", "centimes")),
}
AND = {"fr": "et", "en": "and"}


def amount_in_words(amount, currency="EUR", lang="fr_FR"):
    """Return an amount in words.

    :param amount: Decimal or text, not negative; rounded to hundredths
    :param currency: ISO code of the currency: EUR or CHF
    :param lang: a language; others than French are said in English, and the French of
        Belgium and Switzerland like that of France, which num2words has right
    :raises ValueError: a negative amount, or a currency without words

    >>> amount_in_words("1234.56")
    'mille deux cent trente-quatre euros et cinquante-six centimes'
    """
    amount = Decimal(amount).quantize(Decimal("0.01"), ROUND_HALF_UP)
    if amount < 0:
        raise ValueError(f"{amount} is negative: it cannot be receipted.")
    language = "fr" if lang.startswith("fr") else "en"
    if (language, currency) not in UNITS:
        raise ValueError(f"Amounts in {currency} are not said in words.")
    unit, hundredth = UNITS[language, currency]
    whole, part = divmod(int(amount * 100), 100)
    said = []
    if whole or not part:
        said.append(f"{num2words(whole, lang=language)} {_named(whole, unit)}")
    if part:
        said.append(f"{num2words(part, lang=language)} {_named(part, hundredth)}")
    return f" {AND[language]} ".join(said)


def _named(number, names):
    if number < 2:
        return names[0]
    return names[-1] if number >= 10**6 and number % 10**6 == 0 else names[1]
