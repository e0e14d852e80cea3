"""Taxes of subscriptions by decision, where the company decides VAT by rules.

A line's decision follows from who pays, where the service goes and what the product
is; a fiscal position carries it out. Someone who chose a fiscal position on the
subscription has decided by hand: the rules then keep out.
"""

from dataclasses import dataclass, field

from odoo import fields, models

from ..catalog.texts import number
from ..subscription.resolver import Resolver


@dataclass
class Memory:
    """What one batch decided and found, so that nothing is asked twice.

    ``debits`` is whether services are due on invoice by option, ``crossed`` whether
    sales to consumers of other member states are taxed there, each by company and day.
    """

    answers: dict = field(default_factory=dict)
    positions: dict = field(default_factory=dict)
    kept: dict = field(default_factory=dict)
    crossed: dict = field(default_factory=dict)
    debits: dict = field(default_factory=dict)

    def is_on_debits(self, company, day):
        """Tell whether the company opted for VAT on debits, and the rules know it."""
        key = (company, day)
        if key not in self.debits:
            opted = company._vat_registration(day).debits
            self.debits[key] = opted and company._vat_is_decided()
        return self.debits[key]

    def is_crossed(self, company, day):
        """Tell whether sales to consumers of other member states are taxed there, by
        option or by the threshold; asked once for the batch."""
        key = (company, day)
        if key not in self.crossed:
            self.crossed[key] = company._vat_taxes_at_destination(
                day
            ) or company._vat_threshold_crossed(day)
        return self.crossed[key]


def memory_of(resolver):
    """Return what the batch remembers of VAT."""
    return resolver.memo.setdefault("vat", Memory())


