"""Measuring: contracts that changed are read anew, what is new is written in sets.

Up to the last closed month nothing that was known changes: what became known since is
known from the day after. Since then everything is worked out anew each time.
"""

from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, split_every

from ..exact import exact
from .ifrs_credits import Invoiced
from .ifrs_prices import Books
from .ifrs_versions import Versions
from .ifrs_writer import MeasureWriter

BATCH = 500
EVER = fields.Date.to_date("1900-01-01")


class RecurringRevenueContract(models.Model):
    _inherit = "recurring.revenue.contract"

    signature = fields.Char(readonly=True)

    @api.model
    def _measure(self, company, floor=None):
        """Measure the contracts of a company that changed since they were measured.

        :param floor: the first day that is not closed; found when left out
        """
        # sudo: what is measured are all contracts, whoever asks for the figures.
        measuring = self.sudo().with_company(company)
        self.env.flush_all()
        today = fields.Date.context_today(self)
        if floor is None:
            floor = measuring._first_open(company)
        ids = measuring._to_measure(company, today)
        for batch in split_every(BATCH, ids):
            measuring._measure_batch(company, list(batch), today, floor)
        self.env["recurring.revenue.contract"].invalidate_model(flush=False)
        self.env["recurring.revenue.obligation"].invalidate_model(flush=False)
        self.env["recurring.revenue.ifrs.month"].invalidate_model(flush=False)

    def _first_open(self, company, before=None):
        """Return the first day after the closed months that IFRS figures rest on.

        :param before: only closings of earlier months count
        """
        [(closed,)] = self.env.execute_query(
            SQL(
                "SELECT MAX(last_day) FROM recurring_revenue_run"
                " WHERE company_id = %s AND state IN ('running', 'stopped', 'done')"
                " AND (%s::date IS NULL OR month < %s)",
                company.id,
                before,
                before,
            )
        )
        if not closed:
            return EVER
        known = self.env.execute_query(
            SQL(
                "SELECT 1 FROM recurring_revenue_ifrs_month"
                " WHERE company_id = %s AND known_on <= %s LIMIT 1",
                company.id,
                closed,
            )
        )
        return closed + timedelta(days=1) if known else EVER

    def _to_measure(self, company, today):
        """Return the ids of subscriptions that were not measured as they are now."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT s.id
                  FROM recurring_subscription s
             LEFT JOIN (SELECT subscription_id, MAX(measured_at) AS at,
                               MAX(date_end) FILTER (WHERE is_current) AS until
                          FROM recurring_revenue_contract
                         WHERE company_id = %(company)s
                         GROUP BY subscription_id) c ON c.subscription_id = s.id
                 WHERE s.company_id = %(company)s AND s.state != 'draft'
                   AND s.start_date <= %(today)s
                   AND (c.at IS NULL OR s.write_date >= c.at
                        OR (c.until - s.notice_days <= %(today)s
                            AND (s.end_date IS NULL OR s.end_date > c.until))
                        OR EXISTS (SELECT 1 FROM recurring_subscription_line l
                                    WHERE l.subscription_id = s.id
                                      AND l.write_date >= c.at)
                        OR EXISTS (SELECT 1 FROM recurring_change h
                                    WHERE h.subscription_id = s.id
                                      AND h.write_date >= c.at)
                        OR EXISTS (SELECT 1 FROM recurring_billed_item i
                                    WHERE i.subscription_id = s.id
                                      AND i.create_date >= c.at)
                        OR s.currency_id != %(currency)s AND EXISTS (
                            SELECT 1 FROM account_move_line l
                             WHERE l.rr_subscription_id = s.id
                               AND l.write_date >= c.at))
                 ORDER BY s.id
                """,
                company=company.id,
                today=today,
                currency=company.currency_id.id,
            )
        )
        return [row[0] for row in rows]

    def _forget(self, condition):
        """Let the contracts that fulfil an SQL condition be measured again."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE recurring_revenue_contract SET measured_at = NULL WHERE %s",
                condition,
            )
        )

    def _measure_batch(self, company, ids, today, floor):
        subs = self.env["recurring.subscription"].browse(ids)
        books = Books(company)
        ledger, invoiced = self._read_ledger(ids), self._read_invoiced(company, ids)
        notes, waivers = self._read_credits(ids)
        writer = MeasureWriter(self, ids, floor)
        for sub in subs:
            own = [*ledger[sub.id], *waivers[sub.id]]
            credits = notes.get(sub.id, ())
            versions = Versions(sub, books, today, own, invoiced[sub.id], credits)
            writer.add(sub, versions.build())
        writer.flush()
        # Flat memory, whatever the size of the portfolio.
        self.env.invalidate_all(flush=False)

    def _read_ledger(self, ids):
        """Return ``{subscription: [(line, what, amount, start, end)]}`` of what was
        billed by usage or by a former system. What is given back by hand of usage is
        balanced by its waiver: it is read as a credit."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT i.subscription_id, i.line_id,
                       CASE WHEN i.kind = 'opening' THEN i.kind ELSE 'usage' END,
                       SUM(i.amount - COALESCE(r.taken, 0)), i.date_start, i.date_end
                  FROM recurring_billed_item i
                  JOIN recurring_subscription_line l ON l.id = i.line_id
             LEFT JOIN (SELECT billed_item_id, SUM(line_amount) AS taken
                          FROM recurring_coupon_redemption
                         WHERE subscription_id = ANY(%(ids)s)
                         GROUP BY 1) r ON r.billed_item_id = i.id
                 WHERE i.subscription_id = ANY(%(ids)s)
                   AND (i.kind = 'opening' OR l.role = 'usage')
                 GROUP BY 1, 2, 3, 5, 6 ORDER BY 1, 2, 5
                """,
                ids=ids,
            )
        )
        found = defaultdict(list)
        for sub, *row in rows:
            found[sub].append(tuple(row))
        return found

    def _read_invoiced(self, company, ids):
        """Return ``{subscription: [Invoiced]}`` of what was invoiced in another
        currency than that of the books, oldest first."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT l.rr_subscription_id, COALESCE(l.deferred_start_date, l.date),
                       -l.amount_currency, -l.balance, l.move_id, l.date,
                       l.rr_subscription_line_id,
                       o.balance / NULLIF(o.amount_currency, 0)
                  FROM account_move_line l
                  JOIN recurring_subscription s ON s.id = l.rr_subscription_id
             LEFT JOIN account_move_line o ON o.id = l.rr_reversed_line_id
                 WHERE l.rr_subscription_id = ANY(%(ids)s) AND l.company_id = %(own)s
                   AND l.parent_state = 'posted' AND l.display_type = 'product'
                   AND s.currency_id != %(currency)s AND l.currency_id = s.currency_id
                 ORDER BY l.date, l.id
                """,
                ids=ids,
                own=company.id,
                currency=company.currency_id.id,
            )
        )
        found = defaultdict(list)
        for sub, day, amount, worth, *row, rate in rows:
            rate = None if rate is None else exact(rate)
            found[sub].append(Invoiced(day, exact(amount), exact(worth), *row, rate))
        return found
