"""Reminders leave those alone who agreed to pay in parts."""

from odoo import api, models
from odoo.tools import SQL


class RecurringRenewalReminder(models.Model):
    _inherit = "recurring.renewal.reminder"

    @api.model
    def _not_agreed(self, day):
        """Who handed over cheques, or has instalments to come, is not reminded."""
        self.env["recurring.dues.instalment"].flush_model()
        return SQL(
            """NOT EXISTS (
                   SELECT 1 FROM recurring_dues_instalment i
                     JOIN recurring_dues_line a ON a.dues_id = i.dues_id
                    WHERE a.membership_id = m.id AND a.paid_on IS NULL
                      AND a.is_cancelled IS NOT TRUE
                      AND (i.state = 'in_hand'
                           OR i.state = 'planned' AND i.due_on >= %s))""",
            day,
        )
