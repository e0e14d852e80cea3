"""Credit notes by hand, as IFRS 15 sees them: what each gives back of a term, and why.

The ledger keeps, for each credit note by hand, a waiver: what is not billed again. A
billing may take it back, because the service was ended or changed since.
"""

from collections import defaultdict, namedtuple
from dataclasses import dataclass, replace
from datetime import date

from odoo import api, fields, models
from odoo.tools import SQL

from ...engine.allocation import round_share, split
from ...engine.ledger import up_to
from ...engine.period import Period
from ...engine.pieces import Given, Less, inside, one_day
from ..exact import exact

# What an invoice line is worth in the currency of the books, and, of a credit note by
# hand, at which rate it was invoiced; ``known`` is the accounting date.
Invoiced = namedtuple("Invoiced", "day amount worth move known line rate")


@dataclass(frozen=True)
class Credit:
    """What a credit note gives back of one billed period of a line.

    ``amount`` before tax, in the subscription's currency; ``left``: of it, what no
    billing took back since. ``part``: the billed period, ``span``: the days that were
    not as promised, where a person said so.
    """

    line: models.BaseModel
    amount: object
    left: object
    part: Period
    span: Period | None


@dataclass(frozen=True)
class Note:
    """A credit note: why it was made, from which ``day`` on, since when it is known."""

    move_id: int
    cause: str
    day: date
    known: date
    credits: tuple[Credit, ...]


@dataclass
class Row:
    """What is gathered for a duty: pieces of its price and runs of its service, each
    with the line of the subscription that it is of."""

    line: models.BaseModel
    role: tuple
    pieces: list
    runs: list
    less: list
    ended: bool = False

    def take(self, note, credit, amount, part, rounding):
        """Take what ``credit`` gives back off the pieces and runs of its line.

        :param amount: the share of it that belongs to the term
        :param part: the days of the term that it was billed for
        """
        if note.cause == "past":
            span = credit.span or one_day(note.day)
            self.less.append(Less(amount, span, note.known))
            return
        if note.cause == "terminated":
            self._end(credit.line, max(note.day, part.start), part.end)
        own = [
            place
            for place, (line, _amount, days, _given) in enumerate(self.pieces)
            if line == credit.line and days.clip(part.start, part.end)
        ]
        if not own:
            self.pieces.append((credit.line, -amount, part, ()))
            return
        weights = [abs(self.pieces[place][1]) for place in own]
        for place, share in zip(own, split(amount, weights, rounding), strict=True):
            line, was, days, given = self.pieces[place]
            if note.cause == "error":
                self.pieces[place] = (line, was - share, days, given)
            else:
                ends = note.cause == "terminated"
                given = (*given, Given(share, note.day, ends))
                self.pieces[place] = (line, was, days, given)

    def _end(self, line, start, end):
        """Serve nothing of a line from ``start`` to ``end``."""
        self.ended = True
        self.runs = [
            (own, amount, part)
            for own, whole, days in self.runs
            for first, last in (
                ((date.min, start), (end, date.max))
                if own == line
                else ((date.min, date.max),)
            )
            for amount, part in inside(whole, days, first, last)
        ]


