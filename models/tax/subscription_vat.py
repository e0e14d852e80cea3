"""Taxes of subscriptions by decision, where the company decides VAT by rules.

A line's decision follows from who pays, where the service goes and what the product
is; a fiscal position carries it out. Someone who chose a fiscal position on the
subscription or on the customer has decided by hand: the rules then keep out, and the
decision that is kept says so.
"""

from dataclasses import dataclass, field, replace

from odoo import fields, models

from ..catalog.texts import number
from ..subscription.resolver import Resolver
from .account_fiscal_position import rate_of
from .vat_by_hand import AT_OWN_RATES


@dataclass
class Memory:
    """What one batch decided and found, so that nothing is asked twice.

    ``debits`` is whether services are due on invoice by option, ``crossed`` whether
    sales to consumers of other member states are taxed there, each by company and day.
    ``keeps``: decisions are recorded, as invoices are made; a preview leaves none
    behind. ``answers`` are those of customers, ``given`` the same by subscription and
    product, ``bookings`` what carries them out, ``sold`` what products are for VAT,
    ``first`` the product that names a subscription's position.
    """

    keeps: bool = False
    answers: dict = field(default_factory=dict)
    given: dict = field(default_factory=dict)
    bookings: dict = field(default_factory=dict)
    sold: dict = field(default_factory=dict)
    first: dict = field(default_factory=dict)
    positions: dict = field(default_factory=dict)
    kept: dict = field(default_factory=dict)
    rates: dict = field(default_factory=dict)
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


