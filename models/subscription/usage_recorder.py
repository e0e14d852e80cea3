"""Recording events in sets: parsed one by one, looked up and inserted together.

A hundred thousand events a night are common, so what is done for each is little, and
nothing is asked of the database for a single one.
"""

from collections import namedtuple
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from psycopg2.errors import UniqueViolation

from odoo.tools import SQL, format_date

from ..exact import exact
from .usage_query import midnight

NAMES = {"key", "subscription", "meter", "quantity", "time", "value"}
LONGEST = 200  # characters of a key or value
TOO_MUCH = Decimal(10_000_000_000)
AHEAD = timedelta(days=1)  # how far another system's clock may be wrong

Parsed = namedtuple("Parsed", "position key subscription meter quantity time value")
Span = namedtuple("Span", "start end billed_until")
Row = namedtuple("Row", "subscription meter quantity time day value key late")


# Which rows are inserted; see Recorder._insert.
NEW = """
    WHERE NOT EXISTS (
          SELECT 1 FROM recurring_usage u
           WHERE u.company_id = %(company)s AND u.key = v.key)
"""
NO_CONFLICT = "ON CONFLICT (company_id, key) DO NOTHING"


class Refusal(Exception):
    """An event that is not recorded: a code for programmes, a sentence for people."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code, self.message = code, message


class Recorder:
    """Records the events of one call; ``usage`` has the rights of the system."""

    def __init__(self, usage, source):
        self.usage, self.env, self.source = usage, usage.env, source
        self.company = usage.env.company
        self.zone = self.company._rr_zone()
        self.days = {}
        self.now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        self.latest = self.now + AHEAD

    def record(self, events):
        """Return an answer for each event, in order."""
        answers = [None] * len(events)
        parsed = self._parse_all(events, answers)
        self._look_up(parsed)
        rows = {}
        twice = []
        for event in parsed:
            if event.key in rows:
                twice.append(event)
                continue
            try:
                rows[event.key] = (event, self._row(event))
            except Refusal as refusal:
                answers[event.position] = self._refused(event.key, refusal)
        new = self._insert([row for _event, row in rows.values()])
        known = [event for key, (event, _row) in rows.items() if key not in new]
        recorded = (self._answer("recorded"), self._answer("late"))
        for key in new:
            event, row = rows[key]
            answers[event.position] = {"key": key, **recorded[row.late]}
        self._answer_duplicates(known + twice, answers)
        self._follow([rows[key][1] for key in new])
        return answers

    # ------------------------------------------------------------------
    # Parse
    # ------------------------------------------------------------------

    def _parse_all(self, events, answers):
        parsed = []
        for position, event in enumerate(events):
            try:
                parsed.append(self._parse(position, event))
            except Refusal as refusal:
                key = event.get("key") if isinstance(event, dict) else None
                answers[position] = self._refused(key, refusal)
        return parsed

    def _parse(self, position, event):
        if not isinstance(event, dict):
            raise Refusal("bad_event", self.env._("An event is a dictionary."))
        if not event.keys() <= NAMES:
            unknown = ", ".join(map(str, sorted(map(str, event.keys() - NAMES))))
            raise Refusal(
                "bad_event", self.env._("An event says nothing about “%s”.", unknown)
            )
        key = event.get("key")
        if not isinstance(key, str) or not 0 < len(key) <= LONGEST or "\0" in key:
            raise Refusal(
                "bad_key",
                self.env._("The key is a text of 1 to 200 characters."),
            )
        value = event.get("value")
        if value is not None:
            value = str(value)
            if len(value) > LONGEST or "\0" in value:
                raise Refusal(
                    "bad_value", self.env._("The value is a text of 200 characters.")
                )
        return Parsed(
            position,
            key,
            event.get("subscription"),
            event.get("meter"),
            self._quantity(event.get("quantity", 1)),
            self._time(event.get("time")),
            value,
        )

    def _quantity(self, given):
        """Return a number of at most six decimals; Infinity and NaN are none."""
        if type(given) is int:
            quantity = Decimal(given)
        else:
            try:
                quantity = round(Decimal(str(given).strip()), 6)
                if quantity.is_nan():
                    quantity = TOO_MUCH
            except (InvalidOperation, ValueError, OverflowError):
                quantity = TOO_MUCH
        if abs(quantity) >= TOO_MUCH:
            raise Refusal(
                "bad_value", self.env._("“%s” is not a quantity.", str(given)[:50])
            )
        return quantity

    def _time(self, given):
        """Return a moment in UTC, without zone and fractions of a second."""
        if given is None:
            return self.now
        try:
            if isinstance(given, str) and len(given) == 10:
                given = midnight(date.fromisoformat(given), self.zone)
            elif isinstance(given, str):
                given = datetime.fromisoformat(given)
            elif not isinstance(given, datetime):
                raise ValueError(given)
            if given.tzinfo:
                given = given.astimezone(UTC).replace(tzinfo=None)
        except (ValueError, OverflowError):
            raise Refusal(
                "bad_time",
                self.env._(
                    "“%s” is not a moment: write it like 2026-05-31T23:30:00+02:00.",
                    str(given)[:50],
                ),
            ) from None
        if given > self.latest:
            raise Refusal("in_future", self.env._("The moment lies in the future."))
        return given.replace(microsecond=0) if given.microsecond else given

    # ------------------------------------------------------------------
    # Look up: subscriptions, meters, lines, each in one query
    # ------------------------------------------------------------------

    def _look_up(self, parsed):
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

    def _row(self, event):
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

    # ------------------------------------------------------------------
    # Write
    # ------------------------------------------------------------------

    def _insert(self, rows):
        """Insert what has a new key and return the set of these keys.

        Looking for known keys first costs half of what it costs to let each row find
        out; where another transaction was faster with a key, each row does.
        """
        if not rows:
            return set()
        try:
            with self.env.cr.savepoint(flush=False):
                self.env.cr.execute(self._insert_query(rows, NEW), log_exceptions=False)
                return {key for (key,) in self.env.cr.fetchall()}
        except UniqueViolation:
            inserted = self.env.execute_query(self._insert_query(rows, NO_CONFLICT))
            return {key for (key,) in inserted}

    def _insert_query(self, rows, only_new):
        subs, meters, quantities, times, days, values, keys, late = zip(
            *rows, strict=True
        )
        return SQL(
            """
            INSERT INTO recurring_usage (company_id, source, state, recorded_on,
                   recorded_by, subscription_id, meter_id, quantity, time, day, value,
                   key, late)
            SELECT %(company)s, %(source)s, 'recorded', %(now)s, %(login)s, v.*
              FROM unnest(%(subs)s::int[], %(meters)s::int[], %(quantities)s::numeric[],
                          %(times)s::timestamp[], %(days)s::date[], %(values)s::text[],
                          %(keys)s::text[], %(late)s::bool[])
                   AS v(subscription_id, meter_id, quantity, time, day, value, key,
                        late)
            %(only_new)s
            RETURNING key
            """,
            company=self.company.id,
            source=self.source,
            now=self.env.cr.now(),
            login=self.env.user.login,
            subs=_array(subs),
            meters=_array(meters),
            quantities=_array(quantities),
            times=_array(moment.isoformat() for moment in times),
            days=_array(day.isoformat() for day in days),
            values=list(values),
            keys=list(keys),
            late=_array(late),
            only_new=SQL(only_new, company=self.company.id),
        )

    def _follow(self, rows):
        """Let billing look again at periods that were billed, and limits be watched."""
        subscriptions = self.env["recurring.subscription"]
        days = {}
        for row in rows:
            if row.late:
                days[row.subscription] = min(
                    days.get(row.subscription, row.day), row.day
                )
        if days:
            self.usage._look_again(
                {subscriptions.browse(sub): day for sub, day in days.items()}
            )
        if rows:
            self.usage._watch_limits({row.meter for row in rows})

    # ------------------------------------------------------------------
    # Answer
    # ------------------------------------------------------------------

    def _answer(self, code):
        env = self.env
        status, message = {
            "recorded": ("recorded", env._("Recorded.")),
            "late": (
                "recorded",
                env._(
                    "Recorded. Its period was billed already: it comes as late usage "
                    "with the next invoice."
                ),
            ),
            "duplicate": (
                "duplicate",
                env._("This key was recorded before: it is not counted twice."),
            ),
            "conflict": (
                "duplicate",
                env._(
                    "This key was recorded before and said something else: the first "
                    "event stands."
                ),
            ),
        }[code]
        return {"status": status, "code": code, "message": message}

    def _refused(self, key, refusal):
        return {
            "key": key,
            "status": "refused",
            "code": refusal.code,
            "message": refusal.message,
        }

    def _answer_duplicates(self, events, answers):
        """Tell whether what stands under the key of an event says the same."""
        if not events:
            return
        stored = {
            key: (sub, meter, exact(quantity), time)
            for key, sub, meter, quantity, time in self.env.execute_query(
                SQL(
                    "SELECT key, subscription_id, meter_id, quantity, time"
                    " FROM recurring_usage WHERE company_id = %s AND key = ANY(%s)",
                    self.company.id,
                    [event.key for event in events],
                )
            )
        }
        kinds = self._answer("duplicate"), self._answer("conflict")
        for event in events:
            sub = self.subscriptions.get(_name(event.subscription), (None,))[0]
            meter = self.meters.get(_name(event.meter), (None,))[0]
            said = sub, meter, event.quantity, event.time
            differs = event.time != self.now and said != stored.get(event.key)
            answers[event.position] = {"key": event.key, **kinds[differs]}


def _array(values):
    """Return an array of numbers, moments or truths as PostgreSQL reads it."""
    return "{%s}" % ",".join(map(str, values))  # noqa: UP031


def _is_name(reference):
    """Tell whether something can name a subscription or meter: a text, or an id."""
    if isinstance(reference, str):
        return "\0" not in reference
    return type(reference) is int


def _name(reference):
    return reference if _is_name(reference) else None
