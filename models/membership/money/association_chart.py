"""Which accounts of a chart the books of an association need; what is missing."""

from dataclasses import dataclass

from ...revenue.revenue_accounts import RevenueChart

INCOME = ("income", "income_other")
EXPENSE = ("expense", "expense_other", "expense_direct_cost")
FUND = ("liability_non_current", "liability_current", "equity")
# An account outside of the balance sheet: class 8 in France.
BESIDE = ("off_balance",)


@dataclass(frozen=True)
class Role:
    """What an account is for.

    :param types: the types it may have, the first is that of a new one
    :param reconcile: what stands on it is matched
    :param wanted: proposed for creation unasked
    :param product: gifts and dues are received by a product on this account
    """

    types: tuple
    reconcile: bool = False
    wanted: bool = True
    product: bool = False


ROLES = {
    "dues": Role(INCOME, product=True),
    "dues_back": Role(INCOME, product=True),
    "entrance": Role((*INCOME, "equity"), product=True),
    "gift": Role(INCOME, product=True),
    "patronage": Role(INCOME, product=True),
    "waiver": Role(INCOME, product=True),
    "other": Role(INCOME),
    "volunteer": Role(
        ("liability_current", "liability_payable", "asset_current", "asset_receivable"),
        reconcile=True,
    ),
    "travel": Role(EXPENSE),
    "cheque": Role(("asset_current",), reconcile=True),
    "fund": Role(FUND),
    "fund_report": Role(EXPENSE),
    "fund_use": Role(INCOME),
    "grant_fund": Role(FUND, wanted=False),
    "grant_report": Role(EXPENSE, wanted=False),
    "grant_use": Role(INCOME, wanted=False),
    "bodies_fund": Role(FUND, wanted=False),
    "bodies_report": Role(EXPENSE, wanted=False),
    "bodies_use": Role(INCOME, wanted=False),
    "goods": Role(BESIDE, wanted=False),
    "goods_use": Role(BESIDE, wanted=False),
    "service": Role(BESIDE, wanted=False),
    "service_use": Role(BESIDE, wanted=False),
    "volunteering": Role(BESIDE, wanted=False),
    "volunteering_use": Role(BESIDE, wanted=False),
}
# Source: règlement ANC 2018-06, plan de comptes. The first code is that of a new
# account. 102000 of the PCG ("Fonds fiduciaires") is another thing: not taken.
CODES = {
    "FR": {
        "dues": ("7561",),
        "dues_back": ("7562",),
        "entrance": ("7563",),
        "entrance_equity": ("1024",),
        "gift": ("75411", "754110", "7541000", "754100", "7541"),
        "patronage": ("7542",),
        "waiver": ("75412",),
        "other": ("758",),
        "volunteer": ("467",),
        "travel": ("6251",),
        "cheque": ("5112",),
        "fund": ("196",),
        "fund_report": ("6896",),
        "fund_use": ("7896",),
        "grant_fund": ("194",),
        "grant_report": ("6894",),
        "grant_use": ("7894",),
        "bodies_fund": ("195",),
        "bodies_report": ("6895",),
        "bodies_use": ("7895",),
        "goods": ("870",),
        "goods_use": ("860",),
        "service": ("871",),
        "service_use": ("862", "861"),
        "volunteering": ("875",),
        "volunteering_use": ("864",),
    },
}


class AssociationChart(RevenueChart):
    """The chart of accounts of an association, asked by role.

    :param equity: entrance fees belong to the own funds, by the statutes
    """

    def __init__(self, company, equity=False):
        super().__init__(company)
        self.equity = equity

    def _codes(self, role):
        if role == "entrance" and self.equity:
            role = "entrance_equity"
        return CODES.get(self.country, {}).get(role, ())

    def find(self, role):
        """Return the account of a role, or an empty one where the chart has none."""
        return self.find_code(self._codes(role), ROLES[role].types)

    def find_code(self, codes, types):
        """Return the first account whose code begins with one of ``codes`` and that is
        of one of ``types``; what belongs to another role is passed over."""
        for code in codes:
            others = [
                other
                for role in ROLES
                for other in self._codes(role)[:1]
                if other.startswith(code) and other != code
            ]
            found = self.accounts.search(
                [
                    *self.accounts._check_company_domain(self.company),
                    ("account_type", "in", types),
                    ("code", "=like", f"{code}%"),
                    *(("code", "not =like", f"{other}%") for other in others),
                ],
                order="code",
                limit=1,
            )
            if found:
                return found
        return self.accounts.browse()

    def new_code(self, role):
        """Return the code that a new account of a role gets, or an empty text where
        this country's chart is not known."""
        codes = self._codes(role)
        return codes[0].ljust(self._digits(), "0") if codes else ""

    def name_of(self, role):
        """Return how a new account of a role is named, in the user's language."""
        return {
            "dues": self.env._("Dues without counterpart"),
            "dues_back": self.env._("Dues with counterpart"),
            "entrance": self.env._("Entrance fees"),
            "gift": self.env._("Gifts from hand to hand"),
            "patronage": self.env._("Patronage"),
            "waiver": self.env._("Expenses waived by volunteers"),
            "other": self.env._("Other income of the association"),
            "volunteer": self.env._("Volunteers: expenses to refund"),
            "travel": self.env._("Travel and transport"),
            "cheque": self.env._("Cheques to deposit"),
            "fund": self.env._("Dedicated funds on the generosity of the public"),
            "fund_report": self.env._("Carried to dedicated funds"),
            "fund_use": self.env._("Use of dedicated funds"),
            "grant_fund": self.env._("Dedicated funds on operating grants"),
            "grant_report": self.env._("Carried to dedicated funds: grants"),
            "grant_use": self.env._("Use of dedicated funds: grants"),
            "bodies_fund": self.env._("Dedicated funds on contributions of bodies"),
            "bodies_report": self.env._("Carried to dedicated funds: bodies"),
            "bodies_use": self.env._("Use of dedicated funds: bodies"),
            "goods": self.env._("Gifts in kind"),
            "goods_use": self.env._("Relief in kind"),
            "service": self.env._("Services in kind"),
            "service_use": self.env._("Services used for free"),
            "volunteering": self.env._("Voluntary work"),
            "volunteering_use": self.env._("Voluntary staff"),
        }[role]

    def product_name(self, role):
        """Return how the product of a role is named, in the user's language."""
        return {
            "dues": self.env._("Dues"),
            "dues_back": self.env._("Dues with counterpart"),
            "entrance": self.env._("Entrance fee"),
            "gift": self.env._("Gift"),
            "patronage": self.env._("Patronage of a company"),
            "waiver": self.env._("Waived expenses of a volunteer"),
        }[role]
