"""The check of an order of HelloAsso: one payment, for members and for gifts."""

from decimal import Decimal

from ..names import match_name, normalised
from .check import CellCheck
from .gift_check import issued

# Words in the status of what did not arrive, or did not stay.
NOT_PAID = (
    "refus",
    "rembours",
    "annul",
    "echou",
    "echec",
    "abandon",
    "attente",
    "conteste",
    "refund",
    "refused",
    "cancel",
    "failed",
    "pending",
    "a venir",
)


def tariff_of(cells):
    """Return the type and tariff of mapped cells, as one text."""
    return " / ".join(filter(None, (cells.get("kind"), cells.get("tariff")))) or "-"


class HelloAssoCheck(CellCheck):
    """Checks an order; ``parts`` are the rows of the file that belong to it."""

    def __init__(self, job, line, parts, facts, seen):
        super().__init__(job, line, parts[0], facts, seen)
        self.parts = [self.mapped(part) for part in parts]

    def run(self):
        """Return ``{payer, date, mode, parts}``, None when there are problems or
        nothing was paid."""
        first = self.parts[0]
        self.row["title"] = self.env._("Order %s", first.get("order") or "?")
        unpaid = [part for part in self.parts if self._not_paid(part)]
        if len(unpaid) == len(self.parts):
            return self._skip(
                self.env._("“%s”: nothing was received.", first.get("status", ""))
            )
        parts = [self._part(cells) for cells in self.parts if cells not in unpaid]
        if self.problems:
            return None
        parts = [part for part in parts if part]
        if not any(part["amount"] or part.get("gift") for part in parts):
            free = [part for part in parts if part["is_dues"]]
            if not free:
                return self._skip(
                    self.env._("Nothing was paid, or the tariff is left out.")
                )
        if unpaid:
            self.row["note"] = self.env._(
                "%s rows of the order were not paid.", len(unpaid)
            )
        return self._order(parts)

    def _not_paid(self, cells):
        status = normalised(cells.get("status"))
        return any(word in status for word in NOT_PAID)

    def _skip(self, sentence):
        self.outcome = "skipped"
        self.row["note"] = sentence
        return None

    def _take_discount(self, values):
        """Take off what a discount code did, where the amount is the tariff's price;
        what was paid (“montant payé”) is less that already."""
        discount = abs(values.pop("discount", Decimal(0)))
        heading = normalised(self.headings.get("amount"))
        is_paid = any(word in heading for word in ("pay", "paiement", "paid", "total"))
        if discount and "amount" in values and not is_paid:
            values["amount"] -= discount

    def _part(self, cells):
        """Return what one row of the order says, None where its tariff is left out."""
        tariff = self.facts.tariffs.get(tariff_of(cells))
        if tariff and tariff.kind == "skip":
            return None
        values = self.read_cells(cells)
        self.in_past(values, "date", "birth_date")
        values["is_dues"] = bool(tariff and tariff.kind == "dues")
        values["category"] = (tariff and tariff.category_id) or self.job.category_id
        values["tariff"] = tariff_of(cells)
        self._take_discount(values)
        for name in ("amount", "gift"):
            if values.get(name, Decimal(0)) < 0:
                self.refuse(name, self.env._("It cannot be negative."))
        values["name"] = self.full_name(values) or self.full_name(values, "payer_")
        if values["is_dues"] and not values["name"]:
            self.refuse("last_name", self.env._("The member has no name."))
        return values

    def _order(self, parts):
        first = parts[0]
        payer_name = (
            first.get("company_name")
            or self.full_name(first, "payer_")
            or first["name"]
        )
        if not payer_name:
            self.refuse("payer_last_name", self.env._("Nobody is named."))
            return None
        self._check_members(parts)
        email = first.get("payer_email") or first.get("email")
        payer = dict(first, email=email, payer_name=payer_name)
        # The date of birth is the member's.
        if match_name(payer_name) != match_name(first["name"]):
            payer.pop("birth_date", None)
        self.match(payer_name, payer)
        total = sum(part["amount"] + part.get("gift", Decimal(0)) for part in parts)
        amount = self.job.company_id.currency_id.format(float(total))
        self.row["title"] = f"{payer_name} {amount}"
        if self.problems:
            return None
        return {
            "payer": payer,
            "date": first["date"],
            "mode": first.get("mode", "card"),
            "order": first.get("payment") or first["order"],
            "receipt": issued(first.get("receipt", ""), "HelloAsso"),
            "parts": parts,
        }

    def _check_members(self, parts):
        """Refuse an order that would make one person a member twice."""
        names = [match_name(part["name"]) for part in parts if part["is_dues"]]
        if len(names) != len(set(names)):
            self.refuse(
                "last_name", self.env._("One person stands twice in this order.")
            )
