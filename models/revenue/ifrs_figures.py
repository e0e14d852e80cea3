"""Figures by IFRS 15 of all contracts of a company as of a day, in a few statements."""

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL

CAUSES = ("timing", "setup", "free", "allocation", "modification")
BALANCES = ("receivable", "contract_asset", "contract_liability")
MATURITIES = ("within_one", "within_two", "beyond")
READ = (
    "billed",
    "owed",
    "paid",
    "deferred",
    "accrued",
    "spread_setup",
    "spread_free",
    "ifrs",
    "base",
    *CAUSES[1:],
    *MATURITIES,
)


class RecurringRevenueContract(models.Model):
    _inherit = "recurring.revenue.contract"

    @api.model
    def _figures(self, company, day, skip_short=False):
        """Return the figures of each subscription at the end of a month, in company
        currency: a list of dictionaries.

        ``statutory`` revenue as booked, ``ifrs`` revenue and what leads from one to the
        other (``CAUSES``); ``deferred`` as booked, less what stands as ``accrued``
        beside it, the ``netted`` receivables that are not due, and ``BALANCES``; what
        is left to be earned by ``MATURITIES``.

        :param day: the last day of a month
        :param skip_short: leave contracts out of what is left that last for one year
            or less (IFRS 15.121a)
        """
        return self.env.execute_query_dict(
            SQL(
                """
                WITH billed AS (%(billed)s),
                     booked AS (%(booked)s),
                     measured AS (%(measured)s),
                     total AS (
                    SELECT subscription_id, %(columns)s,
                           GREATEST(COALESCE(owed, 0), COALESCE(paid, 0)) AS counted
                      FROM measured
                 FULL JOIN billed USING (subscription_id)
                 FULL JOIN booked USING (subscription_id))
                SELECT t.subscription_id, s.partner_id, s.plan_id, t.billed,
                       t.billed - t.deferred AS statutory, t.ifrs,
                       t.base - t.billed + t.deferred - t.spread_setup
                           - t.spread_free AS timing,
                       t.setup + t.spread_setup AS setup,
                       t.free + t.spread_free AS free,
                       t.allocation, t.modification,
                       t.deferred, t.accrued, t.billed - t.counted AS netted,
                       GREATEST(t.owed - t.paid, 0) AS receivable,
                       GREATEST(t.ifrs - t.counted, 0) AS contract_asset,
                       GREATEST(t.counted - t.ifrs, 0) AS contract_liability,
                       t.within_one, t.within_two, t.beyond
                  FROM total t
                  JOIN recurring_subscription s ON s.id = t.subscription_id
                 ORDER BY s.partner_id, t.subscription_id
                """,
                columns=SQL(", ").join(
                    SQL("COALESCE(%(name)s, 0) AS %(name)s", name=SQL.identifier(name))
                    for name in READ
                ),
                billed=self._billed_query(company, day),
                booked=self._booked_query(company, day),
                measured=self._measured_query(company, day, skip_short),
            )
        )

    @api.model
    def _measured_query(self, company, day, skip_short):
        """What is known of months up to the day, and after it."""
        return SQL(
            """
            SELECT subscription_id,
                   COALESCE(SUM(amount) FILTER (WHERE month <= %(day)s), 0) AS ifrs,
                   COALESCE(SUM(base) FILTER (WHERE month <= %(day)s), 0) AS base,
                   COALESCE(SUM(setup) FILTER (WHERE month <= %(day)s), 0) AS setup,
                   COALESCE(SUM(free) FILTER (WHERE month <= %(day)s), 0) AS free,
                   COALESCE(SUM(allocation) FILTER (WHERE month <= %(day)s), 0)
                       AS allocation,
                   COALESCE(SUM(modification) FILTER (WHERE month <= %(day)s), 0)
                       AS modification,
                   COALESCE(SUM(amount) FILTER (WHERE month > %(day)s
                       AND month <= %(one)s AND %(counts)s), 0) AS within_one,
                   COALESCE(SUM(amount) FILTER (WHERE month > %(one)s
                       AND month <= %(two)s AND %(counts)s), 0) AS within_two,
                   COALESCE(SUM(amount) FILTER (WHERE month > %(two)s
                       AND %(counts)s), 0) AS beyond
              FROM recurring_revenue_ifrs_month
             WHERE company_id = %(company)s AND known_on <= %(day)s
             GROUP BY subscription_id
            """,
            company=company.id,
            day=day,
            one=day + relativedelta(years=1),
            two=day + relativedelta(years=2),
            counts=SQL("NOT is_usage AND NOT (is_short AND %s)", skip_short),
        )

    @api.model
    def _booked_query(self, company, day):
        """What schedules say is deferred on the day, as it was booked by then, less
        what was booked as served and not invoiced; and how much of it are fees or free
        months that the books spread over a term too."""
        return SQL(
            """
            SELECT subscription_id, SUM(amount) AS deferred,
                   COALESCE(-SUM(amount) FILTER (WHERE what = 'accrued'), 0)
                       AS accrued,
                   COALESCE(SUM(amount) FILTER (WHERE what = 'setup'), 0)
                       AS spread_setup,
                   COALESCE(SUM(amount) FILTER (WHERE what = 'free'), 0) AS spread_free
              FROM (SELECT r.subscription_id, %(what)s AS what,
                           SUM(r.amount) AS amount
                      FROM recurring_revenue_schedule r
                 LEFT JOIN recurring_revenue_policy p ON p.id = r.policy_id
                     WHERE r.company_id = %(company)s AND r.booked_on <= %(day)s
                       AND r.subscription_id IS NOT NULL
                     GROUP BY 1, 2
                     UNION ALL
                    SELECT r.subscription_id, %(what)s, -SUM(s.amount)
                      FROM recurring_revenue_slice s
                      JOIN recurring_revenue_schedule r ON r.id = s.schedule_id
                 LEFT JOIN recurring_revenue_policy p ON p.id = r.policy_id
                     WHERE s.company_id = %(company)s AND s.booked_on <= %(day)s
                       AND r.subscription_id IS NOT NULL
                     GROUP BY 1, 2 %(accrued)s) parts
             GROUP BY 1
            """,
            what=SQL(
                "CASE WHEN r.kind = 'free' THEN 'free'"
                " WHEN p.spread != 'service' THEN 'setup' END"
            ),
            company=company.id,
            day=day,
            accrued=self._accrued_query(company, day),
        )

    @api.model
    def _accrued_query(self, company, day):
        """What stands as invoices ("accrued") or credit notes to issue on the day."""
        self.env["recurring.revenue.adjustment"].flush_model()
        return SQL(
            """
            UNION ALL
            SELECT a.subscription_id,
                   CASE WHEN a.role = 'accrual' THEN 'accrued' END, -SUM(a.revenue)
              FROM recurring_revenue_adjustment a
              JOIN recurring_revenue_run r ON r.id = a.run_id
             WHERE a.company_id = %(company)s AND a.booked_on <= %(day)s
               AND a.reversed_on > %(day)s AND a.role IN ('accrual', 'credit_due')
               AND r.state != 'undone' AND a.subscription_id IS NOT NULL
             GROUP BY 1, 2
            """,
            company=company.id,
            day=day,
        )

    @api.model
    def _billed_query(self, company, day):
        """What was invoiced before tax, what of it is owed whatever happens, and what
        was paid. An invoice is owed once it is due, or as far as its service lies in a
        term that binds (IFRS 15.105-108); what is paid is shared by its lines. What a
        former system billed was settled there."""
        return SQL(
            """
            SELECT i.subscription_id, SUM(i.untaxed) AS billed,
                   ROUND(SUM(i.untaxed * i.share), %(places)s) AS paid,
                   SUM(i.untaxed) FILTER (
                       WHERE i.untaxed < 0 OR i.due <= %(day)s
                          OR i.starts < i.bound) AS owed
              FROM (SELECT l.rr_subscription_id AS subscription_id,
                           -l.balance AS untaxed,
                           COALESCE(m.invoice_date_due, m.date) AS due,
                           COALESCE(l.deferred_start_date, m.date) AS starts,
                           c.bound, COALESCE(p.share, 1) AS share
                      FROM account_move_line l
                      JOIN account_move m ON m.id = l.move_id
                 LEFT JOIN (SELECT subscription_id, MAX(date_end) AS bound
                              FROM recurring_revenue_contract
                             WHERE company_id = %(company)s
                               AND binding_from <= %(day)s AND known_on <= %(day)s
                             GROUP BY 1) c
                        ON c.subscription_id = l.rr_subscription_id
                 LEFT JOIN (%(paid)s) p ON p.move_id = l.move_id
                     WHERE l.company_id = %(company)s AND l.parent_state = 'posted'
                       AND l.date <= %(day)s AND l.display_type = 'product'
                       AND l.rr_subscription_id IS NOT NULL
                     UNION ALL
                    SELECT subscription_id, MAX(opening), date_start, date_start,
                           NULL, 1
                      FROM recurring_revenue_contract
                     WHERE company_id = %(company)s AND date_start <= %(day)s
                       AND opening != 0
                     GROUP BY subscription_id, date_start) i
             GROUP BY i.subscription_id
            """,
            company=company.id,
            day=day,
            places=company.currency_id.decimal_places,
            paid=self._paid_query(company, day),
        )

    @api.model
    def _paid_query(self, company, day):
        """Which share of each invoice was paid, or settled otherwise, by the day."""
        return SQL(
            """
            SELECT l.move_id,
                   COALESCE(SUM(x.amount), 0) / NULLIF(SUM(ABS(l.balance)), 0) AS share
              FROM account_move_line l
              JOIN account_account a ON a.id = l.account_id
         LEFT JOIN (SELECT line, SUM(amount) AS amount
                      FROM (SELECT debit_move_id AS line, amount
                              FROM account_partial_reconcile
                             WHERE company_id = %(company)s AND max_date <= %(day)s
                             UNION ALL
                            SELECT credit_move_id, amount
                              FROM account_partial_reconcile
                             WHERE company_id = %(company)s AND max_date <= %(day)s
                           ) sides
                     GROUP BY line) x ON x.line = l.id
             WHERE l.company_id = %(company)s AND l.parent_state = 'posted'
               AND l.date <= %(day)s AND a.account_type = 'asset_receivable'
             GROUP BY l.move_id
            """,
            company=company.id,
            day=day,
        )
