"""Where members stand on a day: one query, however many there are.

The same rules stand in ``engine.membership.state_on``, which a test holds against this
query.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError
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


class RecurringMembership(models.Model):
    _inherit = "recurring.membership"

    state = fields.Selection(
        STATES, compute="_compute_state", search="_search_state", string="Standing"
    )
    covered_until = fields.Date(
        string="Up to Date Until",
        compute="_compute_state",
        help="The last day that counts, of all periods.",
    )

    @api.depends(
        "dues_line_ids.counts_on",
        "dues_line_ids.dues_id.state",
        "lifetime_from",
        "resigned_on",
        "excluded_on",
        "category_id.kind",
    )
    @api.depends_context("membership_day")
    def _compute_state(self):
        found = self._states_on(self._day_asked())
        for membership in self:
            state, end = found.get(membership._origin.id, ("pending", None))
            membership.state = state
            membership.covered_until = end and fields.Date.subtract(end, days=1)

    def _search_state(self, operator, value):
        """Find members by where they stand today, or on the day of the context."""
        if operator not in ("in", "not in"):
            return NotImplemented
        known = dict(STATES)
        if unknown := [one for one in value if one and one not in known]:
            raise UserError(self.env._("%s is no standing.", unknown[0]))
        self._flush_facts()
        query = SQL(
            "(SELECT s.id FROM (%s) s WHERE s.state IN %s)",
            self._state_query(self._day_asked()),
            tuple(value) or (None,),
        )
        return [("id", operator, query)]

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
        """Return rows (id, state, ends) of members on a day, as far as was known then.

        A period counts from the day on which it was paid, called or accepted: who paid
        after the general assembly was not up to date there.
        """
        within = SQL("WHERE m.id IN %s", ids) if ids else SQL()
        return SQL(
            """
            SELECT m.id, p.ends,
                   CASE WHEN m.excluded_on <= %(day)s
                             AND COALESCE(p.begun < m.excluded_on, TRUE)
                        THEN 'excluded'
                        WHEN m.resigned_on <= %(day)s
                             AND COALESCE(p.begun < m.resigned_on, TRUE)
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
                           ) AS called
                      FROM recurring_dues_line l
                      JOIN recurring_dues d ON d.id = l.dues_id
                     WHERE l.kind = 'dues' AND d.state != 'cancelled'
                     GROUP BY l.membership_id
                   ) p ON p.membership_id = m.id
            %(within)s
            """,
            day=day,
            within=within,
        )
