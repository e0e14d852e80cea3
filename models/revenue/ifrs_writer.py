"""Writing what was measured: in sets, and nothing that was closed goes."""

import json
from collections import defaultdict, namedtuple

from odoo import fields
from odoo.tools import SQL

from ..bulk import insert_rows
from ..exact import exact

Kept = namedtuple("Kept", "id signature known obligations")

FIGURES = ("amount", "base", "setup", "free", "allocation", "modification")
MONTH_COLUMNS = (
    "contract_id",
    "obligation_id",
    "subscription_id",
    "company_id",
    "partner_id",
    "plan_id",
    "term_start",
    "key",
    "month",
    "known_on",
    "is_usage",
    "is_short",
    *FIGURES,
)
CONTRACT_COLUMNS = (
    "id",
    "subscription_id",
    "company_id",
    "partner_id",
    "plan_id",
    "currency_id",
    "date_start",
    "date_end",
    "binding_from",
    "known_on",
    "version",
    "is_current",
    "previous_id",
    "change_id",
    "credit_id",
    "effective_date",
    "rule_treatment",
    "treatment",
    "price",
    "stand_alone",
    "opening",
    "signature",
    "measured_at",
    "create_uid",
    "write_uid",
    "create_date",
    "write_date",
)
OBLIGATION_COLUMNS = (
    "id",
    "contract_id",
    "subscription_id",
    "key",
    "name",
    "version_id",
    "product_id",
    "timing",
    "method",
    "date_start",
    "date_end",
    "price",
    "stand_alone",
    "allocated",
    "curve",
)


