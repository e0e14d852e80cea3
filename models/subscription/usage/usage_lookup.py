"""Where events belong: subscriptions, meters and lines, each found in one query."""

from collections import namedtuple
from datetime import UTC, date, timedelta

from odoo.tools import SQL, format_date

from .usage_event import Refusal

Span = namedtuple("Span", "start end billed_until")
Row = namedtuple("Row", "subscription meter quantity time day value key late")


class Lookup:
    """Finds what the parsed events of one call name, in the company of ``env``."""

    def __init__(self, env, zone, parsed):
        self.env, self.company, self.zone = env, env.company, zone
        self.days = {}
        for model in ("subscription", "subscription.line", "billed.item", "meter"):
            self.env[f"recurring.{model}"].flush_model()
        self.subscriptions = self._find_subscriptions(
            {event.subscription for event in parsed if _is_name(event.subscription)}
        )
        self.meters = self._find_meters(
            {event.meter for event in parsed if _is_name(event.meter)}
        )
        self.spans = self._find_spans()

    def _find_subscriptions(self, references):
        """Return ``{reference: (id, name, state, start, end)}``."""
        texts = [ref for ref in references if isinstance(ref, str)]
        ids = [ref for ref in references if not isinstance(ref, str)]
        rows = self.env.execute_query(
            SQL(
                """
                SELECT s.id, s.name, s.external_ref, s.state, s.start_date, s.end_date
                  FROM recurring_subscription s
                 WHERE s.company_id = %s
                   AND (s.name = ANY(%s) OR s.external_ref = ANY(%s) OR s.id = ANY(%s))
                """,
                self.company.id,
                texts,
                texts,
                ids,
            )
        )
        found = {}
        for sub_id, name, _external, *rest in rows:
            found[sub_id] = found[name] = (sub_id, name, *rest)
        for sub_id, _name, external, *_rest in rows:
            if external:
                found.setdefault(external, found[sub_id])
        return {ref: found[ref] for ref in references if ref in found}

    def _find_meters(self, codes):
        """Return ``{code: (id, name, aggregation)}``; the company's own come first."""
        meters = self.env["recurring.meter"].search_fetch(
            [
                ("code", "in", [code for code in codes if isinstance(code, str)]),
                ("company_id", "in", (self.company.id, False)),
            ],
            ["code", "name", "aggregation"],
            order="company_id DESC",
        )
        return {m.code: (m.id, m.name, m.aggregation) for m in meters}

    def _find_spans(self):
        """Return ``{(subscription id, meter id): [Span]}``: when usage counts, also
        where it is free, and up to which day it was billed."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT l.subscription_id, c.meter_id,
                       COALESCE(l.start_date, s.start_date),
                       COALESCE(l.bill_until, l.end_date),
                       (SELECT MAX(i.date_end) FROM recurring_billed_item i
                         WHERE i.line_id = l.id AND i.kind IN ('charge', 'opening'))
                  FROM recurring_subscription_line l
                  JOIN recurring_subscription s ON s.id = l.subscription_id
                  JOIN recurring_plan_charge c ON c.id = l.charge_id
                 WHERE l.role = 'usage' AND l.subscription_id = ANY(%s)
                   AND c.meter_id = ANY(%s)
                """,
                [sub[0] for sub in self.subscriptions.values()],
                [meter[0] for meter in self.meters.values()],
            )
        )
        spans = {}
        for sub, meter, start, end, billed in rows:
            span = Span(start, end or date.max, billed or date.min)
            spans.setdefault((sub, meter), []).append(span)
        return spans

    # ------------------------------------------------------------------
    # Check
    # ------------------------------------------------------------------

    def row(self, event):
        """Return the row to insert; raise a Refusal where it cannot count."""
        sub = meter = None
        if _is_name(event.subscription):
            sub = self.subscriptions.get(event.subscription)
        if _is_name(event.meter):
            meter = self.meters.get(event.meter)
        if not sub:
            raise Refusal(
                "unknown_subscription",
                self.env._(
                    "There is no subscription “%(name)s” in %(company)s.",
                    name=str(event.subscription)[:50],
                    company=self.company.name,
                ),
            )
        if not meter:
            raise Refusal(
                "unknown_meter",
                self.env._("There is no meter “%s”.", str(event.meter)[:50]),
            )
        self._check_counts(event, meter)
        day = self._day(event.time)
        span = self._span_on(day, sub, meter)
        late = day < span.billed_until
        return Row(sub[0], meter[0], *event[4:6], day, event.value, event.key, late)

    def _day(self, moment):
        """Return the day in the company's time zone, asked once for each hour."""
        hour = (moment.toordinal(), moment.hour, moment.minute // 15)
        if hour not in self.days:
            local = moment.replace(tzinfo=UTC).astimezone(self.zone)
            self.days[hour] = local.date()
        return self.days[hour]

    def _check_counts(self, event, meter):
        if event.quantity < 0 and meter[2] != "sum":
            raise Refusal(
                "bad_value",
                self.env._("%s cannot go below 0: only a sum is corrected.", meter[1]),
            )
        if meter[2] == "unique" and not event.value:
            raise Refusal(
                "bad_value",
                self.env._("%s counts different values: the event has none.", meter[1]),
            )

    def _span_on(self, day, sub, meter):
        """Return when the meter is billed around a day, or say why it is not."""
        _id, name, state, start, end = sub
        spans = self.spans.get((sub[0], meter[0]), ())
        if state != "draft":
            for span in spans:
                if span.start <= day < span.end:
                    if not start <= day or end and day >= end:
                        break
                    return span
        values = {"name": name, "meter": meter[1], "day": self._date(day)}
        if state == "draft" or day < start:
            raise Refusal(
                "before_start",
                self.env._(
                    "%(name)s starts on %(start)s: %(day)s lies before.",
                    start=self._date(start),
                    **values,
                )
                if state != "draft"
                else self.env._("%(name)s has not started.", **values),
            )
        if end and day >= end:
            raise Refusal(
                "after_end",
                self.env._(
                    "The last day of service of %(name)s is %(end)s: %(day)s lies "
                    "after it.",
                    end=self._date(end - timedelta(days=1)),
                    **values,
                ),
            )
        if not spans:
            raise Refusal(
                "not_metered",
                self.env._("The plan of %(name)s does not bill %(meter)s.", **values),
            )
        raise Refusal(
            "no_service",
            self.env._("%(name)s does not bill %(meter)s on %(day)s.", **values),
        )

    def _date(self, day):
        return format_date(self.env, day)

    def named(self, event):
        """Return the ids of the subscription and meter of an event, None if unknown."""
        sub, meter = event.subscription, event.meter
        return (
            self.subscriptions.get(sub, (None,))[0] if _is_name(sub) else None,
            self.meters.get(meter, (None,))[0] if _is_name(meter) else None,
        )


def _is_name(reference):
    """Tell whether something can name a subscription or meter: a text, or an id."""
    if isinstance(reference, str):
        return "\0" not in reference
    return type(reference) is int
