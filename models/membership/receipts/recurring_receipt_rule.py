"""Figures of the law on gifts: dated data that a treasurer corrects."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ....engine.gifts import Band, CounterpartRule
from ...exact import exact

CODES = [
    ("counterpart_share", "Counterpart: largest share of the payment"),
    ("counterpart_ceiling", "Counterpart: most in a calendar year"),
    ("rate_200", "Reduction for persons, income tax"),
    ("rate_200_aid", "Reduction for persons, aid to people in need"),
    ("rate_238_bis", "Reduction for companies"),
    ("rate_978", "Reduction for persons, tax on real estate wealth"),
]


class RecurringReceiptRule(models.Model):
    """A figure, with the days on which it holds and its source.

    A reduction may have bands: rows of one code and day, each with the sum of a year's
    gifts up to which it holds, the last without.
    """

    _name = "recurring.receipt.rule"
    _description = "Figure for Tax Receipts"
    _inherit = ["recurring.vat.delivered"]
    _delivered_key = ("code", "country", "valid_from", "up_to")
    _order = "country, code, valid_from desc, up_to, id"
    _rec_name = "code"

    code = fields.Selection(CODES, required=True)
    country = fields.Char(required=True, help="ISO code of the association's country.")
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(
        string="Valid Until (excluded)", help="Empty: it still holds."
    )
    value = fields.Float(
        required=True, digits=(16, 4), help="A share from 0 to 1, or an amount."
    )
    up_to = fields.Float(
        digits=(16, 2), help="Gifts of a year up to this sum; 0: all that is above."
    )
    confirmed = fields.Boolean(
        default=True,
        help="Not set: the figure could not be checked with the law as published. "
        "Check it before you rely on it, correct it if need be, and tick this.",
    )
    source = fields.Char(required=True, translate=True)

    _value_positive = models.Constraint(
        "CHECK(value > 0 AND up_to >= 0)", "A figure is above zero."
    )
    _validity_order = models.Constraint(
        "CHECK(valid_to IS NULL OR valid_from < valid_to)",
        "A figure ends after it begins.",
    )
    _one_a_day = models.UniqueIndex(
        "(code, country, valid_from, up_to)",
        "Another figure of this kind begins on that day.",
    )

    @api.model
    def _rows(self, code, country, day):
        """Return the rows of a figure that hold on a day, bands in ascending order.

        :raises UserError: none does
        """
        # sudo: the figures are the law's, the same for everybody.
        rows = self.sudo().search(
            Domain("code", "=", code)
            & Domain("country", "=", country)
            & Domain("valid_from", "<=", day)
            & (Domain("valid_to", "=", False) | Domain("valid_to", ">", day))
        )
        # The newest, where somebody added one and left the older open.
        rows = rows.filtered(lambda row: row.valid_from == rows[0].valid_from)
        if not rows:
            names = dict(self._fields["code"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "Nothing says what holds on %(day)s for “%(code)s” in %(country)s: "
                    "add the figure first.",
                    day=day,
                    code=names[code],
                    country=country,
                )
            )
        return rows.sorted(lambda row: row.up_to or float("inf"))

    @api.model
    def _counterpart_rule(self, country, day):
        """Return what may come back for gifts on a day, for the engine."""
        share = self._rows("counterpart_share", country, day)[0]
        ceiling = self._rows("counterpart_ceiling", country, day)[0]
        return CounterpartRule(exact(share.value), exact(ceiling.value))

    @api.model
    def _bands(self, code, country, day):
        """Return the bands of a reduction on a day, for the engine."""
        return tuple(
            Band(exact(row.value), exact(row.up_to) if row.up_to else None)
            for row in self._rows(code, country, day)
        )
