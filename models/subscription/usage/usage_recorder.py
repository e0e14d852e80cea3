"""Recording events in sets: parsed one by one, looked up and inserted together.

A hundred thousand events a night are common, so what is done for each is little, and
nothing is asked of the database for a single one.
"""

from datetime import UTC, datetime

from psycopg2.errors import UniqueViolation

from odoo.tools import SQL

from ...exact import exact
from .usage_event import Parser, Refusal
from .usage_lookup import Lookup

# Which rows are inserted; see Recorder._insert.
NEW = """
    WHERE NOT EXISTS (
          SELECT 1 FROM recurring_usage u
           WHERE u.company_id = %(company)s AND u.key = v.key)
"""
NO_CONFLICT = "ON CONFLICT (company_id, key) DO NOTHING"


class Recorder:
    """Records the events of one call; ``usage`` has the rights of the system."""

    def __init__(self, usage, source):
        self.usage, self.env, self.source = usage, usage.env, source
        self.company = usage.env.company
        self.zone = self.company._rr_zone()
        self.now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)

    def record(self, events):
        """Return an answer for each event, in order."""
        answers = [None] * len(events)
        parsed = self._parse_all(events, answers)
        lookup = Lookup(self.env, self.zone, parsed)
        rows = {}
        twice = []
        for event in parsed:
            if event.key in rows:
                twice.append(event)
                continue
            try:
                rows[event.key] = (event, lookup.row(event))
            except Refusal as refusal:
                answers[event.position] = self._refused(event.key, refusal)
        new = self._insert([row for _event, row in rows.values()])
        known = [event for key, (event, _row) in rows.items() if key not in new]
        recorded = (self._answer("recorded"), self._answer("late"))
        for key in new:
            event, row = rows[key]
            answers[event.position] = {"key": key, **recorded[row.late]}
        self._answer_duplicates(known + twice, lookup, answers)
        self._follow([rows[key][1] for key in new])
        return answers

    def _parse_all(self, events, answers):
        parser = Parser(self.env, self.zone, self.now)
        parsed = []
        for position, event in enumerate(events):
            try:
                parsed.append(parser.parse(position, event))
            except Refusal as refusal:
                key = event.get("key") if isinstance(event, dict) else None
                answers[position] = self._refused(key, refusal)
        return parsed

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

    def _answer_duplicates(self, events, lookup, answers):
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
            said = *lookup.named(event), event.quantity, event.time
            differs = event.time != self.now and said != stored.get(event.key)
            answers[event.position] = {"key": event.key, **kinds[differs]}


def _array(values):
    """Return an array of numbers, moments or truths as PostgreSQL reads it."""
    return "{%s}" % ",".join(map(str, values))  # noqa: UP031
