from odoo import models


class AccountMoveLine(models.Model):
    """A line whose price contains its taxes totals its price, by either rounding."""

    _inherit = "account.move.line"

    def _compute_totals(self):
        """Odoo rounds base and VAT of a line apart where it rounds globally: lines of
        0.99 with tax then show 1.00, and their sum is not what is to be paid."""
        result = super()._compute_totals()
        for line in self:
            if line.rr_subscription_line_id and includes_taxes(line.tax_ids):
                line.price_total = included_total(
                    line.currency_id, line.quantity, line.price_unit, line.discount
                )
        return result


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        """Show, before tax, what is booked for a line whose price contains its taxes:
        rounded globally, bases of lines need not sum to the base of the invoice."""
        self._rr_show_booked()
        return super()._post(soft)

    def _rr_show_booked(self):
        for line in self.line_ids.filtered("rr_subscription_line_id"):
            if line.company_id.tax_calculation_rounding_method == "round_per_line":
                continue
            if not includes_taxes(line.tax_ids):
                continue
            booked = line.amount_currency * line.move_id.direction_sign
            if line.currency_id.compare_amounts(booked, line.price_subtotal):
                line.price_subtotal = booked


def includes_taxes(taxes):
    """Tell whether a price contains all of the taxes, each a percentage."""
    return bool(taxes) and all(
        tax.price_include and tax.amount_type == "percent" for tax in taxes
    )


def included_total(currency, quantity, price, discount):
    """Return what a line comes to whose price contains its taxes."""
    return currency.round(quantity * price * (1 - (discount or 0.0) / 100))
