from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    """Where the books of a company that follows IFRS 15 show the difference."""

    _inherit = "res.company"

    rr_contract_asset_account_id = fields.Many2one(
        "account.account",
        string="Contract Assets",
        check_company=True,
        help="Of a company whose books follow IFRS 15: served, neither paid nor due "
        "(IFRS 15.107).",
    )
    rr_contract_liability_account_id = fields.Many2one(
        "account.account",
        string="Contract Liabilities",
        check_company=True,
        help="Of a company whose books follow IFRS 15: what adds to the deferred "
        "revenue of its invoices, or takes from it (IFRS 15.106).",
    )
    rr_ifrs_revenue_account_id = fields.Many2one(
        "account.account",
        string="Revenue by IFRS 15, Difference",
        check_company=True,
        help="Of a company whose books follow IFRS 15: what its revenue is more, or "
        "less, than what its invoices earn.",
    )

    @api.constrains("rr_contract_liability_account_id", "rr_deferred_account_id")
    def _check_contract_liability(self):
        """What schedules say must go on to be what the deferred account says."""
        for company in self:
            account = company.rr_contract_liability_account_id
            if account and account == company.rr_deferred_account_id:
                raise ValidationError(
                    self.env._(
                        "Contract liabilities need an account apart from deferred "
                        "revenue: that one is proved by its schedules."
                    )
                )

    def _ifrs_accounts(self):
        """Return ``{what: account}`` of the adjustment by IFRS 15."""
        self.ensure_one()
        return {
            "revenue": self.rr_ifrs_revenue_account_id,
            "asset": self.rr_contract_asset_account_id,
            "liability": self.rr_contract_liability_account_id,
        }


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    rr_contract_asset_account_id = fields.Many2one(
        related="company_id.rr_contract_asset_account_id", readonly=False
    )
    rr_contract_liability_account_id = fields.Many2one(
        related="company_id.rr_contract_liability_account_id", readonly=False
    )
    rr_ifrs_revenue_account_id = fields.Many2one(
        related="company_id.rr_ifrs_revenue_account_id", readonly=False
    )
