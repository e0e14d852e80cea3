"""What the call for dues prints of its instalments."""

from odoo import models
from odoo.tools import format_date


class RecurringDues(models.Model):
    _inherit = "recurring.dues"

    def _instalment_rows(self):
        """Return (day, amount) texts of the instalments that the payer still pays."""
        rows = self.instalment_ids.filtered(
            lambda one: not one.share_id and one.state in ("planned", "in_hand")
        )
        return [
            (format_date(self.env, one.due_on), one.currency_id.format(one.amount))
            for one in rows
        ]
