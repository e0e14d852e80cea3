"""Reports of revenue on the screen, as a spreadsheet and on paper."""

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..models.revenue.report_builder import last_day
from ..models.revenue.report_dimension import SELECTION, month_name, months_between
from ..models.revenue.report_earned_table import EarnedTable
from ..models.revenue.report_rollforward_table import RollForwardTable
from ..models.revenue.report_table import Column, Money, Row, Table
from ..models.revenue.report_waterfall_table import WaterfallTable
from ..models.revenue.report_xlsx import Book

BUILDERS = {
    "rollforward": RollForwardTable,
    "waterfall": WaterfallTable,
    "earned": EarnedTable,
}
KINDS = [
    ("rollforward", "Roll-forward of Deferred Revenue"),
    ("waterfall", "Waterfall of Deferred Revenue"),
    ("earned", "Billed and Earned"),
]
MOST_MONTHS = 120


class RecurringRevenueStatement(models.TransientModel):
    """A report of revenue of one company: counted anew whenever it is looked at, from
    schedules, their months and the general ledger; nothing is kept."""

    _name = "recurring.revenue.statement"
    _description = "Report of Revenue"

    kind = fields.Selection(KINDS, required=True, default="rollforward")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date(
        string="From", required=True, default=lambda self: self._default_months()[0]
    )
    date_to = fields.Date(
        string="To", required=True, default=lambda self: self._default_months()[1]
    )
    date = fields.Date(
        string="On", required=True, default=lambda self: self._default_day()
    )
    split_by = fields.Selection(
        selection="_selection_split", string="Rows", required=True, default="month"
    )
    months_apart = fields.Boolean(
        string="Months Side by Side",
        help="Split by anything but months: what is deferred at the end of each month.",
    )
    offset = fields.Integer()
    table = fields.Json(compute="_compute_table")
    explanations = fields.Json(compute="_compute_table")
    difference = fields.Monetary(compute="_compute_table")
    explained_on = fields.Date(compute="_compute_table")
    waiting = fields.Monetary(compute="_compute_table")
    agreement = fields.Char(compute="_compute_table")
    disagreement = fields.Char(compute="_compute_table")
    lateness = fields.Char(compute="_compute_table")
    is_empty = fields.Boolean(compute="_compute_table")

    @api.model
    def _selection_split(self):
        return [(key, self.env._(label)) for key, label in SELECTION]

    @api.model
    def _default_day(self):
        """The last day of the month before today's."""
        return fields.Date.context_today(self).replace(day=1) - relativedelta(days=1)

    @api.model
    def _default_months(self):
        """The fiscal year of the default day, up to it."""
        last = self._default_day()
        year = self.env.company.compute_fiscalyear_dates(last)
        return year["date_from"].replace(day=1), last

    @api.depends("kind", "date_from", "date_to", "date")
    def _compute_display_name(self):
        for report in self:
            report.display_name = report._title()

    def _title(self):
        return dict(self._fields["kind"]._description_selection(self.env))[self.kind]

    def _period(self):
        """Say for which days the report is."""
        if self.kind == "waterfall":
            return format_date(self.env, self.date)
        first, last = self._months()
        return f"{month_name(self.env, first)} - {month_name(self.env, last)}"

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    @api.onchange("kind", "company_id", "date_from", "date_to", "date", "split_by")
    def _onchange_choice(self):
        """Start at the first page; show which days whole months are."""
        self.offset = 0
        if self.date_from and self.date_to:
            self.date_from = self.date_from.replace(day=1)
            self.date_to = last_day(self.date_to)

    @api.depends(
        "kind",
        "company_id",
        "date_from",
        "date_to",
        "date",
        "split_by",
        "months_apart",
        "offset",
    )
    @api.depends_context("lang", "allowed_company_ids")
    def _compute_table(self):
        for report in self:
            builder = report._builder()
            table = builder and builder.build()
            money = builder and builder.money()
            report.table = builder and table.data(money)
            report.is_empty = not builder or table.is_empty
            listed = builder and report._listed(builder.explanations)
            report.explanations = listed and listed.data(money)
            report.difference = float(builder.difference) if builder else 0
            report.explained_on = getattr(builder, "explained_on", False)
            report.waiting = float(builder.waiting) if builder else 0
            report._compute_words(builder, money)

    def _compute_words(self, builder, money):
        """Say whether books and schedules agree, and what is not booked."""
        env, unit = self.env, self.currency_id.name
        self.agreement = self.disagreement = self.lateness = False
        ledger = getattr(builder, "ledger", None)
        if ledger and self.explained_on:
            self.disagreement = env._(
                "On %(day)s the general ledger %(accounts)s and the schedules differ "
                "by %(amount)s: what explains it stands below the table.",
                day=format_date(env, self.explained_on),
                accounts=ledger.names(),
                amount=f"{money(builder.difference)} {unit}",
            )
        elif ledger and not self.is_empty:
            self.agreement = env._(
                "General ledger %(accounts)s and schedules agree: difference "
                "%(amount)s.",
                accounts=ledger.names(),
                amount=f"{money(0)} {unit}",
            )
        if builder and builder.waiting:
            self.lateness = env._(
                "%(amount)s were due by then and are not booked: close the month "
                "first.",
                amount=f"{money(builder.waiting)} {unit}",
            )

    def _builder(self):
        """Return what makes the table, None while something is not chosen."""
        if not (self.company_id and self.date_from and self.date_to and self.date):
            return None
        self._check_may_read()
        return BUILDERS[self.kind](self._chosen())

    def _chosen(self):
        """Return what was chosen, in whole months, in the right order."""
        return Chosen(self)

    def _months(self):
        first, last = self.date_from.replace(day=1), self.date_to.replace(day=1)
        first = min(first, last)
        if len(months_between(first, last)) > MOST_MONTHS:
            first = last - relativedelta(months=MOST_MONTHS - 1)
        return first, last

    def _check_may_read(self):
        """Raise unless the user sees the company, its schedules and its books."""
        if self.company_id not in self.env.companies:
            raise AccessError(
                self.env._("%s is not among your companies.", self.company_id.name)
            )
        for model in ("recurring.revenue.schedule", "account.move.line"):
            self.env[model].check_access("read")

    def _listed(self, explanations):
        """Return the table of what explains a difference, None without any."""
        if not explanations:
            return None
        env = self.env
        table = Table(
            env._("What explains the difference"),
            [
                Column("day", env._("Date"), is_text=True),
                Column("entry", env._("Entry"), is_text=True, has_total=False),
                Column("amount", env._("Amount")),
            ],
        )
        for one in explanations:
            cells = {"day": one.day or "", "entry": one.entry, "amount": one.amount}
            links = frozenset(["entry", "amount"]) if one.line else frozenset()
            table.rows.append(Row(str(one.line), one.name, cells, links=links))
        total = sum(one.amount for one in explanations)
        table.total(env._("Difference"), {"amount": total})
        table.count = len(table.rows)
        return table

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    @api.readonly
    def action_open(self, row, column):
        """Open what a figure is made of: months of schedules, schedules or entries.

        :param row: the key of a row of ``table``, or the number of a journal item
        :param column: the key of a column of ``table``; "entry" for a journal item
        :raise UserError: where nothing stands behind the figure
        """
        self.ensure_one()
        if column == "entry":
            # The reader sees what the access rights of entries show.
            line = self.env["account.move.line"].browse(int(row))
            return {
                "type": "ir.actions.act_window",
                "res_model": "account.move",
                "res_id": line.move_id.id,
                "views": [(False, "form")],
            }
        builder = self._builder()
        if builder is None:
            raise UserError(self.env._("Choose the company and the dates first."))
        return builder.open(row, column)

    def action_xlsx(self):
        """Download the report as a spreadsheet."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/recurring_revenue/revenue/{self.id}",
            "target": "download",
        }

    def action_print(self):
        """Print the report."""
        self.ensure_one()
        # The page has a layout of its own: none of the company's is asked for.
        return self.env.ref("recurring_revenue.action_report_revenue").report_action(
            self, config=False
        )

    # ------------------------------------------------------------------
    # File and page
    # ------------------------------------------------------------------

    def _whole(self):
        """Return (everything as a table, what explains a difference, the builder)."""
        builder = self._builder()
        if builder is None:
            raise UserError(self.env._("Choose the company and the dates first."))
        table = builder.build(everything=True)
        return table, self._listed(builder.explanations), builder

    def _titles(self):
        company = self.company_id
        return [
            self._title(),
            f"{company.name}, {company.currency_id.name}",
            self._period(),
        ]

    def _xlsx(self):
        """Return the report as the content of an xlsx file."""
        self.ensure_one()
        table, listed, _builder = self._whole()
        book = Book(self.currency_id)
        titles = self._titles()
        names = {
            "rollforward": self.env._("Roll-forward"),
            "waterfall": self.env._("Waterfall"),
            "earned": self.env._("Billed and Earned"),
        }
        book.sheet(names[self.kind], titles, table)
        if listed:
            book.sheet(self.env._("Difference"), titles, listed)
        return book.content()

    def _file_name(self):
        return f"{self._title()}, {self._period()}.xlsx"

    def _page(self):
        """Return what the printed page shows: everything, as texts."""
        table, listed, builder = self._whole()
        money = Money(self.env, self.currency_id)
        return {
            "titles": self._titles(),
            "table": table.data(money),
            "explanations": listed and listed.data(money),
            "difference": builder.difference,
        }


class Chosen:
    """What a report is made for, put in order."""

    def __init__(self, report):
        self.env = report.env(
            context=dict(report.env.context, allowed_company_ids=report.company_id.ids)
        )
        self.company_id = report.company_id.with_env(self.env)
        self.date_from, self.date_to = report._months()
        self.date = report.date
        self.split_by, self.months_apart = report.split_by, report.months_apart
        self.offset = report.offset

    @property
    def last_day(self):
        """The last day of the last month."""
        return last_day(self.date_to)
