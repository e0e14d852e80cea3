"""What came back to donors in a year, and whether their payments are gifts still."""

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property

from odoo.exceptions import UserError

from ....engine.gifts import CENT, ZERO, Payment
from ...exact import exact
from .receipt_finding import EXCLUDED


class Counterparts:
    """What came back to each donor in a year, against the rule of the law.

    Looked at over all payments of a donor for which something came back, receipted
    ones and those of other services included: the ceiling is one for the year.
    """

    def __init__(self, gifts):
        self.gifts, self.env = gifts, gifts.env
        self.company = gifts.company
        self.by_donor = defaultdict(dict)
        self.paid = defaultdict(lambda: ZERO)
        for line in gifts.lines:
            self._add(line)

    @cached_property
    def rule(self):
        """The rule of the year; None where nothing says what it is."""
        rules = self.env["recurring.receipt.rule"]
        try:
            return rules._counterpart_rule(
                self.gifts.country, self.gifts.first_last()[1]
            )
        except UserError:
            return None

    def _add(self, line):
        """Count a line with the others of the same dues: their counterpart is split
        by what was received, in whole cents."""
        if self.gifts._no_gift(line) or self.gifts._not_in_the_books(line):
            return
        dues = line.dues_line_id
        back = exact(dues.charge_id.rr_counterpart if dues else line.counterpart)
        if not back:
            return
        key = dues.id if dues else -line.id
        donor = self.gifts.donor_key(line.contribution_id)
        rows = self.by_donor[donor]
        amount = rows[key].amount if key in rows else ZERO
        amount += self.gifts.parts.of(line)
        self.paid[donor, key] += exact(line.amount)
        paid = self.paid[donor, key]
        whole = exact(dues.amount) if dues else paid
        share = min(paid / whole, Decimal(1)) if whole else Decimal(1)
        rows[key] = Payment(amount, (back * share).quantize(CENT, ROUND_HALF_UP))

    def _of(self, line):
        """Return (the payments of the donor with a counterpart, that of the line)."""
        rows = self.by_donor[self.gifts.donor_key(line.contribution_id)]
        dues = line.dues_line_id
        return list(rows.values()), rows.get(dues.id if dues else -line.id)

    def _money(self, amount):
        return self.company.currency_id.format(float(amount))

    def refusal(self, line):
        """Return why what came back keeps a line from being a gift, or None."""
        payments, own = self._of(line)
        if not own:
            return None
        env, rule = self.env, self.rule
        if rule is None:
            text = env._("Nothing says what may come back for gifts of that year.")
            return EXCLUDED, "counterpart", text
        if rule.allows(payments):
            return None
        back, most, ceiling = self._figures(payments, rule)
        if back > most:
            text = env._(
                "0 of %(amount)s: what came back in %(year)s is worth %(back)s, more "
                "than %(share)s %% of the payments for it, %(most)s.",
                amount=self._money(exact(line.amount)),
                year=self.gifts.year,
                back=self._money(back),
                share=f"{rule.share * 100:.0f}",
                most=self._money(most),
            )
        else:
            text = env._(
                "0 of %(amount)s: what came back in %(year)s is worth %(back)s, above "
                "the ceiling of %(ceiling)s a year.",
                amount=self._money(exact(line.amount)),
                year=self.gifts.year,
                back=self._money(back),
                ceiling=self._money(ceiling),
            )
        return EXCLUDED, "counterpart", text

    def text(self, line):
        """Return why a line counts."""
        payments, own = self._of(line)
        if not own:
            return self.env._("Nothing came back for it: it counts in full.")
        back, most, ceiling = self._figures(payments, self.rule)
        return self.env._(
            "It counts in full: what came back in %(year)s is worth %(back)s, at most "
            "%(share)s %% of the payments for it (%(most)s) and %(ceiling)s a year.",
            year=self.gifts.year,
            back=self._money(back),
            share=f"{self.rule.share * 100:.0f}",
            most=self._money(most),
            ceiling=self._money(ceiling),
        )

    def _figures(self, payments, rule):
        back = sum((one.counterpart for one in payments), ZERO)
        paid = sum((one.amount for one in payments), ZERO)
        return back, (paid * rule.share).quantize(CENT), rule.ceiling
