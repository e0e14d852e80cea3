from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import ormcache


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
        return {code: self.browse(nature_id) for code, nature_id in self._ids_by_code()}

    @api.model
    @ormcache()
    def _ids_by_code(self):
        """Return pairs (code, id): asked with every batch that is billed or posted."""
        # sudo: the answer is one for all, whoever asks first.
        natures = (
            self.sudo().with_context(active_test=False).search([("code", "!=", False)])
        )
        return tuple((nature.code, nature.id) for nature in natures)

    @api.model_create_multi
    def create(self, vals_list):
        """Let the new natures be known."""
        natures = super().create(vals_list)
        self.env.registry.clear_cache()
        return natures

    def write(self, vals):
        """Let natures be known by their new code."""
        done = super().write(vals)
        if "code" in vals:
            self.env.registry.clear_cache()
        return done

    def unlink(self):
        """Let the natures be forgotten."""
        done = super().unlink()
        self.env.registry.clear_cache()
        return done

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
