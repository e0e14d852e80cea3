from odoo import api, fields, models


class RecurringVatTreatment(models.Model):
    """A way to treat a sale for VAT, and which fiscal position and taxes it needs.

    The set-up of a company adopts what its chart of accounts has (named by the chart's
    own identifiers) and creates the rest.
    """

    _name = "recurring.vat.treatment"
    _description = "VAT Treatment"
    _order = "country, sequence"

    sequence = fields.Integer(default=10)
    code = fields.Char(required=True)
    country = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    position = fields.Char(help="The chart's fiscal position that carries it out.")
    position_name = fields.Char(
        translate=True, help="The name of the fiscal position to create."
    )
    tax_goods = fields.Char(help="The chart's tax of 0 % for goods.")
    tax_service = fields.Char(help="The chart's tax of 0 % for services.")
    tax_name = fields.Char(translate=True, help="The name of the tax of 0 % to create.")
    tax_category = fields.Char()
    vatex = fields.Char()
    always = fields.Char(
        string="Needed By",
        help="True: by every seller; else by sellers of a regime or with OSS.",
    )

    _code_unique = models.UniqueIndex("(country, code)", "This treatment exists.")

    @api.model
    def _name_of(self, code):
        """Return a treatment's name in the user's language."""
        # sudo: a name of the addon's own data, for whoever reads about VAT.
        found = self.sudo().search([("code", "=", code)], limit=1)
        return found.name or code
