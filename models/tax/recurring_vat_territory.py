from odoo import api, fields, models

from ...engine.territory import ZONES

ZONE_NAMES = [
    ("eu", "VAT territory of a member state"),
    ("dom", "French department with rates of its own"),
    ("ni", "Northern Ireland: in the EU for goods only"),
    ("dom_free", "French department without VAT"),
    ("outside", "Outside the VAT territory of the EU"),
]
assert tuple(zone for zone, _name in ZONE_NAMES) == ZONES


class RecurringVatTerritory(models.Model):
    """A piece of the world that VAT law treats alike; the addon's data.

    An address that no row matches is a third country.
    """

    _name = "recurring.vat.territory"
    _description = "VAT Territory"
    _inherit = ["recurring.vat.table"]
    _order = "country, code"

    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    country = fields.Char(
        required=True, help="ISO code of the state whose VAT law holds there."
    )
    zone = fields.Selection(ZONE_NAMES, required=True)
    matches = fields.Char(
        required=True,
        help="Countries (RE), postcodes that begin so (FR-974) and states (ES/GC), "
        "parted by spaces. The longest postcode wins.",
    )
    source = fields.Char(translate=True)

    _code_unique = models.UniqueIndex("(code)", "This territory exists already.")

    @api.model
    def _name_of(self, code):
        """Return the name of a territory in the language of the context: the country's
        where it is one, else its own."""
        if not code:
            return ""
        # sudo: names of countries and of the addon's own data, for whoever reads them.
        if len(code) == 2:
            countries = self.env["res.country"].sudo()
            if country := countries.search([("code", "=", code)], limit=1):
                return country.name
        return self.sudo().search([("code", "=", code)], limit=1).name or code
