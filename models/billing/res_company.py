from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    rr_invoice_policy = fields.Selection(
        [("posted", "Posted at once"), ("draft", "Drafts to check")],
        default="posted",
        required=True,
    )
    rr_invoice_date = fields.Selection(
        [
            ("billing_date", "Date of the billing run"),
            ("period_start", "First day of the period billed"),
        ],
        default="billing_date",
        required=True,
    )
    rr_nightly_billing = fields.Boolean(
        help="Bill every night what is due, without anyone pressing a button.",
    )
    rr_send_invoices = fields.Boolean(
        help="Queue the e-mail with the invoice as soon as it is posted.",
    )
    rr_mail_template_id = fields.Many2one(
        "mail.template",
        string="E-mail of Recurring Invoices",
        domain="[('model', '=', 'account.move')]",
        help="Leave empty for Odoo's own e-mail of invoices.",
    )
    rr_complete_lines = fields.Boolean(
        default=True,
        help="Build invoices in the fast way, checked against Odoo's own for every "
        "new kind of invoice. Switch off to use Odoo's standard way throughout.",
    )
