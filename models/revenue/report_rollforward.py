"""The roll-forward: opening + billed - credited - recognised +/- currency = closing.

Of a continuous schedule everything counts on its accounting date, so that the closing
is what the deferred account must show. Under cut-off the invoice is booked as revenue:
there the months up to a month's end count as recognised at that end, and the closing is
what the entry of the cut-off must show.
"""

from dataclasses import dataclass
from decimal import Decimal

from odoo.tools import SQL

from ..exact import exact
from .report_dimension import months_between
from .report_table import ZERO

PARTS = ("billed", "credited", "taken", "recognised", "currency")


@dataclass(slots=True)
class Movement:
    """What moved deferred revenue; signed, so that all of it adds up to the closing."""

    key: object = None
    opening: Decimal = ZERO
    billed: Decimal = ZERO
    credited: Decimal = ZERO
    taken: Decimal = ZERO
    recognised: Decimal = ZERO
    currency: Decimal = ZERO

    @property
    def closing(self):
        return self.opening + sum(getattr(self, part) for part in PARTS)

    def add(self, amounts):
        for part, amount in zip(PARTS, amounts, strict=True):
            setattr(self, part, getattr(self, part) + exact(amount))

    def cells(self):
        """Return the figures by column."""
        parts = {part: getattr(self, part) for part in PARTS}
        return {"opening": self.opening, **parts, "closing": self.closing}


def recognition_day():
    """The SQL day on which slice ``s`` of schedule ``c`` counts as recognised; NULL
    while it does not."""
    return SQL(
        "CASE WHEN c.treatment = 'continuous' THEN s.booked_on ELSE s.due_month END"
    )


