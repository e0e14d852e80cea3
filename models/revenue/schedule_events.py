"""What happens to a contract after it was invoiced, as slices that are added."""

from odoo import models

from ...engine.recognition import converted, difference, month_of
from ..exact import currency_rounding, exact
from ..guard import applying


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

    def _follow(self, curve, day, cause):
        """Let a root be earned by another curve of the same amount from now on.

        :param day: the accounting day of the event
        """
        self.ensure_one()
        root = applying(self)
        values = [
            (
                root.id,
                root.id,
                root.company_id.id,
                root.currency_id.id,
                month,
                max(month, month_of(day)),
                *amounts,
                cause,
                None,
            )
            for month, amounts in root._effect(curve).items()
        ]
        root._insert_slices(values)
        root.curve = curve.data()
        root.invalidate_recordset(["slice_ids", "recognised", "deferred"])
