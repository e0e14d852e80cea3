"""VAT on the accounts of a period, and the VAT that waits for payments."""

from collections import defaultdict
from decimal import Decimal

from odoo.tools import SQL

from ..exact import exact


class VatData:
    """Reading of VAT; the books have company, days and accounts."""

    def vat_items(self):
        """Return ``[(account, tax, tags, whether it is of an irrecoverable claim,
        amount, items)]`` of VAT on sales: what stands on the accounts of VAT collected,
        and what has a VAT box of sales elsewhere."""
        rows = self.env.execute_query(
            SQL(
                """
                WITH item AS (
                    SELECT l.account_id, l.tax_line_id, l.balance,
                           m.rr_bad_debt_of_id IS NOT NULL
                           OR r.rr_bad_debt_of_id IS NOT NULL AS lost,
                           ARRAY(SELECT t.account_account_tag_id
                                   FROM account_account_tag_account_move_line_rel t
                                  WHERE t.account_move_line_id = l.id
                                    AND t.account_account_tag_id = ANY(%(tags)s)
                                    AND (l.tax_line_id IS NULL
                                         OR l.tax_line_id = ANY(%(taxes)s))
                                  ORDER BY 1) AS tags
                      FROM account_move_line l JOIN account_move m ON m.id = l.move_id
                 LEFT JOIN account_move r ON r.id = m.reversed_entry_id
                     WHERE l.company_id = %(company)s AND l.parent_state = 'posted'
                       AND l.date BETWEEN %(first)s AND %(last)s
                )
                SELECT account_id, tax_line_id, tags, lost, SUM(-balance), COUNT(*)
                  FROM item WHERE account_id = ANY(%(accounts)s) OR tags <> '{}'
                 GROUP BY 1, 2, 3, 4
                """,
                company=self.company.id,
                first=self.first,
                last=self.last,
                taxes=self.taxes.ids,
                tags=self.vat_tags.ids,
                accounts=self.collected.ids,
            )
        )
        return [
            (account, tax, tuple(tags), lost, exact(amount), count)
            for account, tax, tags, lost, amount, count in rows
        ]

    def waiting_moves(self):
        """Return the credit balances of the accounts of VAT not yet due: at the start,
        of invoices, of cash-basis entries, of claims that were given up, of others, in
        the period."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT CASE WHEN l.date < %(first)s THEN 'start'
                            WHEN m.tax_cash_basis_origin_move_id IS NOT NULL
                            THEN 'due'
                            WHEN m.rr_bad_debt_of_id IS NOT NULL
                                 OR r.rr_bad_debt_of_id IS NOT NULL THEN 'lost'
                            WHEN l.tax_line_id IS NOT NULL
                                 AND m.move_type <> 'entry' THEN 'invoiced'
                            ELSE 'other' END, SUM(-l.balance)
                  FROM account_move_line l JOIN account_move m ON m.id = l.move_id
             LEFT JOIN account_move r ON r.id = m.reversed_entry_id
                 WHERE l.company_id = %(company)s AND l.parent_state = 'posted'
                   AND l.date <= %(last)s AND l.account_id = ANY(%(accounts)s)
                 GROUP BY 1
                """,
                company=self.company.id,
                first=self.first,
                last=self.last,
                accounts=self.waiting.ids,
            )
        )
        found = defaultdict(Decimal)
        for part, amount in rows:
            found[part] = exact(amount)
        return found

    def advances(self):
        """Return ``{journal item: amount}`` of customers' payments that were matched
        with no document by the end of the period, tax included."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT l.id, -l.balance - COALESCE(SUM(p.amount), 0)
                  FROM account_move_line l JOIN account_move m ON m.id = l.move_id
                  JOIN account_account a ON a.id = l.account_id
             LEFT JOIN account_partial_reconcile p
                    ON p.credit_move_id = l.id AND p.max_date <= %(last)s
                 WHERE l.company_id = %(company)s AND l.parent_state = 'posted'
                   AND l.date <= %(last)s AND l.balance < 0
                   AND a.account_type = 'asset_receivable'
                   AND (m.origin_payment_id IS NOT NULL
                        OR m.statement_line_id IS NOT NULL)
                 GROUP BY l.id, l.balance
                HAVING -l.balance <> COALESCE(SUM(p.amount), 0)
                """,
                company=self.company.id,
                last=self.last,
            )
        )
        return {line: exact(amount) for line, amount in rows}

    def unpaid_vat(self):
        """Return ``{document: VAT on its unpaid part}`` at the end of the period."""
        rows = self.env.execute_query(
            SQL(
                """
                WITH vat AS (
                    SELECT l.move_id, SUM(-l.balance) AS vat
                      FROM account_move_line l JOIN account_move m ON m.id = l.move_id
                     WHERE l.company_id = %(company)s AND l.parent_state = 'posted'
                       AND l.date <= %(last)s AND l.account_id = ANY(%(accounts)s)
                       AND l.tax_line_id IS NOT NULL
                       AND m.tax_cash_basis_origin_move_id IS NULL
                     GROUP BY l.move_id
                )
                SELECT m.id, vat.vat, m.currency_id,
                       SUM(ABS(l.balance)), SUM(ABS(l.amount_currency)),
                       SUM(x.amount), SUM(x.cur)
                  FROM vat JOIN account_move m ON m.id = vat.move_id
                  JOIN account_move_line l ON l.move_id = vat.move_id
                  JOIN account_account a ON a.id = l.account_id
             LEFT JOIN LATERAL (
                    SELECT SUM(amount) AS amount, SUM(cur) AS cur FROM (
                        SELECT amount, debit_amount_currency AS cur
                          FROM account_partial_reconcile
                         WHERE debit_move_id = l.id AND max_date <= %(last)s
                        UNION ALL
                        SELECT amount, credit_amount_currency
                          FROM account_partial_reconcile
                         WHERE credit_move_id = l.id AND max_date <= %(last)s
                    ) y
                 ) x ON TRUE
                 WHERE a.account_type IN ('asset_receivable', 'liability_payable')
                 GROUP BY m.id, vat.vat, m.currency_id
                HAVING SUM(ABS(l.balance)) <> COALESCE(SUM(x.amount), 0)
                """,
                company=self.company.id,
                last=self.last,
                accounts=self.waiting.ids,
            )
        )
        own = self.company.currency_id.id
        found = {}
        for move, vat, currency, total, total_cur, paid, paid_cur in rows:
            if currency != own:
                total, paid = total_cur, paid_cur
            left = exact(total) - exact(paid)
            if left and total:
                found[move] = self.round(exact(vat) * left / exact(total))
        return found
