from odoo import fields, models

PRORATIONS = [
    ("now", "Invoice or credit the difference at once"),
    ("next", "Settle the difference on the next invoice"),
    ("none", "No difference: the new price holds from the next period on"),
]
MOMENTS = [
    ("now", "Immediately"),
    ("period_end", "At the end of the current period"),
    ("term_end", "At the end of the term"),
]


class RecurringPlanVersion(models.Model):
    """What the plan says about changes: when they take effect and what they cost."""

    _inherit = "recurring.plan.version"

    upgrade_when = fields.Selection(
        MOMENTS, string="Upgrades Take Effect", default="now", required=True
    )
    downgrade_when = fields.Selection(
        MOMENTS, string="Downgrades Take Effect", default="period_end", required=True
    )
    change_proration = fields.Selection(
        PRORATIONS,
        string="Change Within a Period",
        default="now",
        required=True,
        help="What happens to the days of the running period when a quantity, a price "
        "or the plan changes.",
    )
    change_anchor = fields.Selection(
        [
            ("new", "Count periods from the day of the change"),
            ("keep", "Keep the day that periods were counted from"),
        ],
        string="Another Billing Period",
        default="new",
        required=True,
        help="When a subscription moves to this plan from one that is billed at "
        "another interval.",
    )
    pause_billing = fields.Selection(
        [
            ("credit", "Credit the days that are paid"),
            ("shift", "Keep them: service and periods shift by the pause"),
        ],
        string="Paid Days of a Pause",
        default="credit",
        required=True,
    )
    pause_days_max = fields.Integer(
        string="Longest Pause (days)",
        default=0,
        help="A pause without an end is resumed by itself after so many days; "
        "0 = it waits until someone resumes it.",
    )
    pause_product_id = fields.Many2one(
        "product.product",
        string="Holding Fee For",
        check_company=True,
        domain="[('type', '!=', 'combo')]",
        help="Billed instead of the subscription while it is paused; empty = nothing.",
    )
    pause_price = fields.Float(
        string="Holding Fee",
        digits=(16, 6),
        min_display_digits="Product Price",
        help="For one whole period.",
    )

    _pause_not_negative = models.Constraint(
        "CHECK(pause_days_max >= 0 AND pause_price >= 0)",
        "The longest pause and the holding fee cannot be negative.",
    )

    def _same_grid(self, other):
        """Tell whether two versions cut time alike, given the same anchor."""
        self.ensure_one()
        names = ["interval_count", "interval_unit", "alignment"]
        if self.alignment in ("day_of_month", "season"):
            names.append("alignment_day")
        if self.alignment == "season":
            names.append("alignment_month")
        return all(self[name] == other[name] for name in names)
