from odoo import fields, models


class RecurringJoinRefusal(models.TransientModel):
    """Refuses requests to join, with a reason that is kept and sent."""

    _name = "recurring.join.refusal"
    _description = "Refuse a Request to Join"

    request_ids = fields.Many2many(
        "recurring.join.request",
        required=True,
        default=lambda self: self.env.context.get("active_ids"),
    )
    reason = fields.Text(required=True, help="It is sent by e-mail, as it stands here.")

    def action_refuse(self):
        """Refuse the requests, and tell who asked."""
        self.request_ids.check_access("write")
        self.request_ids._refuse(self.reason)
        return {"type": "ir.actions.act_window_close"}
