"""What lines used: in the periods that are still open, and in that of a day."""

from collections import defaultdict, namedtuple

from odoo import fields, models

from ....engine.period import Period
from ....engine.usage import NOTHING, together

# What tells which days of which period a line is billed for.
SPAN_FIELDS = (
    "subscription_id",
    "charge_id",
    "start_date",
    "end_date",
    "bill_from",
    "bill_until",
    "plan_version_id",
    "grid_start",
    "grid_anchor",
)

# What was used in a period: the whole one, the days of it that count, the Use of all
# lines of the charge, and ``{line: its own Use}``, the earlier ones first.
Used = namedtuple("Used", "whole days use parts")


class RecurringSubscriptionLine(models.Model):
    _inherit = "recurring.subscription.line"

    def _uses(self, until=None):
        """Return ``{line id: {whole period: Use}}`` of these lines by usage.

        Of the periods that are not closed and have begun ``until`` (included; by
        default tomorrow, wherever on earth the company is).
        """
        until = until or fields.Date.add(fields.Date.context_today(self), days=1)
        spans = defaultdict(list)
        # What is not saved yet has used nothing.
        metered = self.filtered(lambda line: line.role == "usage" and line.id)
        for line in metered:
            key = line.charge_id.meter_id, line.company_id
            spans[key] += line._open_spans(until)
        charges = metered.charge_id
        singly = charges.filtered(lambda c: c.charge_model == "percentage").meter_id
        apart = len({(ln.subscription_id, ln.charge_id) for ln in metered})
        apart = apart < len(metered)  # lines that follow each other share a period
        found = defaultdict(dict)
        for (meter, company), of_meter in spans.items():
            uses = meter._uses(of_meter, company._rr_zone(), meter in singly, apart)
            for (line_id, whole), use in uses.items():
                found[line_id][whole] = use
        return found

    def _open_spans(self, until):
        """Return ``[(line id, subscription id, whole, days)]`` of the open periods."""
        self.ensure_one()
        sub = self.subscription_id
        start, end = self._billed_span()
        first = max(start, sub.settled_through or start)
        return [
            (self.id, sub.id, whole, days)
            for whole in self._schedule().periods(first, fields.Date.add(until, days=1))
            if (days := whole.clip(start, end))
        ]

    def _used_in(self, day, also_free=False):
        """Return ``{line id: Used}`` of a day's period, with the earlier lines of it.

        Of the days that are billed, or, with ``also_free``, of all that have service.
        """
        wholes = {line: line._schedule().period_at(day) for line in self}
        parts = {
            line: [
                (part, days)
                for part in (*earlier, line)
                if (days := wholes[line].clip(*part._counted_span(also_free)))
            ]
            for line, earlier in self._earlier_lines(wholes).items()
        }
        spans = defaultdict(set)
        for line, found in parts.items():
            for part, days in found:
                key = line.charge_id.meter_id, line.company_id
                span = (part.id, part.subscription_id.id, wholes[line], days)
                spans[key].add(span)
        uses = {}
        for (meter, company), of_meter in spans.items():
            uses.update(
                meter._uses(list(of_meter), company._rr_zone(), True, apart=True)
            )
        used = {}
        for line, found in parts.items():
            if not found or found[-1][0] != line:
                continue  # no day of the period counts for the line itself
            own = {
                part: uses.get((part.id, wholes[line]), NOTHING) for part, _ in found
            }
            use = together(line.charge_id.meter_id.aggregation, own.values())
            days = Period(found[0][1].start, found[-1][1].end)
            used[line.id] = Used(wholes[line], days, use, own)
        return used

    def _counted_span(self, also_free):
        """Return the first day of which usage counts, and the first not any more."""
        start, end = self._billed_span()
        if also_free:
            start = self.start_date or self.subscription_id.start_date
            end = self.bill_until or self.end_date or None
        return start, end

    def _earlier_lines(self, wholes):
        """Return ``{line: lines of its charge before it, in the same period}``.

        ``wholes`` is the period of each line.
        """
        metered = self.filtered("charge_id.meter_id")
        if not metered:
            return {}
        first = min(whole.start for whole in wholes.values())
        ended = self.search_fetch(
            [
                ("subscription_id", "in", metered.subscription_id.ids),
                ("charge_id", "in", metered.charge_id.ids),
                ("role", "=", "usage"),
                "|",
                ("end_date", ">", first),
                ("bill_until", ">", first),
            ],
            SPAN_FIELDS,
            order="start_date, id",
        ).grouped(lambda line: (line.subscription_id, line.charge_id))
        return {
            line: ended.get(
                (line.subscription_id, line.charge_id), self.browse()
            ).filtered(
                lambda other, line=line: (
                    other.start_date < line.start_date
                    and other._schedule() == line._schedule()
                )
            )
            for line in metered
        }
