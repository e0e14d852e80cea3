"""Down payments count what the order invoices itself, not what a subscription bills."""

from odoo import models
from odoo.exceptions import UserError


class SaleAdvancePaymentInv(models.TransientModel):
    _inherit = "sale.advance.payment.inv"

    def _create_invoices(self, sale_orders):
        """Ask no down payment for what a subscription bills."""
        if (
            self.advance_payment_method != "delivered"
            and sale_orders.order_line.sudo().rr_plan_id
            and not sale_orders._rr_ordinary_lines()
        ):
            raise UserError(sale_orders._nothing_to_invoice_error_message())
        return super()._create_invoices(sale_orders)


class AccountTax(models.Model):
    _inherit = "account.tax"

    def _prepare_down_payment_lines(self, base_lines, *args, **kwargs):
        """Count a down payment on the lines that the order invoices itself."""
        own = [line for line in base_lines if not _billed_by_subscription(line)]
        return super()._prepare_down_payment_lines(own, *args, **kwargs)


def _billed_by_subscription(base_line):
    record = base_line.get("record")
    return (
        isinstance(record, models.BaseModel)
        and record._name == "sale.order.line"
        and bool(record.sudo().rr_plan_id)
    )
