"""Where an address lies in the eyes of VAT law, which is not what the map says.

Réunion is France on the map and a third territory for goods; the Canaries are Spain and
outside the VAT territory; Northern Ireland is outside for services and inside for
goods. The table is data (``data/recurring.vat.territory.csv``); an address that it does
not know is a third country.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

# In the order of how much VAT a seller within the Union may owe there.
ZONES = ("eu", "dom", "ni", "dom_free", "outside")

Zone = Literal["eu", "dom", "dom_free", "ni", "outside"]


@dataclass(frozen=True, slots=True)
class Territory:
    """A piece of the world that VAT law treats alike.

    ``country`` is the member state whose VAT law holds there (ISO code), ``code`` is
    finer where a part of it is treated apart ("FR-RE"). Zones: ``eu`` the VAT territory
    of a member state; ``dom`` French departments with rates of their own; ``dom_free``
    French departments without VAT; ``ni`` Northern Ireland, in the EU for goods only;
    ``outside`` everything else.
    """

    code: str
    country: str
    zone: Zone


@dataclass(frozen=True, slots=True)
class Located:
    """What was found for an address, and what is odd about it.

    ``territory`` is None where no country is known. ``warning`` is empty, or a code:
    ``no_country``, ``postcode_contradicts``.
    """

    territory: Territory | None
    warning: str = ""


class Atlas:
    """Finds the territory of an address.

    A match is written as in the table: ``RE`` (a country), ``FR-974`` (its postcodes
    that begin so), ``ES/GC`` (a state of it). The longest postcode wins, then a state,
    then the country.
    """

    def __init__(self, rows: Iterable[tuple[Territory, str]]):
        self._countries, self._postcodes, self._states = {}, {}, {}
        for territory, matches in rows:
            for match in matches.split():
                country, dash, prefix = match.partition("-")
                if "/" in match:
                    self._states[match] = territory
                elif dash:
                    self._postcodes.setdefault(country, {})[prefix] = territory
                else:
                    self._countries[match] = territory
        self._with_states = {match.partition("/")[0] for match in self._states}

    def territories(self) -> list[Territory]:
        """Every territory of the table, by code."""
        found = {*self._countries.values(), *self._states.values()}
        for prefixes in self._postcodes.values():
            found |= set(prefixes.values())
        return sorted(found, key=lambda territory: territory.code)

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, str]]) -> "Atlas":
        """Read the rows of the table, by the names of its columns."""
        return cls(
            (Territory(row["code"], row["country"], row["zone"]), row["matches"])
            for row in rows
        )

    def find(self, country: str, postcode: str = "", state: str = "") -> Located:
        """The territory of an address, by ISO country code, postcode and state code.

        A postcode that lies in another territory than the country or the state says
        is reported; what is then assumed is the place where more VAT may be due.
        """
        country = (country or "").upper()
        if not country:
            return Located(None, "no_country")
        postcode = _plain_postcode(postcode or "")
        own = self._countries.get(country)
        if own is None:
            own = Territory(country, country, "outside")
        found = self._by_postcode(country, postcode)
        if state and country in self._with_states:
            said = self._states.get(f"{country}/{state.upper()}", own)
            return self._compared(country, postcode, found, said, own)
        if found:
            return Located(found)
        return self._checked(country, postcode, own)

    def _compared(self, country, postcode, found, said, own) -> Located:
        """Compare what the postcode and the state of an address say.

        ``own`` is the territory of the country but for its exceptions.
        """
        if found is None:
            written = postcode and self._has_postcodes(said, country)
            found = own if written else said
        if found == said:
            return Located(said)
        found = min(found, said, key=lambda one: (_tax_rank(one), one != own))
        return Located(found, "postcode_contradicts")

    def _by_postcode(self, country: str, postcode: str) -> Territory | None:
        prefixes = self._postcodes.get(country, {})
        for length in range(len(postcode), 0, -1):
            if postcode[:length] in prefixes:
                return prefixes[postcode[:length]]
        return None

    def _checked(self, country: str, postcode: str, own: Territory) -> Located:
        """Compare a part of a member state that is a country of its own on the map
        with what the member state's postcodes say."""
        whole = self._countries.get(own.country)
        if own == whole or whole is None or not postcode:
            return Located(own)
        said = self._by_postcode(own.country, postcode)
        if said == own or not postcode.isdigit():
            return Located(own)
        if said is None and not self._has_postcodes(own, own.country):
            return Located(own)
        place = min(said, own, key=_tax_rank) if said else whole
        return Located(place, "postcode_contradicts")

    def _has_postcodes(self, territory: Territory, country: str) -> bool:
        return territory in self._postcodes.get(country, {}).values()


def _plain_postcode(text: str) -> str:
    """Return a postcode without blanks and without the country before it (F-97400)."""
    text = "".join(text.upper().split())
    before, dash, rest = text.partition("-")
    named = dash and before.isalpha() and len(before) <= 3 and rest[:1].isdigit()
    return rest if named else text


def _tax_rank(territory: Territory) -> int:
    """Order territories by how much VAT may be due there, the most first."""
    return ZONES.index(territory.zone)
