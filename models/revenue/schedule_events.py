"""What happens to a contract after it was invoiced, as slices that are added."""

from odoo import models

from ...engine.recognition import converted, difference
from ..exact import currency_rounding, exact


class RecurringRevenueSchedule(models.Model):
    _inherit = "recurring.revenue.schedule"

    def _worth(self, slices):
        """Return slices of a root in company currency, at the invoice's rate."""
        self.ensure_one()
        if self.currency_id == self.company_currency_id:
            return slices
        return converted(
            slices,
            exact(self.amount_currency),
            exact(self.amount),
            currency_rounding(self.company_currency_id),
        )

    def _effect(self, curve):
        """Return what it changes, month by month, that a root is earned by another
        curve: ``{month: (amount in currency, amount)}``."""
        before, after = self._curve().slices(), curve.slices()
        own = difference(before, after)
        worth = difference(self._worth(before), self._worth(after))
        zero = exact(0)
        return {
            month: (own.get(month, zero), worth.get(month, zero))
            for month in sorted(own.keys() | worth.keys())
        }

    def _add_slices(self, effect, month, cause):
        """Add slices to a root; they are booked from ``month`` on."""
        self.ensure_one()
        self._insert_slices(
            [
                (
                    self.id,
                    self.id,
                    self.company_id.id,
                    self.currency_id.id,
                    service,
                    max(service, month),
                    *amounts,
                    cause,
                    None,
                )
                for service, amounts in effect.items()
            ]
        )
