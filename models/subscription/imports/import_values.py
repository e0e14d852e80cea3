"""A cell's text to a value, or a sentence why not."""

import re
from datetime import date
from decimal import Decimal

from odoo.tools import email_normalize

NUMBER = re.compile(r"^-?\d{1,12}(?:[.,]\d{1,10})?$")
ISO_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$")
FIRST_YEAR, LAST_YEAR = 1970, 2199


class Refused(ValueError):
    """A value that cannot be imported; its text is a sentence for the user."""


def read_value(column, text, env):
    """Return the value of a cell that is not empty. Raises Refused with a sentence.

    Dates come back as date, numbers as Decimal, the rest as text.
    """
    if text.startswith("="):
        raise Refused(
            env._("This is a formula. Put its result in the file (paste as values).")
        )
    if column.kind == "date":
        return read_date(text, env)
    if column.kind == "number":
        return read_number(text, env)
    if column.kind == "choice" and text.lower() not in column.choices:
        raise Refused(env._("Write one of: %s.", ", ".join(column.choices)))
    if column.kind == "choice":
        return text.lower()
    if len(text) > column.size:
        raise Refused(
            env._(
                "The text has %(length)s characters; at most %(size)s fit.",
                length=len(text),
                size=column.size,
            )
        )
    if any(ord(letter) < 32 for letter in text):
        raise Refused(
            env._("The text holds a line break or another control character.")
        )
    return text


def read_date(text, env, first=FIRST_YEAR):
    """Return the date of ISO text such as 2026-11-30.

    :param first: the first year that is no mistyping
    """
    if not ISO_DATE.match(text):
        raise Refused(
            env._(
                "This is not a date such as 2026-11-30 (year-month-day), nor a date "
                "cell of a spreadsheet."
            )
        )
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Refused(env._("There is no such day.")) from error
    if not first <= day.year <= LAST_YEAR:
        raise Refused(
            env._(
                "The year must lie between %(first)s and %(last)s.",
                first=first,
                last=LAST_YEAR,
            )
        )
    return day


def read_number(text, env):
    """Return the Decimal of 1234.5 or 1234,5.

    >>> read_number("29,85", None)
    Decimal('29.85')
    """
    if not NUMBER.match(text):
        raise Refused(
            env._(
                "This is not a number such as 1234.5, without spaces or currency sign."
            )
        )
    if re.search(r",\d{3}$", text):
        raise Refused(
            env._("It is not clear whether the comma groups thousands: write 1234.5.")
        )
    return Decimal(text.replace(",", "."))


def decimals(value):
    """Return how many decimals a Decimal needs.

    >>> decimals(Decimal("1.50")), decimals(Decimal("100"))
    (1, 0)
    """
    return max(-value.normalize().as_tuple().exponent, 0)


def is_email(text):
    """Tell whether the text is one plain address."""
    return bool(email_normalize(text, strict=True))
