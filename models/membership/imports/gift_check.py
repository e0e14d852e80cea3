"""The check of a row of gifts."""

from ..names import normalised
from .check import CellCheck

# What a file says where no receipt was issued, or that one was, without its number.
NO, YES = {"non", "no", "0", "false", "n"}, {"oui", "yes", "1", "true", "x", "o", "y"}


def issued(text, where):
    """Return what ``receipted_elsewhere`` keeps of a cell: nothing, or who issued it
    and its number.

    >>> issued("non", "HelloAsso"), issued("Oui", "HelloAsso"), issued("12", "X")
    (False, 'HelloAsso', 'X 12')
    """
    plain = normalised(text)
    if not plain or plain in NO:
        return False
    return where if plain in YES else f"{where} {text}"


class GiftCheck(CellCheck):
    """Checks one gift: who gave, when, how much, and what was issued for it."""

    def run(self):
        """Return the values of the row, None when there are problems."""
        if self.is_example():
            return None
        values = self.values
        values |= self.read_cells(self.cells)
        name = values.get("company_name") or self.full_name(values)
        self.in_past(values, "date")
        amount = values.get("amount")
        if amount is not None and amount <= 0:
            self.refuse("amount", self.env._("A gift is more than nothing."))
        self._check_nature()
        if "project" in values:
            project = self.facts.projects.get(normalised(values["project"]))
            if not project:
                self.refuse(
                    "project", self.env._("There is no analytic account of this name.")
                )
            values["project"] = project
        currency = self.job.company_id.currency_id
        total = currency.format(float(amount)) if amount is not None else ""
        self.row |= {"title": " ".join((name, total)).strip()}
        if name:
            self.match(name, values)
        if self.problems:
            return None
        values["receipt"] = issued(values.get("receipt", ""), self.env._("Elsewhere"))
        return values

    def _check_nature(self):
        nature = self.values.get("nature", "money")
        if nature != "money" and self.job.gifts_as == "booked":
            self.refuse(
                "nature",
                self.env._(
                    "Only money is booked by an import: import the others as drafts or "
                    "as history."
                ),
            )
