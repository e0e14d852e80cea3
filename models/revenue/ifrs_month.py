from odoo import api, fields, models

from ..reference import Implied


class RecurringRevenueIfrsMonth(models.Model):
    """What IFRS 15 makes the revenue of an obligation in one month.

    Rows add up: what becomes known later adds rows, also negative ones, with the day
    on which it is known. A report as of a day adds up the rows known by then, so that
    it can be printed again whenever it is asked for. Each row says why it is not what
    the invoices earn: ``base`` over the days of each invoice, then what set-up fees,
    free months, allocation and modifications change. All in company currency, at the
    rates at which the term was invoiced, first in, first out.
    """

    _name = "recurring.revenue.ifrs.month"
    _description = "Month of Revenue by IFRS 15"
    _order = "month, id"
    _rec_name = "month"
    _log_access = False

    contract_id = fields.Many2one(
        "recurring.revenue.contract", required=True, index=True, ondelete="cascade"
    )
    obligation_id = fields.Many2one(
        "recurring.revenue.obligation", index=True, ondelete="set null"
    )
    subscription_id = Implied(
        "recurring.subscription", required=True, index=True, string="Subscription"
    )
    company_id = Implied("res.company", required=True)
    partner_id = Implied("res.partner", string="Customer", required=True)
    plan_id = Implied("recurring.plan", string="Plan")
    currency_id = fields.Many2one(related="company_id.currency_id")
    term_start = fields.Date(required=True)
    key = fields.Char(required=True)
    month = fields.Date(required=True)
    known_on = fields.Date(string="Known Since", required=True)
    is_usage = fields.Boolean(string="Usage")
    is_short = fields.Boolean(
        string="One Year or Less",
        help="Of a contract that was expected to last one year or less (IFRS 15.121).",
    )
    amount = fields.Monetary(string="IFRS Revenue")
    base = fields.Monetary(string="By Invoice Days")
    setup = fields.Monetary(string="Set-Up Fees")
    free = fields.Monetary(string="Free Months")
    allocation = fields.Monetary()
    modification = fields.Monetary(string="Modifications")

    _by_company = models.Index("(company_id, month, known_on)")

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse: months are measured, not typed."""
        self.env["recurring.revenue.contract"]._refuse_unless_measuring()
        return super().create(vals_list)

    def write(self, vals):
        """Refuse: months are measured, not typed."""
        self.env["recurring.revenue.contract"]._refuse_unless_measuring()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_by_work(self):
        self.env["recurring.revenue.contract"]._refuse_unless_measuring()
