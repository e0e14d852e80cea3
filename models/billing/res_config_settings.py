from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """How this company bills what recurs."""

    _inherit = "res.config.settings"

    rr_invoice_policy = fields.Selection(
        related="company_id.rr_invoice_policy", readonly=False
    )
    rr_invoice_date = fields.Selection(
        related="company_id.rr_invoice_date", readonly=False
    )
    rr_invoice_grouping = fields.Selection(
        related="company_id.rr_invoice_grouping", readonly=False
    )
    rr_tz = fields.Selection(
        related="company_id.partner_id.tz",
        string="Time Zone of the Company",
        readonly=False,
    )
    rr_nightly_billing = fields.Boolean(
        related="company_id.rr_nightly_billing", readonly=False
    )
    rr_mail_template_id = fields.Many2one(
        related="company_id.rr_mail_template_id", readonly=False
    )
    rr_send_invoices = fields.Boolean(
        related="company_id.rr_send_invoices", readonly=False
    )
    rr_journal_id = fields.Many2one(related="company_id.rr_journal_id", readonly=False)
    rr_payment_term_id = fields.Many2one(
        related="company_id.rr_payment_term_id", readonly=False
    )
    rr_approve_changes = fields.Boolean(
        related="company_id.rr_approve_changes", readonly=False
    )
    rr_approval_percent = fields.Float(
        related="company_id.rr_approval_percent", readonly=False
    )
    rr_approval_days = fields.Integer(
        related="company_id.rr_approval_days", readonly=False
    )
    rr_complete_lines = fields.Boolean(
        related="company_id.rr_complete_lines", readonly=False
    )
    rr_vat_price_policy = fields.Selection(
        related="company_id.rr_vat_price_policy", readonly=False
    )
    rr_vat_decides = fields.Boolean(related="company_id.rr_vat_decides", readonly=False)
