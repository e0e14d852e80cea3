"""The screen and the file of the returns about other member states."""

import base64
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate, format_date

from .vat_statement_figures import RETURNS, whole
from .vat_statement_file import statement_xlsx

_lt = LazyTranslate(__name__)

KINDS = [
    ("oss", "OSS: consumers of other member states"),
    ("des", "Services to EU businesses (DES)"),
    ("goods", "Goods to EU businesses (recapitulative statement)"),
]
QUARTERS = [(f"q{n}", f"Q{n}") for n in range(1, 5)]
MONTHS = [(f"m{n:02}", f"{n:02}") for n in range(1, 13)]
SUPPLIES = [("goods", "Goods"), ("service", "Services")]
HINTS = {
    "oss": _lt(
        "VAT of each country, by date of invoice. Invoices in another currency are "
        "converted at the rate of the quarter's last day: check that it is the ECB's."
    ),
    "des": _lt(
        "Services taxed at the customer's seat (CGI art. 289 B), a declaration a "
        "month, in whole euros, by the tenth working day of the month that follows."
    ),
    "goods": _lt(
        "Goods sent to businesses of other member states (CGI art. 289 B), a "
        "statement a month, in whole euros, by the tenth working day of the month "
        "that follows."
    ),
}


class RecurringVatStatement(models.TransientModel):
    """Figures of a period, each with the invoice lines that it is made of."""

    _name = "recurring.vat.statement"
    _description = "EU Sales Statement"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(KINDS, string="Return", required=True, default="oss")
    year = fields.Integer(
        required=True, default=lambda self: self._last_quarter_end().year
    )
    period = fields.Selection(
        QUARTERS + MONTHS,
        required=True,
        default=lambda self: f"q{(self._last_quarter_end().month + 2) // 3}",
    )
    date_from = fields.Date(compute="_compute_dates")
    date_to = fields.Date(string="Until", compute="_compute_dates")
    line_ids = fields.One2many(
        "recurring.vat.statement.line", "statement_id", readonly=True
    )
    base_total = fields.Monetary(string="Before Tax", compute="_compute_totals")
    vat_total = fields.Monetary(string="VAT", compute="_compute_totals")
    undecided_count = fields.Integer(compute="_compute_totals")
    hint = fields.Char(compute="_compute_hint")
    file = fields.Binary(readonly=True, attachment=False)

    @api.model
    def _last_quarter_end(self):
        today = fields.Date.context_today(self)
        first = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
        return first - timedelta(days=1)

    def _compute_display_name(self):
        for statement in self:
            statement.display_name = self.env._("EU sales statements")

    @api.depends("year", "period")
    def _compute_dates(self):
        for statement in self:
            statement.date_from, statement.date_to = statement._days()

    def _days(self):
        """Return the first and the last day of the period; none without a year."""
        if not self.period or not 2000 <= self.year <= 2999:
            return False, False
        number = int(self.period[1:])
        quarter = self.period.startswith("q")
        first = date(self.year, number * 3 - 2 if quarter else number, 1)
        months = relativedelta(months=3 if quarter else 1)
        return first, first + months - timedelta(days=1)

    @api.depends("kind")
    def _compute_hint(self):
        for statement in self:
            text = HINTS.get(statement.kind)
            statement.hint = str(self.env._(text)) if text else False

    @api.model_create_multi
    def create(self, vals_list):
        statements = super().create(vals_list)
        statements._count_lines()
        return statements

    def write(self, vals):
        result = super().write(vals)
        if {"kind", "year", "period", "company_id"} & vals.keys():
            self._count_lines()
        return result

    def _count_lines(self):
        """Replace the figures by those of the period."""
        for statement in self:
            figures = statement._figures()[0] if statement._days()[0] else []
            statement.line_ids = [
                Command.clear(),
                *(
                    Command.create(
                        {**statement._line_values(figure), "sequence": sequence}
                    )
                    for sequence, figure in enumerate(figures)
                ),
            ]

    def _figures(self):
        self._check_reader()
        # sudo: accountants read every line of the company, checked before.
        company = self.company_id.sudo()
        return company._vat_figures(self.kind, *self._days())

    def _check_reader(self):
        """Refuse companies that the user has not switched on."""
        if self.company_id not in self.env.companies:
            raise UserError(self.env._("Switch to the company of the statement."))

    def _line_values(self, figure):
        return {
            "corrects": figure.corrects,
            "start": figure.start,
            "period_name": self._period_name(figure.start),
            "country_code": figure.country,
            "number": figure.number,
            "partner_id": figure.partner or False,
            "supply": figure.supply,
            "rate": float(figure.rate),
            "base": float(figure.base),
            "vat": float(figure.vat),
            "declared": whole(figure.base),
            "line_keys": figure.lines,
            "currency_id": self.currency_id.id,
        }

    def _period_name(self, start):
        if RETURNS[self.kind][1] == 3:
            quarter = (start.month + 2) // 3
            return self.env._(
                "%(year)s Q%(quarter)s", year=str(start.year), quarter=quarter
            )
        return format_date(self.env, start, date_format="MMMM y")

    @api.depends("line_ids.base", "line_ids.vat")
    def _compute_totals(self):
        lines = self.env["account.move.line"]
        for statement in self:
            statement.base_total = sum(statement.line_ids.mapped("base"))
            statement.vat_total = sum(statement.line_ids.mapped("vat"))
            statement.undecided_count = (
                lines.search_count(statement._undecided_domain())
                if statement._days()[0]
                else 0
            )

    def _undecided_domain(self):
        return self.company_id._vat_undecided_domain(self.kind, *self._days())

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    @api.model
    def action_open(self):
        """Open the statement of the last quarter."""
        statement = self.create({})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("EU sales statements"),
            "res_model": self._name,
            "res_id": statement.id,
            "views": [[False, "form"]],
        }

    def action_show(self):
        """Show the figures of what was chosen: saving has counted them."""
        return True

    def action_open_undecided(self):
        """Open the lines that bear the return's taxes and were not decided here."""
        self.ensure_one()
        return self._open_lines(
            self.env._("VAT not decided here"), self._undecided_domain()
        )

    def _open_lines(self, name, domain):
        view = self.env.ref("recurring_revenue.vat_line_view_list")
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "account.move.line",
            "views": [[view.id, "list"]],
            "domain": domain,
        }

    def action_download(self):
        """Make the file of the period and hand it out."""
        self.ensure_one()
        first, last = self._days()
        if not first:
            raise UserError(self.env._("Choose a year and a period."))
        figures, sales = self._figures()
        content = statement_xlsx(self, figures, sales)
        self.file = base64.b64encode(content)
        name = f"{self.kind}-{self.year}-{self.period}.xlsx"
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/file/{name}?download=true",
            "target": "download",
        }


