"""Dues of which only a part is a gift: a course and a club in one price."""

from collections import defaultdict
from decimal import ROUND_HALF_UP
from functools import cached_property

from ....engine.gifts import CENT, ZERO
from ...exact import exact


def gift_part(dues):
    """Return what of dues as they were called counts as a gift (Decimal).

    Dues by part of a year and those of further members have the same share of a gift
    as the whole price; what a benefactor gives above the price is a gift.

    :param dues: a ``recurring.dues.line`` of a charge of which a part is a gift
    """
    charge, amount = dues.charge_id, exact(dues.amount)
    price, part = exact(charge.unit_price), exact(charge.rr_gift_amount)
    if charge.rr_free_amount:
        return max(amount - (price - part), ZERO)
    share = part / price if price else ZERO
    return min((amount * share).quantize(CENT, ROUND_HALF_UP), amount)


class GiftParts:
    """What of each contribution line is a gift, by the charge that it pays.

    Parts of dues that are paid in several times add up to that of the whole, to the
    cent: each payment gets what the payments so far make, less what the ones before it
    made.

    :param lines: the ``recurring.contribution.line`` of a year
    """

    def __init__(self, lines):
        self.lines = lines

    def of(self, line):
        """Return what of a line is a gift (Decimal)."""
        if not line.dues_line_id.charge_id.rr_gift_amount:
            return exact(line.amount)
        return self._parts.get(line.id, ZERO)

    @cached_property
    def _parts(self):
        """``{line id: amount}`` of all payments of the dues of the year's lines."""
        dues = self.lines.dues_line_id.filtered("charge_id.rr_gift_amount")
        payments = self.lines.search(
            [
                ("dues_line_id", "in", dues.ids),
                ("contribution_id.state", "in", ("booked", "history")),
            ]
        ).sorted(lambda one: (one.contribution_id.date, one.id))
        parts, paid, given = {}, defaultdict(lambda: ZERO), defaultdict(lambda: ZERO)
        for payment in payments:
            one = payment.dues_line_id
            paid[one] += exact(payment.amount)
            share = min(paid[one] / exact(one.amount), 1) if one.amount else ZERO
            so_far = (gift_part(one) * share).quantize(CENT, ROUND_HALF_UP)
            parts[payment.id] = so_far - given[one]
            given[one] = so_far
        return parts
