from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ProductTemplate(models.Model):
    _inherit = "product.template"

    rr_plan_id = fields.Many2one(
        "recurring.plan",
        string="Subscription Plan",
        ondelete="restrict",
        index="btree_not_null",
        domain="['|', ('company_id', '=', False), ('company_id', '=?', company_id)]",
        help="Confirming a quotation with this product starts a subscription to this "
        "plan. Leave empty for a product that is sold once.",
    )

    @api.constrains("rr_plan_id", "company_id")
    def _check_rr_plan_company(self):
        """A product of one company does not sell another company's plan.

        A product that all companies share may sell a plan of one of them.
        """
        for template in self:
            company = template.rr_plan_id.sudo().company_id
            if company and template.company_id and company != template.company_id:
                raise ValidationError(
                    self.env._(
                        "%(product)s belongs to %(company)s, the plan %(plan)s to "
                        "another company.",
                        product=template.display_name,
                        company=template.company_id.name,
                        plan=template.rr_plan_id.sudo().name,
                    )
                )
