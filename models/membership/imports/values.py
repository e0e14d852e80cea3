"""Cells as people write them: days as 31/12/2025, amounts as 1 234,56 €."""

import re
from datetime import date
from decimal import Decimal

from ...subscription.imports.import_values import Refused, is_email, read_date
from ...subscription.imports.import_values import read_value as read_plain
from ..names import normalised
from .columns import SYNONYMS

DAY_FIRST = re.compile(r"^(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})(?:[ T]+[\d:hH.+Zz]*)?$")
YEAR_FIRST = re.compile(r"^(\d{4}-\d{2}-\d{2})(?:[ T]+[\d:.+Zz]*)?$")
SPACES = re.compile(r"[\s\u00a0\u202f\u2009']")
AMOUNT = re.compile(r"^-?\d+(?:[.,]\d+)*$")
FIRST_YEAR = 1900  # members were born, and some joined, long before computers


def read_cell(column, text, env):
    """Return the value of a cell that is not empty.

    :raises Refused: with a sentence
    """
    if text.startswith("=") and column.kind != "text":
        raise Refused(
            env._("This is a formula. Put its result in the file (paste as values).")
        )
    if column.kind == "date":
        return read_day(text, env)
    if column.kind == "number":
        return read_amount(text, env)
    if column.kind in SYNONYMS:
        return _chosen(column, text, env)
    text = read_plain(column, " ".join(text.split()), env)
    if column.name.endswith("email") and not is_email(text):
        raise Refused(env._("This is not one e-mail address."))
    return text


def read_day(text, env):
    """Return the date of 31/12/2025, 31.12.2025 or 2025-12-31; a time is left out."""
    if found := YEAR_FIRST.match(text):
        return read_date(found[1], env, FIRST_YEAR)
    found = DAY_FIRST.match(text)
    if not found:
        raise Refused(env._("This is not a day such as 31/12/2025 or 2025-12-31."))
    day, month, year = (int(part) for part in found.groups())
    try:
        day = date(year, month, day).isoformat()
        return read_date(day, env, FIRST_YEAR)
    except ValueError as error:
        if isinstance(error, Refused):
            raise
        raise Refused(env._("There is no such day.")) from error


def read_amount(text, env):
    """Return the Decimal of 1 234,56 € or 1234.56, with at most two decimals.

    >>> read_amount("1 234,56 €", None), read_amount("1.234,50", None)
    (Decimal('1234.56'), Decimal('1234.50'))
    """
    plain = SPACES.sub("", text).replace("€", "").replace("EUR", "")
    marks = [mark for mark in plain if mark in ".,"]
    if not AMOUNT.match(plain) or len(plain) > 15:
        raise Refused(env._("This is not an amount such as 1234.56 or 1 234,56 €."))
    if not marks:
        return Decimal(plain)
    whole, _mark, part = plain.rpartition(marks[-1])
    if len(part) > 2:
        raise Refused(
            env._(
                "It is not clear what the mark before three figures is: write 1234.56 "
                "or 1234,56."
            )
        )
    groups = re.split(r"[.,]", whole.lstrip("-"))
    if any(len(group) != 3 for group in groups[1:]) or marks[-1] in marks[:-1]:
        raise Refused(env._("This is not an amount such as 1234.56 or 1 234,56 €."))
    return Decimal(re.sub(r"[.,]", "", whole) + "." + part)


def _chosen(column, text, env):
    known = SYNONYMS[column.kind]
    plain = normalised(text)
    for code, words in known.items():
        if plain in words:
            return code
    raise Refused(
        env._("Write one of: %s.", ", ".join(words[0] for words in known.values()))
    )
