from odoo import api, fields, models


class RecurringReminderPreview(models.TransientModel):
    """A reminder that goes out today, shown before it does."""

    _name = "recurring.reminder.preview"
    _description = "Reminder of Today"
    _order = "id"

    membership_id = fields.Many2one("recurring.membership", string="Member")
    reminder_id = fields.Many2one("recurring.renewal.reminder")
    plan_id = fields.Many2one(related="membership_id.plan_id")
    payer_id = fields.Many2one(related="membership_id.payer_id", string="Written To")
    email = fields.Char(related="payer_id.email", string="E-mail")
    dues_line_id = fields.Many2one("recurring.dues.line")
    last_day = fields.Date(related="dues_line_id.last_day", string="Period Until")

    @api.model
    def action_preview(self):
        """List what goes out today, as the daily action works it out."""
        rows = self.env["recurring.renewal.reminder"]._due(
            self.env.company, fields.Date.context_today(self)
        )
        made = self.create(
            [
                {"reminder_id": reminder, "membership_id": member, "dues_line_id": line}
                for reminder, member, line in rows
            ]
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "recurring_revenue.reminder_preview_action"
        )
        return {**action, "domain": [("id", "in", made.ids)]}

    @api.model
    def action_queue(self, *_args):
        """Queue the reminders of today now, not in the night."""
        today = fields.Date.context_today(self)
        notices = self.env["recurring.renewal.notice"]
        while notices._queue(self.env.company, today, 100):
            continue
        return self.env["ir.actions.act_window"]._for_xml_id(
            "recurring_revenue.renewal_notice_action"
        )
