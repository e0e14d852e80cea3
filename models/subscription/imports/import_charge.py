"""Which charge of a plan the quantity and the price of an imported row belong to."""

from odoo import models
from odoo.exceptions import UserError


class RecurringPlanVersion(models.Model):
    _inherit = "recurring.plan.version"

    def _import_charge(self):
        """Return the first base charge that counts units, else the first of all."""
        base = self.charge_ids.filtered(lambda charge: charge.role == "base")
        return (
            base.filtered(lambda charge: charge.charge_model != "flat")[:1] or base[:1]
        )


class RecurringPlanCharge(models.Model):
    _inherit = "recurring.plan.charge"

    def _import_price_problem(self, currency, day):
        """Return why the plan has no price in ``currency`` on ``day``, else None."""
        try:
            self._price_factor(currency, day)
        except UserError as error:
            return str(error)
        return None
