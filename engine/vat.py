"""Which VAT a supply bears, why, and on what evidence: one table, one pure function.

``decide(seller, customer, supply, day, book)`` finds the first rule of the table that
fits. The table is data (``data/recurring.vat.rule.csv``), dated and with its sources;
so are territories, rates and thresholds. Another country of establishment is another
set of rows: where there are none, the answer is ``None`` and whoever asks falls back to
what it did before.

Decisions are about one supply to one customer on one day. Turning them into taxes and
accounts is up to the caller.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal

from .dated import DatedTable
from .errors import VatError
from .territory import Atlas, Located, Territory

ANY = "*"
REGIMES = ("normal", "franchise", "association_exempt", "association_partial")
STATUSES = ("consumer", "business", "non_taxable", "public")
NUMBERS = ("none", "malformed", "refused", "plausible", "confirmed")
SUPPLIES = ("goods", "service", "intangible", "electronic", "member_service")
SPECIAL = ("training", "none")
PLACES = ("home", "france", "france_free", "eu", "ni", "outside")
KINDS = ("taxable", "private")
CATEGORIES = ("standard", "intermediate", "reduced", "super_reduced")
PAYERS = ("seller_place", "customer_place", "nobody")
# What a decision may warn of; each has a sentence for the user.
WARNINGS = (
    "no_country",
    "postcode_contradicts",
    "number_missing",
    "number_malformed",
    "number_refused",
    "number_unverified",
    "number_waits",
    "number_not_xi",
    "number_of_another_country",
    "number_of_seller_country",
    "number_wrong_noted",
    "number_foreign_noted",
    "not_an_association",
    "rate_unknown",
    "reduced_rate_unknown",
    "seller_number_missing",
)

# Guadeloupe and Martinique sell goods to each other as at home (CGI art. 294-2).
ONE_MARKET = frozenset({"FR-GP", "FR-MQ"})
# Who is known to VAT where the seller is, is no consumer of another member state.
AT_SELLERS = "number_of_seller_country"

Regime = Literal["normal", "franchise", "association_exempt", "association_partial"]
Status = Literal["consumer", "business", "non_taxable", "public"]
Number = Literal["none", "malformed", "refused", "plausible", "confirmed"]


@dataclass(frozen=True, slots=True)
class Seller:
    """Who sells: where established, under which regime, on the day of the supply.

    ``destination`` says that electronic services and distance sales to consumers of
    other member states are taxed there: by option, or because the threshold is crossed.
    ``accepts_plausible`` is the policy for a VAT number whose digits are right and
    which nobody could ask about.
    """

    territory: Territory
    regime: Regime = "normal"
    destination: bool = False
    has_number: bool = True
    accepts_plausible: bool = True


@dataclass(frozen=True, slots=True)
class Customer:
    """Who buys: where, as what, and what is known about the VAT number.

    ``number_country`` is the member state of the number ("XI" for Northern Ireland),
    empty without one.
    """

    located: Located
    status: Status = "consumer"
    number: Number = "none"
    number_country: str = ""


@dataclass(frozen=True, slots=True)
class Supply:
    """What is sold, in the words of VAT law: its kind, and the category of its rate.

    ``kind`` is goods, a general service, an intangible service (art. 59 of the
    directive: advice, data, licences), an electronic one (telecoms and broadcasting
    too), a service to members, a training, or none: dues without counterpart, gifts.
    """

    kind: str
    category: str = "standard"


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the table: when it applies, and what then holds.

    Each condition is a set of values, ``*`` for any. ``payer`` says where VAT is due by
    the seller: at the seller's or at the customer's place, or nowhere.
    ``tax_category`` and ``vatex`` are those of EN 16931, ``mention`` and ``evidence``
    are codes.
    """

    code: str
    country: str
    supplies: frozenset
    regimes: frozenset
    places: frozenset
    kinds: frozenset
    destination: str
    treatment: str
    payer: str
    tax_category: str
    vatex: str
    mention: str
    evidence: tuple
    source: str
    valid_from: date | None
    valid_to: date | None

    def fits(self, country, supply, regime, place, kind, destination, day) -> bool:
        """Whether the rule applies to these."""
        return (
            self.country == country
            and (self.valid_from or date.min) <= day < (self.valid_to or date.max)
            and _in(supply, self.supplies)
            and _in(regime, self.regimes)
            and _in(place, self.places)
            and _in(kind, self.kinds)
            and self.destination in (ANY, "yes" if destination else "no")
        )


