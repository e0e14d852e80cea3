"""How much was used: one grouped query per meter, whatever the number of lines."""

from collections import defaultdict
from datetime import UTC, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.tools import SQL

from ....engine.usage import Event, Use, aggregate

# What the engine's aggregate says, for a whole group at once; a test compares the two.
QUANTITIES = {
    "sum": "SUM(u.quantity)::text",
    "maximum": "MAX(u.quantity)::text",
    "last": "(array_agg(u.quantity::text ORDER BY u.time DESC, u.id DESC))[1]",
    "unique": "COUNT(DISTINCT u.value)::text",
    "time_weighted": "NULL",
}
ZERO = Decimal(0)


def midnight(day, zone):
    """Return the moment (UTC, without zone) at which a day begins in a time zone.

    >>> midnight(date(2026, 3, 30), ZoneInfo("Europe/Paris"))
    datetime.datetime(2026, 3, 29, 22, 0)
    """
    local = datetime.combine(day, time(), tzinfo=zone)
    return local.astimezone(UTC).replace(tzinfo=None)


class ResCompany(models.Model):
    _inherit = "res.company"

    def _rr_zone(self):
        """Return the time zone that decides on which day something was used."""
        self.ensure_one()
        return ZoneInfo(self.partner_id.tz or "UTC")


class RecurringMeter(models.Model):
    _inherit = "recurring.meter"

    def _uses(self, spans, zone, one_by_one=False):
        """Return ``{(line id, whole period): Use}`` of what was used.

        :param spans: ``[(line id, subscription id, whole, days)]``, ``days`` the part
            of the whole period (engine Periods) whose events count
        :param zone: the time zone in which the days begin
        :param one_by_one: keep the single quantities, for prices by event
        """
        self.ensure_one()
        if not spans:
            return {}
        self.env["recurring.usage"].flush_model()
        rows = self.env.execute_query(self._uses_query(spans, one_by_one))
        uses = {}
        for position, quantity, amounts, times, carried in rows:
            line, _sub, whole, days = spans[position]
            if self.aggregation == "time_weighted":
                value = self._weighted(days, amounts or (), times or (), carried, zone)
            else:
                value = max(ZERO, Decimal(quantity or 0))
            events = tuple(map(Decimal, amounts or ())) if one_by_one else ()
            uses[line, whole] = Use(self._round(value), events)
        return uses

    def _uses_query(self, spans, one_by_one):
        """Return the query of ``(position of the span, what it holds...)``.

        LATERAL, so that each span looks up its own events by the index: left to itself
        the planner compares all events with all spans where statistics are stale.
        """
        weighted = self.aggregation == "time_weighted"
        nothing = SQL("NULL")
        in_order = SQL("array_agg(u.quantity::text ORDER BY u.time, u.id)")
        in_time = SQL("array_agg(u.time ORDER BY u.time, u.id)")
        return SQL(
            """
            SELECT p.position, e.quantity, e.amounts, e.times, %(carried)s
              FROM unnest(%(positions)s, %(subs)s, %(starts)s::date[], %(ends)s::date[])
                   AS p(position, subscription_id, first_day, end_day)
        CROSS JOIN LATERAL (
                   SELECT COUNT(*) AS events, %(quantity)s AS quantity,
                          %(amounts)s AS amounts, %(times)s AS times
                     FROM recurring_usage u
                    WHERE u.subscription_id = p.subscription_id
                      AND u.meter_id = %(meter)s
                      AND u.day >= p.first_day AND u.day < p.end_day
                      AND u.state = 'recorded'
                   ) e
             WHERE e.events > 0 OR %(weighted)s
            """,
            quantity=SQL(QUANTITIES[self.aggregation]),
            amounts=in_order if one_by_one or weighted else nothing,
            times=in_time if weighted else nothing,
            carried=self._carried() if weighted else nothing,
            weighted=weighted,
            meter=self.id,
            positions=list(range(len(spans))),
            subs=[sub for _line, sub, _whole, _days in spans],
            starts=[days.start for *_rest, days in spans],
            ends=[days.end for *_rest, days in spans],
        )

    def _carried(self):
        """The level that holds when a span begins."""
        return SQL(
            """(SELECT c.quantity::text FROM recurring_usage c
                 WHERE c.subscription_id = p.subscription_id AND c.meter_id = %s
                   AND c.day < p.first_day AND c.state = 'recorded'
                 ORDER BY c.day DESC, c.time DESC, c.id DESC LIMIT 1)""",
            self.id,
        )

    def _weighted(self, days, amounts, times, carried, zone):
        """Weigh levels by time, from the first midnight of the days to the last."""
        events = [
            Event(moment, Decimal(amount))
            for moment, amount in zip(times, amounts, strict=True)
        ]
        start, end = midnight(days.start, zone), midnight(days.end, zone)
        return aggregate("time_weighted", events, start, end, Decimal(carried or 0))


class RecurringUsage(models.Model):
    _inherit = "recurring.usage"

    @api.model
    def _unseen(self, company, since):
        """Return ``[(subscription id, first day)]`` of events that came about when
        their period was billed, so that the billing may not have seen them."""
        return self.env.execute_query(
            SQL(
                """
                SELECT u.subscription_id, MIN(u.day)
                  FROM recurring_billed_item i
                  JOIN recurring_subscription_line l ON l.id = i.line_id
                  JOIN recurring_plan_charge c ON c.id = l.charge_id
                  JOIN recurring_usage u
                    ON u.subscription_id = i.subscription_id
                   AND u.meter_id = c.meter_id
                   AND u.day >= i.date_start AND u.day < i.date_end
                 WHERE i.company_id = %s AND l.role = 'usage'
                   AND i.kind = 'charge' AND i.create_date >= %s
                   AND u.recorded_on > i.create_date - interval '1 hour'
                   AND NOT u.late
                 GROUP BY u.subscription_id
                """,
                company.id,
                since,
            )
        )


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
        found = defaultdict(dict)
        for (meter, company), of_meter in spans.items():
            uses = meter._uses(of_meter, company._rr_zone(), meter in singly)
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
        """Return ``{line id: (whole period, its days, Use)}`` of a day's period.

        Of the days that are billed, or, with ``also_free``, of all that have service.
        """
        found = {}
        spans = defaultdict(list)
        for line in self:
            whole = line._schedule().period_at(day)
            start, end = line._billed_span()
            if also_free:
                start = line.start_date or line.subscription_id.start_date
                end = line.bill_until or line.end_date or None
            days = whole.clip(start, end)
            if days and line.charge_id.meter_id:
                key = line.charge_id.meter_id, line.company_id
                spans[key].append((line.id, line.subscription_id.id, whole, days))
        for (meter, company), of_meter in spans.items():
            uses = meter._uses(of_meter, company._rr_zone(), one_by_one=True)
            for line_id, _sub, whole, days in of_meter:
                found[line_id] = whole, days, uses.get((line_id, whole), Use())
        return found
