"""What the books say about VAT in a period: reading only, by SQL, in sets.

Bases are told by the tags of journal items, as the VAT return does it, so that any
chart with tagged taxes works; accounts are told by the prefixes of the chart's country.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from odoo.tools import SQL

from ...engine.allocation import round_half_up
from ..exact import currency_rounding, exact
from .vat_books_receipts import ReceiptsData
from .vat_books_waiting import VatData

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


@dataclass
class Books(ReceiptsData, VatData):
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
