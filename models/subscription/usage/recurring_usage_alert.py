from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date


class RecurringUsageAlert(models.Model):
    """A share of what is included that was reached: told once a period."""

    _name = "recurring.usage.alert"
    _description = "Usage Threshold Reached"
    _order = "id desc"
    _rec_name = "percent"

    subscription_id = fields.Many2one(
        "recurring.subscription", required=True, ondelete="cascade", readonly=True
    )
    line_id = fields.Many2one(
        "recurring.subscription.line", required=True, ondelete="cascade", readonly=True
    )
    meter_id = fields.Many2one(
        "recurring.meter", required=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(
        related="subscription_id.company_id", store=True, index=True
    )
    partner_id = fields.Many2one(related="subscription_id.partner_id")
    period_start = fields.Date(required=True, readonly=True)
    period_end = fields.Date(required=True, readonly=True)
    percent = fields.Integer(required=True, readonly=True)
    quantity = fields.Float(digits=(16, 6), readonly=True)
    told = fields.Boolean(
        readonly=True, help="No where a higher one was reached at the same time."
    )
    used_text = fields.Char(compute="_compute_texts")
    limit_text = fields.Char(compute="_compute_texts")
    period_text = fields.Char(compute="_compute_texts")

    _once = models.UniqueIndex(
        "(subscription_id, meter_id, period_start, percent)",
        "This threshold was told already.",
    )

    @api.depends("quantity", "line_id")
    @api.depends_context("lang")
    def _compute_texts(self):
        for alert in self:
            meter = alert.meter_id
            last = alert.period_end - timedelta(days=1)
            alert.used_text = meter._quantity_text(alert.quantity)
            alert.limit_text = meter._quantity_text(alert.line_id.charge_id._limit())
            alert.period_text = "%s – %s" % (  # noqa: UP031
                format_date(self.env, alert.period_start),
                format_date(self.env, last),
            )

    @api.model
    def _tell(self, reached):
        """Notify what is new of ``[(line, whole period, percentages, quantity)]``."""
        subscriptions = [line.subscription_id.id for line, *_rest in reached]
        known = {
            (
                alert.subscription_id.id,
                alert.meter_id.id,
                alert.period_start,
                alert.percent,
            )
            for alert in self.search([("subscription_id", "in", subscriptions)])
        }
        for line, whole, percents, quantity in reached:
            sub, meter = line.subscription_id, line.charge_id.meter_id
            new = [
                percent
                for percent in percents
                if (sub.id, meter.id, whole.start, percent) not in known
            ]
            if new:
                sub._each_alone("_tell_threshold", line, whole, new, quantity)

    def _send(self):
        """Queue the customer's message and give the salesperson an activity."""
        template = self.env.ref("recurring_revenue.mail_template_usage_threshold")
        for alert in self:
            template.send_mail(alert.id, force_send=False)
            sub = alert.subscription_id
            user = sub.user_id
            spoken = alert.with_context(lang=user.lang or self.env.lang)
            # Without the e-mail of an assigned activity.
            sub.with_context(mail_activity_quick_update=True).activity_schedule(
                "recurring_revenue.activity_usage_threshold",
                summary=spoken.env._(
                    "%(percent)s %% of %(meter)s",
                    percent=alert.percent,
                    meter=spoken.meter_id.name,
                ),
                note=spoken.env._(
                    "%(percent)s %% of %(meter)s are used: %(used)s of %(limit)s in "
                    "the period %(period)s.",
                    percent=alert.percent,
                    meter=spoken.meter_id.name,
                    used=spoken.used_text,
                    limit=spoken.limit_text,
                    period=spoken.period_text,
                ),
                user_id=(user or self.env.user).id,
            )


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    def _tell_threshold(self, line, whole, percents, quantity):
        """Record the thresholds reached and tell the highest one."""
        alerts = self.env["recurring.usage.alert"].create(
            [
                {
                    "subscription_id": self.id,
                    "line_id": line.id,
                    "meter_id": line.charge_id.meter_id.id,
                    "period_start": whole.start,
                    "period_end": whole.end,
                    "percent": percent,
                    "quantity": float(quantity),
                    "told": percent == max(percents),
                }
                for percent in percents
            ]
        )
        alerts.filtered("told")._send()
