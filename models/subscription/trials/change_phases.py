"""Plans with phases or a trial, moved to by a subscription that runs."""

from datetime import timedelta

from odoo import models
from odoo.exceptions import UserError

from ...guard import applying

PRICE = ("price_unit", "price_factor", "price_source", "phase_id")


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    def _add_moved(self, edit, row, whole):
        """Start the line ``row`` of another plan or version on the days of ``whole``.

        Phases that were promised go on in a new version of the plan. Those of another
        plan are for who starts with it, so only where it is tried first.
        """
        phases = row.pop("phases", [])
        if not phases and self._in_trial_on(edit.day):
            line = self.line_ids.new({**row, "previous_line_id": False})
            if line._has_phases():
                ramp = self._ramp_of(whole)
                parts = line._phase_parts(whole, ramp, self.currency_id)
                self._add_parts(edit, row, parts)
                return
        parts, start = [], whole["start_date"]
        for phase in phases:
            parts.append({**whole, **phase, "start_date": start})
            start = phase["end_date"]
        end = whole["end_date"]
        if not (end and end <= start):
            parts.append({**whole, "start_date": start})
        self._add_parts(edit, row, parts)

    def _add_parts(self, edit, row, parts):
        previous = row.get("previous_line_id")
        for number, part in enumerate(parts):
            values = {**row, **part, "previous_line_id": previous}
            if number:
                values["bill_from"] = False
            previous = edit.add(**values).id

    def _ramp_of(self, grid):
        """Return the phases' measure on the grid of a plan that is tried."""
        version = self.env["recurring.plan.version"].browse(grid["plan_version_id"])
        return version._ramp(grid["grid_start"], grid["grid_anchor"])

    # ------------------------------------------------------------------
    # From a free plan to a trial
    # ------------------------------------------------------------------

    def _may_try(self, version):
        """Tell whether this customer, who pays nothing, can try another plan now."""
        self.ensure_one()
        return (
            self.state == "active"
            and version.trial_days > 0
            and version.trial_after != "end"
            and not self.trial_start
            and not self.recurring_amount
            and not self._earlier_trial(version.plan_id)
        )

    def _try_plan(self, edit, version):
        """Start a trial of ``version`` on the day of the change, which is today.

        :raise UserError: where the plan has none, or the customer had one or pays
        """
        self._claim_trial()
        if edit.is_scheduled or not self._may_try(version):
            raise UserError(
                self.env._(
                    "%(name)s cannot try %(plan)s: a trial starts today, for a "
                    "customer who pays nothing and had none before, on a plan that is "
                    "billed after it.",
                    name=self.name,
                    plan=version.plan_id.name,
                )
            )
        edit.proration = "now"
        applying(self).write(
            {
                "trial_start": edit.day,
                "trial_end": edit.day + timedelta(days=version.trial_days),
                "trial_version_id": version.id,
            }
        )
        applying(self).trial_unbilled = self._trial_bills_nothing()
        self._set_state(("active",), "trial", bill_not_before=self.trial_end)


class RecurringSubscriptionLine(models.Model):
    _inherit = "recurring.subscription.line"

    def _phases_to_come(self, day):
        """Return the phases of this line that are not over on ``day``: until when, and
        at which price."""
        return [
            {
                "end_date": part.end_date,
                **{name: part[name] for name in PRICE},
                "phase_id": part.phase_id.id,
            }
            for part in self._followers()
            if part.phase_id and part.end_date and part.end_date > day
        ]
