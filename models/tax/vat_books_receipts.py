"""What became due by payments in a period: documents whose VAT waits for them."""

from dataclasses import dataclass
from decimal import Decimal

from odoo.tools import SQL

from ...engine.allocation import round_half_up
from ..exact import currency_rounding, exact

ZERO = Decimal(0)


@dataclass(slots=True)
class Flow:
    """A document on receipts basis: its base, and how much of it became due.

    ``due`` and ``open`` follow from what was matched with its receivable, ``booked``
    from Odoo's cash-basis entries of the period, ``undone`` from those of payments that
    were taken back.
    """

    move: int
    is_earlier: bool
    is_credit: bool
    is_foreign: bool
    base: Decimal = ZERO
    due: Decimal = ZERO
    open: Decimal = ZERO
    due_currency: Decimal = ZERO
    booked: Decimal = ZERO
    booked_currency: Decimal = ZERO
    undone: Decimal = ZERO
    lost: Decimal = ZERO
    entries: int = 0


class ReceiptsData:
    """Reading of documents on receipts basis; the books have company and days."""

    def flows(self):
        """Return how much of each document on receipts basis became due in the period,
        and how much is open at its end: what was invoiced in it or matched in it."""
        flows = {}
        for row in self._matched():
            flow = self._flow(row)
            flows[flow.move] = flow
        for move, live, amount, in_currency, entries in self._cash_basis():
            flow = flows.setdefault(move, Flow(move, True, False, False))
            if live:
                flow.booked += exact(amount)
                flow.booked_currency += exact(in_currency)
                flow.entries += entries
            else:
                flow.undone += exact(amount)
        for move, amount, total in self._given_up(list(flows)):
            flow = flows[move]
            flow.lost = self.round(flow.base * exact(amount) / exact(total))
        return list(flows.values())

    def _given_up(self, moves):
        """Return per document what was matched, in the period, with entries of
        irrecoverable claims, and its total: VAT of that part never is due."""
        if not moves:
            return []
        return self.env.execute_query(
            SQL(
                """
                SELECT l.move_id,
                       SUM(x.amount), SUM(ABS(l.balance))
                  FROM account_move_line l
                  JOIN account_account a ON a.id = l.account_id
             LEFT JOIN LATERAL (
                    SELECT SUM(p.amount) AS amount
                      FROM account_partial_reconcile p
                      JOIN account_move_line c ON c.id = p.credit_move_id
                      JOIN account_move m ON m.id = c.move_id
                     WHERE p.debit_move_id = l.id AND p.max_date
                           BETWEEN %(first)s AND %(last)s
                       AND m.rr_bad_debt_of_id = l.move_id
                 ) x ON TRUE
                 WHERE l.move_id = ANY(%(moves)s)
                   AND a.account_type = 'asset_receivable'
                 GROUP BY l.move_id HAVING SUM(x.amount) <> 0
                """,
                first=self.first,
                last=self.last,
                moves=moves,
            )
        )

    def _flow(self, row):
        move, day, move_type, currency, base, base_currency, *matched = row
        total, total_currency, end, start, end_currency, start_currency = map(
            exact, matched
        )
        foreign = currency != self.company.currency_id.id
        if foreign:
            total, end, start = total_currency, end_currency, start_currency
        base, base_currency = exact(base), exact(base_currency)
        shares = [part / total if total else Decimal(1) for part in (end, start)]
        if day >= self.first:
            shares[1] = ZERO
        now, before = (self.round(base * share) for share in shares)
        in_currency = [
            round_half_up(base_currency * share, self._rounding_of(currency))
            for share in shares
        ]
        return Flow(
            move,
            day < self.first,
            move_type == "out_refund",
            foreign,
            base,
            now - before,
            base - now,
            in_currency[0] - in_currency[1],
        )

    def _rounding_of(self, currency):
        return currency_rounding(self.env["res.currency"].browse(currency))

    def _matched(self):
        """Return of each document its base and what was matched until when."""
        return self.env.execute_query(
            SQL(
                """
                WITH moved AS (
                    SELECT l.move_id FROM account_partial_reconcile p
                      JOIN account_move_line l
                        ON l.id IN (p.debit_move_id, p.credit_move_id)
                     WHERE p.company_id = %(company)s
                       AND p.max_date BETWEEN %(first)s AND %(last)s
                ), base AS (
                    SELECT l.move_id, SUM(-l.balance) AS base,
                           SUM(-l.amount_currency) AS base_currency
                      FROM account_move_line l JOIN account_move m ON m.id = l.move_id
                     WHERE l.company_id = %(company)s AND l.parent_state = 'posted'
                       AND l.date <= %(last)s
                       AND m.tax_cash_basis_origin_move_id IS NULL
                       AND NOT COALESCE(m.always_tax_exigible, FALSE)
                       AND EXISTS (SELECT 1 FROM account_move_line_account_tax_rel r
                                    WHERE r.account_move_line_id = l.id
                                      AND r.account_tax_id = ANY(%(taxes)s))
                       AND (l.date >= %(first)s
                            OR l.move_id IN (SELECT move_id FROM moved))
                     GROUP BY l.move_id
                ), term AS (
                    SELECT l.move_id, SUM(ABS(l.balance)) AS total,
                           SUM(ABS(l.amount_currency)) AS total_currency,
                           SUM(x.at_end) AS at_end, SUM(x.at_start) AS at_start,
                           SUM(x.end_currency) AS end_currency,
                           SUM(x.start_currency) AS start_currency
                      FROM account_move_line l
                      JOIN base ON base.move_id = l.move_id
                      JOIN account_account a ON a.id = l.account_id
                 LEFT JOIN LATERAL (
                        SELECT
                            SUM(amount) FILTER (WHERE day <= %(last)s) AS at_end,
                            SUM(amount) FILTER (WHERE day < %(first)s) AS at_start,
                            SUM(cur) FILTER (WHERE day <= %(last)s) AS end_currency,
                            SUM(cur) FILTER (WHERE day < %(first)s) AS start_currency
                        FROM (
                            SELECT max_date AS day, amount, debit_amount_currency AS cur
                              FROM account_partial_reconcile WHERE debit_move_id = l.id
                            UNION ALL
                            SELECT max_date, amount, credit_amount_currency
                              FROM account_partial_reconcile WHERE credit_move_id = l.id
                        ) y
                     ) x ON TRUE
                     WHERE a.account_type IN ('asset_receivable', 'liability_payable')
                     GROUP BY l.move_id
                )
                SELECT m.id, m.date, m.move_type, m.currency_id, base.base,
                       base.base_currency, term.total, term.total_currency,
                       term.at_end, term.at_start, term.end_currency,
                       term.start_currency
                  FROM base JOIN account_move m ON m.id = base.move_id
             LEFT JOIN term ON term.move_id = base.move_id
                 ORDER BY m.id
                """,
                company=self.company.id,
                first=self.first,
                last=self.last,
                taxes=self.receipts.ids,
            )
        )

    def _cash_basis(self):
        """Return per document what Odoo's cash-basis entries of the period put into the
        return: ``(document, whether its payment stands, base, in currency, entries)``.
        """
        return self.env.execute_query(
            SQL(
                """
                SELECT m.tax_cash_basis_origin_move_id,
                       m.tax_cash_basis_rec_id IS NOT NULL,
                       SUM(-l.balance), SUM(-l.amount_currency), COUNT(*)
                  FROM account_move_line l JOIN account_move m ON m.id = l.move_id
                 WHERE l.company_id = %(company)s AND l.parent_state = 'posted'
                   AND l.date BETWEEN %(first)s AND %(last)s
                   AND m.tax_cash_basis_origin_move_id IS NOT NULL
                   AND l.tax_repartition_line_id IS NULL
                   AND EXISTS (SELECT 1 FROM account_account_tag_account_move_line_rel t
                                WHERE t.account_move_line_id = l.id
                                  AND t.account_account_tag_id = ANY(%(tags)s))
                   AND EXISTS (SELECT 1 FROM account_move_line_account_tax_rel r
                                WHERE r.account_move_line_id = l.id
                                  AND r.account_tax_id = ANY(%(taxes)s))
                 GROUP BY 1, 2
                """,
                company=self.company.id,
                first=self.first,
                last=self.last,
                taxes=self.taxes.ids,
                tags=self.base_tags.ids,
            )
        )
