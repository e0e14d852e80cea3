from odoo import fields, models


class RecurringMembershipCategory(models.Model):
    """What kind of member someone is: prices stand on the plans, votes here."""

    _name = "recurring.membership.category"
    _description = "Category of Members"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self.env.company,
        index=True,
        help="Leave empty to use the category in every company.",
    )
    kind = fields.Selection(
        [
            ("person", "Person"),
            ("legal", "Legal person, with a representative"),
            ("honorary", "Honorary: owes nothing, is a member as long as it lasts"),
        ],
        required=True,
        default="person",
    )
    proof = fields.Char(
        string="Proof Asked For",
        translate=True,
        help="For a reduced price: what has to be shown, for instance a student card. "
        "Empty: nothing.",
    )
    votes = fields.Integer(
        default=1, help="Votes of a member at the general assembly; 0 for none."
    )

    _votes_not_negative = models.Constraint(
        "CHECK(votes >= 0)", "A number of votes cannot be negative."
    )
