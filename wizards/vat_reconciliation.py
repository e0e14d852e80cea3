"""The VAT reconciliation on the screen and as a file."""

import io
from datetime import date

import xlsxwriter
from dateutil.relativedelta import relativedelta

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..models.tax.vat_books_data import Books
from ..models.tax.vat_books_report import Report

MONTHS = {"month": 1, "quarter": 3, "year": 12}
KINDS = [
    ("figure", "Figure"),
    ("step", "Step"),
    ("total", "Total"),
    ("box", "Box of the Return"),
    ("rest", "Not explained"),
]
SECTIONS = [
    ("bases", "Turnover and bases of the return"),
    ("vat", "Bases and VAT of the return"),
    ("accounts", "VAT of the return and its accounts"),
    ("waiting", "VAT that waits for payments"),
]


class RecurringVatReconciliation(models.TransientModel):
    """From the books to the VAT return, for a company and a period: computed from
    journal items whenever it is asked for, nothing is kept."""

    _name = "recurring.vat.reconciliation"
    _description = "VAT Reconciliation"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    period = fields.Selection(
        [("month", "Month"), ("quarter", "Quarter"), ("year", "Year")],
        required=True,
        default="month",
    )
    date_from = fields.Date(
        string="First Day",
        required=True,
        default=lambda self: (
            fields.Date.context_today(self).replace(day=1) - relativedelta(months=1)
        ),
    )
    date_to = fields.Date(
        string="Last Day", compute="_compute_date_to", store=True, readonly=True
    )
    line_ids = fields.One2many("recurring.vat.reconciliation.line", "report_id")
    bases_ids = fields.One2many(
        "recurring.vat.reconciliation.line",
        "report_id",
        string="Turnover and bases of the return",
        domain=[("section", "=", "bases")],
    )
    vat_ids = fields.One2many(
        "recurring.vat.reconciliation.line",
        "report_id",
        string="Bases and VAT of the return",
        domain=[("section", "=", "vat")],
    )
    accounts_ids = fields.One2many(
        "recurring.vat.reconciliation.line",
        "report_id",
        string="VAT of the return and its accounts",
        domain=[("section", "=", "accounts")],
    )
    waiting_ids = fields.One2many(
        "recurring.vat.reconciliation.line",
        "report_id",
        string="VAT that waits for payments",
        domain=[("section", "=", "waiting")],
    )
    unexplained = fields.Monetary(
        string="Not explained", compute="_compute_unexplained"
    )

    @api.depends("date_from", "period")
    def _compute_date_to(self):
        for report in self:
            first = report._first_day()
            months = relativedelta(months=MONTHS[report.period or "month"], days=-1)
            report.date_to = first and first + months

    @api.depends("line_ids.amount")
    def _compute_unexplained(self):
        for report in self:
            rests = report.line_ids.filtered(lambda line: line.kind == "rest")
            report.unexplained = sum(abs(line.amount) for line in rests)

    @api.depends("date_from", "date_to")
    def _compute_display_name(self):
        for report in self:
            report.display_name = (
                report._title() if report.date_to else self.env._("VAT Reconciliation")
            )

    def _first_day(self):
        """Return the first day of the period that ``date_from`` lies in."""
        day = self.date_from
        if not day:
            return day
        if self.period == "year":
            fiscal = self.company_id.compute_fiscalyear_dates(day)
            return fiscal["date_from"]
        if self.period == "quarter":
            return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
        return day.replace(day=1)

    @api.onchange("date_from", "period", "company_id")
    def _onchange_period(self):
        self.date_from = self._first_day()
        self.line_ids = [Command.clear()]

    def action_compute(self):
        """Compute the lines of the period anew.

        :raise AccessError: for who may not read the books
        """
        self.ensure_one()
        self._check_may_read()
        self.date_from = self._first_day()
        rows = Report(Books(self.env, self.company_id, *self._days())).build()
        self.line_ids.unlink()
        self.invalidate_recordset()
        self.line_ids = [
            Command.create(
                {
                    "sequence": number,
                    "section": row.section,
                    "kind": row.kind,
                    "name": row.name,
                    "note": row.note,
                    "amount": float(row.amount),
                    "domain": row.domain,
                }
            )
            for number, row in enumerate(rows)
        ]
        return True

    def _days(self):
        return self.date_from, self.date_to

    def _check_may_read(self):
        if self.company_id not in self.env.companies:
            raise AccessError(
                self.env._("%s is not among your companies.", self.company_id.name)
            )
        self.env["account.move.line"].check_access("read")

    # ------------------------------------------------------------------
    # File
    # ------------------------------------------------------------------

    def action_xlsx(self):
        """Download the report as a spreadsheet."""
        self.ensure_one()
        if not self.line_ids:
            raise UserError(self.env._("Compute the reconciliation first."))
        return {
            "type": "ir.actions.act_url",
            "url": f"/recurring_revenue/vat_reconciliation/{self.id}",
            "target": "download",
        }

    def _xlsx(self):
        """Return the report as the content of an xlsx file."""
        self.ensure_one()
        buffer = io.BytesIO()
        with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
            sheet = book.add_worksheet(self.env._("VAT Reconciliation"))
            sheet.set_column(0, 0, 72)
            sheet.set_column(1, 1, 16)
            sheet.set_column(2, 2, 40)
            bold = book.add_format({"bold": True})
            money = book.add_format({"num_format": "#,##0.00"})
            strong = book.add_format({"num_format": "#,##0.00", "bold": True, "top": 1})
            sheet.write_string(0, 0, self.company_id.name, bold)
            sheet.write_string(1, 0, self._title(), bold)
            number, section = 2, None
            for line in self.line_ids:
                if line.section != section:
                    section = line.section
                    sheet.write_string(number + 1, 0, line._section_name(), bold)
                    number += 2
                sums = line.kind in ("total", "rest")
                sheet.write_string(number, 0, line.name, bold if sums else None)
                sheet.write_number(number, 1, line.amount, strong if sums else money)
                sheet.write_string(number, 2, line.note or "")
                number += 1
        return buffer.getvalue()

    def _title(self):
        return self.env._(
            "VAT reconciliation, %(first)s to %(last)s",
            first=format_date(self.env, self.date_from),
            last=format_date(self.env, self.date_to),
        )


class RecurringVatReconciliationLine(models.TransientModel):
    _name = "recurring.vat.reconciliation.line"
    _description = "Line of a VAT Reconciliation"
    _order = "sequence, id"

    report_id = fields.Many2one(
        "recurring.vat.reconciliation", required=True, ondelete="cascade"
    )
    sequence = fields.Integer()
    section = fields.Selection(SECTIONS, required=True)
    kind = fields.Selection(KINDS, required=True)
    name = fields.Char(required=True)
    note = fields.Char(string="Details")
    currency_id = fields.Many2one(related="report_id.currency_id")
    amount = fields.Monetary()
    domain = fields.Json()

    def _section_name(self):
        return dict(self._fields["section"]._description_selection(self.env))[
            self.section
        ]

    def action_open_items(self):
        """Open the journal items behind this line."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "account.move.line",
            "views": [(False, "list"), (False, "form")],
            "domain": [
                tuple(part) if isinstance(part, list) else part
                for part in self.domain or [("id", "=", 0)]
            ],
            "context": {"create": False},
        }
