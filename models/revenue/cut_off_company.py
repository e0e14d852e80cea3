from odoo import fields, models

WHEN = [
    ("never", "Never"),
    ("cut_off", "Where a policy defers at closing"),
    ("always", "Always"),
]


class ResCompany(models.Model):
    """What closing a month adjusts beside what is deferred."""

    _inherit = "res.company"

    rr_closing_accruals = fields.Selection(
        WHEN,
        string="Invoices and Credit Notes to Issue",
        default="cut_off",
        required=True,
        help="What was served and not yet invoiced by the end of the month, and what "
        "is to be credited for it, is booked at closing and reversed the next day.",
    )
    rr_closing_advances = fields.Selection(
        WHEN,
        string="Advances of Customers",
        default="cut_off",
        required=True,
        help="What customers paid without an invoice by the end of the month is shown "
        "as advances at closing, and reversed the next day.",
    )

    def _closing_wants(self, name):
        """Tell whether closing a month adjusts what the setting ``name`` is for."""
        self.ensure_one()
        if self[name] == "cut_off":
            # sudo: whoever closes a month need not be allowed to read the policies.
            policies = self.env["recurring.revenue.policy"].sudo()
            return bool(
                policies.search_count(
                    [("company_id", "=", self.id), ("treatment", "=", "cut_off")],
                    limit=1,
                )
            )
        return self[name] == "always"


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    rr_closing_accruals = fields.Selection(
        related="company_id.rr_closing_accruals", readonly=False
    )
    rr_closing_advances = fields.Selection(
        related="company_id.rr_closing_advances", readonly=False
    )
