"""What a subscription bills, the order neither invoices nor changes any more."""

from odoo import api, models
from odoo.exceptions import UserError

from ...guard import applying, is_applying

SOLD_AS = {
    "product_id",
    "product_uom_id",
    "product_uom_qty",
    "price_unit",
    "discount",
    "tax_ids",
}
# Who bills a line of a confirmed order is decided when it is confirmed, never later.
PLAN = {"rr_plan_id", "rr_charge_id"}


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    # ------------------------------------------------------------------
    # Not invoiced by the order
    # ------------------------------------------------------------------

    @api.depends("rr_plan_id")
    def _compute_qty_to_invoice(self):
        result = super()._compute_qty_to_invoice()
        self._rr_billed_elsewhere().qty_to_invoice = 0
        return result

    @api.depends("rr_plan_id")
    def _compute_invoice_status(self):
        result = super()._compute_invoice_status()
        self._rr_billed_elsewhere().invoice_status = "no"
        return result

    @api.depends("rr_plan_id")
    def _compute_untaxed_amount_to_invoice(self):
        result = super()._compute_untaxed_amount_to_invoice()
        self._rr_billed_elsewhere().untaxed_amount_to_invoice = 0
        return result

    @api.depends("rr_plan_id")
    def _compute_amount_to_invoice(self):
        result = super()._compute_amount_to_invoice()
        self._rr_billed_elsewhere().amount_to_invoice = 0
        return result

    @api.depends("rr_plan_id")
    def _compute_amount_to_invoice_at_date(self):
        result = super()._compute_amount_to_invoice_at_date()
        self._rr_billed_elsewhere().amount_to_invoice_at_date = 0
        return result

    def _rr_billed_elsewhere(self):
        return self.filtered(lambda line: line.sudo().rr_plan_id)

    # ------------------------------------------------------------------
    # Lines of a confirmed order
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Start a subscription for a plan that is added to a confirmed order."""
        unpriced = ["price_unit" not in vals for vals in vals_list]
        lines = super().create(vals_list)
        # sudo: as when the order is confirmed, what is sold decides.
        confirmed = lines.sudo().filtered(lambda line: line.state == "sale")
        applying(confirmed)._rr_find_plans()
        for line, no_price in zip(lines, unpriced, strict=True):
            # The plan may stand on a line that was created with this one.
            if no_price and line.sudo().rr_charge_id:
                line._reset_price_unit()
        added = lines.filtered(
            lambda line: line.state == "sale" and line.sudo().rr_plan_id
        )
        for order, new_lines in added.grouped("order_id").items():
            started = order.sudo().rr_subscription_ids._not_closed()
            if started.plan_id & new_lines.sudo().rr_plan_id:
                raise UserError(new_lines._rr_started_message(started))
            for line in new_lines.sudo():
                if message := line._rr_error_message():
                    raise UserError(message)
            order._rr_start_subscriptions(new_lines)
        return lines

    def write(self, vals):
        """Refuse to change what a running subscription bills: it would not follow."""
        self._rr_check_sold(SOLD_AS & set(vals), vals)
        self._rr_check_plan((PLAN | {"product_id"}) & set(vals), vals)
        return super().write(vals)

    def _rr_check_sold(self, names, vals):
        for line in self if names else ():
            subscription = line.sudo().rr_subscription_line_ids.subscription_id
            if line.state == "sale" and subscription._not_closed():
                if any(line._rr_differs(name, vals[name]) for name in names):
                    raise UserError(line._rr_started_message(subscription))

    def _rr_check_plan(self, names, vals):
        """Refuse to turn a confirmed line into one that a subscription bills, or back:
        it would be billed by nobody, or twice."""
        if is_applying(self.env):
            return
        product = self.env["product.product"].sudo().browse(vals.get("product_id"))
        for line in self.sudo() if names else ():
            if line.state != "sale":
                continue
            changed = {name for name in names if line._rr_differs(name, vals[name])}
            if changed & PLAN or changed and (line.rr_plan_id or product.rr_plan_id):
                raise UserError(
                    self.env._(
                        "The order is confirmed, so it is settled who bills this line: "
                        "the order or a subscription. Add another line instead."
                    )
                )

    def _rr_differs(self, name, value):
        field = self._fields[name]
        new = field.convert_to_record(field.convert_to_cache(value, self), self)
        return self[name] != new

    def _rr_started_message(self, subscription):
        return self.env._(
            "The subscription %s has started with this order. Change the subscription "
            "instead: its next invoice follows.",
            subscription[:1].name,
        )
