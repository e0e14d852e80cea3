from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date


class RecurringChange(models.Model):
    _inherit = "recurring.change"

    effective_text = fields.Char(string="Effective", compute="_compute_effective_text")

    @api.depends("effective_date", "type")
    @api.depends_context("lang")
    def _compute_effective_text(self):
        """Say the last day where something ends, the first day otherwise."""
        for change in self:
            day = change.effective_date
            if change.type in ("cancel", "close"):
                last = format_date(self.env, day - timedelta(days=1))
                change.effective_text = self.env._("last day %s", last)
            else:
                change.effective_text = format_date(self.env, day)
