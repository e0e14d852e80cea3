"""The VAT tables as the engine reads them, from the files that Odoo loads."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

from ..engine.dated import Dated, DatedTable
from ..engine.territory import Atlas, Located
from ..engine.vat import Customer, RuleBook, Seller, Supply, decide, rule_from_row

DATA = Path(__file__).resolve().parent.parent / "data"
DAY = date(2026, 11, 20)


def rows(model):
    """Return the rows of a data file, in its order."""
    with (DATA / f"{model}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _day(text):
    return date.fromisoformat(text) if text else None


def book():
    """Return the tables as they are shipped."""
    rates = DatedTable(
        Dated(
            (row["territory"], row["category"]),
            Decimal(row["rate"]),
            _day(row["valid_from"]),
            _day(row["valid_to"]),
        )
        for row in rows("recurring.vat.rate")
    )
    rules = sorted(rows("recurring.vat.rule"), key=lambda row: int(row["sequence"]))
    atlas = Atlas.from_rows(rows("recurring.vat.territory"))
    return RuleBook(map(rule_from_row, rules), atlas, rates)


BOOK = book()


def seller(country="FR", postcode="", **values):
    """Return a seller by address."""
    return Seller(BOOK.atlas.find(country, postcode).territory, **values)


def customer(country, status="consumer", number="none", *, postcode="", of=None):
    """Return a customer by address; ``of`` is the country of the VAT number."""
    located = BOOK.atlas.find(country, postcode) if country else Located(None)
    own = "" if number == "none" else of or located.territory.country
    return Customer(located, status, number, own)


def decided(sells, buys, kind, category="standard", day=DAY):
    """Return the decision of the shipped tables."""
    return decide(sells, buys, Supply(kind, category), day, BOOK)
