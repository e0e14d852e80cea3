"""The versions of each term: what every change made of its obligations."""

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import date

from odoo import models

from ...engine.contract import LAYERS, layers, modified, proposal
from ...engine.worth import worth_by_month
from ..exact import currency_rounding, exact
from .ifrs_reading import Reading, company_rate
from .ifrs_terms import ADDING, Term, known_day


@dataclass
class Version:
    """A term as it stood since a day: duties, curves, and the months they come to.

    ``months``: ``{(duty, month): (revenue, base, setup, free, allocation,
    modification)}`` in company currency.
    """

    term: Term
    end: date
    number: int
    duties: dict  # {key: (Duty, line, timing)}
    curves: dict
    known: date
    change: models.BaseModel | None = None
    day: date | None = None
    rule: str | None = None
    treatment: str | None = None
    opening: object = 0
    layers: dict = field(default_factory=dict)
    months: dict = field(default_factory=dict)

    def plain(self):
        return [duty for duty, _line, _timing in self.duties.values()]

    @property
    def price(self):
        """The transaction price: what is used later is not in it."""
        return sum(
            (
                duty.price
                for duty, _line, timing in self.duties.values()
                if timing != "usage"
            ),
            exact(0),
        )

    def signature(self):
        """What makes a version another one."""
        data = [
            str(self.end),
            self.treatment,
            str(self.opening),
            [
                [key, str(duty.price), str(duty.alone), self.curves[key].data()]
                for key, (duty, _line, _timing) in self.duties.items()
                if key in self.curves
            ],
        ]
        return hashlib.sha256(json.dumps(data).encode()).hexdigest()


class Versions:
    """The versions of all terms of one subscription."""

    def __init__(self, subscription, books, today, ledger=(), invoiced=()):
        self.reading = Reading(subscription, books, today, ledger, invoiced)
        self.sub = subscription
        self.rounding = self.reading.rounding
        self.company_rounding = currency_rounding(subscription.company_id.currency_id)
        self.money = {}

    def build(self):
        """Return ``{first day of the term: [Version, ...]}``, oldest first."""
        if not self.reading.terms:
            return {}
        states = self.sub._ifrs_states()
        return {term.start: self._of_term(term, states) for term in self.reading.terms}

    def _of_term(self, term, states):
        number = 0
        for place, state in enumerate(states[1:], 1):
            if known_day(state.change) <= term.binding_from:
                number = place
        first = self._duties(term, states, number)
        curves = layers(_plain(first[0]), self.rounding)["allocation"]
        found = [Version(term, first[1], 0, first[0], curves, term.binding_from)]
        for place in range(number + 1, len(states)):
            change = states[place].change
            if change.effective_date >= term.end:
                continue
            duties, end = self._duties(term, states, place)
            if _plain(duties) != found[-1].plain() or end != found[-1].end:
                found.append(self._modified(found[-1], duties, end, change))
        boundaries = []
        for version in found:
            if version.change:
                boundaries.append(version.day)
            self._fill(version, boundaries)
        return found

    def _duties(self, term, states, place):
        """Return (duties, end) of a term in a state."""
        state = states[place]
        later = [one.change.id for one in states[place + 1 :]]
        if term.moved_by in later:
            term = replace(term, end=term.old_end)
        if place not in self.money:
            self.money[place] = self.reading.money(state)
        end = term.end
        if state.end and term.start < state.end < end:
            end = state.end
        return self.reading.duties(self.money[place], term, end), end

    def _modified(self, before, duties, end, change):
        term = before.term
        day = min(max(change.effective_date, term.start), term.end)
        old, new = before.plain(), _plain(duties)
        rule = proposal(old, new, change.type in ADDING)
        treatment = change.rr_modification or rule
        return Version(
            term=term,
            end=end,
            number=before.number + 1,
            duties=duties,
            curves=modified(before.curves, old, new, day, treatment, self.rounding),
            known=max(known_day(change), before.known),
            change=change,
            day=day,
            rule=rule,
            treatment=treatment,
        )

    def _fill(self, version, boundaries):
        """Work out the months of a version, and why they are what they are."""
        found = layers(version.plain(), self.rounding, boundaries)
        invoiced = self.reading.invoiced_in(version.term)
        version.opening = self.reading.opening_in(version.term)
        rows = [self._worth(found[layer], version, invoiced) for layer in LAYERS]
        rows.append(self._worth(version.curves, version, invoiced))
        for place in sorted(set().union(*rows)):
            base, setup, free, allocation, total = (
                row.get(place, exact(0)) for row in rows
            )
            version.months[place] = (
                total,
                base,
                setup - base,
                free - setup,
                allocation - free,
                total - allocation,
            )

    def _worth(self, curves, version, invoiced):
        """Return ``{(duty, month): amount}`` in company currency."""
        months = {
            (key, month): amount
            for key, curve in curves.items()
            for month, amount in curve.slices().items()
        }
        if self.sub.currency_id == self.sub.company_id.currency_id:
            return months
        rate = company_rate(self.sub, version.term.start)
        return worth_by_month(months, invoiced, rate, self.company_rounding)


def _plain(duties):
    return [duty for duty, _line, _timing in duties.values()]
