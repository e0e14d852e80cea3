from odoo import fields, models

AFTER_TRIAL = [
    ("convert", "It is billed from then on"),
    ("end", "It ends, unless somebody converts it"),
    ("payment", "It waits for a payment method, then it is billed"),
]


class RecurringPlanVersion(models.Model):
    """A time to try the plan: service from the start, money only after it."""

    _inherit = "recurring.plan.version"

    trial_days = fields.Integer(
        string="Trial (days)",
        default=0,
        help="So many days are free at the start; 0 = no trial.",
    )
    trial_after = fields.Selection(
        AFTER_TRIAL, string="After the Trial", default="convert", required=True
    )
    trial_reminder_days = fields.Integer(
        string="Remind (days before)",
        default=3,
        help="So many days before the trial ends the salesperson gets an activity and "
        "the customer an e-mail; 0 = nobody is reminded.",
    )

    _trial_not_negative = models.Constraint(
        "CHECK(trial_days >= 0 AND trial_reminder_days >= 0)",
        "The days of a trial and of its reminder cannot be negative.",
    )

    def _stub_counts(self):
        """Tell whether a shortened first period is billed as a whole one."""
        self.ensure_one()
        return self.first_period == "full" or (
            self.first_period == "prorate" and self.proration_basis == "none"
        )

    def _trial_text(self):
        """Return "Free for 14 days", False without a trial."""
        self.ensure_one()
        if not self.trial_days:
            return False
        if self.trial_days == 1:
            return self.env._("Free for one day")
        return self.env._("Free for %s days", self.trial_days)

    def _publication_problems(self):
        return [*super()._publication_problems(), *self._trial_problems()]

    def _trial_problems(self):
        if self.trial_days and self.trial_reminder_days >= self.trial_days:
            yield self.env._(
                "The reminder would come before the trial starts: remind fewer days "
                "before its end, or 0 for no reminder."
            )
