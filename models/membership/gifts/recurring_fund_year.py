from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from ...exact import exact
from ...guard import given, typed_over
from .fund_ledger import ZERO, FundLedger

COLUMNS = (
    "opening",
    "transferred",
    "received",
    "expenses",
    "used",
    "own",
    "carried",
    "use",
    "report",
)


class RecurringFundYear(models.Model):
    """Dedicated funds over a financial year: what was unused at closing is carried
    forward (689 against 19 in France), what was carried forward and is used now comes
    back (19 against 789). Only the difference to what is booked already is booked."""

    _name = "recurring.fund.year"
    _description = "Dedicated Funds of a Year"
    _inherit = ["mail.thread"]
    _order = "date_to desc, id desc"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date(
        string="First Day", required=True, default=lambda self: self._year()[0]
    )
    date_to = fields.Date(
        string="Last Day", required=True, default=lambda self: self._year()[1]
    )
    state = fields.Selection(
        [("draft", "Preview"), ("posted", "Posted")],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
    )
    line_ids = fields.One2many("recurring.fund.year.line", "year_id", readonly=True)
    move_ids = fields.One2many("account.move", "rr_fund_year_id", readonly=True)
    to_book = fields.Monetary(
        string="Still to Book", compute="_compute_check", help="Over all funds."
    )
    has_entry = fields.Boolean(compute="_compute_check")
    check_html = fields.Html(compute="_compute_check", sanitize=False)

    _once = models.UniqueIndex(
        "(company_id, date_to)", "The funds of this year have their page already."
    )
    _dates_in_order = models.Constraint(
        "CHECK(date_from < date_to)", "A year ends after it begins."
    )

    @api.model
    def _year(self):
        """Return the first and the last day of the last financial year that is over;
        of the first one, where there is none before."""
        company = self.env.company
        today = fields.Date.context_today(self)
        now = company.compute_fiscalyear_dates(today)
        before = company.compute_fiscalyear_dates(now["date_from"] - timedelta(days=1))
        known = self.search(
            [("company_id", "=", company.id), ("date_to", "=", before["date_to"])],
            limit=1,
        )
        chosen = now if known else before
        return chosen["date_from"], chosen["date_to"]

    @api.constrains("company_id", "date_from", "date_to")
    def _check_overlap(self):
        for year in self:
            others = self.search(
                [
                    ("id", "!=", year.id),
                    ("company_id", "=", year.company_id.id),
                    ("date_from", "<=", year.date_to),
                    ("date_to", ">=", year.date_from),
                ],
                limit=1,
            )
            if others:
                raise UserError(
                    self.env._("%s covers some of these days.", others.display_name)
                )

    @api.depends("date_from", "date_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for year in self:
            year.display_name = self.env._(
                "Dedicated funds, %(start)s to %(end)s",
                start=format_date(self.env, year.date_from),
                end=format_date(self.env, year.date_to),
            )

    @api.model_create_multi
    def create(self, vals_list):
        """Work out the figures at once."""
        if given(self, vals_list, {"state"}):
            raise UserError(self.env._("Funds are posted by the button."))
        years = super().create(vals_list)
        years._refresh()
        return years

    def write(self, vals):
        """Refuse to change days of what was posted, or to type a state."""
        if typed_over(self, vals, {"state"}):
            raise UserError(self.env._("Funds are posted by the button."))
        if {"date_from", "date_to", "company_id"} & set(vals):
            if any(year.state == "posted" for year in self):
                raise UserError(self.env._("Posted: take the entries back first."))
            result = super().write(vals)
            self._refresh()
            return result
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_preview(self):
        if any(year.state == "posted" or year.move_ids for year in self):
            raise UserError(self.env._("What was posted stays on record."))

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    def _funds(self):
        return (
            self.env["recurring.dedicated.fund"]
            .with_context(active_test=False)
            .search([("company_id", "=", self.company_id.id)])
        )

    def action_refresh(self):
        """Work out the figures again from the books."""
        self._refresh()

    def _refresh(self):
        for year in self:
            funds = year._funds()
            ledger = FundLedger(year.company_id, funds)
            figures = ledger.figures(year.date_from, year.date_to)
            last = fields.Date.subtract(year.date_from, years=1)
            before = ledger.figures(last, fields.Date.subtract(year.date_from, days=1))
            commands = [Command.clear()]
            for fund, one in figures.items():
                values = {name: float(getattr(one, name)) for name in COLUMNS}
                if not any(values.values()):
                    continue
                commands.append(
                    Command.create(
                        {
                            "fund_id": fund.id,
                            **values,
                            "still_use": float(one.use - one.booked_use),
                            "still_report": float(one.report - one.booked_report),
                            "is_idle": bool(one.opening and one.carried)
                            and not (one.expenses or before[fund].expenses),
                        }
                    )
                )
            year.line_ids = commands

    def _not_carried(self):
        """Return [(fund, amount)] of what was given before these days, is not used and
        was never carried forward: no closing of that time was posted."""
        funds = self._funds()
        if not funds or not self.date_from:
            return []
        ledger = FundLedger(self.company_id, funds)
        day_before = self.date_from - timedelta(days=1)
        last = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "=", "posted"),
                ("date_to", "<", self.date_from),
            ],
            order="date_to desc",
            limit=1,
        )
        start = last.date_to + timedelta(days=1) if last else None
        if start and start > day_before:
            return []
        before = ledger.figures(start, day_before)
        now = ledger.figures(self.date_from, self.date_to)
        found = []
        for fund in funds:
            left = before[fund].carried - now[fund].before
            if left > 0:
                found.append((fund, left))
        return found

    @api.depends("line_ids", "line_ids.still_use", "line_ids.still_report", "state")
    @api.depends_context("lang")
    def _compute_check(self):
        for year in self:
            lines = year.line_ids
            year.has_entry = any(line.still_use or line.still_report for line in lines)
            year.to_book = sum(lines.mapped("still_report")) - sum(
                lines.mapped("still_use")
            )
            year.check_html = self.env["ir.qweb"]._render(
                "recurring_revenue.fund_year_check",
                {
                    "forgotten": [
                        (fund.name, year._money(amount))
                        for fund, amount in year._not_carried()
                    ],
                    "rows": [
                        {
                            "account": f"{account.code or ''} {account.name}".strip(),
                            "carried": year._money(carried),
                            "to_book": year._money(to_book),
                            "ledger": year._money(ledger),
                            "difference": year._money(difference),
                            "agrees": not difference,
                        }
                        for account, carried, to_book, ledger, difference in (
                            year._check_rows()
                        )
                    ],
                },
            )

    def _money(self, amount):
        return self.currency_id.format(float(amount))

    def _check_rows(self):
        """Return [(account, carried forward by fund, of it still to book, general
        ledger, difference)] for each account of funds."""
        if not self.company_id:
            return []
        rows = []
        accounts = self._funds().account_id
        for account in accounts.sorted("code"):
            lines = self.line_ids.filtered(
                lambda line, account=account: line.fund_id.account_id == account
            )
            carried = sum((exact(line.carried) for line in lines), ZERO)
            to_book = sum(
                (exact(line.still_report) - exact(line.still_use) for line in lines),
                ZERO,
            )
            ledger = self._ledger(account)
            rows.append((account, carried, to_book, ledger, carried - to_book - ledger))
        return rows

    def _ledger(self, account):
        """Return the credit balance of an account on the last day (Decimal)."""
        [[balance]] = self.env["account.move.line"]._read_group(
            [
                ("account_id", "=", account.id),
                ("company_id", "=", self.company_id.id),
                ("parent_state", "=", "posted"),
                ("date", "<=", self.date_to),
            ],
            [],
            ["balance:sum"],
        )
        return -exact(round(balance or 0, 6))


class AccountMove(models.Model):
    _inherit = "account.move"

    rr_fund_year_id = fields.Many2one(
        "recurring.fund.year",
        string="Dedicated Funds of",
        index="btree_not_null",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
