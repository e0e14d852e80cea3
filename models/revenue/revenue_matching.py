"""What is matched with what, planned without the ORM: exact, in both currencies.

The order is Odoo's own (`account.move.line._optimize_reconciliation_plan`). In the
company's currency the amounts are, too. In a foreign currency Odoo converts what it
matches at the rate of either line, which can leave a cent open on lines that were
booked at one and the same rate; here both amounts of the smaller line are matched as
they stand, so a line is matched entirely or not at all.
"""

from collections import namedtuple
from decimal import Decimal

from odoo.tools import SQL

# What one partial matching says; amounts are positive.
Partial = namedtuple("Partial", "debit credit amount amount_currency")

# Accounts whose matching settles invoices and payments: that is Odoo's business.
SETTLING_TYPES = ("asset_receivable", "liability_payable")
CASH_TYPES = ("asset_cash", "liability_credit_card", "off_balance")


class NotPlanned(Exception):
    """This group is matched by Odoo; the text says why."""


class Item:
    """A journal item with what is open of it, in both currencies, signed."""

    __slots__ = (
        "account_id",
        "account_type",
        "amount",
        "amount_currency",
        "company_currency_id",
        "company_id",
        "currency_id",
        "date",
        "due",
        "id",
        "is_matched",
        "move_id",
        "number",
        "open",
        "open_currency",
        "partner_id",
        "reconcile",
        "state",
    )

    @property
    def is_foreign(self):
        return self.currency_id != self.company_currency_id

    @property
    def is_open(self):
        return bool(self.open or self.open_currency)

    @property
    def sign(self):
        """Return 1 for a debit and -1 for a credit."""
        amounts = (self.amount, self.amount_currency)
        if all(amount >= 0 for amount in amounts):
            return 1
        if all(amount <= 0 for amount in amounts):
            return -1
        raise NotPlanned("a debit in one currency that is a credit in the other")

    def take(self, amount, amount_currency):
        self.open -= self.sign * amount
        self.open_currency -= self.sign * amount_currency


def read_items(env, ids):
    """Return {id: Item} of the journal items; everything is flushed before."""
    env.flush_all()
    rows = env.execute_query(
        SQL(
            """
            SELECT line.account_id, account.account_type, line.balance::text,
                   line.amount_currency::text, line.company_currency_id,
                   line.company_id, line.currency_id, line.date,
                   COALESCE(line.date_maturity, line.date), line.id,
                   COALESCE(line.reconciled, false), line.move_id,
                   line.matching_number, COALESCE(line.amount_residual, 0)::text,
                   COALESCE(line.amount_residual_currency, 0)::text, line.partner_id,
                   account.reconcile, line.parent_state
              FROM account_move_line line
              JOIN account_account account ON account.id = line.account_id
             WHERE line.id = ANY(%s)
            """,
            list(ids),
        )
    )
    items = {}
    for row in rows:
        item = Item()
        for name, value in zip(Item.__slots__, row, strict=True):
            setattr(item, name, value)
        for name in ("amount", "amount_currency", "open", "open_currency"):
            setattr(item, name, Decimal(getattr(item, name)))
        items[item.id] = item
    return items


def plan(items):
    """Return the Partials of a group of items, and take them off what is open.

    :raise NotPlanned: for what Odoo has to match, or to refuse
    """
    if None in items:
        raise NotPlanned("a line that is gone")
    items = [item for item in items if not item.is_matched]
    _check(items)
    items = _in_order([item for item in items if item.is_open])
    debits = [item for item in items if item.sign > 0]
    credits = [item for item in items if item.sign < 0]
    found = []
    opened = [(item, item.open, item.open_currency) for item in items]
    try:
        while debits and credits:
            found.append(_match(debits[0], credits[0]))
            debits = debits if debits[0].is_open else debits[1:]
            credits = credits if credits[0].is_open else credits[1:]
    except NotPlanned:
        for item, amount, amount_currency in opened:
            item.open, item.open_currency = amount, amount_currency
        raise
    return found


def _match(debit, credit):
    """Match two items as far as the smaller one goes."""
    left = (debit.open, debit.open_currency)
    right = (-credit.open, -credit.open_currency)
    if left[0] <= right[0] and left[1] <= right[1]:
        amounts = left
    elif left[0] >= right[0] and left[1] >= right[1]:
        amounts = right
    else:
        raise NotPlanned("each is the smaller one in another currency")
    if min(amounts) < 0:
        raise NotPlanned("more was matched than there is")
    debit.take(*amounts)
    credit.take(*amounts)
    return Partial(debit, credit, *amounts)


def _check(items):
    for what in ("account_id", "company_id", "currency_id"):
        if len({getattr(item, what) for item in items}) > 1:
            raise NotPlanned(f"not the same {what}")
    for item in items:
        if item.state != "posted":
            raise NotPlanned("not posted")
        if not item.reconcile or item.account_type in SETTLING_TYPES + CASH_TYPES:
            raise NotPlanned("an account that is not matched like this")
        if item.number and not item.number.startswith("P"):
            raise NotPlanned("matched by an import, or entirely")


def _in_order(items):
    """Return the items in the order in which Odoo matches them."""
    items = sorted(items, key=lambda i: (i.due, i.amount_currency, i.amount))
    if len({item.partner_id for item in items if item.partner_id}) > 1:
        items.sort(key=lambda item: item.partner_id or 0)
    return items
