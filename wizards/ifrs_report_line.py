"""The rows of a report by IFRS 15: its figures in words, and its contracts."""

from odoo import api, fields, models

from ..models.catalog.texts import money
from ..models.revenue.ifrs_figures import CAUSES, MATURITIES


class RecurringRevenueIfrsLine(models.TransientModel):
    _name = "recurring.revenue.ifrs.line"
    _description = "Contract in a Report by IFRS 15"
    _order = "id"

    report_id = fields.Many2one(
        "recurring.revenue.ifrs.report", required=True, index=True, ondelete="cascade"
    )
    subscription_id = fields.Many2one("recurring.subscription", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    plan_id = fields.Many2one("recurring.plan", readonly=True)
    currency_id = fields.Many2one(related="report_id.currency_id")
    billed = fields.Monetary(readonly=True)
    statutory = fields.Monetary(string="Booked Revenue", readonly=True)
    timing = fields.Monetary(string="Days and Method", readonly=True)
    setup = fields.Monetary(string="Set-Up Fees", readonly=True)
    free = fields.Monetary(string="Free Months", readonly=True)
    allocation = fields.Monetary(readonly=True)
    modification = fields.Monetary(string="Modifications", readonly=True)
    ifrs = fields.Monetary(string="IFRS Revenue", readonly=True)
    deferred = fields.Monetary(readonly=True)
    netted = fields.Monetary(string="Not Due, Netted", readonly=True)
    receivable = fields.Monetary(string="Receivables", readonly=True)
    contract_asset = fields.Monetary(readonly=True)
    contract_liability = fields.Monetary(readonly=True)
    within_one = fields.Monetary(string="Within 1 Year", readonly=True)
    within_two = fields.Monetary(string="1 to 2 Years", readonly=True)
    beyond = fields.Monetary(string="Beyond 2 Years", readonly=True)
    remaining = fields.Monetary(string="In All", compute="_compute_remaining")

    @api.depends("within_one", "within_two", "beyond")
    def _compute_remaining(self):
        for line in self:
            line.remaining = line.within_one + line.within_two + line.beyond

    def action_open_contracts(self):
        """Open the terms of this subscription, with their obligations."""
        self.ensure_one()
        return self.subscription_id.action_open_ifrs()

    def action_open_months(self):
        """Open the months behind this line, as they were known on the day."""
        self.ensure_one()
        return self.report_id._months_action(
            [("subscription_id", "=", self.subscription_id.id)],
            self.subscription_id.name,
        )


class RecurringRevenueIfrsReport(models.TransientModel):
    _inherit = "recurring.revenue.ifrs.report"

    def _months_action(self, domain, name):
        """Return what opens the months behind figures of this report."""
        self.ensure_one()
        day = self._last_day()
        side = ">" if self.kind == "rpo" else "<="
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "recurring.revenue.ifrs.month",
            "domain": [
                ("company_id", "=", self.company_id.id),
                ("known_on", "<=", day),
                ("month", side, day),
                *domain,
            ],
            "views": [(False, "list"), (False, "pivot"), (False, "graph")],
            "context": {"create": False, "search_default_by_month": 1},
        }


