from odoo import api, fields, models
from odoo.exceptions import UserError


class RecurringOneOffWizard(models.TransientModel):
    """Something charged once on a running subscription, with its next invoice."""

    _name = "recurring.one.off.wizard"
    _description = "Charge Something Once"
    _check_company_auto = True

    subscription_id = fields.Many2one("recurring.subscription", required=True)
    company_id = fields.Many2one(related="subscription_id.company_id")
    currency_id = fields.Many2one(related="subscription_id.currency_id")
    product_id = fields.Many2one(
        "product.product",
        required=True,
        check_company=True,
        domain="[('sale_ok', '=', True)]",
        help="It gives the income account and the taxes.",
    )
    name = fields.Char(
        string="Text on the Invoice", help="Leave empty for the product's own name."
    )
    quantity = fields.Float(
        digits=(16, 6), min_display_digits="Product Unit", default=1.0, required=True
    )
    price_unit = fields.Float(
        string="Unit Price",
        digits=(16, 6),
        min_display_digits="Product Price",
        compute="_compute_price_unit",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    price_basis = fields.Selection(
        [
            ("product", "As the product's taxes say"),
            ("excluded", "Without tax"),
            ("included", "With tax"),
        ],
        string="This Price Is",
        default="product",
        required=True,
    )
    day = fields.Date(
        string="Charge On",
        required=True,
        default=fields.Date.context_today,
        help="It stands on the first invoice on or after this day.",
    )
    amount = fields.Monetary(compute="_compute_amount")

    @api.depends("product_id")
    def _compute_price_unit(self):
        for wizard in self:
            if wizard.product_id:
                wizard.price_unit = wizard._list_price()

    def _list_price(self):
        """Return the product's price for this customer, in the agreed currency."""
        sub = self.subscription_id
        product = self.product_id.with_company(sub.company_id)
        return sub.pricelist_id._get_product_price(
            product, self.quantity or 1.0, currency=sub.currency_id, date=self.day
        )

    @api.depends("quantity", "price_unit")
    def _compute_amount(self):
        for wizard in self:
            wizard.amount = wizard.currency_id.round(
                wizard.quantity * wizard.price_unit
            )

    def action_confirm(self):
        """Add the charge; it is billed with the next invoice."""
        self.ensure_one()
        if self.quantity <= 0:
            raise UserError(self.env._("Enter a quantity above zero."))
        self.subscription_id.action_add_one_off(
            self.product_id,
            self.price_unit,
            self.day,
            quantity=self.quantity,
            name=self.name,
            price_basis=self.price_basis,
        )
        return {"type": "ir.actions.act_window_close"}
