"""What is wrong with a number, in the user's words: which part, and what to do."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

SENTENCES = {
    "country": _lt(
        "The VAT number %(number)s has no country prefix, and the customer has no "
        "country: nobody can say whose number it is."
    ),
    "prefix": _lt(
        "The country prefix is wrong: VAT numbers of %(country)s begin with "
        "%(expected)s, not with %(found)s."
    ),
    "length": _lt(
        "The length is wrong: VAT numbers of %(country)s have %(expected)s characters "
        "after %(prefix)s, this one has %(found)s."
    ),
    "characters": _lt(
        "The characters are wrong: VAT numbers of %(country)s are not written like "
        "%(number)s."
    ),
    "digits": _lt(
        "The check digits are wrong: %(number)s is no VAT number of %(country)s; most "
        "often one digit is mistyped."
    ),
    "ending": _lt(
        "The ending is missing: a Swiss number is a VAT number with TVA, MWST or IVA "
        "after its digits only."
    ),
    "tax_number": _lt(
        "%(number)s is a German tax number (Steuernummer), not a VAT number "
        "(Umsatzsteuer-Identifikationsnummer): ask for the one that begins with DE."
    ),
    "one_stop_shop": _lt(
        "Numbers that begin with EU belong to the one-stop shop: they prove no "
        "business customer."
    ),
    "monaco": _lt(
        "This is a number of mainland France: those of Monaco have 000 after the first "
        "four characters."
    ),
    "registry_characters": _lt(
        "The characters are wrong: a SIREN or SIRET number has digits only."
    ),
    "registry_length": _lt(
        "The length is wrong: a SIREN number has 9 digits, a SIRET number 14, this one "
        "has %(found)s."
    ),
    "siren_digits": _lt(
        "The check digit of the SIREN number (%(found)s) is wrong; most often one "
        "digit is mistyped."
    ),
    "siret_digits": _lt(
        "The SIREN number is right; the five digits of the establishment (%(found)s) "
        "are not."
    ),
    "rna_here": _lt(
        "%(number)s is an RNA number: it goes into the field RNA; this one is for the "
        "SIREN or SIRET number."
    ),
    "registry_vat": _lt(
        "The SIREN number %(found)s and the VAT number %(expected)s are of two "
        "companies; within a VAT group that is right, otherwise one of them is wrong."
    ),
    "rna_start": _lt("An RNA number begins with W."),
    "rna_length": _lt(
        "The length is wrong: an RNA number has W and 9 characters, this one has "
        "%(found)s after the first."
    ),
    "rna_characters": _lt("The characters are wrong: an RNA number is W and 9 digits."),
    "iban_country": _lt("The country prefix is wrong: no IBAN begins with %(found)s."),
    "iban_length": _lt(
        "The length is wrong: an IBAN of %(country)s has %(expected)s characters, this "
        "one has %(found)s."
    ),
    "iban_characters": _lt(
        "The characters are wrong: an IBAN of %(country)s has letters and digits in "
        "other places."
    ),
    "iban_digits": _lt(
        "The check digits are wrong; most often one character of the IBAN is mistyped."
    ),
}
# VAT numbers that Odoo takes and that prove nothing: said, never refused.
TAKEN = frozenset({"tax_number", "one_stop_shop"})


def fault_text(env, finding):
    """Return which part of a number is wrong, empty where none is."""
    if finding is None or not finding.fault:
        return ""
    values = {
        "number": finding.number,
        "country": country_name(env, finding.country),
        "prefix": finding.number[:2],
        "expected": _lengths(finding.expected),
        "found": finding.found,
    }
    text = env._(SENTENCES[finding.fault])
    return text % values


def _lengths(expected):
    if len(expected) > 3:
        return f"{expected[0]}-{expected[-1]}"
    return " / ".join(map(str, expected))


def country_name(env, code):
    """Return a country's name in the user's language, Northern Ireland's too."""
    if code == "XI":
        return env._("Northern Ireland")
    country = env["res.country"].search([("code", "=", code)], limit=1)
    return country.name or code
