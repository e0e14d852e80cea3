"""Whether a line is priced with tax or without, and what it comes to without."""

from odoo import models

from ..exact import exact
from .resolver import Resolver
from .tax_basis import TaxBasis, change_basis


class RecurringSubscriptionLine(models.Model):
    _inherit = "recurring.subscription.line"

    def _tax_basis(self):
        """Return the basis in which this line's prices stand today."""
        self.ensure_one()
        sub = self.subscription_id
        _account, own, mapped = Resolver().booking(sub, self.product_id)
        return TaxBasis.of_line(self, own, mapped)

    def _before_tax(self, amount):
        """Return an amount of this line without the tax in it, a Decimal: what plans
        with tax and plans without are compared by. It is not rounded."""
        basis = self._tax_basis()
        if not basis.included:
            return exact(amount)
        return exact(
            change_basis(amount, basis.taxes, self.currency_id, self.product_id, False)
        )

    def _tax_note(self):
        """Say whether the price that stands there contains tax; nothing if there is
        none to contain."""
        basis = self._tax_basis()
        if not basis.taxes:
            return ""
        return self.env._("with tax") if basis.included else self.env._("before tax")