@dataclass(frozen=True, slots=True)
class Decision:
    """What holds for one supply, and why.

    ``rate`` is in percent, None where no VAT is charged; ``taxed_in`` is the territory
    whose rate it is. ``evidence`` names what must be kept to prove it, ``warnings``
    what is missing or odd in what was given: codes, put into words by the caller.
    """

    rule: str
    treatment: str
    place: str
    kind: str
    taxed_in: Territory | None
    category: str
    rate: Decimal | None
    tax_category: str
    vatex: str
    mention: str
    evidence: tuple[str, ...]
    warnings: tuple[str, ...]
    source: str


class RuleBook:
    """The tables that decisions are made from: rules, territories and rates."""

    def __init__(self, rules: Iterable[Rule], atlas: Atlas, rates: DatedTable):
        self.rules = tuple(rules)
        self.atlas = atlas
        self.rates = rates
        self.countries = frozenset(rule.country for rule in self.rules)
        self._found = {}

    def rule(self, *facts) -> Rule | None:
        """The first rule that fits; remembered, as a portfolio asks the same again."""
        if facts not in self._found:
            fitting = (rule for rule in self.rules if rule.fits(*facts))
            self._found[facts] = next(fitting, None)
        return self._found[facts]

    def category(self, territory: Territory, rate: Decimal, day: date) -> str | None:
        """The category that a rate is in a territory, None for one that it has not."""
        for category in CATEGORIES:
            known, exact = self.rate(territory, category, day)
            if exact and known == rate:
                return category
        return None

    def rate(self, territory: Territory, category: str, day: date):
        """(rate in percent or None, whether the category's own rate was found)."""
        for code in dict.fromkeys((territory.code, territory.country)):
            rate = self.rates.on((code, category), day)
            if rate is not None:
                return rate, True
            standard = self.rates.on((code, "standard"), day)
            if standard is not None:
                return standard, False
        return None, False


def decide(
    seller: Seller, customer: Customer, supply: Supply, day: date, book: RuleBook
) -> Decision | None:
    """The VAT of one supply: the first rule of the seller's country that fits.

    None where the table has no rules for the seller's country. Raises VatError where it
    has some and none fits: the table has a gap.
    """
    country = seller.territory.country
    if country not in book.countries:
        return None
    warnings = [customer.located.warning] if customer.located.warning else []
    if supply.kind == "member_service" and not seller.regime.startswith("association"):
        supply = replace(supply, kind="service")
        warnings.append("not_an_association")
    goods = supply.kind == "goods"
    place = place_of(seller, customer, goods)
    kind, doubts = kind_of(seller, customer, place, goods)
    destination = seller.destination and AT_SELLERS not in doubts
    facts = (supply.kind, seller.regime, place, kind, destination, day)
    rule = book.rule(country, *facts)
    if rule is None:
        raise VatError(
            "No VAT rule of {country} fits: {facts}.",
            country=country,
            facts=", ".join(map(str, facts)),
        )
    warnings += doubts
    return _answer(rule, place, kind, warnings, seller, customer, supply, day, book)


def place_of(seller: Seller, customer: Customer, goods: bool = False) -> str:
    """Where the customer is, seen from the seller; at home where nothing is known.

    ``home`` is where the seller's own VAT applies to goods and services alike;
    ``france`` and ``france_free`` are other parts of the seller's country that are a
    territory of their own, with and without VAT. For the goods of a seller overseas
    every other state is ``outside``: they leave a third territory.
    """
    there, here = customer.located.territory, seller.territory
    if there is None:
        return "home"
    if there.country == here.country and there.zone != "outside":
        if there.zone == here.zone and (there.zone == "eu" or there.code == here.code):
            return "home"
        if {there.code, here.code} == ONE_MARKET:
            return "home"
        return "france_free" if there.zone == "dom_free" else "france"
    if goods and here.zone != "eu":
        return "outside"
    if there.zone == "ni":
        return "ni"
    return "eu" if there.zone == "eu" else "outside"


def kind_of(seller: Seller, customer: Customer, place: str, goods: bool = False):
    """(``taxable`` or ``private``, warnings): whether VAT law sees a business.

    At home and in third countries, what the customer is, and bodies with a VAT number
    too; in another member state, only who has a number that counts. Northern Ireland
    is one for goods.
    """
    if place == "eu" or place == "ni" and goods:
        return _kind_by_number(seller, customer, place)
    doubts = _noted(seller, customer)
    if customer.status == "business":
        return "taxable", doubts
    # Who is identified for VAT counts as a business (directive, art. 43-2).
    known = customer.number == "confirmed" or (
        customer.number == "plausible" and seller.accepts_plausible
    )
    identified = customer.status != "consumer" and known
    return ("taxable" if identified else "private"), doubts


