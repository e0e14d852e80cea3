"""A tax that another one takes the place of, from a day on, by a rule."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

RULES = [
    ("period", "By service period: days before at the old tax, days after at the new"),
    ("invoice", "By invoice date"),
    ("payment", "By payment: what is due from that day on"),
]


class RecurringVatTaxChange(models.Model):
    """From a day on, a tax takes another one's place on recurring invoices.

    A rate that changes by law, or the option for VAT on debits. The rule says what the
    day is compared with: the days of service (a period that straddles is parted by
    days, and what was billed ahead is credited and charged anew), the date of the
    invoice, or the day on which it is due.
    """

    _name = "recurring.vat.tax.change"
    _description = "Change of a Tax"
    _inherit = ["recurring.vat.table"]
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char(
        string="Reason", required=True, help="The law, or the option, with its source."
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    old_tax_id = fields.Many2one(
        "account.tax",
        required=True,
        check_company=True,
        ondelete="restrict",
        domain="[('type_tax_use', '=', 'sale')]",
    )
    new_tax_id = fields.Many2one(
        "account.tax",
        required=True,
        check_company=True,
        ondelete="restrict",
        domain="[('type_tax_use', '=', 'sale')]",
    )
    date = fields.Date(
        string="From", required=True, help="The first day at the new tax."
    )
    rule = fields.Selection(RULES, required=True, default="period")
    product_tmpl_ids = fields.Many2many(
        "product.template",
        string="Only for",
        help="Empty: for every product that bears the old tax.",
    )
    state = fields.Selection(
        [("draft", "Draft"), ("applied", "Applied"), ("withdrawn", "Withdrawn")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
    )
    affected_count = fields.Integer(
        string="Subscriptions Billed Beyond That Day",
        compute="_compute_affected_count",
        help="What they were billed for later days is credited at the old tax and "
        "charged at the new one, at the next billing.",
    )

    _differ = models.Constraint(
        "CHECK(old_tax_id != new_tax_id)", "A tax does not take its own place."
    )

    @api.constrains("old_tax_id", "new_tax_id")
    def _check_price_include(self):
        for change in self:
            if change.old_tax_id.price_include != change.new_tax_id.price_include:
                raise ValidationError(
                    self.env._(
                        "Both taxes are included in the price, or none: %(old)s and "
                        "%(new)s differ.",
                        old=change.old_tax_id.name,
                        new=change.new_tax_id.name,
                    )
                )

    @api.depends("old_tax_id", "date", "rule", "product_tmpl_ids")
    def _compute_affected_count(self):
        for change in self:
            change.affected_count = len(change._affected(change.old_tax_id))

    def _affected(self, tax):
        """Return the subscriptions that were billed with a tax for later days."""
        self.ensure_one()
        if self.rule != "period" or not (tax and self.date):
            return self.env["recurring.subscription"]
        keys = set(map(str, self._family(tax).ids))
        rows = self.env["recurring.billed.item"].search(
            Domain(
                [
                    ("company_id", "=", self.company_id.id),
                    ("date_end", ">", self.date),
                    ("kind", "=", "charge"),
                ]
            )
            & Domain.OR(Domain("tax_key", "like", key) for key in keys)
        )
        templates = self.product_tmpl_ids
        return rows.filtered(
            lambda row: (
                not keys.isdisjoint(row.tax_key.split(","))
                and (not templates or row.product_id.product_tmpl_id in templates)
            )
        ).subscription_id

    def action_apply(self):
        """Let the new tax take the old one's place; what was billed ahead is corrected
        by the next billing.

        :raise UserError: for one that is applied already
        """
        self.check_access("write")
        for change in self:
            if change.state == "applied":
                raise UserError(self.env._("%s is applied already.", change.name))
            change.write({"state": "applied", "bearer_tmpl_ids": change._bearers().ids})
            change._look_again(change.old_tax_id)

    def _bearers(self):
        """Return the products that bear the old tax now."""
        products = self.env["product.template"].with_context(active_test=False)
        return products.search([("taxes_id", "in", self._family(self.old_tax_id).ids)])

    def action_withdraw(self):
        """Take the change back: the next billing corrects what was billed by it."""
        self.check_access("write")
        for change in self.filtered(lambda change: change.state == "applied"):
            change.state = "withdrawn"
            change._look_again(change.new_tax_id)

    def _look_again(self, tax):
        """Let the next billing look at what was billed with a tax for later days."""
        # sudo: an accountant changes a tax without the right to change subscriptions;
        # what was billed with it is looked at again, nothing else of them.
        affected = self.sudo()._affected(tax)
        affected._reopen_from(self.date)
        affected._refresh_billing_state()

    def write(self, vals):
        settled = {"old_tax_id", "new_tax_id", "date", "rule", "product_tmpl_ids"}
        if settled & vals.keys() and any(row.state != "draft" for row in self):
            raise UserError(
                self.env._("A change that was applied stands. Make another one.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_drafts_only(self):
        if any(row.state != "draft" for row in self):
            raise UserError(
                self.env._("A change that was applied is kept: it explains invoices.")
            )


class AccountPaymentTerm(models.Model):
    _inherit = "account.payment.term"

    def _vat_due_day(self, day):
        """Return when an invoice of a day has to be paid in full; at once without
        terms."""
        return max((part._get_due_date(day) for part in self.line_ids), default=day)
