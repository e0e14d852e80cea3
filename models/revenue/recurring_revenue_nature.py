from odoo import api, fields, models
from odoo.exceptions import UserError


class RecurringRevenueNature(models.Model):
    """What kind of revenue a product brings: methods are chosen by nature, never by
    customer, so that like is treated alike (PCG art. 121-5, IFRS 15.3)."""

    _name = "recurring.revenue.nature"
    _description = "Nature of Revenue"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    help_text = fields.Char(string="When", translate=True)

    _code_unique = models.UniqueIndex("(code)", "A nature of this code exists.")

    @api.model
    def _by_code(self):
        """Return ``{code: nature}`` of all natures."""
        natures = self.with_context(active_test=False).search([("code", "!=", False)])
        return {nature.code: nature for nature in natures}

    @api.ondelete(at_uninstall=False)
    def _unlink_only_own(self):
        delivered = self.get_external_id()
        if any(delivered.values()):
            raise UserError(
                self.env._(
                    "The natures of revenue that came with the addon stay: archive "
                    "what you do not need."
                )
            )
