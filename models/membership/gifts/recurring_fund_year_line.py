"""What a year did to one dedicated fund."""

from odoo import fields, models


class RecurringFundYearLine(models.Model):
    """One fund over a financial year."""

    _name = "recurring.fund.year.line"
    _description = "Dedicated Fund of a Year"
    _order = "year_id, fund_id, id"

    year_id = fields.Many2one(
        "recurring.fund.year", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="year_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="year_id.currency_id")
    fund_id = fields.Many2one(
        "recurring.dedicated.fund", required=True, ondelete="cascade"
    )
    opening = fields.Monetary(help="Carried forward from the year before.")
    transferred = fields.Monetary(
        string="By Hand", help="Put on its account by entries of the year."
    )
    received = fields.Monetary(help="Given for it in the year.")
    expenses = fields.Monetary(
        string="Project Cost", help="Expenses with its analytic account."
    )
    used = fields.Monetary(help="The expenses, as far as the fund goes.")
    own = fields.Monetary(
        string="Beyond", help="What the association bears from its own means."
    )
    carried = fields.Monetary(string="Carried Forward")
    use = fields.Monetary(
        string="From Opening", help="Comes back as income: 789 in France."
    )
    report = fields.Monetary(
        string="Put Aside", help="Received and unused: 689 in France."
    )
    still_use = fields.Monetary(string="Use Still to Book")
    still_report = fields.Monetary(string="Putting Aside Still to Book")
    is_idle = fields.Boolean(
        string="Idle",
        help="No expense in this year and the one before: the annex names it.",
    )
