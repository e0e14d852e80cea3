"""Where members stand on a day: one query, however many there are.

The same rules stand in ``engine.membership.state_on``, which a test holds against this
query.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

STATES = [
    ("pending", "Pending"),
    ("awaiting", "Awaiting payment"),
    ("up_to_date", "Up to date"),
    ("grace", "In grace"),
    ("lapsed", "Lapsed"),
    ("resigned", "Resigned"),
    ("excluded", "Excluded"),
    ("honorary", "Honorary"),
]

# Who stands so was a member once and may renew.
RENEWING = ("up_to_date", "grace", "lapsed")
RENEWAL_DAYS = 60  # so long before the end it is time to renew
RENEWAL_LATE_DAYS = 365  # and so long after it a renewal is still asked for
# Fields that are not stored and yet searched, sorted and grouped by: see _field_to_sql.
BY_QUERY = ("state", "covered_until", "to_renew")


class RecurringMembership(models.Model):
    _inherit = "recurring.membership"

    state = fields.Selection(
        STATES,
        compute="_compute_state",
        search="_search_state",
        string="Standing",
    )
    covered_until = fields.Date(
        string="Up to Date Until",
        compute="_compute_state",
        search="_search_covered_until",
        help="The last day that counts, of all periods.",
    )
    to_renew = fields.Boolean(
        compute="_compute_to_renew",
        search="_search_to_renew",
        help="The membership ends within 60 days, is in grace, or lapsed less than a "
        "year ago, and no dues were prepared or called for what comes after.",
    )

    @api.depends(
        "dues_line_ids.counts_on",
        "dues_line_ids.dues_id.state",
        "lifetime_from",
        "resigned_on",
        "excluded_on",
        "rejoined_on",
        "category_id.kind",
    )
    @api.depends_context("membership_day")
    def _compute_state(self):
        found = self._states_on(self._day_asked())
        for membership in self:
            state, end = found.get(membership._origin.id, ("pending", None))
            membership.state = state
            membership.covered_until = end and fields.Date.subtract(end, days=1)

    @api.depends("state", "dues_line_ids.paid_on", "dues_line_ids.is_cancelled")
    @api.depends_context("membership_day")
    def _compute_to_renew(self):
        renewing = self.browse()
        if self.ids:
            renewing = self.search([("id", "in", self.ids), ("to_renew", "=", True)])
        for membership in self:
            membership.to_renew = membership._origin in renewing

    def _search_state(self, operator, value):
        """Find members by where they stand today, or on the day of the context."""
        if operator not in ("in", "not in"):
            return NotImplemented
        known = dict(STATES)
        if unknown := [one for one in value if one and one not in known]:
            raise UserError(self.env._("%s is no standing.", unknown[0]))
        return self._standing_domain("state", operator, tuple(value))

    def _search_covered_until(self, operator, value):
        if operator in ("in", "not in"):
            return self._standing_domain("covered_until", operator, tuple(value))
        if operator in ("<", "<=", ">", ">="):
            return self._standing_domain("covered_until", operator, value)
        return NotImplemented

    def _search_to_renew(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        return self._standing_domain("to_renew", operator, tuple(value))

    def _standing_domain(self, name, operator, value):
        """Compare what the query of standings says with a value, within a search; an
        empty value among several means that there is none."""
        operators = {"in": SQL("IN"), "not in": SQL("NOT IN")}
        for plain in ("<", "<=", ">", ">="):
            operators[plain] = SQL(plain)

        def to_sql(model, alias, query):
            column = model._field_to_sql(alias, name, query)
            if not isinstance(value, tuple):
                return SQL("%s %s %s", column, operators[operator], value)
            if name == "to_renew":
                column = SQL("COALESCE(%s, FALSE)", column)
                return SQL("%s %s %s", column, operators[operator], value or (None,))
            some = tuple(one for one in value if one)
            found = SQL("FALSE")
            if some:
                found = SQL("COALESCE(%s IN %s, FALSE)", column, some)
            if len(some) < len(value):
                found = SQL("(%s OR %s IS NULL)", found, column)
            return SQL("NOT %s", found) if operator == "not in" else found

        return Domain.custom(to_sql=to_sql)

    def _field_to_sql(self, alias, field_expr, query=None):
        """Read where members stand from one query that is joined once, whether it is
        searched, sorted or grouped by it, or all three."""
        if field_expr not in BY_QUERY or query is None:
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        self._flush_facts()
        day = self._day_asked()
        standing = query.make_alias(alias, "standing")
        query.add_join(
            "LEFT JOIN",
            standing,
            SQL("(%s)", self._state_query(day)),
            SQL(
                "%s = %s",
                SQL.identifier(alias, "id"),
                SQL.identifier(standing, "id"),
            ),
        )
        if field_expr == "covered_until":
            return SQL("(%s - 1)", SQL.identifier(standing, "ends"))
        if field_expr == "state":
            return SQL.identifier(standing, "state")
        return SQL(
            "(%s IN %s AND NOT %s AND %s BETWEEN %s AND %s)",
            SQL.identifier(standing, "state"),
            RENEWING,
            SQL.identifier(standing, "is_asked"),
            SQL.identifier(standing, "asked_until"),
            day - timedelta(days=RENEWAL_LATE_DAYS),
            day + timedelta(days=RENEWAL_DAYS),
        )

    def _day_asked(self):
        return fields.Date.to_date(
            self.env.context.get("membership_day")
        ) or fields.Date.context_today(self)

    def _states_on(self, day):
        """Return ``{id: (state, end of the last period that counts, exclusive)}``."""
        if not self.ids:
            return {}
        self._flush_facts()
        rows = self.env.execute_query(
            SQL(
                "SELECT s.id, s.state, s.ends FROM (%s) s",
                self._state_query(day, tuple(self.ids)),
            )
        )
        return {row_id: (state, end) for row_id, state, end in rows}

    def _flush_facts(self):
        self.flush_model()
        self.env["recurring.dues"].flush_model()
        self.env["recurring.dues.line"].flush_model()
        self.env["recurring.membership.category"].flush_model(["kind"])

    def _state_query(self, day, ids=None):
        """Return rows (id, state, ends, is_asked, asked_until) of members on a day, as
        far as was known then.

        A period counts from the day on which it was paid, called or accepted: who paid
        after the general assembly was not up to date there. ``is_asked``: dues wait to
        be called or paid; ``asked_until``: the end, exclusive, of all that dues were
        prepared for. A member for life is never asked again, nor
        is who leaves by then.
        """
        within = SQL("WHERE m.id IN %s", ids) if ids else SQL()
        of_these = SQL("AND l.membership_id IN %s", ids) if ids else SQL()
        return SQL(
            """
            SELECT m.id, p.ends, p.asked_until,
                   (p.waits
                    OR m.lifetime_from <= GREATEST(p.asked_until, %(day)s)
                    OR m.resigned_on > %(day)s AND m.resigned_on <= p.asked_until
                    OR m.excluded_on > %(day)s AND m.excluded_on <= p.asked_until
                   ) IS TRUE AS is_asked,
                   CASE WHEN m.excluded_on <= %(day)s
                             AND COALESCE(p.begun < m.excluded_on, TRUE)
                             AND COALESCE(m.rejoined_on > %(day)s
                                          OR m.rejoined_on < m.excluded_on, TRUE)
                        THEN 'excluded'
                        WHEN m.resigned_on <= %(day)s
                             AND COALESCE(p.begun < m.resigned_on, TRUE)
                             AND COALESCE(m.rejoined_on > %(day)s
                                          OR m.rejoined_on < m.resigned_on, TRUE)
                        THEN 'resigned'
                        WHEN c.kind = 'honorary' THEN 'honorary'
                        WHEN m.lifetime_from <= %(day)s THEN 'up_to_date'
                        WHEN p.runs THEN 'up_to_date'
                        WHEN p.grace_until > %(day)s THEN 'grace'
                        WHEN p.grace_until IS NOT NULL THEN 'lapsed'
                        WHEN p.called THEN 'awaiting'
                        ELSE 'pending' END AS state
              FROM recurring_membership m
              JOIN recurring_membership_category c ON c.id = m.category_id
         LEFT JOIN (
                    SELECT l.membership_id,
                           MAX(l.date_end) FILTER (WHERE l.counts_on <= %(day)s)
                           AS ends,
                           BOOL_OR(
                               l.date_start <= %(day)s AND l.date_end > %(day)s
                           ) FILTER (WHERE l.counts_on <= %(day)s) AS runs,
                           MAX(l.date_start) FILTER (
                               WHERE l.counts_on <= %(day)s AND l.date_start <= %(day)s
                           ) AS begun,
                           MAX(l.grace_until) FILTER (
                               WHERE l.counts_on <= %(day)s AND l.date_end <= %(day)s
                           ) AS grace_until,
                           BOOL_OR(
                               d.called_on <= %(day)s AND d.state = 'called'
                               AND COALESCE(l.paid_on > %(day)s, TRUE)
                           ) AS called,
                           MAX(l.date_end) AS asked_until,
                           BOOL_OR(l.paid_on IS NULL AND l.amount > 0) AS waits
                      FROM recurring_dues_line l
                      JOIN recurring_dues d ON d.id = l.dues_id
                     WHERE l.kind = 'dues' AND d.state != 'cancelled' %(of_these)s
                     GROUP BY l.membership_id
                   ) p ON p.membership_id = m.id
            %(within)s
            """,
            day=day,
            within=within,
            of_these=of_these,
        )
