"""What VAT numbers, SIREN, SIRET, RNA and IBAN say by themselves, asking nobody.

Each function returns a ``Finding``: the number as registers write it, the country that
gave it, and which part of it is wrong. Sources: python-stdnum for the check digits; the
lengths are those of the VIES site (question 11 of its FAQ); La Poste's rule for its
SIRET numbers is Sirene's.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from stdnum import exceptions, luhn, numdb
from stdnum.fr import siren
from stdnum.iso7064 import mod_97_10
from stdnum.util import clean, get_cc_module

# How VAT numbers call countries, where it is not their ISO code.
PREFIXES = {"EL": "GR", "EU": "EU"}
# Where numbers of another country are given: Monaco and the French overseas.
NUMBERED_BY = dict.fromkeys("MC RE GP MQ GF YT BL MF".split(), "FR") | {"IM": "GB"}
# Characters after the prefix; a Swiss number counts its digits only.
LENGTHS = {
    "AT": (9,),
    "BE": (9, 10),
    "BG": (9, 10),
    "CH": (9,),
    "CY": (9,),
    "CZ": (8, 9, 10),
    "DE": (9,),
    "DK": (8,),
    "EE": (9,),
    "ES": (9,),
    "FI": (8,),
    "FR": (11,),
    "GB": (5, 9, 12),
    "GR": (9,),
    "HR": (11,),
    "HU": (8,),
    "IE": (8, 9),
    "IT": (11,),
    "LT": (9, 12),
    "LU": (8,),
    "LV": (11,),
    "MT": (8,),
    "NL": (12,),
    "NO": (9,),
    "PL": (10,),
    "PT": (9,),
    "RO": tuple(range(2, 11)),
    "SE": (12,),
    "SI": (8,),
    "SK": (10,),
    "XI": (5, 9, 12),
}
# Whose numbers VIES knows.
CHECKED_BY_VIES = frozenset(LENGTHS) - {"CH", "GB", "NO"}
SWISS = re.compile(r"(?:CHE)?(.*?)(MWST|TVA|IVA|TPV)?")
RNA = re.compile(r"W[0-9][0-9A-Z][0-9]{7}")
LA_POSTE = "356000000"


@dataclass(frozen=True, slots=True)
class Finding:
    """A number as registers write it, who gave it, and what is wrong with it.

    ``fault`` is empty or a code (``number_texts.py`` has the words); ``expected`` are
    lengths or a prefix, ``found`` what stands there instead.
    """

    number: str
    country: str = ""
    fault: str = ""
    expected: tuple = ()
    found: str = ""


def vat_finding(text, own=""):
    """Return the finding on a VAT number, None where there is none ("/" is none).

    :param str text: as it was typed
    :param str own: ISO code of the customer's country
    :return: a finding whose country is an ISO code, "XI", "EU", or empty if unknown

    >>> vat_finding("DE 136 695 978").fault
    'digits'
    >>> vat_finding("094259216", "GR").number
    'EL094259216'
    """
    plain = clean(text or "", " -./").upper()
    if not plain:
        return None
    country, body = _whose(plain, NUMBERED_BY.get(own, own))
    if country == "EU":
        return Finding(plain, country, "one_stop_shop")
    if country not in LENGTHS:
        return Finding(plain, country, "" if country else "country")
    prefix = _prefix(country)
    if country == "HU" and len(body) == 11:
        body = body[:8]  # without the ending of domestic use
    elif country == "BE" and len(body) == 9:
        body = "0" + body  # as numbers were before 2005
    number = prefix + body
    fault, expected, found = _vat_fault(country, body, plain, own)
    return Finding(number, country, fault, expected, found)


def _prefix(country):
    return {"GR": "EL", "CH": "CHE"}.get(country, country)


def _whose(plain, own):
    """(country, what follows its prefix) of a number that is written without blanks."""
    start = plain[:2]
    named = PREFIXES.get(start, start)
    # With the country's own prefix (EL of Greece, GB of Northern Ireland), the
    # prefix is no part of the number, though stdnum takes it for one.
    prefixed = named in (own, "XI") or {named, own} == {"GB", "XI"}
    if own in LENGTHS and not prefixed and _fits(own, plain):
        return own, plain
    if named in LENGTHS or named == "EU":
        body = plain[2:]
        return named, body.removeprefix("E") if named == "CH" else body
    if own:
        return own, plain
    return (start, plain) if start.isalpha() else ("", plain)


def _fits(country, number):
    return _module(country).is_valid(_for_stdnum(country, number))


def _module(country):
    return get_cc_module("gb" if country == "XI" else country.lower(), "vat")


def _for_stdnum(country, body):
    """Spell a number without its prefix as stdnum wants it."""
    if country == "CH":
        return body if body.startswith("CHE") else "CHE" + body
    if country == "NO":
        return body.removesuffix("MVA") + "MVA"
    return body


def _vat_fault(country, body, plain, own):
    """(code, expected, found) of what is wrong first, empty codes where nothing is."""
    ending, counted = True, body
    if country == "CH":
        digits, ending = SWISS.fullmatch(body).groups()
        counted = digits
    elif country == "NO":
        counted = body.removesuffix("MVA")
    if country == "DE" and not plain.startswith("DE") and _is_tax_number(plain):
        return "tax_number", (), ""
    prefix = _prefix(country)
    lengths = LENGTHS[country]
    if len(counted) not in lengths:
        if body == plain and plain[:2].isalpha() and country != "FR":
            return "prefix", (prefix,), plain[:2]
        return "length", lengths, str(len(counted))
    if not ending:
        return "ending", (), ""
    try:
        _module(country).validate(_for_stdnum(country, body))
    except exceptions.InvalidChecksum:
        return "digits", (), ""
    except exceptions.ValidationError:
        return "characters", (), ""
    if own == "MC" and country == "FR" and body[2:5] != "000":
        return "monaco", (), ""
    return "", (), ""


def _is_tax_number(plain):
    return get_cc_module("de", "stnr").is_valid(plain)


def registry_finding(text):
    """Return the finding on a SIREN or SIRET number, None where there is none.

    >>> registry_finding("732 829 320 00079").fault
    'siret_digits'
    >>> registry_finding("35600000049837").fault
    ''
    """
    plain = clean(text or "", " .-").upper()
    if not plain:
        return None
    return Finding(plain, "FR", *_registry_fault(plain))


def _registry_fault(plain):
    if plain.startswith("W") and len(plain) == 10:
        return "rna_here", (), ""
    if not plain.isascii() or not plain.isdigit():
        return "registry_characters", (), ""
    if len(plain) not in (9, 14):
        return "registry_length", (9, 14), str(len(plain))
    if not siren.is_valid(plain[:9]):
        return "siren_digits", (), plain[:9]
    if len(plain) == 14 and not _siret_fits(plain):
        return "siret_digits", (), plain[9:]
    return "", (), ""


def _siret_fits(plain):
    """La Poste has more places than check digits: the sum is a multiple of five."""
    by_sum = plain.startswith(LA_POSTE) and sum(map(int, plain)) % 5 == 0
    return by_sum or luhn.is_valid(plain)


def siren_of_vat(finding):
    """Return the SIREN within a French VAT number, empty where there is none."""
    if finding is None or finding.fault or finding.country != "FR":
        return ""
    inside = finding.number[4:]
    return "" if inside.startswith("000") else inside


def rna_finding(text):
    """Return the finding on the number of a French association, None without one.

    W and nine characters: digits, but for a letter in the place of the department
    (Corsica W2A..., overseas W9R...).

    >>> rna_finding("w 123 456 789").fault, rna_finding("123456789").fault
    ('', 'rna_start')
    """
    plain = clean(text or "", " .-").upper()
    if not plain:
        return None
    fault, expected, found = "", (), ""
    if not plain.startswith("W"):
        fault = "rna_start"
    elif len(plain) != 10:
        fault, expected, found = "rna_length", (9,), str(len(plain) - 1)
    elif not RNA.fullmatch(plain):
        fault = "rna_characters"
    return Finding(plain, "FR", fault, expected, found)


def iban_finding(text):
    """Return the finding on a bank account number, None where it is no IBAN.

    >>> iban_finding("GR16 0110 1050 0000 1054 7023 796").fault
    'iban_digits'
    """
    plain = clean(text or "", " -.").upper()
    if len(plain) < 5 or not (plain[:2].isalpha() and plain[2:4].isdigit()):
        return None
    country = plain[:2]
    structure = _iban_structures().info(plain)[0][1].get("bban")
    if not structure:
        return Finding(plain, "", "iban_country", (), country)
    parts = re.findall(r"(\d+)!([nac])", structure)
    length = 4 + sum(int(size) for size, _kind in parts)
    fault, expected, found = "", (), ""
    if len(plain) != length:
        fault, expected, found = "iban_length", (length,), str(len(plain))
    elif not _iban_characters(parts).fullmatch(plain[4:]):
        fault = "iban_characters"
    elif not mod_97_10.is_valid(plain[4:] + plain[:4]):
        fault = "iban_digits"
    return Finding(plain, country, fault, expected, found)


@cache
def _iban_structures():
    """Read stdnum's own table; its loader cannot find it within Odoo, which replaces
    the loader of the package."""
    table = Path(numdb.__file__).with_name("iban.dat")
    with table.open(encoding="utf-8") as lines:
        return numdb.read(lines)


def _iban_characters(parts):
    kinds = {"n": "[0-9]", "a": "[A-Z]", "c": "[A-Z0-9]"}
    return re.compile("".join(f"{kinds[kind]}{{{size}}}" for size, kind in parts))
