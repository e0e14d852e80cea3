from odoo import api, fields, models
from odoo.exceptions import ValidationError

BASES = [
    ("general_interest", "Body of general interest"),
    ("public_utility", "Association or foundation recognised as of public utility"),
    ("aid", "Free meals, care or housing for people in need"),
    ("worship", "Association of worship or of charity"),
    ("higher_education", "Higher or artistic education, public or non-profit"),
    ("endowment", "Endowment fund"),
    ("heritage", "Foundation for the national heritage"),
    ("other", "Other, by the law that is named"),
]


class RecurringGiftBasis(models.Model):
    """Why gifts to an association reduce the tax of who gives: said once, with its
    date and reason. Without it no tax receipt is issued (CGI art. 200, 238 bis, 978;
    a receipt issued wrongly costs the association, art. 1740 A)."""

    _name = "recurring.gift.basis"
    _description = "Basis for Tax Receipts"
    _order = "company_id, date_from desc, id desc"
    _rec_name = "basis"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    basis = fields.Selection(BASES, required=True)
    law = fields.Char(help="The article of law, where the basis is another one.")
    object = fields.Text(
        string="Object of the Association",
        required=True,
        translate=True,
        help="As in the statutes: it stands on every receipt.",
    )
    date_from = fields.Date(
        string="From",
        required=True,
        help="The first day on which gifts are eligible on this basis: earlier gifts "
        "get no receipt.",
    )
    date_to = fields.Date(
        string="To", help="The last day, if the basis fell away. Empty: still holds."
    )
    reason = fields.Text(
        string="Why",
        required=True,
        help="What it rests on: a ruling of the tax office, a decree, a legal opinion, "
        "the facts that were checked.",
    )
    allows_income_tax = fields.Boolean(
        string="Article 200", default=True, help="Gifts of persons, income tax."
    )
    allows_companies = fields.Boolean(
        string="Article 238 bis", default=True, help="Gifts of companies."
    )
    allows_wealth_tax = fields.Boolean(
        string="Article 978", help="Gifts of persons, tax on real estate wealth."
    )

    _dates_in_order = models.Constraint(
        "CHECK(date_to IS NULL OR date_to >= date_from)",
        "The last day lies on or after the first.",
    )

    @api.constrains("company_id", "date_from", "date_to")
    def _check_overlap(self):
        for one in self:
            others = self.search(
                [
                    ("id", "!=", one.id),
                    ("company_id", "=", one.company_id.id),
                    (
                        "date_from",
                        "<=",
                        one.date_to or fields.Date.to_date("9999-12-31"),
                    ),
                    "|",
                    ("date_to", "=", False),
                    ("date_to", ">=", one.date_from),
                ],
                limit=1,
            )
            if others:
                raise ValidationError(
                    self.env._(
                        "Another basis holds on some of these days: end it first, by "
                        "its last day."
                    )
                )

    @api.constrains("basis", "law")
    def _check_law(self):
        for one in self:
            if one.basis == "other" and not one.law:
                raise ValidationError(self.env._("Name the law of the other basis."))

    @api.model
    def _on(self, company, day):
        """Return the basis that holds for a company on a day, or none."""
        return self.search(
            [
                ("company_id", "=", company.id),
                ("date_from", "<=", day),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", day),
            ],
            limit=1,
        )
