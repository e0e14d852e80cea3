"""The lines that a plan gives to a subscription, and their prices."""

from odoo import api, fields, models


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    @api.onchange("plan_version_id")
    def _onchange_plan_version_id(self):
        """Show the plan's charges at once, as a quotation of what will be billed."""
        if self.state == "draft" and self.plan_version_id:
            if self.line_ids.charge_id.version_id != self.plan_version_id:
                self.line_ids = False
                self._add_plan_lines()

    @api.onchange("pricelist_id", "currency_id")
    def _onchange_prices(self):
        """Price the lines anew, except those whose price was agreed."""
        if self.state == "draft":
            for line in self.line_ids.filtered(lambda line: not line.price_agreed):
                line.update(line._price_values())

    def _add_plan_lines(self):
        """Add a line for each base and one-off charge of the plan (not add-ons)."""
        for sub in self:
            charges = sub.plan_version_id.charge_ids.filtered(
                lambda charge: charge.role != "addon"
            )
            sub.line_ids = [
                fields.Command.create(sub._prepare_line(charge)) for charge in charges
            ]

    def _prepare_line(self, charge, quantity=None, day=None):
        """Return the values of a line that sells ``charge`` on this subscription."""
        self.ensure_one()
        quantity = charge.default_quantity if quantity is None else quantity
        if charge.role == "usage":
            quantity = 0  # nobody knows yet
        return {
            "charge_id": charge.id,
            "product_id": charge.product_id.id,
            "sequence": charge.sequence,
            "role": charge.role,
            "quantity": quantity,
            **self._price_values(charge, quantity, day),
        }

    def _price_values(self, charge, quantity, day=None):
        """Return price, where it comes from and the factor of the plan's currency.

        ``day`` is the day whose price holds; the start when left out.
        """
        self.ensure_one()
        day = day or self.start_date or fields.Date.context_today(self)
        charge = charge.with_company(self.company_id)
        price, source = charge._price_for(
            self.pricelist_id, self.currency_id, day, quantity
        )
        return {
            "price_unit": float(price),
            "price_source": source,
            "price_factor": float(charge._price_factor(self.currency_id, day)),
        }
