"""Copies that start clean, and nothing of a former customer on a draft."""

from odoo import Command, api, models

# What a customer brings along: taken anew when a copy is for another customer.
FROM_CUSTOMER = (
    "partner_invoice_id",
    "partner_shipping_id",
    "pricelist_id",
    "currency_id",
    "payment_term_id",
    "preferred_payment_method_line_id",
    "fiscal_position_id",
    "client_order_ref",
    "user_id",
    "team_id",
)


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    # ------------------------------------------------------------------
    # Choosing another customer
    # ------------------------------------------------------------------

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        """Forget what was agreed with the customer who stood here before."""
        if self._origin.partner_id and self._origin.partner_id != self.partner_id:
            self.fiscal_position_id = False
            self.client_order_ref = False

    # ------------------------------------------------------------------
    # Duplicate
    # ------------------------------------------------------------------

    def copy_data(self, default=None):
        """Copy what was agreed, not what happened: a draft that starts today.

        Lines that ended or were charged once on the way stay behind. For another
        customer, everything that comes from a customer is taken from the new one.
        """
        default = dict(default or {})
        vals_list = super().copy_data(default)
        for sub, vals in zip(self, vals_list, strict=True):
            for name in ("start_date", "anchor_date"):
                if name not in default:
                    vals.pop(name, None)
            other = default.get("partner_id", sub.partner_id.id) != sub.partner_id.id
            if other:
                for name in FROM_CUSTOMER:
                    if name not in default:
                        vals.pop(name, None)
            if "line_ids" not in default:
                vals["line_ids"] = [
                    Command.create(line_vals)
                    for line_vals in sub._lines_to_copy().copy_data()
                ]
        return vals_list

    def copy(self, default=None):
        copies = super().copy(default)
        if default and "partner_id" in default:
            # What was not agreed with the first customer follows the new price list.
            for line in copies.line_ids.filtered(lambda line: not line.price_agreed):
                line.write(line._price_values())
        return copies

    def _lines_to_copy(self):
        """Return the lines that ran to the end, without what was charged on the way."""
        end = self.end_date
        return self.line_ids.filtered(
            lambda line: (
                self.state == "draft"
                or (not line.end_date or (end and line.end_date >= end))
                and (line.role != "one_off" or line.charge_id)
            )
        )
