"""Contract balances, the bridge to the books, and what is left to be earned."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..models.bulk import insert_rows
from ..models.exact import exact
from ..models.revenue.ifrs_figures import BALANCES, CAUSES, MATURITIES

KINDS = [
    ("balances", "Contract balances"),
    ("bridge", "Bridge from the books to IFRS 15"),
    ("rpo", "Remaining performance obligations"),
]
FIGURES = ("billed", "statutory", "ifrs", *CAUSES, "deferred", "netted", *BALANCES)
COLUMNS = ("subscription_id", "partner_id", "plan_id", *FIGURES, *MATURITIES)
SHOWN = {
    "balances": (
        "billed",
        "ifrs",
        "receivable",
        "contract_asset",
        "contract_liability",
    ),
    "bridge": ("statutory", *CAUSES, "ifrs"),
    "rpo": (*MATURITIES, "remaining"),
}


class RecurringRevenueIfrsReport(models.TransientModel):
    """Figures by IFRS 15 as of the end of a month, of each contract and in total.

    Contracts are measured when the report is computed; up to the last closing it says
    the same whenever it is computed.
    """

    _name = "recurring.revenue.ifrs.report"
    _description = "Report by IFRS 15"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    ledger = fields.Selection(related="company_id.rr_revenue_ledger")
    kind = fields.Selection(KINDS, required=True, default="balances", readonly=True)
    date_to = fields.Date(
        string="As of the End of",
        required=True,
        default=lambda self: self._default_date(),
        help="Any day of the month; figures are those of its last day.",
    )
    skip_short = fields.Boolean(
        string="Leave Out Contracts of One Year or Less",
        help="The practical expedient of IFRS 15.121(a): contracts that were expected "
        "to last one year or less need not be disclosed.",
    )
    figure_ids = fields.One2many("recurring.revenue.ifrs.figure", "report_id")
    line_ids = fields.One2many("recurring.revenue.ifrs.line", "report_id")
    balances_ids = fields.One2many("recurring.revenue.ifrs.line", "report_id")
    bridge_ids = fields.One2many("recurring.revenue.ifrs.line", "report_id")
    rpo_ids = fields.One2many("recurring.revenue.ifrs.line", "report_id")
    line_count = fields.Integer(string="Contracts", compute="_compute_line_count")
    method_text = fields.Text(string="How", compute="_compute_method_text")

    @api.model
    def _default_date(self):
        """The last day of the month before the one in which today is."""
        today = fields.Date.context_today(self)
        return fields.Date.subtract(today.replace(day=1), days=1)

    @api.depends("line_ids")
    def _compute_line_count(self):
        for report in self:
            report.line_count = len(report.line_ids)

    @api.depends("kind", "company_id", "skip_short")
    @api.depends_context("lang")
    def _compute_method_text(self):
        for report in self:
            report.method_text = "\n".join(report._method_sentences())

    def _method_sentences(self):
        if self.ledger == "ifrs":
            yield self.env._("The books of this company follow IFRS 15.")
        else:
            yield self.env._(
                "The books follow the local standard; nothing here is booked."
            )
        yield self.env._(
            "Amounts are before tax and in %s, contracts in another currency at the "
            "rates at which they were invoiced, first in, first out; what is not "
            "invoiced at the last of them. Sales without a subscription are not in it.",
            self.currency_id.name,
        )
        if self.kind == "rpo":
            yield self.env._(
                "Usage is left out: what is invoiced for it is what it is worth to "
                "the customer (IFRS 15.121b, B16)."
            )
            if self.skip_short:
                yield self.env._(
                    "Contracts that were expected to last one year or less are left "
                    "out (IFRS 15.121a)."
                )
            else:
                yield self.env._(
                    "Contracts of every length are in it: the expedient of IFRS "
                    "15.121(a) is not used."
                )

    @api.depends("kind", "date_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for report in self:
            report.display_name = report._title()

    def _title(self):
        names = dict(self._fields["kind"]._description_selection(self.env))
        return self.env._(
            "%(report)s as of %(day)s",
            report=names[self.kind],
            day=format_date(self.env, self._last_day()),
        )

    def _last_day(self):
        return fields.Date.end_of(self.date_to, "month")

    @api.onchange("date_to", "company_id", "skip_short")
    def _onchange_what(self):
        """Figures of something else are not shown any more."""
        self.date_to = self.date_to and self._last_day()
        self.line_ids = [fields.Command.clear()]
        self.figure_ids = [fields.Command.clear()]

    # ------------------------------------------------------------------
    # Computing
    # ------------------------------------------------------------------

    def action_compute(self):
        """Measure what changed and compute the figures anew.

        :raise AccessError: for who may not read the books
        """
        self.ensure_one()
        self._check_may_read()
        day = self._last_day()
        if day > fields.Date.end_of(fields.Date.context_today(self), "month"):
            raise UserError(
                self.env._("Choose a month that has begun: what comes is not known.")
            )
        self.date_to = day
        contracts = self.env["recurring.revenue.contract"]
        contracts._measure(self.company_id)
        rows = contracts._figures(self.company_id, day, self.skip_short)
        rows = [row for row in rows if any(row[name] for name in self._shown())]
        self.line_ids.unlink()
        self.figure_ids.unlink()
        self._insert_lines(rows)
        self._make_figures(rows)
        self.invalidate_recordset()
        return True

    def _shown(self):
        shown = SHOWN[self.kind]
        if self.kind == "bridge":
            shown = (*shown, "deferred", "netted", *BALANCES)
        return [name for name in shown if name != "remaining"]

    def _insert_lines(self, rows):
        columns = ("report_id", *COLUMNS, "create_uid", "create_date")
        now = fields.Datetime.now()
        insert_rows(
            self.env.cr,
            "recurring_revenue_ifrs_line",
            columns,
            [
                (self.id, *(row[name] for name in COLUMNS), self.env.uid, now)
                for row in rows
            ],
        )

    def _make_figures(self, rows):
        sums = {
            name: sum((exact(row[name]) for row in rows), exact(0))
            for name in (*FIGURES, *MATURITIES)
        }
        sums["currency"] = self.currency_id
        figures = self.env["recurring.revenue.ifrs.figure"]._of(self.kind, sums)
        self.figure_ids = [
            fields.Command.create(
                {"sequence": number, **figure, "amount": float(figure["amount"])}
            )
            for number, figure in enumerate(figures)
        ]

    def _check_may_read(self):
        if self.company_id not in self.env.companies:
            raise AccessError(
                self.env._("%s is not among your companies.", self.company_id.name)
            )
        self.env["account.move.line"].check_access("read")
        self.env["recurring.revenue.contract"].check_access("read")

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_xlsx(self):
        """Download the report as a spreadsheet."""
        self.ensure_one()
        if not self.figure_ids:
            raise UserError(self.env._("Compute the report first."))
        return {
            "type": "ir.actions.act_url",
            "url": f"/recurring_revenue/ifrs_report/{self.id}",
            "target": "download",
        }

    def action_print(self):
        """Print the report with all its contracts."""
        self.ensure_one()
        if not self.figure_ids:
            raise UserError(self.env._("Compute the report first."))
        report = self.env.ref("recurring_revenue.action_report_ifrs")
        return report.report_action(self, config=False)

    def action_open_lines(self):
        """Open the contracts of this report as a list that can be searched."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self._title(),
            "res_model": "recurring.revenue.ifrs.line",
            "domain": [("report_id", "=", self.id)],
            "views": [
                (
                    self.env.ref(f"recurring_revenue.ifrs_line_list_{self.kind}").id,
                    "list",
                )
            ],
            "context": {"create": False},
        }
