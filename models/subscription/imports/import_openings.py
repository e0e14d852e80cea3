"""What a former system billed, as opening rows of the ledger."""

from itertools import compress

from ....engine.allocation import round_half_up, split
from ....engine.billing import LineTerms, proposed
from ....engine.period import Period
from ...exact import currency_rounding, exact
from ..resolver import Resolver
from ..tax_basis import TaxBasis


class Openings:
    """Opening rows for the subscriptions of one batch.

    Remembers how products are booked: a portfolio shares them.
    """

    def __init__(self, company):
        self.company = company
        self.resolver = Resolver()
        self.positions = {}

    # ------------------------------------------------------------------
    # Amounts
    # ------------------------------------------------------------------

    def items(self, row, sub, lines, terms):
        """Return ``(line, whole, part, amount)`` of what was billed from the start of
        the prepaid period on.

        Without an amount: what the plan would have charged, period by period. With one,
        it is shared out over the lines; where it covers several of our periods, it
        stands for its own period as a whole.
        """
        if not row.billed_end:
            return []
        rounding = currency_rounding(row.currency)
        billed = Period(row.period_start, row.billed_end)
        runs = [term.start < billed.end and _ends_after(term, billed) for term in terms]
        lines = lines.browse(compress(lines.ids, runs))
        terms = list(compress(terms, runs))
        charged = [_would_have_charged(term, billed, rounding) for term in terms]
        if row.period_amount is None:
            return [
                (line, item.whole, item.part, item.amount)
                for line, items in zip(lines, charged, strict=True)
                for item in items
            ]
        amounts = [sum(item.amount for item in items) for items in charged]
        shares = self._shares(row, sub, lines, amounts)
        return [
            (line, _whole(items, billed), billed, amount)
            for line, items, amount in zip(lines, charged, shares, strict=True)
        ]

    def _shares(self, row, sub, lines, amounts):
        """Return the prepaid amount by line: shared out in the basis in which it was
        paid, each share then brought to the basis of its line."""
        rounding = currency_rounding(row.currency)
        bases = [self._bases(row, sub, line, lines) for line in lines]
        weights = [
            exact(own.convert(amount, paid, row.currency, line.product_id))
            for line, amount, (own, paid) in zip(lines, amounts, bases, strict=True)
        ]
        shares = split(row.period_amount, weights, rounding)
        return [
            round_half_up(
                exact(paid.convert(share, own, row.currency, line.product_id)), rounding
            )
            for line, share, (own, paid) in zip(lines, shares, bases, strict=True)
        ]

    def _bases(self, row, sub, line, lines):
        """Return the tax basis of the line, and that in which its share was paid."""
        own = self._basis(row, sub, line)
        if row.price_basis != "product":
            _account, _own, mapped = self._booking(row, sub, line.product_id)
            return own, TaxBasis(mapped, row.price_basis == "included")
        charge = row.version._import_charge()
        main = lines.filtered(lambda other: other.charge_id == charge)[:1]
        return own, TaxBasis(own.taxes, self._basis(row, sub, main).included)

    def _basis(self, row, sub, line):
        _account, own, mapped = self._booking(row, sub, line.product_id)
        return TaxBasis.of_line(line, own, mapped)

    # ------------------------------------------------------------------
    # Rows
    # ------------------------------------------------------------------

    def rows(self, row, sub, items):
        """Return the values of the ledger rows for ``items``."""
        return [self._ledger_row(row, sub, *item) for item in items]

    def _ledger_row(self, row, sub, line, whole, part, amount):
        account, _own, taxes = self._booking(row, sub, line.product_id)
        return {
            "subscription_id": sub.id,
            "line_id": line.id,
            "kind": "opening",
            "date_start": part.start,
            "date_end": part.end,
            "whole_start": whole.start,
            "whole_end": whole.end,
            "quantity": line.quantity,
            "amount": amount,
            "price_basis": line.price_basis,
            "partner_id": sub.partner_invoice_id.id,
            "company_id": self.company.id,
            "currency_id": row.currency.id,
            "product_id": line.product_id.id,
            "account_id": account.id,
            "tax_key": ",".join(map(str, sorted(taxes.ids))),
            "opening_ref": row.invoice,
        }

    def _booking(self, row, sub, product):
        """Return the income account, the product's taxes and those on the invoice.

        New customers at one kind of address share the fiscal position.
        """
        if not row.partner_id:
            customer = row.customer
            names = ("country", "zip", "vat")
            key = tuple(customer.get(f"customer_{name}") for name in names)
            if key not in self.positions:
                self.positions[key] = self.resolver.position(sub)
            self.resolver.know(sub, self.positions[key])
        return self.resolver.booking(sub, product)


def _ends_after(term, billed):
    return term.end is None or term.end > billed.start


def _would_have_charged(term, billed, rounding):
    """What the plan would have charged for the days billed that the line covers: the
    phases of a price follow each other."""
    past = LineTerms(
        key=term.key,
        start=max(billed.start, term.start),
        end=min(filter(None, (billed.end, term.end))),
        amount=term.amount,
        schedule=term.schedule,
        basis=term.basis,
        stub=term.stub,
    )
    return proposed([past], billed.end, rounding)


def _whole(items, billed):
    """Return the period of which ``billed`` is a part, itself where there are more."""
    single = len(items) == 1 and items[0].part == billed
    return items[0].whole if single else billed