class Notes:
    """The credit notes of one subscription, as its changes leave them."""

    def __init__(self, reading, rows):
        self.reading = reading
        self.notes = [self._note(row) for row in rows]

    def _note(self, row):
        reading = self.reading
        credits = []
        for line_id, amount, left, part, span in row["credits"]:
            line = reading.lines.get(line_id)
            if not line:
                continue
            net = (
                round_share(exact(own), reading.rate(line), reading.rounding)
                for own in (amount, left)
            )
            credits.append(Credit(line, *net, part, span))
        known = row["known"]
        day = known if row["cause"] == "past" else row["day"] or known
        if row["cause"] == "past" and row["day"]:
            credits = [
                replace(one, span=one.span or one_day(row["day"])) for one in credits
            ]
        return Note(row["move"], row["cause"], day, known, tuple(credits))

    def of_term(self, term):
        """Return the credit notes that give back something of a term, oldest first."""
        return [
            note
            for note in self.notes
            if any(
                credit.part.clip(term.start, term.end)
                and (credit.line.role != "one_off" or self._is_home(credit, term))
                for credit in note.credits
            )
        ]

    def _is_home(self, credit, term):
        """Tell whether a fee once was charged in a term."""
        day = max(credit.part.start, self.reading.first)
        return term.start <= day < term.end

    def taken_back(self, notes):
        """Return ``{(line, period): amount}`` that billings took back of notes."""
        found = defaultdict(lambda: exact(0))
        for note in notes:
            for credit in note.credits:
                found[credit.line, credit.part] += credit.amount - credit.left
        return found

    def after(self, note, before, prices, taken):
        """Return a note with what it still gives back in a later state of the
        contract: what fell by a change since is not given back twice.

        :param before: what was owed when it was made: rows of (line, amount, part)
        :param prices: what is owed in the later state
        :param taken: what was taken back already, of all notes of the state together;
            grows by what this one loses
        """
        credits = []
        for credit in note.credits:
            key = credit.line, credit.part
            fell = self._owed(before, credit) - self._owed(prices, credit)
            lost = -up_to(min(taken[key] - fell, exact(0)), credit.left)
            taken[key] += lost
            amount = credit.left - lost
            if amount:
                credits.append(replace(credit, amount=amount))
        return replace(note, credits=tuple(credits))

    def _owed(self, prices, credit):
        rounding = self.reading.rounding
        return sum(
            (
                share
                for row in prices
                if row.line == credit.line
                for share, _part in inside(
                    row.amount, row.part, credit.part.start, credit.part.end, rounding
                )
            ),
            exact(0),
        )


class RecurringRevenueContract(models.Model):
    _inherit = "recurring.revenue.contract"

    @api.model
    def _read_credits(self, ids):
        """Return (``{subscription: [credit note by hand]}``, other waivers as rows of
        the ledger: ``{subscription: [(line, what, amount, start, end)]}``)."""
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT i.id, i.origin_id, i.subscription_id, i.line_id, i.amount,
                       i.run_id, i.date_start, i.date_end,
                       m.id AS move, m.rr_credit_cause AS cause,
                       m.rr_credit_date AS day, m.date AS known,
                       l.deferred_start_date AS first, l.deferred_end_date AS last
                  FROM recurring_billed_item i
             LEFT JOIN account_move_line l ON l.id = i.move_line_id
             LEFT JOIN account_move m ON m.id = l.move_id
                       AND m.move_type = 'out_refund' AND m.state = 'posted'
                       AND m.rr_run_id IS NULL
                 WHERE i.subscription_id = ANY(%(ids)s) AND i.kind = 'waiver'
                 ORDER BY i.subscription_id, i.id
                """,
                ids=ids,
            )
        )
        notes, others = defaultdict(dict), defaultdict(list)
        for first, amount, left in _waivers(rows):
            sub = first["subscription_id"]
            part = Period(first["date_start"], first["date_end"])
            if not first["move"]:
                if left:
                    row = (first["line_id"], "waiver", left, part.start, part.end)
                    others[sub].append(row)
                continue
            if not amount and not left:
                continue
            note = notes[sub].setdefault(
                first["move"],
                {
                    "move": first["move"],
                    "cause": first["cause"] or "error",
                    "day": first["day"],
                    "known": first["known"],
                    "credits": [],
                },
            )
            span = _span(first, part)
            note["credits"].append((first["line_id"], amount, left, part, span))
        return {
            sub: sorted(own.values(), key=lambda note: (note["known"], note["move"]))
            for sub, own in notes.items()
        }, others


def _waivers(rows):
    """Yield (first row, amount, what is left) of waivers and their corrections: what
    a billing took back was given back until then, what a person takes back never was.
    """
    firsts, sums = {}, {}
    for row in rows:
        first = firsts.get(row["origin_id"], row)
        firsts[row["id"]] = first
        own = sums.setdefault(first["id"], [exact(0), exact(0)])
        amount = exact(row["amount"])
        own[1] += amount
        if first is row or not row["run_id"]:
            own[0] += amount
    for row_id, (amount, left) in sums.items():
        yield firsts[row_id], amount, left


def _span(row, part):
    """Return the days that a credit note names, where they are not the whole period."""
    if not row["first"] or not row["last"]:
        return None
    end = fields.Date.add(row["last"], days=1)
    if row["first"] >= end or (row["first"] <= part.start and end >= part.end):
        return None
    return part.clip(row["first"], end)
