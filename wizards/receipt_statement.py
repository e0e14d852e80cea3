"""Reports on tax receipts on the screen, as a spreadsheet and on paper."""

from datetime import date, timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..models.membership.receipts.receipt_accounts_report import AccountsReport
from ..models.membership.receipts.receipt_declaration_report import (
    DeclarationReport,
    RegisterReport,
)
from ..models.revenue.report_table import Money
from ..models.revenue.report_xlsx import Book

KINDS = [
    ("accounts", "Receipts and Accounts"),
    ("declaration", "Yearly Declaration"),
    ("register", "Register of Receipts"),
]


class RecurringReceiptStatement(models.TransientModel):
    """A report on the receipts of one company: counted anew whenever it is looked at,
    nothing is kept."""

    _name = "recurring.receipt.statement"
    _description = "Report on Tax Receipts"

    kind = fields.Selection(KINDS, required=True, default="accounts")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    year = fields.Integer(required=True, default=lambda self: self._default_year())
    offset = fields.Integer()
    table = fields.Json(compute="_compute_table")
    explanations = fields.Json(compute="_compute_table")
    period = fields.Char(string="Financial Year", compute="_compute_table")
    deadline = fields.Date(string="To Be Declared By", compute="_compute_table")
    agreement = fields.Char(compute="_compute_table")
    disagreement = fields.Char(compute="_compute_table")
    is_empty = fields.Boolean(compute="_compute_table")

    @api.model
    def _default_year(self):
        """The year before today's; of the register, today's; of the declaration, that
        in which the last financial year ended."""
        company, kind = self.env.company, self.env.context.get("default_kind")
        today = company._rr_receipt_today()
        if kind == "declaration":
            begun = company.compute_fiscalyear_dates(today)["date_from"]
            return (begun - timedelta(days=1)).year
        return today.year if kind == "register" else today.year - 1

    @api.depends("kind")
    def _compute_display_name(self):
        for report in self:
            report.display_name = report._title()

    def _title(self):
        return dict(self._fields["kind"]._description_selection(self.env))[self.kind]

    @api.onchange("kind", "company_id", "year")
    def _onchange_choice(self):
        """Start at the first page."""
        self.offset = 0

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    @api.depends("kind", "company_id", "year", "offset")
    @api.depends_context("lang", "allowed_company_ids")
    def _compute_table(self):
        for report in self:
            builder = report._builder()
            table = builder.build()
            money = Money(self.env, report.currency_id)
            remarks = builder.remarks()
            report.table = table.data(money)
            report.explanations = remarks and remarks.data(money)
            report.is_empty = table.is_empty
            report._compute_words(builder)

    def _compute_words(self, builder):
        env = self.env
        self.agreement = self.disagreement = self.period = self.deadline = False
        if self.kind == "declaration":
            self.period = self._period_text()
            self.deadline = builder.deadline
        if self.kind != "accounts" or self.is_empty:
            return
        text = self.currency_id.format(float(builder.difference))
        if builder.difference:
            self.disagreement = env._("Accounts and receipts differ by %s.", text)
        else:
            self.agreement = env._(
                "Accounts and receipts are explained: difference %s.", text
            )

    def _days(self):
        """Return the first and the last day: of the calendar year, or of the financial
        year that ends in it."""
        if not 2000 <= self.year <= 2100:
            raise UserError(self.env._("Choose a year from 2000 to 2100."))
        if self.kind != "declaration":
            return date(self.year, 1, 1), date(self.year, 12, 31)
        # A financial year of twelve months that ends in this year holds 1 January, or
        # is the calendar year.
        found = self.company_id.compute_fiscalyear_dates(date(self.year, 1, 1))
        return found["date_from"], found["date_to"]

    def _period_text(self):
        first, last = (format_date(self.env, day) for day in self._days())
        return self.env._("%(first)s to %(last)s", first=first, last=last)

    def _builder(self):
        self._check_may_read()
        company = self.company_id.with_context(allowed_company_ids=self.company_id.ids)
        if self.kind == "accounts":
            self._days()
            return AccountsReport(company, self.year)
        if self.kind == "declaration":
            return DeclarationReport(company, *self._days())
        return RegisterReport(company, *self._days(), offset=self.offset)

    def _check_may_read(self):
        """Raise unless the user sees the company, its receipts and its books."""
        if self.company_id not in self.env.companies:
            raise AccessError(
                self.env._("%s is not among your companies.", self.company_id.name)
            )
        for model in ("recurring.tax.receipt", "account.move.line"):
            self.env[model].check_access("read")

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    @api.readonly
    def action_open(self, row, column):
        """Open what a figure is made of.

        :param row: the key of a row of ``table`` or of ``explanations``
        :param column: the key of its column; every figure of a row opens the same
        """
        self.ensure_one()
        return self._builder().open(row)

    def action_xlsx(self):
        """Download the report as a spreadsheet."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/recurring_revenue/receipts/{self.id}",
            "target": "download",
        }

    def action_print(self):
        """Print the report."""
        self.ensure_one()
        # The page has a layout of its own: none of the company's is asked for.
        return self.env.ref(
            "recurring_revenue.action_report_receipt_statement"
        ).report_action(self, config=False)

    # ------------------------------------------------------------------
    # File and page
    # ------------------------------------------------------------------

    def _titles(self):
        company = self.company_id
        period = str(self.year)
        if self.kind == "declaration":
            period = self.env._(
                "%(period)s, to be declared by %(day)s",
                period=self._period_text(),
                day=format_date(self.env, self.deadline),
            )
        return [self._title(), f"{company.name}, {company.currency_id.name}", period]

    def _xlsx(self):
        """Return the report as the content of an xlsx file."""
        self.ensure_one()
        builder = self._builder()
        book = Book(self.currency_id)
        book.sheet(self._title(), self._titles(), builder.build(everything=True))
        remarks = builder.remarks()
        if remarks:
            book.sheet(self.env._("For information"), self._titles(), remarks)
        return book.content()

    def _file_name(self):
        return f"{self._title()}, {self.year}.xlsx"

    def _page(self):
        """Return what the printed page shows: everything, as texts."""
        builder = self._builder()
        money = Money(self.env, self.currency_id)
        remarks = builder.remarks()
        return {
            "titles": self._titles(),
            "table": builder.build(everything=True).data(money),
            "explanations": remarks and remarks.data(money),
        }
