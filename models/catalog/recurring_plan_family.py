from odoo import fields, models


class RecurringPlanFamily(models.Model):
    """Plans that are one offer to a customer: a trial of one is a trial of all."""

    _name = "recurring.plan.family"
    _description = "Plan Family"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self.env.company,
        index=True,
        help="Leave empty to use the family in every company.",
    )
    plan_ids = fields.One2many("recurring.plan", "family_id", string="Plans")


class RecurringPlan(models.Model):
    """What a plan is an alternative to, and where it leads."""

    _inherit = "recurring.plan"
    _check_company_auto = True

    family_id = fields.Many2one(
        "recurring.plan.family",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="A customer gets one trial in a family of plans. Without a family the "
        "plan stands alone.",
    )
    upgrade_plan_id = fields.Many2one(
        "recurring.plan",
        string="Upgrade To",
        ondelete="set null",
        check_company=True,
        domain="[('id', '!=', id), ('current_version_id', '!=', False)]",
        help="The plan that the button “Upgrade” of a subscription leads to.",
    )