class RecurringRevenueIfrsFigure(models.TransientModel):
    _name = "recurring.revenue.ifrs.figure"
    _description = "Figure of a Report by IFRS 15"
    _order = "sequence, id"

    report_id = fields.Many2one(
        "recurring.revenue.ifrs.report", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer()
    currency_id = fields.Many2one(related="report_id.currency_id")
    is_total = fields.Boolean()
    source = fields.Char()
    name = fields.Char(string="What", required=True)
    amount = fields.Monetary()
    explanation = fields.Char()

    def action_open(self):
        """Open what a figure is made of: invoice lines, or months by IFRS 15."""
        self.ensure_one()
        report = self.report_id
        if self.source == "books":
            return {
                "type": "ir.actions.act_window",
                "name": self.name,
                "res_model": "account.move.line",
                "domain": [
                    ("company_id", "=", report.company_id.id),
                    ("rr_subscription_id", "!=", False),
                    ("parent_state", "=", "posted"),
                    ("display_type", "=", "product"),
                    ("date", "<=", report.date_to),
                ],
                "views": [(False, "list"), (False, "form")],
                "context": {"create": False},
            }
        return report._months_action([], self.name)

    @api.model
    def _of(self, kind, sums):
        """Return the figures of a kind of report in words, from their sums."""
        return list(getattr(self, f"_{kind}_figures")(sums))

    def _money(self, amount, sums):
        return money(self.env, float(amount), sums["currency"])

    def _figure(self, name, amount, explanation, source="months", is_total=False):
        return {
            "name": name,
            "amount": amount,
            "explanation": explanation,
            "source": source,
            "is_total": is_total,
        }

    def _balances_figures(self, sums):
        yield self._figure(
            self.env._("Invoiced to date"),
            sums["billed"],
            self.env._(
                "Invoices less credit notes, before tax, and what a former system "
                "billed for these terms."
            ),
            "books",
        )
        yield self._figure(
            self.env._("Invoiced, not due, and the customer may still leave"),
            -sums["netted"],
            self.env._(
                "No receivable: nothing but payment would make it one. It is left out "
                "on both sides (IFRS 15.105, 108)."
            ),
            "books",
        )
        yield self._figure(
            self.env._("Earned to date"),
            -sums["ifrs"],
            self.env._("Revenue by IFRS 15 since each contract began (IFRS 15.31)."),
        )
        yield self._figure(
            self.env._("Contract liabilities less contract assets"),
            sums["contract_liability"] - sums["contract_asset"],
            self.env._("The sum of the three figures above."),
            is_total=True,
        )
        yield self._figure(
            self.env._("Contract liabilities"),
            sums["contract_liability"],
            self.env._(
                "Paid, or due, and not served yet, contract by contract (IFRS 15.106)."
            ),
        )
        yield self._figure(
            self.env._("Contract assets"),
            sums["contract_asset"],
            self.env._(
                "Served, and neither paid nor due yet, contract by contract (IFRS "
                "15.107)."
            ),
        )
        yield self._figure(
            self.env._("Receivables"),
            sums["receivable"],
            self.env._(
                "Due, or owed whatever happens, and not paid; before tax (IFRS 15.108)."
            ),
            "books",
        )

    def _bridge_figures(self, sums):
        yield self._figure(
            self.env._("Revenue in the books to date"),
            sums["statutory"],
            self.env._(
                "Invoices less credit notes, less what is deferred, plus what is to be "
                "invoiced, as it was booked on the day."
            ),
            "books",
            True,
        )
        yield from self._causes(sums, 1)
        yield self._figure(
            self.env._("Revenue by IFRS 15 to date"),
            sums["ifrs"],
            self.env._("The sum of all lines above."),
            is_total=True,
        )
        yield self._figure(
            self.env._("Deferred, less invoices to issue"),
            sums["deferred"],
            self.env._("In the books, of subscriptions, as it was booked on the day."),
            "books",
            True,
        )
        yield from self._causes(sums, -1)
        yield self._figure(
            self.env._("Receivables not due, netted"),
            -sums["netted"],
            self.env._(
                "Invoiced for a service that the customer may still decline: neither "
                "a receivable nor a liability (IFRS 15.105, 108)."
            ),
            "books",
        )
        yield self._figure(
            self.env._("Contract liabilities less contract assets"),
            sums["contract_liability"] - sums["contract_asset"],
            self.env._(
                "%(liabilities)s of liabilities, %(assets)s of assets (IFRS 15.106, "
                "107).",
                liabilities=self._money(sums["contract_liability"], sums),
                assets=self._money(sums["contract_asset"], sums),
            ),
            is_total=True,
        )

    def _causes(self, sums, sign):
        """Yield why the books and IFRS 15 differ; each cause has its own sign."""
        amounts = {name: sign * sums[name] for name in CAUSES}
        yield self._figure(
            self.env._("Days and method"),
            amounts["timing"],
            self.env._(
                "Served and not invoiced, or not closed yet; another method (IFRS "
                "15.35)."
            ),
        )
        yield self._figure(
            self.env._("Set-up fees that are not distinct"),
            amounts["setup"],
            self.env._("Earned over the service, not when charged (IFRS 15.B49)."),
        )
        yield self._figure(
            self.env._("Free months and other prices within a term"),
            amounts["free"],
            self.env._(
                "The price of a term is earned evenly over it (IFRS 15.47, 39)."
            ),
        )
        yield self._figure(
            self.env._("Allocation by stand-alone prices"),
            amounts["allocation"],
            self.env._(
                "A discount belongs to everything that is sold together (IFRS "
                "15.76-82)."
            ),
        )
        yield self._figure(
            self.env._("Modifications"),
            amounts["modification"],
            self.env._(
                "What was not earned when a contract changed is shared anew, or "
                "caught up (IFRS 15.20-21)."
            ),
        )

    def _rpo_figures(self, sums):
        binding = self.env._("Of terms that bind on the day (IFRS 15.120b).")
        one, two, later = (sums[name] for name in MATURITIES)
        yield self._figure(self.env._("Earned within one year"), one, binding)
        yield self._figure(self.env._("Earned in the year after"), two, binding)
        yield self._figure(self.env._("Earned later"), later, binding)
        yield self._figure(
            self.env._("Remaining performance obligations"),
            one + two + later,
            self.env._(
                "The part of the transaction price that is not served yet (IFRS "
                "15.120a)."
            ),
            is_total=True,
        )
