"""How a subscription starts: what is free, which phase its prices are in, until when.

The same values make the lines of a start and the preview of a draft, so that what is
promised is what is billed.
"""

from dataclasses import dataclass
from datetime import date

from odoo import Command, api, models

from ....engine.errors import EngineError
from ....engine.phases import Ramp
from ...exact import exact
from ...guard import applying
from ..changes.change_edit import SOLD

# What the preview of a draft needs to know of it.
HEADER = (
    "partner_id",
    "partner_invoice_id",
    "partner_shipping_id",
    "company_id",
    "plan_id",
    "plan_version_id",
    "pricelist_id",
    "currency_id",
    "start_date",
    "anchor_date",
    "renewal",
    "term_id",
    "fiscal_position_id",
    "journal_id",
    "payment_term_id",
    "preferred_payment_method_line_id",
    "trial_end",
)


@dataclass(frozen=True)
class Beginning:
    """The first day billed, where the lines end, and the grid that a trial gives."""

    first: date
    end: date | bool
    ramp: Ramp
    grid: dict
    trial: bool


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    def _beginning(self, ends):
        """Return how the lines of this draft start; they end on ``ends`` (or False)."""
        first = self._first_paid()
        trial = self._has_trial()
        return Beginning(
            first=first,
            end=ends or False,
            ramp=self._ramp(first),
            grid=self._grid_from(first) if trial else {},
            trial=trial,
        )

    def _ramp(self, first):
        """Return the phases' measure where the first day billed is ``first``."""
        return self.plan_version_id._ramp(first, self.anchor_date)

    def _grid_from(self, first):
        """Return the grid of lines whose first day billed is ``first``."""
        return {
            "plan_version_id": self.plan_version_id.id,
            "grid_start": first,
            "grid_anchor": self.anchor_date,
        }

    def _lay_out(self, beginning):
        """Date the lines, and cut into phases those whose charge has some."""
        for line in applying(self.line_ids):
            first, *rest = line._parts_at_start(beginning)
            base = {**line._values_of_part(), "subscription_id": self.id}
            line.write(first)
            previous = line
            for part in rest:
                previous = line.create(
                    {**base, **part, "previous_line_id": previous.id}
                )

    def _trial_header(self):
        """Return what a start writes of the trial."""
        if not self._has_trial():
            return {"trial_end": False}
        values = {
            "trial_start": self.start_date,
            "trial_version_id": self.plan_version_id.id,
            "trial_unbilled": self._trial_bills_nothing(),
            "grid_start": self.trial_end,
            # Nothing is charged earlier, also where invoices are made days ahead.
            "bill_not_before": self.trial_end,
        }
        if self._ends_with_trial():
            values["end_date"] = self.trial_end
        return values

    # ------------------------------------------------------------------
    # A draft, as if it were started
    # ------------------------------------------------------------------

    def _planned(self, waits=True):
        """Return what this draft would be once started: itself, or a record that is
        not saved, with its lines dated and cut into phases.

        With ``waits`` a trial that is followed by nothing shows no invoice; without,
        what comes once it is converted.
        """
        self.ensure_one()
        if self.state not in (False, "draft") or not self._starts_apart():
            return self
        try:
            beginning = self._beginning(self._first_lines_end())
        except EngineError:
            return self
        values = {name: _plain(self[name]) for name in HEADER}
        planned = self.new(
            {
                **values,
                "state": "draft",
                "name": self.name,
                "bill_not_before": beginning.first if beginning.trial else False,
                "grid_start": beginning.first if beginning.trial else False,
                "trial_unbilled": waits and self._trial_bills_nothing(),
                "line_ids": [],
            }
        )
        planned.line_ids = [
            Command.create({**line._values_of_part(), **part})
            for line in self.line_ids
            for part in line._parts_at_start(beginning)
        ]
        return planned

    def _starts_apart(self):
        """Tell whether a start does more than give the lines their first day."""
        phases = self.line_ids.filtered(lambda line: line._has_phases())
        return bool(
            self.plan_version_id and self.start_date and (self._has_trial() or phases)
        )

    def _first_lines_end(self):
        """Return where the lines of this draft end once it starts, False if nowhere."""
        return self.renewal != "automatic" and self._first_term_end()


class RecurringPlanVersion(models.Model):
    _inherit = "recurring.plan.version"

    def _ramp(self, first, anchor=None):
        """Return the phases' measure of who is billed from ``first`` on."""
        return Ramp(self._schedule(first, anchor), first, self._stub_counts())


class RecurringSubscriptionLine(models.Model):
    _inherit = "recurring.subscription.line"

    def _has_phases(self):
        """Tell whether the first periods of the line have prices of their own."""
        return (
            self.role != "one_off"
            and not self.price_agreed
            and bool(self.charge_id.phase_ids)
        )

    def _values_of_part(self):
        """Return what every part of this line has in common."""
        return {name: _plain(self[name]) for name in SOLD}

    def _parts_at_start(self, beginning):
        """Return the values of the dated parts that the line starts as, in order."""
        self.ensure_one()
        start = self.start_date or self.subscription_id.start_date
        whole = {"start_date": start, "end_date": self.end_date or beginning.end}
        if self.role == "one_off":
            # Charged once is charged with the first invoice, after the trial.
            first = max(start, beginning.first) if beginning.trial else start
            end = whole["end_date"]
            return [{"start_date": first, "end_date": end and max(first, end)}]
        whole |= beginning.grid
        if beginning.trial and beginning.first > start:
            whole["bill_from"] = beginning.first
        if not self._has_phases():
            return [whole]
        return self._phase_parts(whole, beginning.ramp)

    def _phase_parts(self, whole, ramp, currency=None):
        """Cut the days of a line where its phases end; the last part goes on.

        ``currency`` is the subscription's, of a line that does not belong to it yet.
        """
        phases = self.charge_id._sorted_phases()
        parts = []
        spans = ramp.spans(phases.mapped("periods"))
        for number, (first, last) in enumerate(spans):
            end = whole["end_date"]
            if parts and end and first >= end:
                break
            days = {
                **whole,
                "start_date": first if parts else whole["start_date"],
                "end_date": min(filter(None, (last, end)), default=False),
            }
            if parts:
                days["bill_from"] = False
            parts.append(
                days | self._phase_prices(phases[number : number + 1], currency)
            )
        return parts

    @api.model
    def _phase_prices(self, phase, currency=None):
        """Return the price of a phase as a snapshot; its own where there is none."""
        if not phase:
            return {}
        price, factor = phase._prices(
            exact(self.price_unit),
            exact(self.price_factor),
            currency or self.currency_id,
        )
        return {
            "price_unit": float(price),
            "price_factor": float(factor),
            "price_source": phase._source_text(),
            "phase_id": phase.id,
        }


def _plain(value):
    return value.id if hasattr(value, "_name") else value
