"""The waterfall: what is deferred on a day, by the month in which it will be earned."""

from datetime import date

from odoo.tools import SQL

from ...engine.recognition import month_of
from ..exact import exact
from .report_dimension import months_between
from .report_rollforward import recognition_day
from .report_table import ZERO

AHEAD = 12


class Waterfall:
    """What is deferred by the books of a day: documents booked by then, less the months
    booked by then.

    Under cut-off nothing is booked month by month: there what is due later is deferred.
    Months of a document come after it; what is due by then and not booked stands apart.
    """

    def __init__(self, company, day, split=None):
        self.company, self.env = company, company.env
        self.day, self.split = day, split
        self.months = months_between(day, _later(day, AHEAD))[1:]
        self.count = 0
        for model in ("recurring.revenue.schedule", "recurring.revenue.slice"):
            self.env[model].flush_model()

    def _open(self):
        """The SQL of months that are deferred on the day."""
        return SQL(
            """s.company_id = %(company)s AND c.booked_on <= %(day)s
               AND c.treatment <> 'accrued'
               AND (%(on)s IS NULL OR %(on)s > %(day)s)""",
            company=self.company.id,
            day=self.day,
            on=recognition_day(),
        )

    def by_month(self):
        """Return ``[(month, amount)]``; what is due by the day stands under its own
        month."""
        rows = self.env.execute_query(
            SQL(
                """SELECT s.due_month, SUM(s.amount) FROM recurring_revenue_slice s
                     JOIN recurring_revenue_schedule c ON c.id = s.schedule_id
                    WHERE %s GROUP BY 1 HAVING SUM(s.amount) <> 0 ORDER BY 1""",
                self._open(),
            )
        )
        late = sum((exact(amount) for month, amount in rows if month <= self.day), ZERO)
        later = [(month, exact(amount)) for month, amount in rows if month > self.day]
        return late, later

    def by_key(self, offset=0, limit=None):
        """Return ``[(key, amounts)]`` of a page of the split, and of everything under
        the key "total": due, each of the next months, later, all."""
        month = SQL("GREATEST(s.due_month, %s)", month_of(self.day))
        sums = [SQL("SUM(amount) FILTER (WHERE month <= %s) AS m0", self.day)]
        sums += [
            SQL(
                "SUM(amount) FILTER (WHERE month = %s) AS %s",
                ahead,
                SQL.identifier(f"m{number}"),
            )
            for number, ahead in enumerate(self.months, start=1)
        ]
        sums.append(
            SQL(
                "SUM(amount) FILTER (WHERE month > %s) AS later",
                self.months[-1],
            )
        )
        sums.append(SQL("SUM(amount) AS everything"))
        names = [f"m{number}" for number in range(len(self.months) + 1)]
        names = map(SQL.identifier, [*names, "later", "everything"])
        totals = SQL(", ").join(SQL("SUM(%s)", name) for name in names)
        nothing = SQL(", ").join([SQL("NULL")] * len(sums))
        columns = SQL(", ").join(sums)
        query = SQL(
            """
            WITH open AS (
                 SELECT %(key)s AS key, %(month)s AS month, SUM(s.amount) AS amount
                   FROM recurring_revenue_slice s
                   JOIN recurring_revenue_schedule c ON c.id = s.schedule_id
                  WHERE %(open)s GROUP BY 1, 2 HAVING SUM(s.amount) <> 0),
                 sums AS (SELECT key, %(columns)s FROM open GROUP BY key),
                 page AS (%(page)s)
            SELECT 'key' AS what, page.* FROM page
             UNION ALL SELECT 'total', NULL, %(totals)s FROM sums
             UNION ALL SELECT 'count', COUNT(*)::int, %(nothing)s FROM sums
            """,
            key=self.split.column(),
            month=month,
            open=self._open(),
            columns=columns,
            totals=totals,
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


def _later(day, months):
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)
