"""How much was used: one grouped query per meter, whatever the number of spans."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from odoo import api, models
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
SECOND = timedelta(seconds=1)


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

    def _uses(self, spans, zone, one_by_one=False, apart=False):
        """Return ``{(line id, whole period): Use}`` of what was used.

        :param spans: ``[(line id, subscription id, whole, days)]``, ``days`` the part
            of the whole period (engine Periods) whose events count
        :param zone: the time zone in which the days begin
        :param one_by_one: keep the single quantities, for prices by event
        :param apart: keep the different values, to count those of several spans as one
        """
        self.ensure_one()
        if not spans:
            return {}
        self.env["recurring.usage"].flush_model()
        rows = self.env.execute_query(self._uses_query(spans, one_by_one, apart))
        uses = {}
        for position, quantity, amounts, times, values, carried in rows:
            line, _sub, whole, days = spans[position]
            if self.aggregation == "time_weighted":
                events = zip(times or (), amounts or (), strict=True)
                value = self._weighted(whole, days, events, carried, zone)
            else:
                value = max(ZERO, Decimal(quantity or 0))
            events = tuple(map(Decimal, amounts or ())) if one_by_one else ()
            uses[line, whole] = Use(self._round(value), events, frozenset(values or ()))
        return uses

    def _uses_query(self, spans, one_by_one, apart):
        """Return the query of ``(position of the span, what it holds...)``.

        LATERAL, so that each span looks up its own events by the index: left to itself
        the planner compares all events with all spans where statistics are stale.
        """
        weighted = self.aggregation == "time_weighted"
        nothing = SQL("NULL")
        in_order = SQL("array_agg(u.quantity::text ORDER BY u.time, u.id)")
        in_time = SQL("array_agg(u.time ORDER BY u.time, u.id)")
        values = SQL("array_agg(DISTINCT u.value)")
        return SQL(
            """
            SELECT p.position, e.quantity, e.amounts, e.times, e.values, %(carried)s
              FROM unnest(%(positions)s, %(subs)s, %(starts)s::date[], %(ends)s::date[])
                   AS p(position, subscription_id, first_day, end_day)
        CROSS JOIN LATERAL (
                   SELECT COUNT(*) AS events, %(quantity)s AS quantity,
                          %(amounts)s AS amounts, %(times)s AS times,
                          %(values)s AS values
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
            values=values if apart and self.aggregation == "unique" else nothing,
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

    def _weighted(self, whole, days, events, carried, zone):
        """Weigh levels by time, from the first midnight of the days to the last.

        The average is one over the whole period: 10 GB for half a month are 5 GB.
        """
        events = [Event(moment, Decimal(amount)) for moment, amount in events]
        start, end = midnight(days.start, zone), midnight(days.end, zone)
        level = aggregate("time_weighted", events, start, end, Decimal(carried or 0))
        period = midnight(whole.end, zone) - midnight(whole.start, zone)
        return level * Fraction((end - start) // SECOND, period // SECOND)


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
