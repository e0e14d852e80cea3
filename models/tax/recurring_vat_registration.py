from odoo import fields, models

REGIMES = [
    ("normal", "Normal: VAT on sales"),
    ("franchise", "Small business without VAT (art. 293 B)"),
    ("association_exempt", "Association, not subject to VAT"),
    ("association_partial", "Association, VAT on part of its activities"),
]


class RecurringVatRegistration(models.Model):
    """How the company stands towards VAT, from a day on until the next record."""

    _name = "recurring.vat.registration"
    _description = "VAT Regime"
    _inherit = ["recurring.vat.table"]
    _order = "company_id, date_from desc"
    _rec_name = "regime"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
        index=True,
    )
    date_from = fields.Date(
        string="From", required=True, default=lambda self: fields.Date.today()
    )
    regime = fields.Selection(REGIMES, required=True, default="normal")
    oss_option = fields.Boolean(
        string="VAT of the Customer's Country",
        help="Electronic services and distance sales to consumers of other member "
        "states bear their country's VAT from this day on: you chose so, or the "
        "threshold of 10,000 EUR was crossed last year.",
    )
    debits = fields.Boolean(
        string="VAT on Debits",
        help="VAT on services is due when they are invoiced, not when they are paid. "
        "The option covers all services, from the first day of the month after it "
        "was declared.",
    )
    unverified_numbers = fields.Selection(
        [
            ("accept", "Accept: no VAT, and ask again"),
            ("refuse", "Refuse: charge VAT until it is confirmed"),
        ],
        string="VAT Numbers That Nobody Could Confirm",
        required=True,
        default="accept",
    )
    note = fields.Char(help="What was declared to whom, e.g. the letter's date.")

    _one_a_day = models.UniqueIndex(
        "(company_id, date_from)", "The company has a regime that begins on that day."
    )
