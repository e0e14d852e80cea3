"""Crossing the border between Odoo's floats and the engine's exact numbers."""

from decimal import Decimal


def exact(value):
    """Return the Decimal that a stored number shows, so 0.1 is exactly 0.1.

    Odoo stores such fields as numeric; the shortest decimal text of the float it
    hands out is what the database holds.
    """
    return Decimal(str(value or 0))


def currency_rounding(currency):
    """Return the smallest amount of ``currency`` as the engine wants it."""
    return exact(currency.rounding)