class RecurringVatStatementLine(models.TransientModel):
    _name = "recurring.vat.statement.line"
    _description = "Figure of an EU Sales Statement"
    _order = "sequence, id"

    statement_id = fields.Many2one(
        "recurring.vat.statement", required=True, ondelete="cascade"
    )
    sequence = fields.Integer()
    currency_id = fields.Many2one("res.currency")
    corrects = fields.Boolean(
        string="Correction", help="Of an invoice of an earlier period."
    )
    start = fields.Date()
    period_name = fields.Char(string="Period")
    country_code = fields.Char(string="Country")
    number = fields.Char(string="VAT Number")
    partner_id = fields.Many2one("res.partner", string="Customer")
    supply = fields.Selection(SUPPLIES, string="What")
    rate = fields.Float(string="Rate (%)", digits=(6, 3))
    base = fields.Monetary(string="Before Tax")
    vat = fields.Monetary(string="VAT")
    declared = fields.Integer(string="To Declare", help="In whole euros.")
    line_keys = fields.Json()

    def action_open_lines(self):
        """Open the invoice lines that the figure is made of."""
        self.ensure_one()
        return self.statement_id._open_lines(
            " ".join(filter(None, (self.period_name, self.country_code, self.number))),
            [("id", "in", self.line_keys or [])],
        )
