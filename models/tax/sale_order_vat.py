"""Quotations of subscriptions bear the VAT that their invoices will bear."""

from odoo import models

PARTNERS = {"partner_id", "partner_invoice_id", "partner_shipping_id"}


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _vat_by_rules(self):
        """Tell whether the rules decide: unless somebody chose a fiscal position."""
        self.ensure_one()
        payer, address = self.partner_invoice_id, self.partner_shipping_id
        return (
            self.company_id._vat_is_decided()
            and bool(payer)
            and self.fiscal_position_id == self._vat_detected_position()
            and not payer._vat_chosen_position(self.company_id, address or payer)
        )

    def _vat_detected_position(self):
        """Return the fiscal position that Odoo itself detects for the order."""
        positions = self.env["account.fiscal.position"].with_company(self.company_id)
        return positions._get_fiscal_position(self.partner_id, self.partner_shipping_id)

    def write(self, vals):
        """Another customer or address: the lines of plans are taxed anew."""
        result = super().write(vals)
        if PARTNERS & vals.keys():
            for order in self.filtered(lambda order: order.state in ("draft", "sent")):
                lines = order.order_line.filtered("rr_plan_id")
                if lines and order._vat_by_rules():
                    lines._compute_tax_ids()
                    lines.filtered(_has_asked_price)._reset_price_unit_each()
        return result


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _compute_tax_ids(self):
        result = super()._compute_tax_ids()
        for line in self:
            taxes = line._vat_taxes()
            if taxes is None and line.sudo().rr_charge_id:
                taxes = line._vat_dated(line.tax_ids)
            if taxes is not None:
                line.tax_ids = taxes
        return result

    def _reset_price_unit(self):
        """Adapt the price to the decided taxes, as the invoice will."""
        taxes = self._vat_taxes()
        if taxes is None:
            return super()._reset_price_unit()
        line = self.with_company(self.company_id)
        price = self.company_id._vat_adapted_price(
            line._get_display_price(), line._vat_own_taxes(), taxes, line.product_id
        )
        line.update({"price_unit": price, "technical_price_unit": price})
        return None

    def _reset_price_unit_each(self):
        for line in self.with_context(sale_write_from_compute=True):
            line._reset_price_unit()

    def _vat_own_taxes(self):
        return self.product_id.taxes_id._filter_taxes_by_company(self.company_id)

    def _vat_taxes(self):
        """Return the taxes by decision; None for lines of no plan, where Odoo's own
        mapping stands, and where the VAT set-up lacks what the decision needs."""
        self.ensure_one()
        order = self.order_id
        if not self.sudo().rr_charge_id or not order._vat_by_rules():
            return None
        company, own = self.company_id, self._vat_own_taxes()
        day = order._rr_start_day()
        answer = company._vat_answer(
            order.partner_invoice_id,
            order.partner_shipping_id or order.partner_invoice_id,
            self.product_id,
            day,
        )
        taxes = company._vat_taxes_of(answer, own)
        if not taxes and own:
            return None
        return self._vat_dated(taxes)

    def _vat_dated(self, taxes):
        """Return the taxes by the changes that hold when the service begins."""
        order, company = self.order_id, self.company_id
        day = order._rr_start_day()
        due = order.payment_term_id._vat_due_day(day)
        changes = self.env["recurring.vat.tax.change"]
        return changes._serving(taxes, self.product_id, company, day, due)

    def _rr_asked_unit_price(self):
        taxes = self._vat_taxes()
        if taxes is None:
            return super()._rr_asked_unit_price()
        return self.company_id._vat_adapted_price(
            self._rr_asked_price(), self._vat_own_taxes(), taxes, self.product_id
        )


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    def _take_fiscal_position(self, order):
        """Keep the order's position only where a person chose it: the rules go on
        deciding for the others."""
        if not self.company_id._vat_is_decided():
            return super()._take_fiscal_position(order)
        by_hand = order.fiscal_position_id != order._vat_detected_position()
        self.fiscal_position_id = by_hand and order.fiscal_position_id
        return None


def _has_asked_price(line):
    return not line.currency_id.compare_amounts(
        line.technical_price_unit, line.price_unit
    )