class RollForward:
    """The movements of a company's deferred revenue over whole months.

    :param split: by what it is split up, if at all
    :param apart: each month by itself; else all of them together
    """

    def __init__(self, company, first, last, split=None, apart=True):
        self.company, self.env = company, company.env
        self.first, self.last, self.split = first, last, split
        self.months = months_between(first, last)
        if not apart:
            # All months as one, under the last of them: that groups less.
            self.months = self.months[-1:]
        self.apart = apart
        self.count = 0
        self._flush()

    def _flush(self):
        for model in ("recurring.revenue.schedule", "recurring.revenue.slice"):
            self.env[model].flush_model()

    def movements(self, offset=0, limit=None):
        """Return (the movement of each month, the movements of a page of the split,
        what cut-off defers at the end of each month)."""
        rows = self.env.execute_query(self._query(offset, limit))
        by_month, cut_off, pages = self._by_month(rows), {}, []
        treated = [row for row in rows if row[0] == "month" and row[2] == "cut_off"]
        deferred = ZERO
        parts = {row[3]: sum(map(exact, row[5:])) for row in treated}
        deferred += parts.get(None, ZERO)
        for month in self.months:
            deferred += parts.get(month, ZERO)
            cut_off[month] = deferred
        for row in rows:
            if row[0] == "key":
                movement = Movement(row[1], exact(row[4]))
                movement.add(row[5:])
                pages.append(movement)
            elif row[0] == "count":
                self.count = row[1]
        return by_month, pages, cut_off

    def _by_month(self, rows):
        opening, found = ZERO, {month: Movement(month) for month in self.months}
        for row in rows:
            if row[0] == "month":
                if row[3]:
                    found[row[3]].add(row[5:])
                else:
                    opening += sum(map(exact, row[5:]))
        for month in self.months:
            found[month].opening = opening
            opening = found[month].closing
        return list(found.values())

    def flow(self):
        """The SQL of all movements: by key of the split, treatment and month; what
        comes before the first month has none."""
        key = self.split.column() if self.split else SQL("NULL::int")
        booked = SQL(
            """
            SELECT %(key)s AS key, c.treatment, %(month)s AS bucket,
                   SUM(c.amount) FILTER (WHERE c.kind = 'invoice') AS billed,
                   SUM(c.amount) FILTER (WHERE c.kind = 'credit') AS credited,
                   SUM(c.amount) FILTER (WHERE c.kind NOT IN ('invoice', 'credit'))
                       AS taken,
                   NULL::numeric AS recognised, NULL::numeric AS currency
              FROM recurring_revenue_schedule c
             WHERE c.company_id = %(company)s AND c.booked_on <= %(last)s
             GROUP BY 1, 2, 3
            """,
            key=key,
            month=self._bucket(SQL("c.booked_on")),
            company=self.company.id,
            last=self.last,
        )
        # By treatment, which is quicker than asking it of each row: most companies
        # have one.
        earned = [
            self._earned(key, "continuous", SQL("s.booked_on")),
            self._earned(key, "cut_off", SQL("s.due_month")),
        ]
        return SQL(" UNION ALL ").join([booked, *earned])

    def _earned(self, key, treatment, day):
        """The SQL of what counts as recognised of schedules of a treatment: the same
        days as those of ``recognition_day``."""
        return SQL(
            """
            SELECT %(key)s AS key, %(treatment)s AS treatment, %(month)s AS bucket,
                   NULL::numeric, NULL::numeric, NULL::numeric,
                   -SUM(s.amount) FILTER (WHERE NOT %(currency)s),
                   -SUM(s.amount) FILTER (WHERE %(currency)s)
              FROM recurring_revenue_slice s
              JOIN recurring_revenue_schedule c ON c.id = s.schedule_id
             WHERE s.company_id = %(company)s AND c.treatment = %(treatment)s
               AND %(day)s <= %(last)s
             GROUP BY 1, 2, 3
            """,
            key=key,
            treatment=treatment,
            month=self._bucket(day),
            currency=CURRENCY,
            company=self.company.id,
            day=day,
            last=self.last,
        )

    def _bucket(self, day):
        month = SQL("date_trunc('month', %s::timestamp)::date", day)
        if not self.apart:
            month = SQL("%s::date", self.months[-1])
        return SQL("CASE WHEN %s >= %s THEN %s END", day, self.first, month)

    def _query(self, offset, limit):
        by_month = SQL(
            """SELECT 'month' AS what, NULL::int AS key, treatment, bucket,
                      NULL::numeric AS opening,
                      SUM(billed) AS billed, SUM(credited) AS credited,
                      SUM(taken) AS taken, SUM(recognised) AS recognised,
                      SUM(currency) AS currency
                 FROM flow GROUP BY 3, 4"""
        )
        if not self.split:
            return SQL("WITH flow AS (%s) %s", self.flow(), by_month)
        sums = SQL(
            """SELECT key,
                      SUM(COALESCE(billed, 0) + COALESCE(credited, 0)
                          + COALESCE(taken, 0) + COALESCE(recognised, 0)
                          + COALESCE(currency, 0)) FILTER (WHERE bucket IS NULL)
                          AS opening,
                      %s
                 FROM flow GROUP BY key""",
            SQL(", ").join(
                SQL(
                    "SUM(%(part)s) FILTER (WHERE bucket IS NOT NULL) AS %(part)s",
                    part=SQL.identifier(part),
                )
                for part in PARTS
            ),
        )
        moved = SQL(" OR ").join(
            SQL("COALESCE(%s, 0) <> 0", SQL.identifier(part))
            for part in ("opening", *PARTS)
        )
        return SQL(
            """
            WITH flow AS (%(flow)s),
                 sums AS (SELECT * FROM (%(sums)s) AS every WHERE %(moved)s),
                 page AS (%(page)s)
            %(months)s
             UNION ALL
            SELECT 'key', key, NULL, NULL, opening, billed, credited, taken,
                   recognised, currency FROM page
             UNION ALL
            SELECT 'count', COUNT(*)::int, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
                   NULL FROM sums
            """,
            flow=self.flow(),
            sums=sums,
            moved=moved,
            page=self.split.sorted_query(SQL("sums"), offset, limit),
            months=by_month,
        )

    def balances(self, offset=0, limit=None):
        """Return ``[(key, [deferred at the end of each month])]`` of a page of the
        split, and of everything under the key "total"."""
        ends = SQL(", ").join(
            SQL(
                "SUM(net) FILTER (WHERE bucket IS NULL OR bucket <= %s) AS %s",
                month,
                SQL.identifier(f"m{number}"),
            )
            for number, month in enumerate(self.months)
        )
        moved = SQL(" OR ").join(
            SQL("COALESCE(%s, 0) <> 0", SQL.identifier(f"m{number}"))
            for number in range(len(self.months))
        )
        nothing = SQL(", ").join([SQL("NULL")] * len(self.months))
        query = SQL(
            """
            WITH flow AS (
                 SELECT key, bucket,
                        COALESCE(billed, 0) + COALESCE(credited, 0)
                        + COALESCE(taken, 0) + COALESCE(recognised, 0)
                        + COALESCE(currency, 0) AS net FROM (%(flow)s) AS every),
                 sums AS (SELECT * FROM (SELECT key, %(ends)s FROM flow GROUP BY key)
                              AS every WHERE %(moved)s),
                 page AS (%(page)s)
            SELECT 'key' AS what, page.* FROM page
             UNION ALL SELECT 'total', NULL, %(ends)s FROM flow
             UNION ALL SELECT 'count', COUNT(*)::int, %(nothing)s FROM sums
            """,
            flow=self.flow(),
            ends=ends,
            moved=moved,
            page=self.split.sorted_query(SQL("sums"), offset, limit),
            nothing=nothing,
        )
        rows = self.env.execute_query(query)
        [self.count] = [row[1] for row in rows if row[0] == "count"]
        return [
            ("total" if row[0] == "total" else row[1], [exact(one) for one in row[2:]])
            for row in rows
            if row[0] != "count"
        ]


# A closing that is taken back has a counter-row of its own cause; of a currency
# difference it has no amount in the document's currency either.
CURRENCY = SQL("(s.cause = 'currency' OR s.cause = 'undo' AND s.amount_currency = 0)")
