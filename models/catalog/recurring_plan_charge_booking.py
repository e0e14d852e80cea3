from odoo import api, fields, models


class RecurringPlanCharge(models.Model):
    """What the product brings along to an invoice: taxes and income account."""

    _inherit = "recurring.plan.charge"

    booking_text = fields.Char(
        string="Booked With",
        compute="_compute_booking",
        help="The product's own taxes and income account. On an invoice the "
        "customer's fiscal position may replace them.",
    )
    tax_warning = fields.Char(compute="_compute_booking")

    @api.depends("product_id", "company_id")
    @api.depends_context("company", "lang")
    def _compute_booking(self):
        for charge in self:
            charge.booking_text = charge.tax_warning = False
            if not charge.product_id:
                continue
            company = charge.company_id or self.env.company
            # sudo: who makes plans need not be an accountant to see what is booked.
            product = charge.product_id.sudo().with_company(company)
            taxes = product.taxes_id._filter_taxes_by_company(company)
            account = product.product_tmpl_id.get_product_accounts()["income"]
            charge.booking_text = self.env._(
                "%(taxes)s; %(account)s",
                taxes=", ".join(taxes.mapped("name")) or self.env._("no tax"),
                account=account.display_name or self.env._("no income account yet"),
            )
            charge.tax_warning = charge._tax_warning(product, taxes)

    def _tax_warning(self, product, taxes):
        """Return what is wrong with the taxes of a service, False if nothing is.

        A tax for goods makes Odoo print the mentions of a delivery of goods.
        """
        goods = taxes.filtered(lambda tax: tax.tax_scope == "consu")
        if product.type != "service" or not goods:
            return False
        return self.env._(
            "%(product)s is a service, but its tax %(taxes)s is one for goods. Choose "
            "the tax for services on the product: invoices and VAT returns tell the "
            "two apart.",
            product=product.display_name,
            taxes=", ".join(goods.mapped("name")),
        )


class RecurringPlanVersion(models.Model):
    _inherit = "recurring.plan.version"

    tax_warning = fields.Text(compute="_compute_tax_warning")

    @api.depends("charge_ids.tax_warning")
    @api.depends_context("company", "lang")
    def _compute_tax_warning(self):
        for version in self:
            warnings = filter(None, version.charge_ids.mapped("tax_warning"))
            version.tax_warning = "\n".join(dict.fromkeys(warnings))
