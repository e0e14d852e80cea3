"""How invoices are booked: asked of Odoo once per customer and product."""

from copy import copy


class Resolver:
    """Remembers, for one batch and billing date, what is due and how Odoo books it.

    A portfolio shares its products and a customer its address; asking for every line
    again would cost more queries than the invoices. Lives as long as the batch: nothing
    that it remembers outlasts the transaction.
    """

    def __init__(self, day=None):
        """``day`` is the day of the invoices; None: today."""
        self.day = day
        # What later stages remember for the batch.
        self.memo = {}
        self._positions = {}
        self._booking = {}
        self._journals = {}
        self._lines = {}
        self._due = {}
        self.former = None
        # By subscription: what is due less what coupons take off.
        self.discounted = {}

    def before(self, former):
        """Return this resolver for what a former payer still gets, see ``Former``; it
        shares what is known."""
        if not former:
            return self
        resolver = copy(self)
        resolver.former = former
        return resolver

    def parties(self, sub):
        """Return (payer, service address, chosen fiscal position) of the invoice."""
        if self.former:
            return self.former.parties(sub)
        return (
            sub.partner_invoice_id,
            sub.partner_shipping_id,
            sub.fiscal_position_id,
        )

    def position(self, sub):
        """Return the fiscal position of the next invoice: chosen, else Odoo's own."""
        key = sub._position_key(self)
        if key not in self._positions:
            self._positions[key] = sub._resolve_fiscal_position(self)
        return self._positions[key]

    def know(self, sub, position):
        """Take for granted the fiscal position of a subscription."""
        self._positions[sub._position_key(self)] = position

    def booking(self, sub, product):
        """Return (income account, the product's taxes, those on the invoice)."""
        key = (product, *sub._booking_key(self))
        if key not in self._booking:
            self._booking[key] = sub._resolve_booking(product, self)
        return self._booking[key]

    def journal(self, sub):
        """Return the sales journal: this subscription's, its plan's, the company's."""
        key = (sub.journal_id, sub.plan_version_id, sub.company_id)
        if key not in self._journals:
            self._journals[key] = sub._resolve_journal()
        return self._journals[key]

    def lines(self, subscriptions):
        """Return ``{subscription id: engine's terms}`` of at least these."""
        new = subscriptions.filtered(lambda sub: sub.id not in self._lines)
        self._lines.update(new._engine_lines(self))
        return self._lines

    def usage(self, line):
        """Return the engine's terms of a line by usage, None of another line."""
        if line.role != "usage":
            return None
        known = self.lines(line.subscription_id)[line.subscription_id.id]
        return next((terms for terms in known if terms.key == line.id), None)

    def due(self, subscriptions, through):
        """Return ``{subscription id: items due}`` of at least these."""
        new = subscriptions.filtered(lambda sub: sub.id not in self._due)
        self._due.update(new._difference(through, self.lines(new)))
        return self._due
