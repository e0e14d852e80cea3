from datetime import UTC

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...guard import is_applying
from ...reference import Implied

SOURCES = [
    ("api", "Sent by another system"),
    ("import", "Imported from a file"),
    ("manual", "Entered by hand"),
]


class RecurringUsage(models.Model):
    """Something that a customer used: one event of one meter.

    Recorded by :meth:`record` only, billed after its period. ``time`` is in UTC;
    ``day``, which decides the period, is that moment's day in the company's time zone
    when it was recorded. An event is never rewritten: a wrong one is cancelled.

    The meter stands in the subscription's plan and the company is the subscription's,
    so that neither can go before it. Who recorded an event and when is kept as text and
    moment; nobody writes it later.
    """

    _name = "recurring.usage"
    _description = "Usage Event"
    _order = "time desc, id desc"
    _rec_name = "key"
    _log_access = False

    subscription_id = fields.Many2one(
        "recurring.subscription", required=True, ondelete="restrict", readonly=True
    )
    meter_id = Implied("recurring.meter", required=True, readonly=True)
    company_id = Implied(
        related="subscription_id.company_id", store=True, precompute=True
    )
    quantity = fields.Float(
        digits=(16, 6),
        min_display_digits="Product Unit",
        required=True,
        default=1.0,
        readonly=True,
    )
    time = fields.Datetime(required=True, readonly=True)
    day = fields.Date(compute="_compute_day", store=True, precompute=True)
    value = fields.Char(
        readonly=True, help="What a meter of different values counts, e.g. a user's id."
    )
    key = fields.Char(
        required=True,
        readonly=True,
        help="Chosen by the system that sent the event: sent again, it counts once.",
    )
    late = fields.Boolean(
        readonly=True,
        help="Its period was billed already when it came; it is billed as late usage.",
    )
    state = fields.Selection(
        [("recorded", "Counts"), ("cancelled", "Cancelled")],
        default="recorded",
        required=True,
        readonly=True,
    )
    source = fields.Selection(SOURCES, default="api", required=True, readonly=True)

    recorded_on = fields.Datetime(default=fields.Datetime.now, readonly=True)
    recorded_by = fields.Char(
        default=lambda self: self.env.user.login,
        readonly=True,
        help="The login of the user of the system that sent it.",
    )

    _key_unique = models.UniqueIndex(
        "(company_id, key)", "An event with this key was recorded already."
    )
    _rated = models.Index("(subscription_id, meter_id, day)")

    @api.depends("time", "company_id")
    def _compute_day(self):
        for event in self:
            moment = event.time.replace(tzinfo=UTC)
            event.day = moment.astimezone(event.company_id._rr_zone()).date()

    def write(self, vals):
        """Refuse to rewrite what may have been billed."""
        if not is_applying(self.env):
            raise UserError(
                self.env._(
                    "An event is not rewritten: cancel it and record the right one."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Events stay on record: cancel the wrong ones."))

    @api.model
    def _check_recorder(self):
        """Refuse whoever may neither bill nor record usage."""
        user = self.env.user
        if not (
            self.env.su
            or user.has_group("recurring_revenue.group_usage")
            or user.has_group("recurring_revenue.group_billing")
        ):
            raise AccessError(
                self.env._(
                    "Only billing officers and usage recorders record and ask for "
                    "usage: ask your administrator for the right."
                )
            )
