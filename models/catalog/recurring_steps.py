"""What records share that buttons and jobs move on, and nobody types."""

from odoo import api, models
from odoo.exceptions import UserError

from ..guard import applying, is_applying


class RecurringSteps(models.AbstractModel):
    """Records whose ``state`` moves from step to step, by buttons and work alone."""

    _name = "recurring.steps"
    _description = "Step by Step"

    def _set_state(self, allowed, target, **values):
        """Move to the state ``target`` from one of ``allowed``; the only way there.

        :param values: what is noted with it, in the same write
        :raises UserError: a record is in another state
        """
        names = dict(self._fields["state"]._description_selection(self.env))
        for record in self:
            if record.state not in allowed:
                raise UserError(
                    self.env._(
                        "%(name)s is “%(state)s”: this is not possible now.",
                        name=record.display_name,
                        state=names[record.state],
                    )
                )
        applying(self).write({**values, "state": target})


class RecurringWrittenByWork(models.AbstractModel):
    """Records that the work makes which they tell of: nobody types or deletes them."""

    _name = "recurring.written.by.work"
    _description = "Written by the Work"

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse what is typed."""
        self._refuse_typed()
        return super().create(vals_list)

    def write(self, vals):
        """Refuse what is typed."""
        self._refuse_typed()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_by_work(self):
        self._refuse_typed()

    def _refuse_typed(self):
        if not is_applying(self.env):
            raise UserError(
                self.env._(
                    "“%s” is not typed: it is written by what it tells of.",
                    self.env["ir.model"]._get(self._name).name,
                )
            )