def _noted(seller, customer):
    """What is odd about a number on which the VAT does not depend."""
    if customer.number in ("malformed", "refused"):
        return ["number_wrong_noted"]
    there, number = customer.located.territory, customer.number_country
    if customer.number == "none" or there is None or number in ("", there.country):
        return []
    # Northern Ireland has its own; overseas and third countries have French ones too.
    if there.zone in ("ni", "outside") and number in ("XI", seller.territory.country):
        return []
    return ["number_foreign_noted"]


def _kind_by_number(seller, customer, place):
    if customer.number == "none":
        doubts = ["number_missing"] if customer.status == "business" else []
        return "private", doubts
    if customer.number in ("malformed", "refused"):
        return "private", [f"number_{customer.number}"]
    if customer.number_country == seller.territory.country:
        # Identified where the seller is: what is supplied there is taxed there.
        return "private", [AT_SELLERS]
    if place == "ni" and customer.number_country not in ("XI", ""):
        return "private", ["number_not_xi"]
    if customer.number == "plausible" and not seller.accepts_plausible:
        return "private", ["number_waits"]
    doubts = ["number_unverified"] if customer.number == "plausible" else []
    there = customer.located.territory
    if place == "eu" and customer.number_country not in ("", there.country):
        doubts.append("number_of_another_country")
    return "taxable", doubts


def _answer(rule, place, kind, warnings, seller, customer, supply, day, book):
    """Put the decision together; a rate that is not known is said."""
    taxed_in, rate = None, None
    if rule.payer != "nobody":
        there = customer.located.territory or seller.territory
        taxed_in = there if rule.payer == "customer_place" else seller.territory
        rate, exact = book.rate(taxed_in, supply.category, day)
        if rate is None:
            warnings.append("rate_unknown")
        elif not exact:
            warnings.append("reduced_rate_unknown")
    if rule.tax_category == "AE" and not seller.has_number:
        warnings.append("seller_number_missing")
    decision = Decision(
        rule=rule.code,
        treatment=rule.treatment,
        place=place,
        kind=kind,
        taxed_in=taxed_in,
        category=supply.category,
        rate=rate,
        tax_category=rule.tax_category,
        vatex=rule.vatex,
        mention=rule.mention,
        evidence=rule.evidence,
        warnings=tuple(dict.fromkeys(warnings)),
        source=rule.source,
    )
    return decision if rate != 0 else _free(decision)


def _free(decision: Decision) -> Decision:
    """Taxed where VAT law stands and no VAT is charged (Guiana, Mayotte): exempt."""
    return replace(
        decision,
        treatment="dom_free",
        rate=None,
        tax_category="E",
        vatex="",
        mention="dom_free",
    )


def rule_from_row(row: Mapping[str, str]) -> Rule:
    """Read a row of the table, by the names of its columns.

    Several values stand side by side, parted by spaces. Raises VatError for a word that
    no condition knows.
    """

    def known(name, words):
        values = frozenset((row[name] or "").split())
        if not values or values - {*words, ANY}:
            raise VatError(
                "The VAT rule {code} says {text} for {name}.",
                code=row["code"],
                text=row[name] or "nothing",
                name=name,
            )
        return values

    return Rule(
        code=row["code"],
        country=row["country"],
        supplies=known("supplies", SUPPLIES + SPECIAL),
        regimes=known("regimes", REGIMES),
        places=known("places", PLACES),
        kinds=known("kinds", KINDS),
        destination=next(iter(known("destination", ("yes", "no")))),
        treatment=row["treatment"],
        payer=next(iter(known("payer", PAYERS))),
        tax_category=row["tax_category"],
        vatex=row["vatex"] or "",
        mention=row["mention"] or "",
        evidence=tuple((row["evidence"] or "").split()),
        source=row.get("source") or "",
        valid_from=_day(row.get("valid_from")),
        valid_to=_day(row.get("valid_to")),
    )


def _in(value, values) -> bool:
    return ANY in values or value in values


def _day(value) -> date | None:
    if not value or isinstance(value, date):
        return value or None
    return date.fromisoformat(value)
