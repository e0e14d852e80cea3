"""What the books say about VAT in a period: reading only, by SQL, in sets.

Bases are told by the tags of journal items, as the VAT return does it, so that any
chart with tagged taxes works; accounts are told by the prefixes of the chart's country.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from odoo.tools import SQL

from ...engine.allocation import round_half_up
from ..exact import currency_rounding, exact

# Prefixes of accounts by country: turnover, deferred revenue, accrued revenue with the
# VAT in it. Sources: PCG (FR), PCMN (BE, LU), SKR03/04 (DE), Kontenrahmen KMU (CH).
PREFIXES = {
    "FR": (("70",), ("487",), ("418", "4198", "44587")),
    "MC": (("70",), ("487",), ("418", "4198", "44587")),
    "BE": (("70",), ("493",), ("404",)),
    "LU": (("70",), ("482",), ()),
    "DE": ((), ("0990", "3900"), ()),
    "CH": ((), ("2300", "2301"), ("1300", "1301")),
}
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Group:
    """Journal items of a period that are alike: ``amount`` is credit less debit."""

    part: str  # turnover, deferred, accrued or nothing
    account: int
    taxes: tuple
    tags: tuple
    is_invoice: bool
    exigible: bool
    caba: bool
    amount: Decimal


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
    entries: int = 0


@dataclass
class Books:
    """The journal items of a company between two days, both inclusive."""

    env: object
    company: object
    first: date
    last: date
    accounts: dict = field(init=False)
    rounding: Decimal = field(init=False)

    def __post_init__(self):
        # One company's books with its own codes of accounts.
        self.env = self.env(
            context=dict(self.env.context, allowed_company_ids=self.company.ids)
        )
        self.company = self.company.with_env(self.env)
        self.rounding = currency_rounding(self.company.currency_id)
        self._read_taxes()
        self._read_accounts()
        self.env.flush_all()

    def round(self, amount):
        return round_half_up(amount, self.rounding)

    def _read_taxes(self):
        taxes = self.env["account.tax"].with_context(active_test=False)
        self.taxes = taxes.search(
            [("company_id", "=", self.company.id), ("type_tax_use", "=", "sale")]
        )
        lines = self.taxes.repartition_line_ids
        bases = lines.filtered(lambda line: line.repartition_type == "base")
        self.base_tags = bases.tag_ids
        self.vat_tags = (lines - bases).tag_ids
        self.boxed = bases.filtered("tag_ids").tax_id
        self.receipts = self.boxed.filtered(
            lambda tax: tax.tax_exigibility == "on_payment"
        )
        self.waiting = self.taxes.cash_basis_transition_account_id
        self.collected = (lines - bases).account_id - self.waiting

    def _read_accounts(self):
        """Tell the accounts of turnover, deferred and accrued revenue."""
        country = self.company.account_fiscal_country_id.code
        turnover, deferred, accrued = PREFIXES.get(country, ((), (), ()))
        self.accounts = {
            "turnover": self._starting(turnover) if turnover else self._income(),
            "deferred": self._starting(deferred),
            "accrued": self._starting(accrued) - self.waiting - self.collected,
        }
        self.part_of = {
            account.id: part
            for part, accounts in self.accounts.items()
            for account in accounts
        }

    def _income(self):
        return self._accounts([("account_type", "=", "income")])

    def _starting(self, prefixes):
        found = self.env["account.account"]
        for prefix in prefixes:
            found |= self._accounts([("code", "=like", f"{prefix}%")])
        return found

    def _accounts(self, domain):
        accounts = self.env["account.account"].with_context(active_test=False)
        return accounts.search([*accounts._check_company_domain(self.company), *domain])

    # ------------------------------------------------------------------
    # Turnover and bases
    # ------------------------------------------------------------------

    def groups(self):
        """Return the items of turnover and those that are a base of sales, in groups
        that are alike."""
        rows = self.env.execute_query(
            SQL(
                """
                WITH item AS (
                    SELECT l.balance, l.account_id, m.move_type <> 'entry' AS invoice,
                           COALESCE(m.always_tax_exigible, FALSE) AS exigible,
                           m.tax_cash_basis_origin_move_id IS NOT NULL AS caba,
                           ARRAY(SELECT r.account_tax_id
                                   FROM account_move_line_account_tax_rel r
                                  WHERE r.account_move_line_id = l.id
                                    AND r.account_tax_id = ANY(%(taxes)s)
                                  ORDER BY 1) AS taxes,
                           ARRAY(SELECT t.account_account_tag_id
                                   FROM account_account_tag_account_move_line_rel t
                                  WHERE t.account_move_line_id = l.id
                                    AND l.tax_repartition_line_id IS NULL
                                    AND t.account_account_tag_id = ANY(%(tags)s)
                                  ORDER BY 1) AS tags,
                           EXISTS(SELECT 1 FROM account_move_line_account_tax_rel r
                                  WHERE r.account_move_line_id = l.id) AS taxed
                      FROM account_move_line l JOIN account_move m ON m.id = l.move_id
                     WHERE l.company_id = %(company)s AND l.parent_state = 'posted'
                       AND l.date BETWEEN %(first)s AND %(last)s
                       AND l.display_type NOT IN ('line_section', 'line_note')
                )
                SELECT account_id, taxes, CASE WHEN taxed AND taxes = '{}' THEN '{}'
                       ELSE tags END AS tags,
                       invoice, exigible, caba, SUM(-balance)
                  FROM item
                 WHERE account_id = ANY(%(accounts)s) OR taxes <> '{}' OR tags <> '{}'
                 GROUP BY 1, 2, 3, 4, 5, 6
                """,
                taxes=self.taxes.ids,
                tags=self.base_tags.ids,
                company=self.company.id,
                first=self.first,
                last=self.last,
                accounts=list(self.part_of),
            )
        )
        return [
            Group(
                self.part_of.get(account, ""),
                account,
                tuple(taxes),
                tuple(tags),
                invoice,
                exigible,
                caba,
                exact(amount),
            )
            for account, taxes, tags, invoice, exigible, caba, amount in rows
        ]

    # ------------------------------------------------------------------
    # Receipts basis
    # ------------------------------------------------------------------

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
        return list(flows.values())

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

    # ------------------------------------------------------------------
    # VAT
    # ------------------------------------------------------------------

    def vat_items(self):
        """Return ``[(account, tax, tags, amount, items)]`` of VAT on sales: what stands
        on the accounts of VAT collected, and what has a VAT box of sales elsewhere."""
        rows = self.env.execute_query(
            SQL(
                """
                WITH item AS (
                    SELECT l.account_id, l.tax_line_id, l.balance,
                           ARRAY(SELECT t.account_account_tag_id
                                   FROM account_account_tag_account_move_line_rel t
                                  WHERE t.account_move_line_id = l.id
                                    AND t.account_account_tag_id = ANY(%(tags)s)
                                    AND (l.tax_line_id IS NULL
                                         OR l.tax_line_id = ANY(%(taxes)s))
                                  ORDER BY 1) AS tags
                      FROM account_move_line l
                     WHERE l.company_id = %(company)s AND l.parent_state = 'posted'
                       AND l.date BETWEEN %(first)s AND %(last)s
                )
                SELECT account_id, tax_line_id, tags, SUM(-balance), COUNT(*)
                  FROM item WHERE account_id = ANY(%(accounts)s) OR tags <> '{}'
                 GROUP BY 1, 2, 3
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
            (account, tax, tuple(tags), exact(amount), count)
            for account, tax, tags, amount, count in rows
        ]

    def waiting_moves(self):
        """Return the credit balances of the accounts of VAT not yet due: at the start,
        of invoices, of cash-basis entries, of others, in the period."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT CASE WHEN l.date < %(first)s THEN 'start'
                            WHEN m.tax_cash_basis_origin_move_id IS NOT NULL
                            THEN 'due'
                            WHEN l.tax_line_id IS NOT NULL
                                 AND m.move_type <> 'entry' THEN 'invoiced'
                            ELSE 'other' END, SUM(-l.balance)
                  FROM account_move_line l JOIN account_move m ON m.id = l.move_id
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
