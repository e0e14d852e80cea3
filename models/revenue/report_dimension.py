"""By what a report of revenue is split up, and over which months it goes."""

from dataclasses import dataclass

from odoo.fields import Domain
from odoo.tools import SQL, LazyTranslate, format_date

from ...engine.recognition import month_of, next_month

_lt = LazyTranslate(__name__)


@dataclass(frozen=True, slots=True)
class Dimension:
    """A column of schedules. ``stored``: the stored name by which many rows are sorted
    and counted in the database; few are sorted by the names that users see."""

    column: str
    label: object
    model: str
    stored: str = ""


DIMENSIONS = {
    "deferred": Dimension(
        "deferred_account_id", _lt("Deferred account"), "account.account"
    ),
    "account": Dimension(
        "revenue_account_id", _lt("Account of revenue"), "account.account"
    ),
    "nature": Dimension(
        "nature_id", _lt("Nature of revenue"), "recurring.revenue.nature"
    ),
    "plan": Dimension("plan_id", _lt("Plan"), "recurring.plan"),
    "product": Dimension("product_id", _lt("Product"), "product.product"),
    "customer": Dimension(
        "partner_id", _lt("Customer"), "res.partner", "complete_name"
    ),
    "subscription": Dimension(
        "subscription_id", _lt("Subscription"), "recurring.subscription", "name"
    ),
}
SELECTION = [("month", _lt("Month")), *((k, d.label) for k, d in DIMENSIONS.items())]


class Split:
    """The rows of a report: those of a dimension, sorted, a page of them or all."""

    def __init__(self, env, key):
        self.env, self.key = env, key
        self.dimension = DIMENSIONS[key]
        if self.dimension.stored:
            env[self.dimension.model].flush_model([self.dimension.stored])

    @property
    def label(self):
        return self.env._(self.dimension.label)

    def column(self):
        return SQL.identifier("c", self.dimension.column)

    def sorted_query(self, sums, offset, limit):
        """Return the SQL of a page of ``sums``, a relation with a column ``key``."""
        if not self.dimension.stored:
            return SQL("SELECT * FROM %s", sums)
        return SQL(
            "SELECT sums.* FROM %(sums)s LEFT JOIN %(table)s d ON d.id = sums.key"
            " ORDER BY %(name)s, sums.key OFFSET %(offset)s LIMIT %(limit)s",
            sums=sums,
            table=SQL.identifier(self.env[self.dimension.model]._table),
            name=SQL.identifier("d", self.dimension.stored),
            offset=offset,
            limit=limit,
        )

    def named(self, rows, key, offset, limit):
        """Return ``[(row, name)]`` of a page, sorted.

        :param key: a row -> the id of its record, None where it has none
        """
        if self.dimension.stored:
            names = self._stored_names({key(row) for row in rows})
            return [(row, names[key(row)]) for row in rows]
        ids = [key(row) for row in rows if key(row)]
        # sudo: names of accounts and plans are printed whoever may read the figures.
        records = self.env[self.dimension.model].sudo().browse(ids).exists()
        names = {record.id: record.display_name for record in records}
        names[None] = self.env._("Without")
        named = [(row, names.get(key(row), names[None])) for row in rows]
        named.sort(key=lambda pair: (key(pair[0]) is None, pair[1]))
        return named[offset:][:limit]

    def _stored_names(self, ids):
        table = SQL.identifier(self.env[self.dimension.model]._table)
        name = SQL.identifier(self.dimension.stored)
        query = SQL(
            "SELECT id, %s FROM %s WHERE id = ANY(%s)",
            name,
            table,
            [one for one in ids if one],
        )
        names = {row_id: name or "" for row_id, name in self.env.execute_query(query)}
        names[None] = self.env._("Without")
        return names

    def domain(self, key, path=""):
        """Return the condition of what stands in a row.

        :param key: of the row; "total" is everything
        """
        if key == "total":
            return Domain.TRUE
        value = False if key == "none" else int(key)
        return Domain(f"{path}{self.dimension.column}", "=", value)


def months_between(first, last):
    """Return the first days of the months of two days and of those in between."""
    month, found = month_of(first), []
    while month <= last:
        found.append(month)
        month = next_month(month)
    return found


def month_name(env, month, short=False):
    """Return the name of a month as a title."""
    text = format_date(env, month, date_format="MMM yyyy" if short else "MMMM yyyy")
    return text[:1].upper() + text[1:]