class MeasureWriter:
    """Writes the versions of a batch of subscriptions: nothing that was closed goes,
    and what did not change stays the same record."""

    def __init__(self, model, ids, floor):
        self.env = model.env
        self.ids = ids
        self.floor = floor
        self.rows = {"contract": [], "obligation": [], "month": []}
        self.now = fields.Datetime.now()
        # What was worked out since the last closing is worked out anew.
        self.env.cr.execute(
            SQL(
                "DELETE FROM recurring_revenue_ifrs_month"
                " WHERE subscription_id = ANY(%s) AND known_on >= %s",
                ids,
                floor,
            )
        )
        self._read()
        self.used, self.current = set(), set()

    def _read(self):
        """Read what stands: versions, and months as they were known."""
        self.kept = {}
        for row_id, number, sub, start, change, note, *rest in self.env.execute_query(
            SQL(
                "SELECT id, version, subscription_id, date_start, change_id,"
                " credit_id, signature, known_on FROM recurring_revenue_contract"
                " WHERE subscription_id = ANY(%s) ORDER BY id",
                self.ids,
            )
        ):
            kept = Kept(row_id, *rest, {})
            self.kept[sub, start, "last"] = kept
            # The credit note of a version may have been deleted since.
            if change or note or not number:
                self.kept[sub, start, change, note] = kept
        by_id = {kept.id: kept for kept in self.kept.values()}
        for row_id, contract, key in self.env.execute_query(
            SQL(
                "SELECT id, contract_id, key FROM recurring_revenue_obligation"
                " WHERE contract_id = ANY(%s)",
                list(by_id),
            )
        ):
            by_id[contract].obligations[key] = row_id
        self.closed = defaultdict(dict)
        for sub, start, key, month, *sums in self.env.execute_query(
            SQL(
                "SELECT subscription_id, term_start, key, month, %s"
                " FROM recurring_revenue_ifrs_month WHERE subscription_id = ANY(%s)"
                " GROUP BY 1, 2, 3, 4",
                SQL(", ").join(
                    SQL("SUM(%s)", SQL.identifier(name)) for name in FIGURES
                ),
                self.ids,
            )
        ):
            self.closed[sub, start][key, month] = tuple(map(exact, sums))

    # ------------------------------------------------------------------
    # One subscription
    # ------------------------------------------------------------------

    def add(self, sub, terms):
        """Take up the versions of a subscription."""
        for start, versions in terms.items():
            self._write_term(sub, start, versions)
        for own, start in list(self.closed):
            if own == sub.id and start not in terms:
                kept = self.kept[own, start, "last"]
                self.used.add(kept.id)
                self._months(sub, start, kept.id, None, self.floor)

    def _write_term(self, sub, start, versions):
        before = None
        for place, version in enumerate(versions):
            last = place == len(versions) - 1
            row_id, obligations = self._contract(sub, version, before)
            before = row_id
            self.used.add(row_id)
            if last:
                self.current.add(row_id)
            # Of what is closed already only the last counts.
            if last or versions[place + 1].known >= self.floor:
                day = max(version.known, self.floor)
                self._months(sub, start, row_id, version, day, obligations)
                self.closed[sub.id, start] = version.months

    def _contract(self, sub, version, before):
        """Return (id, {key: id of the obligation}) of a version, known or new."""
        change = version.change.id if version.change else None
        note = version.note.move_id if version.note else None
        kept = self.kept.get((sub.id, version.term.start, change, note))
        signature = version.signature()
        known = max(version.known, self.floor)
        if kept and kept.signature == signature:
            if kept.known == known or max(kept.known, version.known) < self.floor:
                return kept.id, kept.obligations
        if not before and kept and kept.known < self.floor:
            before = kept.id
        [row_id] = self._next_ids("recurring_revenue_contract", 1)
        self.rows["contract"].append(
            (
                row_id,
                sub.id,
                sub.company_id.id,
                sub.partner_id.commercial_partner_id.id,
                sub.plan_id.id or None,
                sub.currency_id.id,
                version.term.start,
                version.end,
                version.term.binding_from,
                known,
                version.number,
                True,
                before,
                change,
                note,
                version.day,
                version.rule,
                version.treatment,
                version.price,
                sum((duty.alone for duty in version.plain()), exact(0)),
                version.opening,
                signature,
                self.now,
                self.env.uid,
                self.env.uid,
                self.now,
                self.now,
            )
        )
        return row_id, self._obligations(sub, version, row_id)

    def _obligations(self, sub, version, row_id):
        ids = self._next_ids("recurring_revenue_obligation", len(version.duties))
        found = {}
        for own_id, (key, (duty, line, timing)) in zip(
            ids, version.duties.items(), strict=True
        ):
            curve = version.curves.get(key)
            days = [run.period for run in duty.runs] or [p.period for p in duty.pieces]
            days = days or [less.period for less in duty.less]
            self.rows["obligation"].append(
                (
                    own_id,
                    row_id,
                    sub.id,
                    key,
                    line.display_name,
                    line.charge_id.version_id.id or None,
                    line.product_id.id,
                    timing,
                    duty.method,
                    min(day.start for day in days),
                    max(day.end for day in days),
                    duty.price,
                    duty.alone,
                    curve.amount if curve else 0,
                    json.dumps(curve.data() if curve else []),
                )
            )
            found[key] = own_id
        return found

    def _months(self, sub, start, row_id, version, day, obligations=()):
        """Take up what is known now and was not: month by month."""
        zero = (exact(0),) * len(FIGURES)
        known = self.closed.get((sub.id, start), {})
        target, usage, short = {}, set(), False
        if version:
            target = version.months
            usage = {key for key, duty in version.duties.items() if duty[2] == "usage"}
            short = version.term.end <= fields.Date.add(version.term.start, years=1)
        for key, month in sorted(target.keys() | known.keys()):
            new = target.get((key, month), zero)
            old = known.get((key, month), zero)
            if new == old:
                continue
            self.rows["month"].append(
                (
                    row_id,
                    obligations[key] if key in obligations else None,
                    sub.id,
                    sub.company_id.id,
                    sub.partner_id.commercial_partner_id.id,
                    sub.plan_id.id or None,
                    start,
                    key,
                    month,
                    day,
                    key in usage,
                    short,
                    *(now - was for now, was in zip(new, old, strict=True)),
                )
            )

    def _next_ids(self, table, count):
        return [
            row[0]
            for row in self.env.execute_query(
                SQL(
                    "SELECT nextval(%s) FROM generate_series(1, %s)",
                    f"{table}_id_seq",
                    count,
                )
            )
        ]

    # ------------------------------------------------------------------
    # The database
    # ------------------------------------------------------------------

    def flush(self):
        """Write what was taken up; what nothing says any more goes."""
        self.env.cr.execute(
            SQL(
                "DELETE FROM recurring_revenue_contract WHERE subscription_id = ANY(%s)"
                " AND known_on >= %s AND NOT id = ANY(%s)",
                self.ids,
                self.floor,
                list(self.used),
            )
        )
        for table, columns, kind in (
            ("recurring_revenue_contract", CONTRACT_COLUMNS, "contract"),
            ("recurring_revenue_obligation", OBLIGATION_COLUMNS, "obligation"),
            ("recurring_revenue_ifrs_month", MONTH_COLUMNS, "month"),
        ):
            insert_rows(self.env.cr, table, columns, self.rows[kind])
        self.env.cr.execute(
            SQL(
                "UPDATE recurring_revenue_contract SET is_current = id = ANY(%s)"
                " WHERE subscription_id = ANY(%s) AND is_current != (id = ANY(%s))",
                list(self.current),
                self.ids,
                list(self.current),
            )
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE recurring_revenue_contract c SET measured_at = %s
                  FROM (SELECT MAX(id) AS id FROM recurring_revenue_contract
                         WHERE subscription_id = ANY(%s) GROUP BY subscription_id) n
                 WHERE c.id = n.id
                """,
                self.now,
                self.ids,
            )
        )
