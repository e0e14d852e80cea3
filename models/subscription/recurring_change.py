from odoo import api, fields, models
from odoo.exceptions import UserError

from ..catalog.recurring_plan_version_changes import PRORATIONS
from ..guard import applying, is_applying

TYPES = [
    ("start", "Started"),
    ("import", "Imported"),
    ("upgrade", "Upgrade"),
    ("downgrade", "Downgrade"),
    ("migrate", "New plan version"),
    ("quantity", "Quantity changed"),
    ("price", "Price agreed"),
    ("discount", "Discount changed"),
    ("line", "Lines changed"),
    ("addon_add", "Add-on added"),
    ("addon_remove", "Add-on removed"),
    ("one_off", "One-off charge added"),
    ("pause", "Paused"),
    ("resume", "Resumed"),
    ("postpone", "Next billing postponed"),
    ("anchor", "Billing day changed"),
    ("customer", "Customer or payer changed"),
    ("trial_extend", "Trial extended"),
    ("trial_convert", "Trial converted"),
    ("settings", "Settings changed"),
    ("hold", "Put on hold"),
    ("release", "Released"),
    ("cancel", "Cancelled"),
    ("undo_cancel", "Cancellation withdrawn"),
    ("renew", "Renewed"),
    ("close", "Closed"),
    ("reactivate", "Reactivated"),
]
STATES = [
    ("waiting", "Waiting for approval"),
    ("scheduled", "Scheduled"),
    ("applied", "Applied"),
    ("withdrawn", "Withdrawn"),
    ("refused", "Refused"),
]


class RecurringChange(models.Model):
    """One thing that happens to a subscription: who, when, why, and what it costs.

    The only way to amend a running subscription, and its audit trail. A change that is
    scheduled stands in the lines already (they are dated), so that every preview and
    every billing knows of it; on its day the header of the subscription follows.
    """

    _name = "recurring.change"
    _description = "Subscription Change"
    _order = "date desc, id desc"
    _rec_name = "type"

    subscription_id = fields.Many2one(
        "recurring.subscription", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="subscription_id.company_id", store=True)
    currency_id = fields.Many2one(related="subscription_id.currency_id")
    type = fields.Selection(TYPES, required=True)
    state = fields.Selection(STATES, default="applied", required=True, index=True)
    date = fields.Datetime(
        # Asked each time: the demo tells Odoo which day it is.
        string="Recorded on",
        required=True,
        default=lambda self: fields.Datetime.now(),
    )
    effective_date = fields.Date(
        required=True, index=True, help="The first day on which it holds."
    )
    user_id = fields.Many2one(
        "res.users", string="By", required=True, default=lambda self: self.env.user
    )
    reason_id = fields.Many2one("recurring.close.reason")
    note = fields.Text()
    proration = fields.Selection(PRORATIONS, string="Within the Period")
    amount_effect = fields.Monetary(
        string="Money effect",
        help="What this changes in the amount billed so far, before tax: "
        "negative for a credit.",
    )
    monthly_effect = fields.Monetary(
        string="Per Month",
        help="What this changes in the recurring amount, brought to a month.",
    )
    decided_uid = fields.Many2one("res.users", string="Decided By")
    decided_date = fields.Datetime(string="Decided on")
    details = fields.Json()

    def write(self, vals):
        """Refuse: the history of a subscription is what happened."""
        if not is_applying(self.env):
            raise UserError(
                self.env._("The history of a subscription cannot be edited.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_with_draft(self):
        if any(change.subscription_id.state != "draft" for change in self):
            raise UserError(
                self.env._("The history of a subscription cannot be deleted.")
            )

    def _set_state(self, allowed, target, **values):
        """Move to ``target`` from one of ``allowed``; the only writer of ``state``."""
        names = dict(self._fields["state"]._description_selection(self.env))
        for change in self:
            if change.state not in allowed:
                raise UserError(
                    self.env._(
                        "This change of %(name)s is “%(state)s”: nothing was done.",
                        name=change.subscription_id.name,
                        state=names[change.state],
                    )
                )
        # sudo: nobody may write history by hand, so no group has the right to.
        applying(self.sudo()).write({"state": target, **values})