def forget_kept(resolver):
    """Forget which decisions are kept: a savepoint that was left took them along."""
    memory_of(resolver).kept.clear()


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    # ------------------------------------------------------------------
    # Instead of Odoo's detection
    # ------------------------------------------------------------------

    def _vat_by_rules(self, resolver=None):
        """Tell whether the rules decide: unless a fiscal position was chosen."""
        _payer, _address, chosen = (resolver or Resolver()).parties(self)
        return not chosen and self.company_id._vat_is_decided()

    def _vat_taxes_are_known(self, resolver=None):
        """Tell whether invoice lines get the taxes of their ledger rows rather than
        Odoo's own: the rules decide, or a tax takes another one's place."""
        changes = self.env["recurring.vat.tax.change"]
        return bool(
            self._vat_by_rules(resolver) or changes._applied(self.company_id.id)
        )

    def _vat_day(self, resolver=None):
        """Return (day of the invoice, day on which it is due)."""
        day = (resolver and resolver.day) or fields.Date.context_today(self)
        return day, self.payment_term_id._vat_due_day(day)

    def _position_key(self, resolver):
        """The products on it matter too: the first one names the position."""
        key = super()._position_key(resolver)
        if not self._vat_by_rules(resolver):
            return key
        return (*key, self._vat_first_product())

    def _booking_key(self, resolver):
        key = super()._booking_key(resolver)
        if not self._vat_by_rules(resolver):
            return (*key, self.payment_term_id)
        return (*key, *resolver.parties(self), self.payment_term_id)

    def _resolve_fiscal_position(self, resolver):
        """Return the position of the first line's decision for the whole document."""
        if not self._vat_by_rules(resolver):
            return super()._resolve_fiscal_position(resolver)
        product = self._vat_first_product()
        if not product:
            return super()._resolve_fiscal_position(resolver)
        decision = self._vat_answer(product, resolver).decision
        position = self._vat_position(decision, resolver)
        if position is None:
            return super()._resolve_fiscal_position(resolver)
        return position

    def _resolve_booking(self, product, resolver):
        if not self._vat_by_rules(resolver):
            account, own, taxes = super()._resolve_booking(product, resolver)
            return account, own, self._vat_replaced(taxes, product, resolver)
        answer = self._vat_answer(product, resolver)
        position = self._vat_position(answer.decision, resolver)
        if position is None:
            # Nothing is invoiced so: `_vat_fault` tells the billing what is missing.
            return super()._resolve_booking(product, resolver)
        account, own = self._own_booking(product, position)
        if answer.decision.treatment == "domestic":
            taxes = position.map_tax(own) if position else own
        else:
            taxes = position._vat_taxes(answer.decision, own, answer.supply) or own
        return account, own, self._vat_replaced(taxes, product, resolver)

    def _vat_replaced(self, taxes, product, resolver):
        """Return the taxes by the changes that go by the invoice's day: they hold for
        whatever decided about the taxes, a person too."""
        changes = self.env["recurring.vat.tax.change"]
        day = self._vat_day(resolver)
        return changes._replaced(taxes, product, self.company_id, *day)

    def _keeps_gross_price(self, own):
        if not self._vat_by_rules():
            return super()._keeps_gross_price(own)
        return self.company_id._vat_keeps_gross(own)

    def _vat_first_product(self):
        recurring = self.line_ids.filtered(lambda line: line.role == "base")
        return (recurring or self.line_ids)[:1].product_id

    # ------------------------------------------------------------------
    # The decision
    # ------------------------------------------------------------------

    def _vat_answer(self, product, resolver):
        """Return the answer for a product sold to this subscription's customer."""
        memory = memory_of(resolver)
        day = resolver.day or fields.Date.context_today(self)
        payer, address, _chosen = resolver.parties(self)
        address = address or payer
        key = (self.company_id, payer, address, product, day)
        if key not in memory.answers:
            crossed = memory.is_crossed(self.company_id, day)
            memory.answers[key] = self.company_id._vat_answer(
                payer, address, product, day, crossed
            )
        return memory.answers[key]

    def _vat_position(self, decision, resolver):
        """Return the fiscal position that carries out a decision.

        None where the set-up has made none yet; a domestic sale may need none.
        """
        memory = memory_of(resolver)
        territory = decision.taxed_in if decision.treatment == "oss" else None
        key = (self.company_id, decision.treatment, territory and territory.code)
        if key not in memory.positions:
            memory.positions[key] = self.company_id._vat_find_position(
                decision.treatment, territory
            )
        return memory.positions[key]

    def _vat_fault(self, product, resolver):
        """Return why a product cannot be invoiced as decided, None if it can."""
        fault = self._vat_debits_fault(product, resolver)
        if fault or not self._vat_by_rules(resolver):
            return fault
        answer = self._vat_answer(product, resolver)
        position = self._vat_position(answer.decision, resolver)
        treatments = self.env["recurring.vat.treatment"]
        if position is None:
            name = treatments._name_of(answer.decision.treatment)
            return self.env._(
                "VAT of %(product)s is decided as “%(treatment)s”, and no fiscal "
                "position carries that out. Run the VAT set-up: it creates what is "
                "missing.",
                product=product.display_name,
                treatment=name,
            )
        if answer.decision.treatment == "domestic":
            return None
        _account, own = self._own_booking(product, position)
        if position._vat_taxes(answer.decision, own, answer.supply):
            return None
        return self.env._(
            "VAT of %(product)s is decided as %(rate)s %%, and the fiscal position "
            "“%(position)s” has no tax of that rate. Run the VAT set-up: it creates "
            "what is missing.",
            product=product.display_name,
            rate=number(self.env, float(answer.decision.rate or 0)),
            position=position.name,
        )

    def _vat_debits_fault(self, product, resolver):
        """Return what is wrong where the option for debits holds and a tax of the
        seller's country waits for the payment all the same."""
        day, company = resolver.day or fields.Date.context_today(self), self.company_id
        if not memory_of(resolver).is_on_debits(company, day):
            return None
        _account, _own, taxes = resolver.booking(self, product)
        for tax in taxes:
            if (
                tax.tax_exigibility == "on_payment"
                and tax.amount > 0
                and tax.country_id == company.account_fiscal_country_id
            ):
                return self.env._(
                    "VAT on debits holds, and the tax %(tax)s of %(product)s waits for "
                    "the payment. Run the VAT set-up: it creates what is missing.",
                    tax=tax.name,
                    product=product.display_name,
                )
        return None

    # ------------------------------------------------------------------
    # What is kept of it
    # ------------------------------------------------------------------

    def _vat_decision_id(self, product, resolver):
        """Return the id of the record that keeps the decision about a product.

        All that the batch has decided so far is kept in one go.
        """
        if not self._vat_by_rules(resolver):
            return False
        memory = memory_of(resolver)
        answer = self._vat_answer(product, resolver)
        if id(answer) not in memory.kept:
            answers = [
                known
                for known in memory.answers.values()
                if id(known) not in memory.kept
            ]
            ids = self.env["recurring.vat.decision"]._kept(
                [known.evidence for known in answers]
            )
            for known, decision_id in zip(answers, ids, strict=True):
                memory.kept[id(known)] = decision_id
        return memory.kept[id(answer)]
