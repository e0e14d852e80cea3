"""What became of each gift, and the receipts that are to be issued for them."""

from dataclasses import dataclass, field
from decimal import Decimal

from ....engine.gifts import ZERO

# Codes of findings: what became of a line of a contribution.
ELIGIBLE, RECEIPTED, ELSEWHERE = "eligible", "receipted", "elsewhere"
EXCLUDED, MISSING = "excluded", "missing"


@dataclass(slots=True)
class Finding:
    """What became of one line of a contribution.

    ``reason``: a code, for adding up; ``text``: the sentence that the treasurer reads.
    """

    line: object
    status: str
    reason: str
    text: str
    amount: Decimal = ZERO
    basis: object = None
    article: object = None
    part: int = 0
    missing: tuple = ()


@dataclass(slots=True)
class Draft:
    """A receipt to be issued: one donor, article and basis, and the lines it is for."""

    company: object
    partner: object
    joint: object
    article: object
    basis: object
    scope: str
    part: int = 0
    key: tuple = ()
    findings: list = field(default_factory=list)
    campaign: object = None

    @property
    def amount(self):
        """The sum that it certifies (Decimal)."""
        return sum((one.amount for one in self.findings), ZERO)
