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


def includes_taxes(taxes):
    """Tell whether a price contains all of the taxes, each a percentage."""
    return bool(taxes) and all(
        tax.price_include and tax.amount_type == "percent" for tax in taxes
    )


def included_total(currency, quantity, price, discount):
    """Return what a line comes to whose price contains its taxes."""
    return currency.round(quantity * price * (1 - (discount or 0.0) / 100))
