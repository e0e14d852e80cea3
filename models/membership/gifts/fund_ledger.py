"""What the books say of dedicated funds: opening, received, used, carried forward."""

from dataclasses import dataclass
from decimal import Decimal

from ...exact import exact

ZERO = Decimal(0)


@dataclass(slots=True)
class FundFigures:
    """The figures of one fund over a period; amounts in the company's currency.

    :param opening: what was carried forward when the period began
    :param transferred: what entries by hand put on its account within the period
    :param received: what was given for it, returns taken off
    :param expenses: what its project cost
    :param booked_use: what of ``use`` is in the books
    :param booked_report: what of ``report`` is in the books
    """

    opening: Decimal = ZERO
    transferred: Decimal = ZERO
    received: Decimal = ZERO
    expenses: Decimal = ZERO
    booked_use: Decimal = ZERO
    booked_report: Decimal = ZERO

    @property
    def available(self):
        """What there was to use."""
        return self.opening + self.transferred + self.received

    @property
    def used(self):
        """What was used: the expenses, as far as the money goes."""
        return min(max(self.expenses, ZERO), max(self.available, ZERO))

    @property
    def own(self):
        """What the project cost beyond the fund: borne by the association."""
        return max(self.expenses, ZERO) - self.used

    @property
    def before(self):
        """What stood on the account of the fund before the closing."""
        return self.opening + self.transferred

    @property
    def report(self):
        """What was received in the period and is not used yet (689), never less than
        nothing: what is used, or went back to the donor, of what was carried forward
        is ``use``. The oldest is used first."""
        oldest = min(self.used, max(self.before, ZERO))
        return max(self.carried - self.before + oldest, ZERO)

    @property
    def use(self):
        """What was carried forward before and is used now, or went back (789)."""
        return self.before + self.report - self.carried

    @property
    def carried(self):
        """What is carried forward."""
        return max(self.available - self.used, ZERO)


class FundLedger:
    """The books of a company, asked for its dedicated funds."""

    def __init__(self, company, funds):
        self.company, self.funds = company, funds
        self.env = funds.env

    def figures(self, start, end):
        """Return ``{fund: FundFigures}``.

        :param start: the first day; None: from the beginning
        :param end: the last day
        """
        found = {fund: FundFigures() for fund in self.funds}
        if start:
            for fund, account, _closing, balance in self._items([("date", "<", start)]):
                if account == fund.account_id:
                    found[fund].opening -= balance
        dates = [("date", "<=", end), *([("date", ">=", start)] if start else [])]
        for fund, account, closing, balance in self._items(dates):
            self._add(found[fund], fund, account, closing, balance)
        for fund, cost in self._expenses(dates).items():
            found[fund].expenses += cost
        return found

    @staticmethod
    def _add(figures, fund, account, closing, balance):
        if account == fund.account_id:
            if not closing:
                figures.transferred -= balance
        elif account == fund.use_account_id:
            figures.booked_use -= balance
        elif account == fund.report_account_id:
            figures.booked_report += balance
        elif account.internal_group == "income":
            figures.received -= balance

    def _items(self, dates):
        """Yield (fund, account, by a closing, balance) of posted items."""
        if not self.funds.ids:
            return
        rows = self.env["account.move.line"]._read_group(
            [
                ("rr_fund_id", "in", self.funds.ids),
                ("company_id", "=", self.company.id),
                ("parent_state", "=", "posted"),
                *dates,
            ],
            ["rr_fund_id", "account_id", "move_id.rr_fund_year_id"],
            ["balance:sum"],
        )
        for fund, account, year, balance in rows:
            yield fund, account, bool(year), exact(round(balance, 6))

    def _expenses(self, dates):
        """Return {fund: what its project cost} from analytic accounting."""
        costs = {}
        by_project = self.funds.grouped("analytic_account_id")
        reports = self.funds.report_account_id.ids
        for plan, projects in self.funds.analytic_account_id.grouped(
            "root_plan_id"
        ).items():
            column = plan._column_name()
            # sudo: who follows a fund need not see single analytic items; sums only.
            rows = (
                self.env["account.analytic.line"]
                .sudo()
                ._read_group(
                    [
                        (column, "in", projects.ids),
                        ("company_id", "=", self.company.id),
                        ("general_account_id.internal_group", "=", "expense"),
                        ("general_account_id", "not in", reports),
                        *dates,
                    ],
                    [column],
                    ["amount:sum"],
                )
            )
            for project, amount in rows:
                fund = by_project[project.sudo(False)]
                costs[fund] = costs.get(fund, ZERO) - exact(round(amount, 6))
        return costs
