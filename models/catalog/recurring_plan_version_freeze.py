from odoo import api, models
from odoo.exceptions import UserError


class RecurringPlanVersion(models.Model):
    """Create, write, delete: what has been published does not change."""

    _inherit = "recurring.plan.version"

    @api.model_create_multi
    def create(self, vals_list):
        """Number the versions of each plan 1, 2, 3, ...; a new one is a draft."""
        last = {}
        for vals in vals_list:
            if vals.get("state", "draft") != "draft":
                raise UserError(
                    self.env._("A new version is in preparation until it is published.")
                )
            plan = self.env["recurring.plan"].browse(vals.get("plan_id"))
            self._check_no_draft(plan)
            if plan.id not in last:
                last[plan.id] = max(plan.version_ids.mapped("number"), default=0)
            last[plan.id] += 1
            vals["number"] = last[plan.id]
        return super().create(vals_list)

    def _check_no_draft(self, plan):
        if plan.draft_version_id:
            raise UserError(
                self.env._(
                    "%(version)s is in preparation already: publish or delete it "
                    "first.",
                    version=plan.draft_version_id.display_name,
                )
            )

    def write(self, vals):
        self._check_frozen(vals)
        return super().write(vals)

    def _check_frozen(self, vals=None):
        """Refuse a change of what is stored on a version that was published.

        The state itself only changes through ``_set_state``.
        """
        stored = {name for name in vals or () if self._fields[name].store}
        if "state" in stored:
            raise UserError(
                self.env._("A version is published or retired by its buttons only.")
            )
        frozen = self.filtered(lambda version: version.state != "draft")
        if frozen and (vals is None or stored):
            raise UserError(
                self.env._(
                    "%(version)s has been published: it stays as it is, so that every "
                    "invoice based on it can be explained. Make a new version to "
                    "change prices or conditions.",
                    version=frozen[0].display_name,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_published(self):
        self._check_frozen()

    def _set_state(self, allowed, target, **values):
        """Move to the state ``target`` from one of ``allowed``; the only way there.

        ``values`` may hold who and when. Raises a UserError from any other state.
        """
        for version in self:
            if version.state not in allowed:
                states = dict(self._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "%(version)s is in state “%(state)s”: this is not possible "
                        "now.",
                        version=version.display_name,
                        state=states[version.state],
                    )
                )
        # Past this model's own write(), which refuses a new state.
        result = super().write(  # pylint: disable=super-method-mismatch
            dict(values, state=target)
        )
        # The index that allows one draft per plan must see it before the next insert.
        self.flush_recordset(["state"])
        return result
