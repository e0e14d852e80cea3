"""Amounts from which VAT law changes: dated data that an accountant corrects."""

from odoo import api, fields, models, tools

from ...engine.dated import Dated, DatedTable
from ..exact import exact


class RecurringVatThreshold(models.Model):
    """An amount a year, before tax, from a day on.

    ``code`` is what the rules ask for; ``country`` is the seller's (ISO), empty where
    the law of the Union says it for all.
    """

    _name = "recurring.vat.threshold"
    _description = "VAT Threshold"
    _inherit = ["recurring.vat.delivered", "recurring.vat.table"]
    _delivered_key = ("code", "country", "valid_from")
    _order = "country, code, valid_from desc"

    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    country = fields.Char(
        string="Seller's Country",
        help="ISO code of the country; empty: the same in every member state.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.ref("base.EUR"),
        ondelete="restrict",
    )
    amount = fields.Monetary(required=True)
    valid_from = fields.Date(help="The first day; empty: always.")
    valid_to = fields.Date(string="Valid Until (excluded)")
    confirmed = fields.Boolean(
        default=True, help="Not set: to be confirmed by your accountant."
    )
    source = fields.Char(translate=True)

    _amount_positive = models.Constraint(
        "CHECK(amount > 0)", "A threshold is above zero."
    )
    _validity_order = models.Constraint(
        "CHECK(valid_to IS NULL OR valid_from IS NULL OR valid_from < valid_to)",
        "A threshold ends after it begins.",
    )
    _one_a_day = models.UniqueIndex(
        "(code, COALESCE(country, ''), COALESCE(valid_from, '0001-01-01'))",
        "Another amount of this threshold begins on that day.",
    )

    @api.model
    def _amount_on(self, code, day, country=""):
        """Return the amount of a threshold on a day, None where none is known.

        :param str code: e.g. "oss"
        :param str country: ISO code; a Union-wide amount holds where the country has
            none of its own
        :return: Decimal, in the currency of the threshold (`_row_on` has it)
        """
        row = self._row_on(code, day, country)
        return exact(row.amount) if row else None

    @api.model
    def _row_on(self, code, day, country=""):
        """Return the record of a threshold on a day, empty where none is known."""
        table = self._by_day()
        found = table.on((code, country or ""), day) or table.on((code, ""), day)
        # sudo: the tables are the law's, the same for everybody.
        return self.sudo().browse(found)

    @api.model
    @tools.ormcache()
    def _by_day(self):
        # sudo: the tables are the law's, the same for everybody.
        rows = self.sudo().search([("code", "!=", False)])
        return DatedTable(
            Dated(
                (row.code, row.country or ""),
                row.id,
                row.valid_from or None,
                row.valid_to or None,
            )
            for row in rows
        )
