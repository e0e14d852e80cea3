"""How long personal data is kept: dated data with its source, and the association's
own delay."""

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

CODES = [
    ("association", "Former members and donors: since the last contact"),
    ("accounting", "Accounting records: since the end of the financial year"),
    ("receipt", "Tax receipts: since their issue"),
]


class RecurringRetentionRule(models.Model):
    """A delay, with the days on which it holds and its source.

    The association's own is a row of its company, and comes first.
    """

    _name = "recurring.retention.rule"
    _description = "How Long Personal Data Is Kept"
    _inherit = ["recurring.vat.delivered"]
    _delivered_key = ("code", "country", "valid_from", "company_id")
    _order = "code, country, valid_from desc, id"
    _rec_name = "code"

    code = fields.Selection(CODES, string="What", required=True)
    country = fields.Char(required=True, default="FR", help="ISO code of the country.")
    company_id = fields.Many2one(
        "res.company",
        index=True,
        help="The association whose own delay it is. Empty: everybody’s.",
    )
    valid_from = fields.Date(required=True, default=lambda self: self._first_day())
    valid_to = fields.Date(
        string="Valid Until (excluded)", help="Empty: it still holds."
    )
    months = fields.Integer(required=True)
    confirmed = fields.Boolean(
        default=True, help="Not set: check it with the law before you rely on it."
    )
    source = fields.Char(required=True, translate=True)

    _months_positive = models.Constraint(
        "CHECK(months > 0)", "A delay is longer than nothing."
    )
    _validity_order = models.Constraint(
        "CHECK(valid_to IS NULL OR valid_from < valid_to)",
        "A delay ends after it begins.",
    )

    @api.model
    def _first_day(self):
        return fields.Date.context_today(self)

    @api.model
    def _delay(self, code, company, day):
        """Return the delay (relativedelta) that holds for a company on a day.

        :raises UserError: nothing says how long
        """
        # sudo: delays of the law are the same for everybody.
        rows = self.sudo().search(
            [
                ("code", "=", code),
                ("country", "=", company.country_id.code or "FR"),
                ("company_id", "in", (False, company.id)),
                ("valid_from", "<=", day),
                "|",
                ("valid_to", "=", False),
                ("valid_to", ">", day),
            ]
        )
        row = rows.filtered("company_id")[:1] or rows[:1]
        if not row:
            names = dict(self._fields["code"]._description_selection(self.env))
            raise UserError(self.env._("Say first how long is kept: %s.", names[code]))
        return relativedelta(months=row.months)
