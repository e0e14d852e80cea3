"""Which periods of a subscription a coupon covers, and what it means for the engine."""

from datetime import date

from odoo import fields, models

from .recurring_coupon_use import Holding


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    # ------------------------------------------------------------------
    # Days and grids
    # ------------------------------------------------------------------

    def _coupon_start(self, day):
        """Return from which day a coupon holds; None where it is the first day billed,
        which a draft and a trial do not know yet."""
        if self.state == "draft" or (self.state == "trial" and not self.billed_through):
            return day
        return day or self._first_open_day()

    def _first_open_day(self) -> date:
        """Return the first day of the first period that is not billed yet.

        The running period counts where it is not billed, older ones do not.
        """
        first = self._first_billed_day()
        if self.state == "draft":
            return first
        today = max(fields.Date.context_today(self), first)
        running = self._schedule_on(today).period_at(today).start
        return max(running, self.billed_through or first, first)

    def _first_billed_day(self) -> date:
        """Return the first day of service that costs something."""
        recurring = self.line_ids.filtered(lambda line: line.role != "one_off")
        return min(
            (line._billed_span()[0] for line in recurring), default=self.start_date
        )

    def _grid_values(self, day):
        """Return the grid that the subscription has on a day, as a use keeps it."""
        line = self._lines_on(day)[:1]
        if line.plan_version_id:
            version, start, anchor = (
                line.plan_version_id,
                line.grid_start,
                line.grid_anchor,
            )
        else:
            version = self.plan_version_id
            start, anchor = self.grid_start or self.start_date, self.anchor_date
        return {
            "grid_version_id": version.id,
            "grid_start": start,
            "grid_anchor": anchor,
        }

    # ------------------------------------------------------------------
    # For the engine
    # ------------------------------------------------------------------

    def _holdings(self, planned=None):
        """Return the coupons of this subscription, in the order of their use.

        ``planned`` is what a draft would be once started, see ``_planned``.
        """
        uses = self.coupon_use_ids.filtered(
            lambda use: use.state != "removed" or use.counted
        )
        return [use._holding(planned) for use in uses.sorted("id")]

    def _holding(self, coupon, start=None, schedule=None, until=None, key=0):
        """Return what a coupon would take off from a day on (None: the first one)."""
        first = self._first_billed_day()
        start = max(start or first, first)
        version = self.plan_version_id
        discount = coupon._engine_discount(
            key,
            start,
            schedule or self._schedule_on(start),
            until=until or None,
            service=(first, self.end_date or None),
            first_in_full=version.first_period == "full",
        )
        return Holding(key, coupon, discount)


class RecurringSubscriptionLine(models.Model):
    _inherit = "recurring.subscription.line"

    def _plan(self):
        """Return the plan that the line belongs to."""
        return (self.charge_id.version_id or self._version()).plan_id
