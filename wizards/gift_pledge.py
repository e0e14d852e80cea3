from odoo import fields, models
from odoo.exceptions import UserError


class RecurringGiftStop(models.TransientModel):
    """When and why a donor stops giving each period."""

    _name = "recurring.gift.stop"
    _description = "Stop a Recurring Gift"

    pledge_id = fields.Many2one(
        "recurring.gift.pledge", required=True, readonly=True, ondelete="cascade"
    )
    day = fields.Date(
        string="Last Day", required=True, default=fields.Date.context_today
    )
    reason = fields.Char(required=True)

    def action_stop(self):
        """End the promise; nothing is expected after its last day."""
        self.ensure_one()
        self.pledge_id._stop(self.day, self.reason)
        return {"type": "ir.actions.act_window_close"}


class RecurringGiftReceive(models.TransientModel):
    """Books expected gifts as received, all at once."""

    _name = "recurring.gift.receive"
    _description = "Receive Expected Gifts"

    expected_ids = fields.Many2many(
        "recurring.gift.expected",
        default=lambda self: self.env.context.get("active_ids"),
    )
    on_their_day = fields.Boolean(string="Each on the Day It Was Expected")
    day = fields.Date(string="Received On", default=fields.Date.context_today)

    def action_receive(self):
        """Book one contribution for each, in the mode it was promised."""
        self.ensure_one()
        if not self.on_their_day and not self.day:
            raise UserError(self.env._("Say when they were received."))
        day = None if self.on_their_day else self.day
        made = self.expected_ids.sorted("date_due")._receive(day)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "recurring_revenue.recurring_gift_action"
        )
        return {**action, "domain": [("id", "in", made.ids)]}
