"""The VAT breakdown of an electronic invoice: reasons, and one entry per category.

CII and UBL say the same with other names; ``Names`` are those of one syntax.
"""

from dataclasses import dataclass
from decimal import Decimal

from .cii_lines import amount_text
from .facts import EXEMPT
from .xml_nodes import drop, find, put, text


@dataclass(frozen=True, slots=True)
class Names:
    """What a syntax calls the parts of a breakdown.

    ``category`` is the path from a breakdown to the node that says the category,
    ``amounts`` are the nodes that add up, ``order`` is the schema's order of the
    category's children.
    """

    category: str
    reason: str
    code: str
    amounts: tuple
    order: list


def write_reason(node, category, facts, names):
    """Write why a category bears no VAT; none for one that bears some."""
    if category not in EXEMPT:
        drop(node, names.reason)
        drop(node, names.code)
        return
    code = text(node, names.code)
    reason = facts.reasons.get(f"{category}/{code}") or facts.reasons.get(category)
    if reason:
        put(node, names.reason, names.order, reason)


def merge(known, key, breakdown, names):
    """Add a breakdown to the one of the same category and rate (BR-E-01)."""
    first = known.setdefault(key, breakdown)
    if first is breakdown:
        return
    for tag in names.amounts:
        total = Decimal(text(first, tag)) + Decimal(text(breakdown, tag))
        find(first, tag).text = amount_text(total)
    nodes = [find(one, names.category) for one in (first, breakdown)]
    reasons = [text(node, names.reason) for node in nodes]
    if any(reasons):
        joined = " ; ".join(dict.fromkeys(filter(None, reasons)))
        put(nodes[0], names.reason, names.order, joined)
    if len({text(node, names.code) for node in nodes}) > 1:
        drop(nodes[0], names.code)
    breakdown.getparent().remove(breakdown)
