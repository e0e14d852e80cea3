"""Which items stand together on an invoice, and which on which credit note.

The items are those of one billing group: one payer, one currency, one address.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Literal

from .terms import Item


@dataclass(frozen=True, slots=True)
class Document:
    """Items that stand together; amounts keep their sign, also on a credit note.

    ``origin`` is the invoice that a credit note corrects. Kind none: on no document.
    """

    kind: Literal["invoice", "credit_note", "none"]
    origin: Hashable | None
    items: tuple[Item, ...]


def documents(items: Iterable[Item], per_period: bool = False) -> tuple[Document, ...]:
    """The documents to make of the items: invoices, credit notes, and the rest.

    One invoice for all charges, or one per due date (``per_period``). A credit reduces
    the charges of its own nature as a negative line of their invoice; where it exceeds
    them, it stands on the credit note of the invoice that it corrects, one per invoice.
    Waivers and items of zero are on no document. What counts is what a document shows:
    the amounts after discounts.
    """
    invoices, credit_notes, silent = {}, {}, []
    for item in items:
        if item.kind == "waiver" or not item.net:
            silent.append(item)
        else:
            invoices.setdefault(item.due if per_period else None, []).append(item)
    for key, group in invoices.items():
        moved = _moved(group)
        for place in sorted(moved):
            credit_notes.setdefault(moved[place], []).append(group[place])
        invoices[key] = [item for i, item in enumerate(group) if i not in moved]
    _debits_to_invoices(invoices, credit_notes, per_period)
    made = [_invoice(invoices[key]) for key in sorted(invoices) if invoices[key]]
    for origin, group in credit_notes.items():
        made.append(Document("credit_note", origin, tuple(group)))
    if silent:
        made.append(Document("none", None, tuple(silent)))
    return tuple(made)


def _moved(items: list[Item]) -> dict[int, Hashable]:
    """The places of the items that leave the invoice, with the invoice they correct.

    A nature whose credits exceed its charges leaves with both, when the credits have
    one origin; credits leave alone when they have several, have no charge to reduce,
    or would turn the invoice negative.
    """
    natures = {}
    for place, item in enumerate(items):
        natures.setdefault(item.nature, _Nature()).add(place, item)
    total = sum(nature.charged for nature in natures.values())
    moved = {}
    for nature in sorted(natures.values(), key=lambda nature: not nature.exceeds):
        origins = set(nature.credits.values())
        if nature.exceeds and len(origins) == 1:
            moved.update(dict.fromkeys(nature.charges, *origins))
            moved.update(nature.credits)
            total -= nature.charged
        elif nature.exceeds or not nature.charges or total + nature.credited < 0:
            moved.update(nature.credits)
        else:
            total += nature.credited
    return moved


class _Nature:
    """The charges and credits of one nature, by their places."""

    def __init__(self):
        self.charges, self.credits = [], {}
        self.charged = self.credited = 0

    def add(self, place: int, item: Item) -> None:
        if item.kind == "charge":
            self.charges.append(place)
            self.charged += item.net
        else:
            self.credits[place] = item.document
            self.credited += item.net

    @property
    def exceeds(self) -> bool:
        """Whether the credits are more than the charges (of a discount: less)."""
        return (self.charged + self.credited) * self.charged < 0


def _debits_to_invoices(invoices, credit_notes, per_period: bool) -> None:
    """A credit note in the customer's disfavour (a discount taken back) is a debit."""
    for origin, group in list(credit_notes.items()):
        if sum(item.net for item in group) > 0:
            key = max(item.due for item in group) if per_period else None
            invoices.setdefault(key, []).extend(credit_notes.pop(origin))


def _invoice(items: list[Item]) -> Document:
    """An invoice, or a credit note without origin when it would be negative."""
    negative = sum(item.net for item in items) < 0
    return Document("credit_note" if negative else "invoice", None, tuple(items))
