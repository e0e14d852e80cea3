"""Which terms of a subscription bind, and what its changes made of it."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from odoo import fields, models

ONE_DAY = timedelta(days=1)
# Whatever its start, no subscription has more terms than this.
MOST_TERMS = 1200
MOVING = ("upgrade", "downgrade", "migrate")
ADDING = ("addon_add", "quantity", "one_off", "line")


@dataclass(frozen=True)
class Term:
    """A term that binds: ``[start, end)``, and since when nobody can leave before.

    ``moved_by`` is the change that began another term within it; until then it was to
    end on ``old_end``. What was not served then is served in the new one: one contract
    that was modified, not two (IFRS 15.21).
    """

    start: date
    end: date
    binding_from: date
    moved_by: int | None = None
    old_end: date | None = None


@dataclass
class State:
    """The lines as they were before some of the changes were made.

    ``ends``: ``{line id: (end of service, end of billing)}`` where they differed,
    ``absent``: lines that were not there, ``uses``: coupons that were not there,
    ``end``: until when the subscription ran, ``change``: what made this state.
    """

    ends: dict = field(default_factory=dict)
    absent: frozenset = frozenset()
    uses: frozenset = frozenset()
    end: date | None = None
    change: models.BaseModel | None = None

    def before(self, change):
        """Return the state that a change was made in."""
        details = change.details or {}
        ends = dict(self.ends)
        for line_id, end, billed, *_rest in details.get("lines") or ():
            ends[line_id] = (_day(end), _day(billed))
        uses = self.uses
        if change.type == "coupon_add":
            uses = uses | {details.get("coupon_use")}
        end = self.end
        if change.type == "cancel":
            end = _day(details.get("end_date"))
        created = frozenset(details.get("created") or ())
        return State(ends, self.absent | created, uses, end)


def _day(value):
    return fields.Date.to_date(value or None)


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    def _ifrs_terms(self, today):
        """Return the terms that bind on a day or did before, as a list of ``Term``.

        A commitment binds until its end; without one a billing period does. Where a
        notice is to be given, the next one binds once it is too late for that.
        """
        self.ensure_one()
        first, found = self._first_paid(), []
        notice = max(self.notice_days - 1, 0)
        start = first
        while len(found) < MOST_TERMS:
            binding = start - timedelta(days=notice) if found else first
            if binding > today or (self.end_date and start >= self.end_date):
                break
            term = self._ifrs_term(start, first, binding)
            if term.end <= start:
                break
            found.append(term)
            start = term.end
        return found

    def _ifrs_term(self, start, first, binding):
        """Return the term that starts on a day."""
        for change in self.change_ids.sorted(lambda one: (one.effective_date, one.id)):
            header = _header(change)
            day = _day(header.get("term_start"))
            if not day or day <= start:
                continue
            old_end = self._ifrs_old_end(change, start)
            if old_end <= day:
                return Term(start, old_end, binding)
            end = _day(header.get("term_end"))
            return Term(start, max(end, day), binding, change.id, old_end)
        return Term(start, self._ifrs_term_end(start, first), binding)

    def _ifrs_old_end(self, change, start):
        """Return when a term was to end by the plan that a change left."""
        ended = [row[0] for row in change.details.get("lines") or ()]
        lines = self.line_ids.filtered(lambda line: line.id in ended)
        for version in lines.plan_version_id:
            interval = version._term_given(version._term_like(self.term_id))[0]
            if interval:
                return interval.add(start, 1)
        return self._schedule_on(start).period_at(start).end

    def _ifrs_term_end(self, start, first):
        """Return the first day after the term that starts on a day: the earliest on
        which the customer can leave without penalty."""
        if not self.term_end:
            return self._schedule_on(start).period_at(start).end
        if self.term_start and start < self.term_start:
            interval = self._term_interval()
            end = interval and (
                interval.add(first, 1) if start == first else self._next_term_end(start)
            )
            return min(end or self.term_start, self.term_start)
        if start < self.term_end:
            return self.term_end
        if self.renewal == "automatic" and self._term_interval():
            return self._next_term_end(start)
        return start

    def _ifrs_states(self):
        """Return the states of this subscription, oldest first: what its changes made
        of it. Cancellations that were withdrawn left no trace."""
        changes = self.env["recurring.change"]
        pending = changes
        for change in self.change_ids.sorted("id"):
            if change.type in ("undo_cancel", "start"):
                changes -= pending
                pending = pending.browse()
            if not _moves(change):
                continue
            changes += change
            if change.type == "cancel":
                pending += change
        state = State(end=self.end_date or None)
        states = [state]
        for change in reversed(changes):
            state.change = change
            state = state.before(change)
            states.append(state)
        return states[::-1]


def _header(change):
    """Return what a change of plan makes of the header; nothing of other changes."""
    if change.type not in MOVING or change.state not in ("applied", "scheduled"):
        return {}
    header = (change.details or {}).get("header") or {}
    return header if header.get("term_end") else {}


def _moves(change):
    """Tell whether a change stands and did something to lines or prices."""
    details = change.details or {}
    moved = details.get("lines") or details.get("created")
    return change.state in ("applied", "scheduled") and (
        moved or change.type == "coupon_add"
    )


def known_day(change):
    """Return the day on which a change was agreed."""
    return fields.Date.context_today(change, change.date)
