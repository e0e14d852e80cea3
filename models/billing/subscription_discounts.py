"""What coupons take off what is due: one place for billing, preview and forecast."""

from collections import defaultdict
from dataclasses import replace
from fractions import Fraction

from odoo import models

from ...engine.allocation import round_share
from ...engine.discounts import Discounts, Priced, given_back, share_given_back
from ...engine.period import Period
from ...engine.terms import Taken
from ..exact import currency_rounding, exact
from ..subscription.resolver import Resolver
from ..subscription.tax_basis import TaxBasis, change_basis
from .invoice_lines import Credits
from .recurring_coupon_redemption import Redeemed

# Prices are converted between tax bases as floats; a large one keeps the digits.
PROBE = 1_000_000


class Account:
    """What was taken off so far, by use and by charge: asked once per batch."""

    def __init__(self, env, use_ids):
        self.used = defaultdict(dict)
        self.charges = defaultdict(list)
        if not use_ids:
            return
        # sudo: whoever bills the subscription reckons with what its coupons took off.
        redemptions = env["recurring.coupon.redemption"].sudo()
        groups = redemptions._read_group(
            [("use_id", "in", use_ids)],
            ["use_id", "period_start:day", "charge_id"],
            ["line_amount:sum", "amount:sum"],
        )
        for use, period, charge, amount, before_tax in groups:
            key = (use.id, period)
            amount, before_tax = exact(amount), exact(before_tax)
            self.used[use.id][key] = self.used[use.id].get(key, 0) + before_tax
            self.charges[charge.id].append(Taken(use.id, period, amount, before_tax))


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    def _discounted(self, differences, resolver):
        """Return ``{subscription id: items}`` of at least these: what is due, less what
        coupons take off.

        :param differences: ``{subscription id: items}`` as ``_difference`` returns it
        """
        known = resolver.discounted
        new = self.filtered(lambda sub: sub.id not in known)
        holdings = {sub: sub._holdings() for sub in new if sub.coupon_use_ids}
        if any(holdings.values()):
            account = Account(
                self.env, [one.key for held in holdings.values() for one in held]
            )
        for sub in new:
            items = differences[sub.id]
            if items and holdings.get(sub):
                [items] = sub._reckon([items], holdings[sub], account, resolver)
            known[sub.id] = items
        return known

    def _take_discounts(self, billings, holdings=None):
        """Return the items of each billing to come, less what coupons take off."""
        self.ensure_one()
        holdings = self._holdings() if holdings is None else holdings
        if not holdings:
            return super()._take_discounts(billings, holdings)
        account = Account(self.env, [one.key for one in holdings if one.key])
        return self._reckon(billings, holdings, account, Resolver())

    def _amount_due_now(self, today):
        """A change moves what the documents will show: after coupons."""
        resolver = Resolver()
        differences = self._discounted(self._difference(today), resolver)
        return {
            sub.id: float(
                sum(item.net for item in differences[sub.id] if item.kind != "waiver")
            )
            for sub in self
        }

    def _reckon(self, billings, holdings, account, resolver):
        """Take the coupons off one billing after the other."""
        self.ensure_one()
        lines = {line.id: line for line in self.line_ids}
        used = {}
        for one in holdings:
            used.update(account.used.get(one.key, {}))
        book = Discounts(
            [one.discount for one in holdings],
            used,
            currency_rounding(self.currency_id),
        )
        result = []
        for items in billings:
            items = self._give_coupons_back(items, book, account)
            charges = [place for place, it in enumerate(items) if it.kind == "charge"]
            priced = [
                self._priced(items[place], lines[items[place].line], holdings, resolver)
                for place in charges
            ]
            items = list(items)
            for place, taken in zip(charges, book.take(priced), strict=True):
                items[place] = replace(items[place], discounts=taken)
            result.append(tuple(items))
        return result

    def _give_coupons_back(self, items, book, account):
        """Let credits give back what was taken off their charges, in proportion."""
        reduced = [
            item
            for item in items
            if item.kind == "credit" and account.charges.get(item.origin)
        ]
        if not reduced:
            return items
        credits = Credits(self.env, reduced)
        result = []
        for item in items:
            if item in reduced:
                taken = self._given_back(item, book, account, credits)
                item = replace(item, discounts=taken)
                book.give_back(taken)
            result.append(item)
        return tuple(result)

    def _given_back(self, item, book, account, credits):
        """Return what a credit gives back: its share of what is left, or, where that
        was taken off for some of the days only, what it is for the days credited."""
        left = credits.left(item)
        share = -Fraction(item.amount) / Fraction(left) if left else Fraction(0)
        discounts = {discount.key: discount for discount in book.discounts}
        result = []
        for taken in account.charges[item.origin]:
            discount = discounts.get(taken.discount)
            own = share
            # The last credit takes whatever is left, so that no cent remains.
            if discount and share != 1 and credits.agrees(item):
                own = self._own_share(item, discount, taken, share)
            result += given_back([taken], own, book.rounding)
        return tuple(result)

    def _own_share(self, item, discount, taken, share):
        """Return which share of what is left of ``taken`` belongs to the days that
        ``item`` credits; ``share`` where it belongs to all days of the charge alike."""
        row = self.env["recurring.billed.item"].browse(item.origin)
        part = Period(row.date_start, row.date_end)
        if not discount.is_longer(row.whole_start, part):
            return share
        # sudo: as in Account.
        first = row.sudo().redemption_ids.filtered(
            lambda one: (
                one.use_id.id == taken.discount and one.period_start == taken.period
            )
        )
        charged = replace(taken, amount=sum(map(exact, first.mapped("line_amount"))))
        charge = Priced(exact(row.amount), row.whole_start, part=part)
        return share_given_back(
            discount, charged, taken.amount, charge, -item.amount, item.part
        )

    def _priced(self, item, line, holdings, resolver):
        start = item.whole.start
        if line.role != "one_off":
            start = max(start, self._first_billed_day())
        return Priced(
            amount=item.amount,
            start=start,
            discounts=frozenset(one.key for one in holdings if one.touches(line)),
            rate=line._before_tax_rate(resolver),
            part=item.part,
        )


class RecurringSubscriptionLine(models.Model):
    _inherit = "recurring.subscription.line"

    def _before_tax_rate(self, resolver):
        """Return what 1 of this line's price is before tax, as a Fraction."""
        _account, own, taxes = resolver.booking(self.subscription_id, self.product_id)
        basis = TaxBasis.of_line(self, own, taxes)
        if not basis.included:
            return Fraction(1)
        untaxed = change_basis(
            PROBE, basis.taxes, self.currency_id, self.product_id, wants_included=False
        )
        return Fraction(exact(untaxed)) / PROBE

    def _prepare_redemptions(self, item, resolver):
        """Return what coupons take off an item, for the ledger."""
        if not item.discounts:
            return []
        rounding = currency_rounding(self.currency_id)
        invoiced = round_share(item.net, self._before_tax_rate(resolver), rounding)
        redeemed, named = [], set()
        for taken in item.discounts:
            # Several periods of one coupon in a charge: it is paid once.
            paid = 0 * invoiced if taken.discount in named else invoiced
            named.add(taken.discount)
            redeemed.append(
                Redeemed(
                    taken.discount, taken.period, taken.amount, taken.before_tax, paid
                )
            )
        return redeemed
