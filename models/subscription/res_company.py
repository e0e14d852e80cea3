from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    rr_invoice_grouping = fields.Selection(
        [
            ("subscription", "One invoice per subscription"),
            ("customer", "Grouped per customer"),
        ],
        string="Recurring Invoices",
        default="subscription",
        required=True,
    )
    rr_payment_term_id = fields.Many2one(
        "account.payment.term",
        string="Payment Terms of Recurring Invoices",
        check_company=True,
        help="Used where neither the plan nor the customer has its own.",
    )
    rr_journal_id = fields.Many2one(
        "account.journal",
        string="Journal of Recurring Invoices",
        domain="[('type', '=', 'sale')]",
        check_company=True,
    )
