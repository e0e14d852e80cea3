"""What a visitor typed into the joining page: read, checked, nothing stored yet."""

import re
import unicodedata
from datetime import date
from decimal import Decimal, InvalidOperation

from dateutil.relativedelta import relativedelta

from odoo.tools import email_normalize

FURTHER = 5  # members of a household that one form takes, beside the first
TEXT = {
    "firstname": 60,
    "lastname": 80,
    "organisation": 120,
    "guardian_firstname": 60,
    "guardian_lastname": 80,
    "phone": 30,
    "street": 120,
    "zip": 12,
    "city": 80,
}


def same_name(one, other):
    """Tell whether two names are the same but for accents, case and order.

    >>> same_name("Hélène Petit", "PETIT Helene"), same_name("Hélène", "Helen")
    (True, False)
    """
    return _words(one) == _words(other)


def _words(name):
    plain = unicodedata.normalize("NFKD", name or "").encode("ascii", "ignore").decode()
    return sorted(re.findall(r"[a-z0-9]+", plain.lower()))


class JoinForm:
    """Reads a form of the joining page.

    ``errors`` is ``{name of an input: sentence}``; ``values`` and ``people`` are those
    of a ``recurring.join.request`` and its people once there are none.
    """

    def __init__(self, plan, post, day):
        self.env = plan.env
        self.plan = plan
        self.post = post
        self.day = day
        self.errors = {}
        self.offers = {offer["category"].id: offer for offer in plan._join_offers(day)}
        self.kinds = self.env["recurring.consent.kind"].search(
            [("asked_when_joining", "=", True)]
        )
        self.values = self._read_request()
        self.people = self._read_people()

    def text(self, name, limit=80):
        """Return what was typed: one line, no control characters, cut to a limit."""
        typed = "".join(
            letter if letter.isprintable() else " "
            for letter in str(self.post.get(name) or "")
        )
        return " ".join(typed.split())[:limit]

    # ------------------------------------------------------------------
    # The request
    # ------------------------------------------------------------------

    def _read_request(self):
        values = {name: self.text(name, limit) for name, limit in TEXT.items()}
        values["email"] = email_normalize(self.text("email", 160)) or ""
        country = self._number("country_id")
        values["country_id"] = (
            self.env["res.country"].browse(country or 0).exists().id or False
        )
        if not values["email"]:
            self.errors["email"] = self.env._("Please give a valid e-mail address.")
        for name in ("firstname", "lastname", "street", "zip", "city"):
            if not values[name]:
                self._missing(name)
        if self.plan.rr_statutes_url and not self.post.get("statutes"):
            self.errors["statutes"] = self.env._(
                "Please confirm that you accept the statutes."
            )
        return values

    def _missing(self, name):
        self.errors.setdefault(name, self.env._("Please fill this in."))

    def _number(self, name):
        typed = str(self.post.get(name) or "")
        return int(typed) if re.fullmatch(r"[0-9]{1,9}", typed) else None

    # ------------------------------------------------------------------
    # The people
    # ------------------------------------------------------------------

    def _read_people(self):
        first = self._read_person("")
        offer = self.offers.get(first["category_id"])
        is_legal = bool(offer and offer["category"].kind == "legal")
        if is_legal:
            self.errors.pop("birthdate", None)
            first |= {"birthdate": False, "name": self.values["organisation"]}
            if not first["name"]:
                self._missing("organisation")
            return [first]
        first["name"] = self._full_name("")
        if self._is_minor(first["birthdate"]):
            for name in ("guardian_firstname", "guardian_lastname"):
                if not self.values[name]:
                    self.errors[name] = self.env._(
                        "Under the age of %s a guardian joins for the member.",
                        self.plan.company_id.rr_majority_age,
                    )
        people = [first]
        for number in range(1, FURTHER + 1):
            prefix = f"f{number}_"
            if self.text(prefix + "firstname") or self.text(prefix + "lastname"):
                person = self._read_person(prefix)
                for name in ("firstname", "lastname"):
                    if not self.text(prefix + name):
                        self._missing(prefix + name)
                person["name"] = self._full_name(prefix)
                people.append(person)
        return people

    def _full_name(self, prefix):
        names = (self.text(prefix + "firstname", 60), self.text(prefix + "lastname"))
        return " ".join(filter(None, names))

    def _is_minor(self, born):
        age = born and relativedelta(self.day, born).years
        return bool(born) and age < self.plan.company_id.rr_majority_age

    def _read_person(self, prefix):
        category_id = self._number(prefix + "category_id")
        offer = self.offers.get(category_id)
        if not offer:
            self.errors[prefix + "category_id"] = self.env._("Please choose one.")
            category_id = False
        given = [
            kind.id
            for kind in self.kinds
            if self.post.get(f"{prefix}consent_{kind.code}")
        ]
        return {
            "category_id": category_id,
            "birthdate": self._read_birthdate(prefix + "birthdate"),
            "chosen_amount": self._read_amount(f"{prefix}amount_{category_id}", offer),
            "consent_kind_ids": [(6, 0, given)],
        }

    def _read_birthdate(self, name):
        try:
            born = date.fromisoformat(self.text(name, 10))
        except ValueError:
            self.errors[name] = self.env._("Please give the date of birth.")
            return False
        if not date(1880, 1, 1) <= born <= self.day:
            self.errors[name] = self.env._("Please check this date.")
        return born

    def _read_amount(self, name, offer):
        """Return the amount that a member chose, or 0 where there is nothing to
        choose."""
        if not offer or not offer["charge"].rr_free_amount:
            return 0.0
        typed = self.text(name, 20).replace(" ", "").replace(",", ".")
        typed = typed.removesuffix("€").removesuffix(offer["currency"].symbol)
        if not typed:
            return float(offer["price"])
        try:
            amount = Decimal(typed)
        except InvalidOperation:
            amount = Decimal("NaN")
        currency = offer["currency"]
        if not amount.is_finite() or not offer["price"] <= amount <= 10**6:
            self.errors[name] = self.env._(
                "At least %s.", currency.format(float(offer["price"]))
            )
            return 0.0
        return currency.round(float(amount))
