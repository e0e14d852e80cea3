from odoo import fields, models


class RecurringBillingBatch(models.Model):
    """What one committed batch of a billing run made.

    A row of its own instead of counters on the run: workers that bill at the same
    moment would otherwise wait for, and undo, each other.
    """

    _name = "recurring.billing.batch"
    _description = "Billing Batch"
    _order = "id"
    _rec_name = "run_id"

    run_id = fields.Many2one(
        "recurring.billing.run", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="run_id.company_id", store=True)
    currency_id = fields.Many2one(related="run_id.currency_id")
    subscription_done = fields.Integer(string="Billed")
    zero_count = fields.Integer(string="Without Invoice")
    invoice_count = fields.Integer(string="Invoices")
    credit_note_count = fields.Integer(string="Credit Notes")
    shifted_count = fields.Integer(string="Booked Later")
    amount_untaxed = fields.Monetary()
    amount_tax = fields.Monetary()
    amount_total = fields.Monetary()