def keep_decisions(resolver):
    """Record decisions from now on, as invoices are made; forget which ones are: a
    savepoint that was left took them along."""
    memory = memory_of(resolver)
    memory.keeps = True
    memory.kept.clear()


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    # ------------------------------------------------------------------
    # Instead of Odoo's detection
    # ------------------------------------------------------------------

    def _vat_by_rules(self, resolver=None):
        """Tell whether the rules decide: unless a fiscal position was chosen."""
        decided = self.company_id._vat_is_decided()
        return decided and not self._vat_chosen(resolver or Resolver())

    def _vat_chosen(self, resolver):
        """Return the fiscal position that somebody chose, on the subscription or on
        the customer; empty where the rules decide."""
        known = resolver.memo.setdefault("chosen", {})
        key = self if resolver.former is None else None
        if key in known:
            return known[key]
        payer, address, chosen = resolver.parties(self)
        company = self.company_id
        chosen = chosen or payer._vat_chosen_position(company, address or payer)
        if key:
            known[key] = chosen
        return chosen

    def _vat_taxes_are_known(self):
        """Tell whether invoice lines get the taxes of their ledger rows rather than
        Odoo's own: VAT is decided here, or a tax takes another one's place."""
        company = self.company_id
        changes = self.env["recurring.vat.tax.change"]
        return company._vat_is_decided() or bool(changes._applied(company.id))

    def _vat_day(self, resolver=None):
        """Return (day of the invoice, day on which it is due)."""
        day = (resolver and resolver.day) or fields.Date.context_today(self)
        return day, self.payment_term_id._vat_due_day(day)

    def _position_key(self, resolver):
        """The products on it matter too: the first one names the position."""
        key = super()._position_key(resolver)
        if not self._vat_by_rules(resolver):
            return key
        return (*key, self._vat_first_product(resolver))

    def _booking_key(self, resolver):
        key = super()._booking_key(resolver)
        if not self._vat_by_rules(resolver):
            return (*key, self.payment_term_id)
        return (*key, *resolver.parties(self), self.payment_term_id)

    def _resolve_fiscal_position(self, resolver):
        """Return the position of the first line's decision for the whole document."""
        if not self._vat_by_rules(resolver):
            return super()._resolve_fiscal_position(resolver)
        product = self._vat_first_product(resolver)
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
        account, own, taxes = self._vat_booking(product, answer, position, resolver)
        return account, own, self._vat_replaced(taxes or own, product, resolver)

    def _vat_booking(self, product, answer, position, resolver):
        """Return (income account, the product's taxes, those that carry out an answer)
        through a fiscal position: the same for all customers with that answer."""
        known, decision = memory_of(resolver).bookings, answer.decision
        sold = (self.company_id, product, position)
        key = (*sold, decision.treatment, decision.rate, decision.tax_category)
        if key not in known:
            account, own = self._own_booking(product, position)
            taxes = self.company_id._vat_carried_out(answer, own, position)
            known[key] = (account, own, taxes)
        return known[key]

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

    def _vat_first_product(self, resolver):
        known = memory_of(resolver).first
        if self not in known:
            recurring = self.line_ids.filtered(lambda line: line.role == "base")
            known[self] = (recurring or self.line_ids)[:1].product_id
        return known[self]

    # ------------------------------------------------------------------
    # The decision
    # ------------------------------------------------------------------

    def _vat_answer(self, product, resolver):
        """Return the answer for a product sold to this subscription's customer."""
        given = memory_of(resolver).given
        key = (self, product, resolver.former)
        if key not in given:
            given[key] = self._vat_shared_answer(product, resolver)
        return given[key]

    def _vat_shared_answer(self, product, resolver):
        """Return the answer that all subscriptions of one customer to products that
        are alike share."""
        memory, company = memory_of(resolver), self.company_id
        day = resolver.day or fields.Date.context_today(self)
        payer, address, _chosen = resolver.parties(self)
        address = address or payer
        sold = self._vat_sold(product, resolver)
        key = (company, payer, address, sold, day)
        if key not in memory.answers:
            memory.answers[key] = company._vat_answer_for(
                payer, address, sold, day, memory.is_crossed(company, day)
            )
        return memory.answers[key]

    def _vat_sold(self, product, resolver):
        """Return what a product is for VAT on the day of the invoices."""
        known, company = memory_of(resolver).sold, self.company_id
        day = resolver.day or fields.Date.context_today(self)
        key = (company, product, day)
        if key not in known:
            known[key] = company._vat_sold(product, day)
        return known[key]

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
        odd = answer.names_rate or "own_tax_missing" in answer.decision.warnings
        if answer.decision.treatment == "domestic" and not odd:
            return None
        if self._vat_booking(product, answer, position, resolver)[2]:
            return None
        if answer.decision.treatment == "domestic":
            return self.env._(
                "VAT of %(product)s is decided as %(rate)s %%, and no active tax of "
                "sales has that rate. Run the VAT set-up: it activates one; or choose "
                "another VAT nature.",
                product=product.display_name,
                rate=number(self.env, float(answer.decision.rate or 0)),
            )
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

    def _vat_decision_id(self, product, resolver, taxes):
        """Return the id of the record that keeps the decision about a product whose
        line bears ``taxes``, False where none is kept.

        All that the batch has decided so far is kept in one go.
        """
        memory = memory_of(resolver)
        if not memory.keeps or not self.company_id._vat_is_decided():
            return False
        answer = self._vat_kept_answer(product, resolver, taxes)
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

    def _vat_kept_answer(self, product, resolver, taxes):
        """Return the answer for a product as it is kept of a line with ``taxes``: with
        what was chosen by hand, and with the rate of the line's day."""
        memory = memory_of(resolver)
        chosen = self._vat_chosen(resolver)
        if chosen:
            return self._vat_answer_by_hand(product, resolver, chosen, taxes)
        answer = self._vat_answer(product, resolver)
        if taxes not in memory.rates:
            memory.rates[taxes] = rate_of(taxes)
        rate, known = memory.rates[taxes], answer.evidence
        if known["treatment"] not in AT_OWN_RATES or rate == known["rate"] or not taxes:
            return answer
        # A dated change of the tax: the table says what the product's own tax is.
        key = (id(answer), rate)
        if key not in memory.answers:
            evidence = {**known, "rate": rate, "is_taxed": bool(rate)}
            memory.answers[key] = replace(answer, evidence=evidence)
        return memory.answers[key]

    def _vat_answer_by_hand(self, product, resolver, chosen, taxes):
        memory, company = memory_of(resolver), self.company_id
        day = resolver.day or fields.Date.context_today(self)
        payer, address, _chosen = resolver.parties(self)
        sold = self._vat_sold(product, resolver)
        key = (company, payer, address or payer, sold, day, chosen, taxes)
        if key not in memory.answers:
            answer = company._vat_answer_for(
                payer, address or payer, sold, day, memory.is_crossed(company, day)
            )
            memory.answers[key] = company._vat_answer_by_hand(answer, chosen, taxes)
        return memory.answers[key]

    def _vat_taxes_today(self, product, resolver):
        """Return the taxes of a service of the resolver's day."""
        taxes = resolver.booking(self, product)[2]
        changes, day = self.env["recurring.vat.tax.change"], self._vat_day(resolver)
        return changes._serving(taxes, product, self.company_id, *day)
