"""Plans whose members say something that the law protects (GDPR, article 9).

Religion, political opinion, union membership, health: that somebody is a member reveals
it. What belongs to such a plan is seen by one group and by the member alone; the rules
stand in ``security/sensitive_rules.xml``. Accounting sees amounts, never what for.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError

SENSITIVE_GROUP = "recurring_revenue.group_sensitive"


class RecurringPlan(models.Model):
    _inherit = "recurring.plan"

    rr_sensitive = fields.Boolean(
        string="Reveals a Special Category",
        help="Membership says something of religion, opinion, a union or health (GDPR, "
        "article 9). Members, dues and money of this plan are seen only by the group "
        "“May see sensitive members”; entries say a number instead of what for.",
    )

    @api.constrains("rr_sensitive", "rr_kind")
    def _check_sensitive(self):
        for plan in self:
            if plan.rr_sensitive and plan.rr_kind != "membership":
                raise UserError(
                    self.env._("Only plans of members can be closed to others.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse to close a plan to oneself."""
        if any(vals.get("rr_sensitive") for vals in vals_list):
            self._check_may_close()
        return super().create(vals_list)

    def write(self, vals):
        """Refuse to close a plan to oneself, or to open one that is not seen."""
        if "rr_sensitive" in vals and any(
            plan.rr_sensitive != bool(vals["rr_sensitive"]) for plan in self
        ):
            self._check_may_close()
        return super().write(vals)

    @api.model
    def _check_may_close(self):
        if not self.env.su and not self.env.user.has_group(SENSITIVE_GROUP):
            raise UserError(
                self.env._(
                    "You would not see this plan any more: ask for the right “May see "
                    "sensitive members” first."
                )
            )


class ResPartner(models.Model):
    _inherit = "res.partner"

    # Rules close the records, but not the question whether there are any.
    rr_membership_ids = fields.One2many(domain=lambda self: self._open_memberships())

    @api.model
    def _open_memberships(self):
        """Return the domain of the memberships that the user may know of."""
        user = self.env.user
        if self.env.su or user.has_group(SENSITIVE_GROUP):
            return []
        return [
            "|",
            ("plan_id.rr_sensitive", "=", False),
            ("partner_id", "=", user.partner_id.id),
        ]


class RecurringMembership(models.Model):
    _inherit = "recurring.membership"

    is_sensitive = fields.Boolean(related="plan_id.rr_sensitive")

    def export_data(self, fields_to_export):
        """Export as usual; that members of a sensitive plan were, is put on record."""
        self._log_sensitive_export()
        return super().export_data(fields_to_export)

    def _log_sensitive_export(self):
        sensitive = self.filtered("is_sensitive")
        if sensitive:
            self.env["recurring.privacy.log"]._record(
                "sensitive",
                len(sensitive),
                self.env._("Exported: %s", ", ".join(sensitive.plan_id.mapped("name"))),
            )


class RecurringContribution(models.Model):
    _inherit = "recurring.contribution"

    is_sensitive = fields.Boolean(
        compute="_compute_is_sensitive",
        store=True,
        help="Money for a plan that reveals a special category.",
    )

    @api.depends("line_ids.is_sensitive")
    def _compute_is_sensitive(self):
        for contribution in self:
            lines = contribution.line_ids
            contribution.is_sensitive = any(lines.mapped("is_sensitive"))


class RecurringContributionLine(models.Model):
    _inherit = "recurring.contribution.line"

    is_sensitive = fields.Boolean(compute="_compute_is_sensitive", store=True)

    @api.depends("dues_line_id.dues_id.plan_id.rr_sensitive")
    def _compute_is_sensitive(self):
        for line in self:
            # sudo: whether it is closed does not depend on who asks.
            plan = line.sudo().dues_line_id.dues_id.plan_id
            line.is_sensitive = plan.rr_sensitive

    def _prepare_receipt_line(self):
        values = super()._prepare_receipt_line()
        if self.is_sensitive:
            values |= self._neutral_values()
        return values

    def _neutral_values(self):
        """Return what the entry says of dues that nobody else may know of: the number
        of the contribution, on the account of the product, without the product."""
        company = self.contribution_id.company_id
        accounts = self.product_id.with_company(company).product_tmpl_id
        account = accounts.get_product_accounts()["income"]
        return {
            "name": self.contribution_id.name,
            "product_id": False,
            "account_id": account.id,
        }
