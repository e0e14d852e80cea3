"""The versions of each term: what every change made of its obligations."""

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import date

from odoo import models

from ...engine.contract import (
    LAYERS,
    layers,
    modified,
    proposal,
    reduced,
    unreduced,
)
from ...engine.obligations import RESTATED, SERVED
from ...engine.pieces import CENT
from ...engine.worth import worth_by_month
from ..exact import currency_rounding, exact
from .ifrs_contract import TREATMENTS
from .ifrs_credits import Note
from .ifrs_reading import Reading, company_rate
from .ifrs_terms import ADDING, Term, known_day


@dataclass
class Version:
    """A term as it stood since a day: duties, curves, and the months they come to.

    What made it is a ``change`` of the subscription or a credit ``note`` by hand.
    ``sold`` are the curves before what past service was worth less is taken off,
    ``place`` is the state of the subscription, ``made`` are the credit notes known by
    then, each with the state that it was made in.

    ``months``: ``{(duty, month): (revenue, base, setup, free, allocation,
    modification)}`` in company currency.
    """

    term: Term
    end: date
    number: int
    duties: dict  # {key: (Duty, line, timing)}
    sold: dict
    known: date
    change: models.BaseModel | None = None
    note: Note | None = None
    day: date | None = None
    rule: str | None = None
    treatment: str | None = None
    rounding: object = CENT
    place: int = 0
    made: tuple = ()
    opening: object = 0
    curves: dict = field(init=False)
    months: dict = field(default_factory=dict)

    def __post_init__(self):
        self.curves = reduced(self.sold, self.plain(), self.rounding)

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

    def __init__(self, subscription, books, today, ledger=(), invoiced=(), notes=()):
        read = (subscription, books, today, ledger, invoiced, notes)
        self.reading = Reading(*read)
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
        found, made = [self._first(term, states, number)], ()
        for known, place, note in self._steps(term, states, number):
            if note:
                made = (*made, (note, number))
            else:
                number = place
            duties, end = self._duties(term, states, number, made)
            if _plain(duties) == found[-1].plain() and end == found[-1].end:
                continue
            values = {
                "term": term,
                "end": end,
                "number": found[-1].number + 1,
                "duties": duties,
                "known": max(known, found[-1].known),
                "rounding": self.rounding,
                "place": number,
                "made": made,
            }
            if note:
                found.append(self._credited(found, states, note, values))
            else:
                change = states[place].change
                found.append(self._modified(found[-1], change, values))
        self._fill_all(found)
        return found

    def _first(self, term, states, number):
        """Return what was agreed."""
        duties, end = self._duties(term, states, number)
        sold = layers(_plain(duties), self.rounding)["allocation"]
        first = Version(term, end, 0, duties, sold, term.binding_from)
        return replace(first, rounding=self.rounding, place=number)

    def _steps(self, term, states, number):
        """Return [(day on which it was known, state that a change made, credit note)]
        of a term since it was agreed."""
        known, steps = term.binding_from, []
        for place in range(number + 1, len(states)):
            change = states[place].change
            if change.effective_date < term.end:
                known = max(known, known_day(change))
                steps.append((known, place, None))
        for note in self.reading.notes.of_term(term):
            steps.append((max(note.known, term.binding_from), None, note))
        return sorted(steps, key=lambda step: step[0])

    def _state_money(self, states, place):
        if place not in self.money:
            self.money[place] = self.reading.money(states[place])
        return self.money[place]

    def _duties(self, term, states, place, made=()):
        """Return (duties, end) of a term in a state.

        :param made: credit notes known by then, each with the state it was made in
        """
        state = states[place]
        later = [one.change.id for one in states[place + 1 :]]
        if term.moved_by in later:
            term = replace(term, end=term.old_end)
        money = self._state_money(states, place)
        end = term.end
        if state.end and term.start < state.end < end:
            end = state.end
        last = place == len(states) - 1
        taken = self.reading.notes.taken_back(note for note, _at in made)
        notes = [
            self.reading.notes.after(
                note, self._state_money(states, at)[0], money[0], taken
            )
            if place > at or last
            else note
            for note, at in made
        ]
        return self.reading.duties(money, term, end, notes), end

    def _modified(self, before, change, values):
        """Return the version that a change of the subscription makes."""
        day = min(max(change.effective_date, before.term.start), before.term.end)
        old = unreduced(before.plain())
        new = unreduced(_plain(values["duties"]))
        rule = proposal(old, new, change.type in ADDING)
        treatment = change.rr_modification or rule
        return Version(
            **values,
            sold=modified(before.sold, old, new, day, treatment, self.rounding),
            change=change,
            day=day,
            rule=rule,
            treatment=treatment,
        )

    def _credited(self, found, states, note, values):
        """Return the version that a credit note makes, by its cause."""
        before, treatment = found[-1], None
        day = max(note.day, before.term.start)
        if note.cause == "past":
            sold, treatment = before.sold, SERVED
        elif note.cause == "error":
            sold, treatment = self._restated(found, states, values["made"]), RESTATED
            day = before.term.start
        else:
            old = unreduced(before.plain())
            new = unreduced(_plain(values["duties"]))
            treatment = proposal(old, new, False)
            sold = modified(before.sold, old, new, day, treatment, self.rounding)
        values.update(day=day, rule=treatment, treatment=treatment)
        return Version(**values, sold=sold, note=note)

    def _restated(self, found, states, made):
        """Return the curves as they would be, had what credit notes for errors give
        back never been invoiced."""
        term, known = found[0].term, ()
        sold, old = None, None
        for version in found:
            if version.treatment in (SERVED, RESTATED):
                continue
            known = version.made
            own = [row for row in made if row in known or row[0].cause == "error"]
            duties, _end = self._duties(term, states, version.place, own)
            new = unreduced(_plain(duties))
            if sold is None:
                sold = layers(new, self.rounding)["allocation"]
            else:
                day, treatment = version.day, version.treatment
                sold = modified(sold, old, new, day, treatment, self.rounding)
            old = new
        return sold

    def _fill_all(self, found):
        """Work out the months of versions; what is credited later is not known yet."""
        boundaries = []
        for version in found:
            if version.treatment in dict(TREATMENTS):
                boundaries.append(version.day)
            known = [note.move_id for note, _at in version.made]
            later = [note.move_id for note, _at in found[-1].made]
            self._fill(version, boundaries, [one for one in later if one not in known])

    def _fill(self, version, boundaries, unknown):
        """Work out the months of a version, and why they are what they are."""
        found = layers(version.plain(), self.rounding, boundaries)
        invoiced, gaps = self.reading.invoiced_in(version.term, unknown)
        version.opening = self.reading.opening_in(version.term)
        rows = [self._worth(found[layer], version, invoiced) for layer in LAYERS]
        rows.append(self._worth(version.curves, version, invoiced))
        for row in rows:
            for place, gap in gaps.items():
                row[place] = row.get(place, exact(0)) + gap
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
