"""Forms of tax receipts as data: fields, sentences, a template and days of validity.

A receipt of another country is a model with its clauses, and one QWeb template.
"""

from odoo import api, fields, models
from odoo.fields import Domain

from .recurring_receipt_rule import CODES

DONOR_KINDS = [("person", "Person"), ("company", "Company or other legal person")]
# Which tick of the basis (``recurring.gift.basis``) an article of law needs.
ALLOWED_BY = [
    ("income_tax", "Gifts of persons, income tax"),
    ("companies", "Gifts of companies"),
    ("wealth_tax", "Gifts of persons, tax on real estate wealth"),
]


class RecurringReceiptModel(models.Model):
    """The official form of a country's tax receipt for a kind of donor."""

    _name = "recurring.receipt.model"
    _description = "Form of Tax Receipts"
    _inherit = ["recurring.vat.delivered"]
    _delivered_key = ("code", "valid_from")
    _order = "country, donor_kind, valid_from desc, id desc"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Names the form in all its versions.")
    country = fields.Char(required=True, help="ISO code of the association's country.")
    donor_kind = fields.Selection(
        DONOR_KINDS, string="Donor", required=True, default="person"
    )
    form_number = fields.Char(help="With its version, for instance 11580*05.")
    form_name = fields.Char(help="The form's other name, for instance 2041-RD.")
    template = fields.Char(
        required=True,
        help="The QWeb template that prints it. It gets the receipt as `o` and all "
        "texts as `paper`, the sentences below by their codes in `paper['said']`.",
    )
    valid_from = fields.Date(required=True, help="For receipts issued from then on.")
    valid_to = fields.Date(
        string="Valid Until (excluded)", help="Empty: it still holds."
    )
    clause_ids = fields.One2many("recurring.receipt.clause", "model_id", string="Texts")

    _one_a_day = models.UniqueIndex(
        "(code, valid_from)", "Another version of this form begins on that day."
    )
    _validity_order = models.Constraint(
        "CHECK(valid_to IS NULL OR valid_from < valid_to)",
        "A form ends after it begins.",
    )

    @api.depends("name", "form_number")
    def _compute_display_name(self):
        for one in self:
            parts = (one.form_number, one.name)
            one.display_name = " - ".join(part for part in parts if part)

    @api.model
    def _for(self, country, donor_kind, day):
        """Return the form for receipts issued on a day, or none."""
        # sudo: the forms are the law's, the same for everybody.
        return self.sudo().search(
            Domain("country", "=", country)
            & Domain("donor_kind", "=", donor_kind)
            & Domain("valid_from", "<=", day)
            & (Domain("valid_to", "=", False) | Domain("valid_to", ">", day)),
            limit=1,
        )

    def _article(self, allowed_by):
        """Return the article of law of this form for a kind of gift, or none."""
        return self.clause_ids.filtered(
            lambda clause: clause.kind == "article" and clause.allowed_by == allowed_by
        )[:1]

    def _said(self):
        """Return ``{code: text}`` of the sentences, in the environment's language."""
        return {
            clause.code: clause.text
            for clause in self.clause_ids
            if clause.kind == "sentence"
        }


class RecurringReceiptClause(models.Model):
    """A text of a form: an article that a gift may rest on, a sentence, a note."""

    _name = "recurring.receipt.clause"
    _description = "Text of a Form of Tax Receipts"
    _order = "model_id, kind, sequence, id"
    _rec_name = "code"

    model_id = fields.Many2one(
        "recurring.receipt.model", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [("article", "Article of law"), ("sentence", "Sentence"), ("note", "Note")],
        required=True,
        default="sentence",
    )
    code = fields.Char(
        required=True, help="An article's number, or the place of a sentence."
    )
    text = fields.Text(required=True, translate=True)
    allowed_by = fields.Selection(
        ALLOWED_BY,
        string="For",
        help="An article: which gifts it is for. The basis of the association must "
        "allow it.",
    )
    rate_code = fields.Selection(
        CODES, string="Reduction", help="The figure that says what the gift is worth."
    )

    _once = models.UniqueIndex(
        "(model_id, kind, code)", "The form has a text with this code already."
    )
