"""What a subscription costs, and what it would cost alone: the billing's own engine
forecasts both."""

from collections import namedtuple
from dataclasses import replace

from dateutil.relativedelta import relativedelta

from ...engine.allocation import round_share
from ...engine.billing import difference
from ...engine.period import Period
from ...engine.rating import rate
from ..billing.subscription_discounts import Account
from ..exact import currency_rounding, exact
from ..subscription.resolver import Resolver
from .deferral import NATURE_OF_ROLE
from .ifrs_credits import Notes

Money = namedtuple("Money", "line amount part")


class Books:
    """What the subscriptions of one company share: read once for a batch."""

    def __init__(self, company):
        self.company = company
        self.env = company.env
        self.policies = self.env["recurring.revenue.policy"]._book(company)
        # sudo: natures of revenue are no secret.
        self.natures = self.env["recurring.revenue.nature"].sudo()._by_code()
        self.resolver = Resolver()
        self.account = Account(self.env, [])

    def policy(self, line, day):
        """Return the policy of a line's nature of revenue, or None. What began before
        the books had any follows the first."""
        nature = line.product_id.product_tmpl_id.rr_revenue_nature_id
        nature = nature or self.natures.get(NATURE_OF_ROLE.get(line.role))
        return self.policies.find_or_first(nature.id if nature else False, day)


class Prices:
    """What one subscription costs in each of its states, period by period."""

    def __init__(self, subscription, books, today, ledger=(), invoiced=(), notes=()):
        self.sub = subscription
        self.env = subscription.env
        self.books = books
        self.rounding = currency_rounding(subscription.currency_id)
        self.terms = subscription._ifrs_terms(today)
        self.lines = {line.id: line for line in subscription.line_ids}
        self.rates = {}
        self.ledger, self.invoiced = ledger, invoiced
        self.notes = Notes(self, notes)
        self.holdings = None
        self.first = self.terms[0].start if self.terms else today
        self.until = max(
            (max(term.end, term.old_end or term.end) for term in self.terms),
            default=today,
        )

    # ------------------------------------------------------------------
    # What is billed, what it costs alone
    # ------------------------------------------------------------------

    def rate(self, line):
        """What 1 of the line's price is before tax."""
        if line.id not in self.rates:
            self.rates[line.id] = line._before_tax_rate(self.books.resolver)
        return self.rates[line.id]

    def money(self, state):
        """Return (prices, stand-alone prices) of a state: lists of ``Money``."""
        billed, alone = [], []
        for line in self.sub.line_ids:
            if line.id in state.absent or line.role == "usage":
                continue
            ends = line.end_date or None, line.bill_until or None
            service, until = state.ends.get(line.id, ends)
            terms = line._engine_terms()
            end = until or service
            start = terms.start if end is None else min(terms.start, end)
            billed.append(replace(terms, start=start, end=end, credit_due=None))
            if service is not None:
                start = min(start, service)
            own = self.alone(line)
            alone.append(
                replace(terms, start=start, end=service, amount=own, credit_due=None)
            )
        return self.priced(billed, state), self.forecast(alone)

    def items(self, terms):
        through = self.until + relativedelta(years=1)
        return [
            item
            for item in difference(
                terms,
                (),
                through,
                self.rounding,
                days_ahead=self.sub.plan_version_id.days_ahead,
            )
            if item.part.start < self.until
        ]

    def forecast(self, terms):
        return [self.before_tax(item, item.amount) for item in self.items(terms)]

    def priced(self, terms, state):
        """Return what is owed: less what coupons take off."""
        items = self.items(terms)
        if self.holdings is None:
            self.holdings = self.sub._holdings() if self.sub.coupon_use_ids else []
        holdings = [one for one in self.holdings if one.key not in state.uses]
        if holdings:
            billings = {}
            for item in items:
                billings.setdefault(item.due, []).append(item)
            items = self.sub._reckon(
                [tuple(billings[day]) for day in sorted(billings)],
                holdings,
                self.books.account,
                self.books.resolver,
            )
            items = [item for billing in items for item in billing]
        return [self.before_tax(item, item.net) for item in items] + self.given()

    def before_tax(self, item, amount):
        line = self.lines[item.line]
        return Money(
            line, round_share(amount, self.rate(line), self.rounding), item.part
        )

    def given(self):
        """Return what a person took off a draft: nobody owed it at any time."""
        return [
            Money(line, -round_share(amount, self.rate(line), self.rounding), part)
            for line, kind, amount, part in self._ledger("waiver")
        ]

    def usage(self):
        """Return what was billed by usage."""
        return [
            Money(line, round_share(amount, self.rate(line), self.rounding), part)
            for line, kind, amount, part in self._ledger("usage")
        ]

    def _ledger(self, wanted):
        return [
            (self.lines[line], kind, exact(amount), Period(start, end))
            for line, kind, amount, start, end in self.ledger
            if kind == wanted and line in self.lines and amount
        ]

    def alone(self, line):
        """Return what a whole period of a line costs when it is sold alone: what the
        charge says, else its own list price (IFRS 15.77-79)."""
        charge = line.charge_id
        if not charge:
            return max(line._rating().amount, exact(0))
        factor = self.currency_factor(charge)
        quantity = line._rated_quantity()
        if not charge.stand_alone_price:
            amount = rate(charge._engine_terms(factor=factor), quantity).amount
            return max(amount, exact(0))
        per = exact(charge.stand_alone_price) * factor
        return per if charge.charge_model == "flat" else per * quantity

    def currency_factor(self, charge):
        """What one unit of the plan's currency is in the subscription's, at its start:
        stand-alone prices are not revised since (IFRS 15.88)."""
        own, wanted = charge.currency_id, self.sub.currency_id
        if not own or own == wanted:
            return exact(1)
        company = self.sub.company_id
        return exact(
            own._get_conversion_rate(own, wanted, company, self.sub.start_date)
        )
