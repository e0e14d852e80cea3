"""The table of VAT decisions, and the book that the engine reads it as."""

from odoo import api, fields, models, tools

from ...engine.dated import Dated, DatedTable
from ...engine.errors import EngineError
from ...engine.territory import Atlas
from ...engine.vat import RuleBook, rule_from_row
from ..exact import exact

CONDITIONS = ("supplies", "regimes", "places", "kinds", "destination")
RESULTS = ("treatment", "payer", "tax_category", "vatex", "mention", "evidence")


class RecurringVatRule(models.Model):
    """A row of the decision table: when it applies, what then holds, on whose word.

    Conditions hold words of the engine, parted by spaces, ``*`` for any
    (``engine/vat.py`` lists them). The first row that fits decides.
    """

    _name = "recurring.vat.rule"
    _description = "VAT Rule"
    _inherit = ["recurring.vat.table"]
    _order = "country, sequence, id"
    _rec_name = "code"

    sequence = fields.Integer(default=10)
    code = fields.Char(required=True)
    country = fields.Char(
        string="Seller's Country", required=True, help="ISO code of the country."
    )
    supplies = fields.Char(required=True, default="*")
    regimes = fields.Char(required=True, default="*")
    places = fields.Char(required=True, default="*")
    kinds = fields.Char(required=True, default="*")
    destination = fields.Char(required=True, default="*")
    treatment = fields.Char(required=True)
    payer = fields.Selection(
        [
            ("seller_place", "Seller, at the seller's place"),
            ("customer_place", "Seller, at the customer's place"),
            ("nobody", "No VAT on the invoice"),
        ],
        string="VAT Due By",
        required=True,
        default="nobody",
    )
    tax_category = fields.Char(string="EN 16931 Category", required=True)
    vatex = fields.Char(string="VATEX Code")
    mention = fields.Char()
    evidence = fields.Char()
    valid_from = fields.Date()
    valid_to = fields.Date(string="Valid Until (excluded)")
    confirmed = fields.Boolean(
        default=True, help="Not set: to be confirmed by your accountant."
    )
    source = fields.Char()

    _code_unique = models.UniqueIndex("(code)", "This rule exists already.")

    @api.constrains(*CONDITIONS, "payer", "code")
    def _check_words(self):
        for rule in self:
            rule_from_row(rule._as_row())

    def _as_row(self):
        names = (*("code", "country", "source"), *CONDITIONS, *RESULTS)
        return {
            **{name: self[name] or "" for name in names},
            "valid_from": self.valid_from,
            "valid_to": self.valid_to,
        }

    @api.model
    @tools.ormcache()
    def _book(self):
        """Return the tables as the engine reads them; remembered until they change."""
        # sudo: the tables are the law's, the same for everybody who makes invoices.
        rules = self.sudo().search([("code", "!=", False)])
        territories = self.env["recurring.vat.territory"].sudo()
        territories = territories.search([("code", "!=", False)])
        rates = self.env["recurring.vat.rate"].sudo()
        rates = rates.search([("territory", "!=", False)])
        return RuleBook(
            [rule_from_row(rule._as_row()) for rule in rules],
            Atlas.from_rows(
                {
                    "code": row.code,
                    "country": row.country,
                    "zone": row.zone,
                    "matches": row.matches,
                }
                for row in territories
            ),
            DatedTable(
                Dated(
                    (row.territory, row.category),
                    exact(row.rate),
                    row.valid_from or None,
                    row.valid_to or None,
                )
                for row in rates
            ),
        )

    @api.model
    def _is_decided_for(self, country):
        """Tell whether the table has rules for sellers of a country (ISO code)."""
        try:
            return country in self._book().countries
        except EngineError:
            return False
