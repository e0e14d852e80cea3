"""Which accounts of a chart serve to recognise revenue, by country; what is missing."""

from dataclasses import dataclass

from odoo.tools import SQL

# By role: the type that the account has, and whether what stands on it is matched.
TYPES = {
    "deferred": ("liability_current", True),
    "accrued": ("asset_current", True),
    "accrued_tax": ("liability_current", True),
    "credit_due": ("liability_current", True),
    "advance": ("liability_current", True),
    "reduction": ("income", False),
    "base": ("liability_current", False),
    "carried": ("equity", False),
}
# What an account of a role may be; an accrued one is a receivable in Belgium.
ALLOWED = {
    "deferred": ("liability_current", "liability_non_current"),
    "accrued": ("asset_current", "asset_receivable"),
    "accrued_tax": ("liability_current", "asset_current"),
    "credit_due": ("liability_current", "liability_payable"),
    "advance": ("liability_current", "liability_payable"),
    "reduction": ("income", "income_other"),
    "base": ("liability_current", "asset_current", "off_balance"),
    "carried": ("equity", "equity_unaffected"),
}
# Sources: PCG art. 941-48 and 944-44 (FR); PCMN (BE); DATEV SKR03 and SKR04 (DE);
# plan comptable normalise 2020 (LU); Kontenrahmen KMU (CH). The first code that the
# chart has is taken; sub-accounts begin with it.
CODES = {
    "FR": {
        "deferred": ("487",),
        "accrued": ("4181", "418"),
        "accrued_tax": ("44587",),
        "credit_due": ("4198",),
        "advance": ("4191",),
        "reduction": ("7096", "709"),
        "base": ("44589",),
        "carried": ("110",),
    },
    "BE": {
        "deferred": ("493",),
        "accrued": ("404",),
        "advance": ("46",),
        "reduction": ("708",),
        "carried": ("140",),
    },
    "DE": {
        "deferred": ("0990", "3900"),
        "advance": ("1710", "3250"),
        "reduction": ("8700", "4700"),
        "carried": ("0860", "2970"),
    },
    "LU": {"deferred": ("482",), "reduction": ("7093",), "carried": ("1412",)},
    "CH": {
        "deferred": ("2301", "2300"),
        "accrued": ("1300",),
        "advance": ("2030",),
        "reduction": ("3801",),
        "carried": ("2970",),
    },
    "ES": {"deferred": ("485",), "advance": ("438",), "carried": ("120",)},
}
# Elsewhere: by the words that charts use.
WORDS = {
    "deferred": ("deferred revenue", "deferred income", "unearned revenue"),
    "accrued": ("invoices to issue", "accrued revenue", "accrued income"),
    "credit_due": ("credit notes to issue",),
    "advance": ("advance payments", "payments received on account", "prepayments"),
    "reduction": ("discounts granted", "sales allowances", "reductions granted"),
    "carried": ("retained earnings", "carried forward"),
}
# Without these a company can close its months; nothing is made for them unasked.
ON_REQUEST = ("reduction", "carried")


@dataclass(frozen=True)
class NewAccount:
    """An account that the chart lacks."""

    role: str
    code: str
    name: str

    @property
    def values(self):
        kind, reconcile = TYPES[self.role]
        return {
            "code": self.code,
            "name": self.name,
            "account_type": kind,
            "reconcile": reconcile,
        }


