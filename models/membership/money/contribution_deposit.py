"""Cheques that were handed over and are deposited later; parts that count already."""

from odoo import fields, models


class RecurringContribution(models.Model):
    _inherit = "recurring.contribution"

    deposited_on = fields.Date(
        string="Booked On",
        copy=False,
        help="When a cheque was deposited: entries are dated on that day, the gift on "
        "the day on which the cheque was handed over. Empty: both on one day.",
    )

    def _booking_day(self):
        """A cheque is booked when it is deposited."""
        return self.deposited_on or super()._booking_day()

    def _settled(self):
        """The day of the deposit stands as the others do."""
        return super()._settled() | {"deposited_on"}

    def _return(self, day, reason):
        """Where a first instalment is enough, the others that came still count."""
        result = super()._return(day, reason)
        for line in self.line_ids.dues_line_id:
            if day := line._first_received():
                line._count_if_due(day)
        return result


class RecurringContributionLine(models.Model):
    _inherit = "recurring.contribution.line"

    def _settle_dues(self, day):
        """A part counts where the plan says so."""
        result = super()._settle_dues(day)
        self.dues_line_id._count_if_due(day)
        return result


class RecurringDuesLine(models.Model):
    _inherit = "recurring.dues.line"

    def _is_met(self):
        """A first instalment is enough where the plan says so."""
        if super()._is_met():
            return True
        version = self.charge_id.version_id
        if self.dues_id.state != "called" or version.rr_counts_parts != "first":
            return False
        if (
            version.rr_counts_from == "acceptance"
            and not self.membership_id.accepted_on
        ):
            return False
        return bool(self._first_received())

    def _first_received(self):
        """Return the day on which the first of these dues was booked, or None."""
        return min(self._days_received(), default=None)

    def _paid_since(self):
        """Return the day on which these dues were paid, a first part of them received
        or, where they are free, the rest of their call paid; None where none is."""
        lines = self if self.amount else self.dues_id.line_ids
        paid = [day for day in lines.mapped("paid_on") if day]
        return max(paid, default=None) or self._first_received() or None

    def _last_received(self):
        """Return the day on which the last of these dues was booked, whichever was
        recorded last, or None."""
        return max(self._days_received(), default=None)

    def _days_received(self):
        # sudo: whoever calls and accepts members need not see the money.
        lines = self.env["recurring.contribution.line"].sudo()
        booked = lines.search(
            [("dues_line_id", "=", self.id), ("contribution_id.state", "=", "booked")]
        ).contribution_id
        return [one.deposited_on or one.date for one in booked]


class RecurringPlanVersion(models.Model):
    _inherit = "recurring.plan.version"

    rr_counts_parts = fields.Selection(
        [
            ("full", "When all of them are received"),
            ("first", "From the first one on"),
        ],
        string="Paid in Instalments, It Counts",
        default="full",
        required=True,
        help="Where a membership counts when it is paid.",
    )
