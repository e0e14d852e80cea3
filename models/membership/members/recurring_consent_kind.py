from odoo import fields, models


class RecurringConsentKind(models.Model):
    """What a person may consent to: newsletter, directory, image, or more."""

    _name = "recurring.consent.kind"
    _description = "Kind of Consent"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, help="Short and unique, as exports and filters name it."
    )
    wording = fields.Char(
        required=True,
        translate=True,
        help="The sentence that people tick. A consent keeps the wording of its day.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    asked_when_joining = fields.Boolean(
        default=True, help="Whether the public joining page asks for it."
    )

    _code_unique = models.UniqueIndex("(code)", "Another consent has this code.")
