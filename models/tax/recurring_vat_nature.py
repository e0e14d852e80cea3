from odoo import fields, models

from ...engine.vat import Supply
from .recurring_vat_rate import CATEGORIES

SUPPLIES = [
    ("goods", "Goods"),
    ("service", "Service"),
    ("intangible", "Advice, data, licences, advertising"),
    ("electronic", "Electronic, telecom or broadcast service"),
    ("member_service", "Service of an association to its members"),
    ("training", "Professional training"),
    ("none", "No supply: dues without counterpart, gifts"),
]


class RecurringVatNature(models.Model):
    """What a product is in the eyes of VAT law, in plain words."""

    _name = "recurring.vat.nature"
    _description = "VAT Nature"
    _inherit = ["recurring.vat.delivered"]
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    description = fields.Char(translate=True)
    active = fields.Boolean(default=True)
    supply = fields.Selection(SUPPLIES, required=True)
    category = fields.Selection(
        CATEGORIES,
        string="Rate",
        help="Empty: as the product's own tax says.",
    )
    source = fields.Char()

    _code_unique = models.UniqueIndex("(code)", "This nature exists already.")

    def _supply(self, category=None):
        """Return the engine's supply; ``category`` where the nature names none."""
        self.ensure_one()
        return Supply(self.supply, self.category or category or "standard")