class RevenueChart:
    """The chart of accounts of a company, asked for the accounts of revenue."""

    def __init__(self, company):
        self.company = company
        self.env = company.with_company(company).env
        self.accounts = self.env["account.account"].with_company(company)
        self.country = self._country()

    def _country(self):
        """The country of the chart, where that is one of those known; else of VAT."""
        chart = (self.company.chart_template or "")[:2].upper()
        if chart in CODES:
            return chart
        country = self.company.account_fiscal_country_id or self.company.country_id
        return country.code or ""

    def find(self, role):
        """Return the account of a role, or an empty one where the chart has none."""
        domain = [
            *self.accounts._check_company_domain(self.company),
            ("account_type", "in", ALLOWED[role]),
        ]
        for code in CODES.get(self.country, {}).get(role, ()):
            found = self.accounts.search(
                [*domain, ("code", "=like", f"{code}%")], order="code", limit=1
            )
            if found:
                return found
        english = self.accounts.with_context(lang="en_US")
        for word in WORDS.get(role, ()):
            found = english.search([*domain, ("name", "ilike", word)], limit=1)
            if found:
                return self.accounts.browse(found.id)
        return self.accounts.browse()

    def missing(self, role):
        """Return the ``NewAccount`` that would be made for a role."""
        return NewAccount(role, self._free_code(role), self.name_of(role))

    def name_of(self, role):
        """Return how a new account of a role is named, in the user's language."""
        names = {
            "deferred": self.env._("Deferred revenue"),
            "accrued": self.env._("Invoices to issue"),
            "accrued_tax": self.env._("VAT on invoices to issue"),
            "credit_due": self.env._("Credit notes to issue"),
            "advance": self.env._("Advances received from customers"),
            "reduction": self.env._("Reductions granted"),
            "base": self.env._("Base of VAT on receipts"),
            "carried": self.env._("Result carried forward"),
        }
        return names[role]

    def journal_name(self):
        """Return how a new journal is named, in the user's language."""
        return self.env._("Deferred revenue")

    def _free_code(self, role):
        """Return an unused code where the chart expects the account: that of the
        country, as long as the others; else next to one of its type."""
        codes = CODES.get(self.country, {}).get(role)
        if codes:
            code = codes[0].ljust(self._digits(), "0")
        else:
            near = self.accounts.search(
                [
                    *self.accounts._check_company_domain(self.company),
                    ("account_type", "in", ALLOWED[role]),
                    ("code", "!=", False),
                ],
                order="code desc",
                limit=1,
            )
            code = near.code or "999000"
        known = self.accounts.with_context(active_test=False).search_count(
            [
                *self.accounts._check_company_domain(self.company),
                ("code", "=", code),
            ],
            limit=1,
        )
        return self.accounts._search_new_account_code(code) if known else code

    def _digits(self):
        """Return how long most codes of the chart are."""
        codes = self.accounts.search(
            self.accounts._check_company_domain(self.company)
        ).mapped("code")
        lengths = [len(code) for code in codes if code]
        return max(set(lengths), key=lengths.count) if lengths else 6

    # ------------------------------------------------------------------
    # VAT on receipts
    # ------------------------------------------------------------------

    def has_receipts(self):
        """Tell whether taxes of sales wait for the payment in this company."""
        taxes = self.env["account.tax"]
        return bool(
            taxes.search_count(
                [
                    *taxes._check_company_domain(self.company),
                    ("type_tax_use", "=", "sale"),
                    ("tax_exigibility", "=", "on_payment"),
                ],
                limit=1,
            )
        )

    def receipts_on_deferred(self, account):
        """Return how many items entries of VAT on receipts left on an account."""
        return self.env.execute_query(
            SQL(
                "SELECT COUNT(*) FROM account_move_line l"
                " JOIN account_move m ON m.id = l.move_id"
                " WHERE l.account_id = %s AND l.parent_state = 'posted'"
                " AND m.tax_cash_basis_origin_move_id IS NOT NULL",
                account.id,
            )
        )[0][0]

    # ------------------------------------------------------------------
    # Journal
    # ------------------------------------------------------------------

    def journal(self):
        """Return a journal of its own for revenue, or an empty one: never the one in
        which people type."""
        journals = self.env["account.journal"]
        return journals.search(
            [
                *journals._check_company_domain(self.company),
                ("type", "=", "general"),
                ("code", "in", self.journal_codes()),
            ],
            limit=1,
        )

    def journal_codes(self):
        """The codes by which a journal of revenue is known."""
        return ("PCA", "REV") if self.country == "FR" else ("REV", "DEF")

    def journal_values(self):
        """Return the values of the journal that would be made."""
        journals = self.env["account.journal"].with_context(active_test=False)
        taken = set(
            journals.search(journals._check_company_domain(self.company)).mapped("code")
        )
        codes = [*self.journal_codes(), *(f"REV{number}" for number in range(1, 100))]
        return {
            "name": self.journal_name(),
            "code": next(code for code in codes if code not in taken),
            "type": "general",
            "company_id": self.company.id,
            "show_on_dashboard": False,
        }
