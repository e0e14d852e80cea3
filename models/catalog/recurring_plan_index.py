from odoo import fields, models


class RecurringPlan(models.Model):
    """The index that the prices of a plan follow, unless a subscription has its own."""

    _inherit = "recurring.plan"

    index_id = fields.Many2one(
        "recurring.index",
        string="Price Index",
        check_company=True,
        ondelete="restrict",
        help="New subscriptions to this plan name this index in their conditions.",
    )
    index_base_date = fields.Date(
        string="Base Index of",
        help="The month whose value is the base (S0) of the first revision; empty for "
        "the value published when the subscription starts.",
    )
    index_base_value = fields.Float(
        string="Base Index",
        digits=(16, 6),
        min_display_digits=1,
        help="The base (S0) where your contracts name a figure; empty for the value "
        "published for the month of the base.",
    )
