"""Words that the law wants on a document other than the invoice itself, dated."""

from odoo import api, fields, models


class RecurringVatWording(models.Model):
    """A literal wording of the law, valid between two days (both inclusive).

    ``box`` is the tag of the VAT return that the matter is declared in, where the
    country has one of that name.
    """

    _name = "recurring.vat.wording"
    _description = "Legal Wording"
    _order = "country, code, date_from desc"
    _rec_name = "code"

    code = fields.Char(required=True)
    country = fields.Char(required=True)
    date_from = fields.Date(string="From")
    date_to = fields.Date(string="To")
    text = fields.Text(
        required=True, help="{untaxed} and {tax} stand for the amounts in figures."
    )
    box = fields.Char(string="Box of the VAT Return")
    confirmed = fields.Boolean(help="Checked by an accountant against the law.")
    source = fields.Char(required=True)

    @api.model
    def _on(self, code, country, day):
        """Return the wording of a day, empty where there is none."""
        # sudo: the addon's own data, for whoever may book such a matter.
        return self.sudo().search(
            [
                ("code", "=", code),
                ("country", "=", country),
                "|",
                ("date_from", "=", False),
                ("date_from", "<=", day),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", day),
            ],
            limit=1,
        )
