from odoo import api, fields, models

from ...engine.rating import Tier
from ..exact import exact


class RecurringPriceTier(models.Model):
    """One step of a price scale: up to a quantity, so much each and so much flat."""

    _name = "recurring.price.tier"
    _inherit = ["recurring.version.part"]
    _version_path = "charge_id.version_id"
    _description = "Price Tier"
    _order = "charge_id, open_ended, up_to, id"

    charge_id = fields.Many2one(
        "recurring.plan.charge",
        string="Plan Charge",
        required=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="charge_id.company_id", store=True)
    currency_id = fields.Many2one(related="charge_id.currency_id")
    up_to = fields.Float(
        string="Up to Quantity",
        digits=(16, 6),
        min_display_digits="Product Unit",
        help="The last quantity of this tier; 0 = no limit.",
    )
    open_ended = fields.Boolean(compute="_compute_open_ended", store=True)
    unit_price = fields.Float(
        string="Price Each", digits=(16, 6), min_display_digits="Product Price"
    )
    flat_fee = fields.Float(
        digits=(16, 6),
        min_display_digits="Product Price",
        help="Charged once a period as soon as this tier is reached.",
    )

    _up_to_not_negative = models.Constraint(
        "CHECK(up_to >= 0)", "A tier ends at a quantity above 0, or at 0 for no limit."
    )

    @api.depends("up_to")
    def _compute_open_ended(self):
        for tier in self:
            tier.open_ended = not tier.up_to

    def _engine_tier(self, factor=1):
        """Return the tier for the engine, its prices times ``factor`` (Decimal)."""
        self.ensure_one()
        return Tier(
            up_to=exact(self.up_to) if self.up_to else None,
            unit_price=exact(self.unit_price) * factor,
            flat_fee=exact(self.flat_fee) * factor,
        )
