from odoo import api, models


class RecurringVersionPart(models.AbstractModel):
    """What belongs to a plan version and stands still with it once published."""

    _name = "recurring.version.part"
    _description = "Part of a Plan Version"

    _version_path = "version_id"  # from the part to its version

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts._check_frozen()
        return parts

    def write(self, vals):
        """Refuse on a published version, also to move a part to one."""
        self._check_frozen()
        result = super().write(vals)
        if self._version_path.partition(".")[0] in vals:
            self._check_frozen()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_published(self):
        self._check_frozen()

    def _check_frozen(self):
        self.mapped(self._version_path)._check_frozen()
