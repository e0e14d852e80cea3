from odoo import fields, models


class AccountMoveLine(models.Model):
    """An invoice line knows its service period and what it bills.

    The period carries the two field names that Community's own Factur-X and UBL
    export looks for (and Enterprise uses). Both days are inclusive, as electronic
    invoices want them (EN 16931, BT-134 and BT-135).
    """

    _inherit = "account.move.line"

    deferred_start_date = fields.Date(
        string="Service From",
        copy=False,
        help="First day of the service that this line bills.",
    )
    deferred_end_date = fields.Date(
        string="Service Until",
        copy=False,
        help="Last day of the service that this line bills, included.",
    )
    rr_subscription_id = fields.Many2one(
        "recurring.subscription",
        string="Subscription",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    rr_subscription_line_id = fields.Many2one(
        "recurring.subscription.line",
        string="Subscription Line",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )

    def _rr_income_account(self):
        """The account on which the line's revenue ends up."""
        return self.account_id

    _rr_service_period = models.Constraint(
        "CHECK(deferred_end_date >= deferred_start_date)",
        "A service period ends on or after the day on which it starts.",
    )
