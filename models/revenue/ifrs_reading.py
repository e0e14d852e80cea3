"""From a subscription to the duties of its contracts: prices, stand-alone prices,
days of service."""

from collections import namedtuple
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

from dateutil.relativedelta import relativedelta

from ...engine.allocation import round_share
from ...engine.contract import Duty, Run
from ...engine.period import Period
from ...engine.pieces import Piece, inside
from ..exact import currency_rounding, exact
from .ifrs_credits import Row
from .ifrs_prices import Prices

ONE_DAY = timedelta(days=1)

Role = namedtuple("Role", "key kind method target life")


class Reading(Prices):
    """One subscription: the duties of each of its terms in each of its states."""

    def role(self, line, main):
        """Return what a line is by IFRS 15: which duty, how it is earned."""
        charge = line.charge_id
        policy = self.books.policy(line, self.first)
        method = policy.method if policy and policy.method != "point" else "day"
        key = self.key(line)
        timing = charge.rr_obligation_timing
        life = None
        once = line.role == "one_off"
        target = None
        if charge.rr_obligation == "grouped":
            whole = charge.rr_obligation_charge_id
            target = f"charge-{whole.id}" if whole else main
        elif once and policy and not charge.rr_obligation and not timing:
            if policy.spread == "term":
                target = main
            elif policy.spread == "life":
                life = policy.life_months
        elif not once and line.price_unit < 0:
            target = main
        kind = timing or ("point" if once and not life else "series")
        return Role(key, kind, method, target if target != key else None, life)

    def main(self, prices, term):
        """Return the key of the service itself: the first charge of every contract."""
        lines = {
            row.line
            for row in prices
            if row.line.role != "one_off" and row.part.clip(term.start, term.end)
        }
        order = sorted(
            lines, key=lambda line: (line.role != "base", line.sequence, line.id)
        )
        if not order:
            return None
        return self.key(order[0])

    def key(self, line):
        """Return the name of the obligation that a line is by itself."""
        charge = line.charge_id
        return f"charge-{charge.id}" if charge else f"line-{_root(line).id}"

    def duties(self, money, term, end, notes=()):
        """Return the duties of a term that ends on ``end``, as ``{key: (Duty, line,
        timing)}``, once credit notes gave back what ``notes`` say."""
        prices, alone = money
        main = self.main(alone, term) or self.main(prices, term)
        rows = {}
        for row in prices:
            for amount, part in self._clipped(row, term, term.end):
                own = self._row(rows, row.line, main)
                own.pieces.append((row.line, amount, part, ()))
        for row in alone:
            for amount, part in self._clipped(row, term, end):
                self._row(rows, row.line, main).runs.append((row.line, amount, part))
        for note in notes:
            for credit in note.credits:
                for amount, part in self._clipped(credit, term, term.end):
                    own = self._row(rows, credit.line, main)
                    own.take(note, credit, amount, part, self.rounding)
        found = {}
        for key, row in rows.items():
            duty = self._duty(key, row, term, end)
            if duty.pieces or duty.runs or duty.less:
                found[key] = (duty, row.line, row.role.kind)
        for row in self.usage():
            if term.start <= row.part.start < term.end:
                self._add_usage(found, row)
        return found

    def _row(self, rows, line, main):
        role = self.role(line, main)
        key = role.target or role.key
        known = rows.setdefault(key, Row(line, role, [], [], []))
        if not role.target and known.role.target:
            known.line, known.role = line, role
        return known

    def _clipped(self, row, term, end):
        """What of a row belongs to a term; a fee once belongs where it is charged."""
        if row.line.role == "one_off":
            day = max(row.part.start, self.first)
            if term.start <= day < term.end:
                yield row.amount, Period(day, day + ONE_DAY)
            return
        yield from inside(row.amount, row.part, term.start, end, self.rounding)

    def _duty(self, key, row, term, end):
        role = row.role
        over_time = role.kind != "point"
        pieces, runs, upfront = [], [], exact(0)
        for line, amount, part, given in row.pieces:
            fee = line.role == "one_off" and over_time
            if amount or given:
                pieces.append(Piece(amount, part, fee, given))
        for line, amount, part in row.runs:
            if line.role == "one_off" and over_time:
                if line == row.line:
                    until = end
                    if role.life:
                        until = part.start + relativedelta(months=role.life)
                    runs.append(
                        (line, amount, Period(part.start, max(until, part.end)))
                    )
                else:
                    upfront += amount
            else:
                runs.append((line, amount, part))
        runs = self._merged(runs)
        if not runs and over_time and not row.ended:
            runs = [Run(piece.period, abs(piece.amount)) for piece in pieces]
        return Duty(
            key=key,
            pieces=tuple(pieces),
            runs=tuple(runs),
            method=role.method if over_time else "point",
            alone_upfront=upfront,
            whole=role.kind == "single",
            bears=bool(row.line.charge_id.rr_bears_discount),
            fixed=bool(role.life),
            less=tuple(row.less),
        )

    def _merged(self, rows):
        """Return the runs: days of one line, or of one price, as one."""
        runs = []
        for line, amount, part in sorted(rows, key=lambda row: (row[2], row[0].id)):
            last = runs[-1] if runs else None
            if last and last[2].end == part.start and self._alike(last[0], line):
                runs[-1] = (line, last[1] + amount, Period(last[2].start, part.end))
            else:
                runs.append((line, amount, part))
        return [Run(part, amount) for _line, amount, part in runs]

    def _alike(self, one, other):
        return one == other or (
            one.charge_id == other.charge_id and self.alone(one) == self.alone(other)
        )

    def opening_in(self, term):
        """Return what a former system billed for a term, in company currency."""
        return sum((worth for _amount, worth in self._openings(term)), exact(0))

    def invoiced_in(self, term, unknown=()):
        """Return (``[(amount, worth in company currency)]`` of what was billed for a
        term, oldest first, ``{(duty, month): difference}``): of subscriptions in
        another currency. What is credited takes back what it was invoiced for; the
        difference to the rate of the credit note is one of its month.

        :param unknown: ids of credit notes that were not known yet
        """
        rounding = currency_rounding(self.sub.company_id.currency_id)
        found, gaps = self._openings(term), {}
        for row in self.invoiced:
            if not term.start <= row.day < term.end or row.move in unknown:
                continue
            worth = row.worth
            if row.rate is not None:
                worth = round_share(row.amount, Fraction(row.rate), rounding)
            if worth != row.worth and row.line in self.lines:
                place = self.key(self.lines[row.line]), row.known.replace(day=1)
                gaps[place] = gaps.get(place, exact(0)) + row.worth - worth
            found.append((row.amount, worth))
        return found, gaps

    def _openings(self, term):
        return list(self._opening_rows(term))

    def _opening_rows(self, term):
        rounding = currency_rounding(self.sub.company_id.currency_id)
        for line, _kind, amount, part in self._ledger("opening"):
            if term.start <= part.start < term.end:
                net = round_share(amount, self.rate(line), self.rounding)
                rate = company_rate(self.sub, part.start)
                yield net, round_share(net, rate, rounding)

    def _add_usage(self, found, row):
        line = row.line
        key = f"charge-{line.charge_id.id}" if line.charge_id else f"line-{line.id}"
        known = found[key][0] if key in found else Duty(key, (), (), fixed=True)
        duty = replace(
            known,
            pieces=(*known.pieces, Piece(row.amount, row.part)),
            runs=(*known.runs, Run(row.part, abs(row.amount))),
        )
        found[key] = (duty, line, "usage")


def _root(line):
    while line.previous_line_id:
        line = line.previous_line_id
    return line


def company_rate(subscription, day):
    """Return what 1 of the subscription's currency is in the company's on a day."""
    own, wanted = subscription.currency_id, subscription.company_id.currency_id
    if own == wanted:
        return Fraction(1)
    return Fraction(
        exact(own._get_conversion_rate(own, wanted, subscription.company_id, day))
    )
