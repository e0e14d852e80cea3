from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    """How this company recognises revenue."""

    _inherit = "res.config.settings"

    rr_revenue_journal_id = fields.Many2one(
        related="company_id.rr_revenue_journal_id", readonly=False
    )
    rr_deferred_account_id = fields.Many2one(
        related="company_id.rr_deferred_account_id", readonly=False
    )
    rr_accrued_account_id = fields.Many2one(
        related="company_id.rr_accrued_account_id", readonly=False
    )
    rr_accrued_tax_account_id = fields.Many2one(
        related="company_id.rr_accrued_tax_account_id", readonly=False
    )
    rr_credit_due_account_id = fields.Many2one(
        related="company_id.rr_credit_due_account_id", readonly=False
    )
    rr_advance_account_id = fields.Many2one(
        related="company_id.rr_advance_account_id", readonly=False
    )
    rr_reduction_account_id = fields.Many2one(
        related="company_id.rr_reduction_account_id", readonly=False
    )
    rr_revenue_detail = fields.Selection(
        related="company_id.rr_revenue_detail", readonly=False
    )
    rr_revenue_ledger = fields.Selection(
        related="company_id.rr_revenue_ledger", readonly=False
    )
    rr_revenue_obstacle = fields.Char(compute="_compute_rr_revenue_obstacle")

    @api.depends("company_id")
    def _compute_rr_revenue_obstacle(self):
        for settings in self:
            settings.rr_revenue_obstacle = settings.company_id._revenue_obstacle()

    def action_rr_revenue_set_up(self):
        """Open the set-up of revenue recognition."""
        return self.env["ir.actions.act_window"]._for_xml_id(
            "recurring_revenue.recurring_revenue_set_up_action"
        )
