"""What an electronic invoice of a French seller says beside Odoo's own export.

Plain values, gathered once from an invoice and written into either syntax. BT numbers
are the business terms of EN 16931; BR-FR are the French rules (XP Z12-012).
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

# UNTDID 2475 (CII) and 2005 (UBL): when VAT falls due (BT-8)
DUE_CODES = {
    "receipt": ("72", "432"),
    "invoice": ("5", "3"),
    "delivery": ("29", "35"),
}
# The categories that carry no VAT and want a reason (BT-120, BT-121).
EXEMPT = ("AE", "E", "G", "K", "O")
SIREN, SIRET, FRENCH_ADDRESS = "0002", "0009", "0225"


@dataclass(frozen=True, slots=True)
class Party:
    """A seller or a buyer: ``address`` is the electronic one, (scheme, text) or None.

    ``french`` says whether SIREN numbers exist there; ``registry`` is the number of
    whoever has none.
    """

    french: bool = False
    siren: str = ""
    siret: str = ""
    registry: str = ""
    vat: str = ""
    address: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is added to, or corrected in, one document.

    ``domestic`` is a French seller and a French business or public body: the French
    rules (BR-FR) hold in full. ``bare`` documents carry no VAT numbers (category O,
    BR-O-02).
    ``paid_on`` is the day an invoice was paid on before it is issued. ``legal_text``
    are the seller's legal form, capital and registers.
    """

    seller: Party
    buyer: Party
    domestic: bool
    bare: bool
    process: str
    paid_on: date | None = None
    period: tuple[date, date] | None = None
    due: str = ""
    notes: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    service_code: str = ""
    commitment: str = ""
    reference: str = ""
    corrected: tuple[str, date] | None = None
    legal_text: str = ""
    vat_in_euro: tuple[str, Decimal] | None = None

    def due_code(self, syntax):
        """Return BT-8 in a syntax, ``cii`` or ``ubl``; "" where none can be said."""
        codes = DUE_CODES.get(self.due)
        return codes[syntax == "ubl"] if codes else ""
