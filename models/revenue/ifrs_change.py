"""How a change of a contract is accounted for: by the rule, or as somebody decided."""

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..guard import applying
from .ifrs_contract import TREATMENTS

GROUPS = ("recurring_revenue.group_manager", "account.group_account_manager")


class RecurringChange(models.Model):
    _inherit = "recurring.change"

    rr_modification = fields.Selection(
        TREATMENTS,
        string="Decided Treatment",
        readonly=True,
        help="Empty: by the rule of IFRS 15.20-21.",
    )
    rr_modification_note = fields.Text(string="Why", readonly=True)
    rr_modification_user_id = fields.Many2one(
        "res.users", string="Decided By (IFRS 15)", readonly=True
    )
    rr_modification_date = fields.Datetime(string="Decided On (IFRS 15)", readonly=True)

    def action_set_modification(self, treatment, note):
        """Account for this change as ``treatment`` instead of by the rule.

        :param treatment: ``separate``, ``prospective``, ``catch_up``, or False: by the
            rule again
        :param note: why; it is kept with who decided it and when
        :raise AccessError: for anybody but an administrator
        """
        self.ensure_one()
        self.subscription_id.check_access("read")
        user = self.env.user
        if not self.env.su and not any(user.has_group(group) for group in GROUPS):
            raise AccessError(
                self.env._("Only an administrator decides against the rule.")
            )
        if treatment and treatment not in dict(TREATMENTS):
            raise UserError(self.env._("“%s” is not a treatment.", treatment))
        if not (note or "").strip():
            raise UserError(self.env._("Say why: the auditor will ask."))
        # sudo: nobody may write history by hand, so no group has the right to.
        applying(self.sudo()).write(
            {
                "rr_modification": treatment,
                "rr_modification_note": note,
                "rr_modification_user_id": user.id,
                "rr_modification_date": fields.Datetime.now(),
            }
        )
        self._note_modification(treatment, note)
        contracts = self.env["recurring.revenue.contract"]
        contracts._forget(SQL("subscription_id = %s", self.subscription_id.id))
        contracts._measure(self.subscription_id.company_id)
        return True

    def _note_modification(self, treatment, note):
        """Keep every decision, also one that is replaced later."""
        names = dict(self._fields["rr_modification"]._description_selection(self.env))
        self.subscription_id.message_post(
            body=self.env._(
                "IFRS 15: the change “%(change)s” is accounted for as “%(treatment)s”. "
                "%(note)s",
                change=self.display_name,
                treatment=names.get(treatment) or self.env._("by the rule"),
                note=note,
            )
        )
