"""A line of a gift: its fund, its projects, its side of the entry."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class RecurringContributionLine(models.Model):
    _name = "recurring.contribution.line"
    _inherit = ["recurring.contribution.line", "analytic.mixin"]

    fund_id = fields.Many2one(
        "recurring.dedicated.fund",
        string="Earmarked For",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="The donor gave it for this purpose: it is followed up until it is used.",
    )

    @api.constrains("fund_id", "contribution_id")
    def _check_fund(self):
        for line in self:
            if line.fund_id and line.fund_id.company_id != line.company_id:
                raise ValidationError(
                    self.env._(
                        "%s belongs to another company.", line.fund_id.display_name
                    )
                )

    def _distribution(self):
        """Return the projects of this line: its own, else that of its fund."""
        self.ensure_one()
        if self.analytic_distribution:
            return self.analytic_distribution
        project = self.fund_id.analytic_account_id
        return {str(project.id): 100} if project else False

    def _used_distribution(self, account):
        """Return the projects of what was given, where it was used up at once."""
        used_up = account.internal_group == "expense"
        return used_up and self._distribution()

    def _prepare_receipt_line(self):
        return {
            **super()._prepare_receipt_line(),
            "rr_fund_id": self.fund_id.id,
            "analytic_distribution": self._distribution(),
        }

    def _prepare_gift_item(self, against):
        """Return the credit side of a gift without money.

        :param against: the account that it is booked on, debit
        """
        if against.account_type == "off_balance":
            return {"account_id": self._beside(against).id, "name": self.name}
        # The account of the product, as on a sales receipt.
        product = self.product_id.with_company(self.company_id)
        account = product.product_tmpl_id.get_product_accounts()["income"]
        if not account:
            raise UserError(
                self.env._("%s has no income account.", self.product_id.display_name)
            )
        return {
            "account_id": account.id,
            "name": self.name,
            "product_id": self.product_id.id,
            "rr_fund_id": self.fund_id.id,
            "analytic_distribution": self._distribution(),
        }

    def _beside(self, against):
        """Return the account beside the balance sheet that answers to ``against``."""
        company = self.company_id
        for role in ("goods", "service", "volunteering"):
            if company._association_row(f"{role}_use").account_id == against:
                return company._association_account(role)
        raise UserError(
            self.env._(
                "%s stands beside the balance sheet: say in the set-up of the "
                "association's books what it answers to.",
                against.display_name,
            )
        )
