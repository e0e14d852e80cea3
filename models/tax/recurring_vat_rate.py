from odoo import fields, models

CATEGORIES = [
    ("standard", "Standard"),
    ("intermediate", "Intermediate"),
    ("reduced", "Reduced"),
    ("super_reduced", "Super-reduced"),
]


class RecurringVatRate(models.Model):
    """A VAT rate of a territory, from a day on; accountants correct and add them."""

    _name = "recurring.vat.rate"
    _description = "VAT Rate"
    _inherit = ["recurring.vat.delivered", "recurring.vat.table"]
    _order = "territory, category, valid_from desc"
    _rec_name = "territory"
    _delivered_key = ("territory", "category", "valid_from")

    territory = fields.Char(required=True, help="The code of the territory.")
    category = fields.Selection(CATEGORIES, required=True, default="standard")
    rate = fields.Float(string="Rate (%)", digits=(6, 3), required=True)
    valid_from = fields.Date(help="The first day; empty: always.")
    valid_to = fields.Date(string="Valid Until (excluded)")
    confirmed = fields.Boolean(
        default=True, help="Not set: to be confirmed by your accountant."
    )
    source = fields.Char(translate=True)

    _rate_range = models.Constraint(
        "CHECK(rate >= 0 AND rate <= 100)", "A VAT rate lies between 0 and 100 percent."
    )
    _validity_order = models.Constraint(
        "CHECK(valid_to IS NULL OR valid_from IS NULL OR valid_from < valid_to)",
        "A rate ends after it begins.",
    )
    _one_a_day = models.UniqueIndex(
        "(territory, category, COALESCE(valid_from, '0001-01-01'))",
        "Another rate of this territory and category begins on that day.",
    )
