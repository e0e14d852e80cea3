from dataclasses import replace
from datetime import date, timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_date

from ...engine.billing import difference
from ...engine.errors import EngineError
from ...engine.period import Interval
from ...engine.phases import Ramp
from ...engine.rating import rate
from ...engine.terms import LineTerms
from ...engine.usage import UsageTerms, Use
from ..engine_texts import sentence_of
from ..exact import currency_rounding, exact
from .texts import money

SHOWN = 4


class RecurringPlanVersion(models.Model):
    """The calculator on the form: quantity and start, then the first invoices.

    It asks the engine for the difference between what would be billed and an empty
    ledger, exactly as a billing run does.
    """

    _inherit = "recurring.plan.version"

    calc_quantity = fields.Float(
        string="Quantity",
        compute="_compute_calc_quantity",
        store=False,
        readonly=False,
        digits=(16, 6),
        min_display_digits="Product Unit",
    )
    calc_start = fields.Date(
        string="Starting",
        compute="_compute_calc_start",
        store=False,
        readonly=False,
    )
    # [{"charge": its place, "name", "unit", "quantity"}], a number for each meter
    calc_usage = fields.Json(
        string="Expected Usage",
        compute="_compute_calc_usage",
        store=False,
        readonly=False,
    )
    calc_by_quantity = fields.Boolean(compute="_compute_calc_by_quantity")
    calc_result = fields.Html(compute="_compute_calc_result", sanitize=False)

    @api.depends("charge_ids.default_quantity", "charge_ids.charge_model")
    def _compute_calc_quantity(self):
        for version in self:
            counted = version._counted_charges()
            version.calc_quantity = (
                version.calc_quantity or counted[:1].default_quantity or 1.0
            )

    @api.depends(
        "charge_ids.default_quantity", "charge_ids.meter_id", "charge_ids.role"
    )
    @api.depends_context("lang")
    def _compute_calc_usage(self):
        """Ask for the usage of each meter; what was typed is kept."""
        for version in self:
            typed = {row["name"]: row["quantity"] for row in version.calc_usage or ()}
            version.calc_usage = [
                {
                    "name": meter.name,
                    "unit": meter.unit or "",
                    "quantity": typed.get(meter.name, charge.default_quantity),
                }
                for charge in version.charge_ids
                if charge.role == "usage" and (meter := charge.meter_id)
            ]

    def _expected_usage(self, charge):
        """Return what the calculator expects of a charge's meter in each period."""
        for row in self.calc_usage or ():
            if row["name"] == charge.meter_id.name:
                return max(exact(row["quantity"]), exact(0))
        return exact(charge.default_quantity)

    @api.depends("effective_date")
    def _compute_calc_start(self):
        today = fields.Date.context_today(self)
        for version in self:
            version.calc_start = version.calc_start or max(
                version.effective_date or today, today
            )

    @api.depends("charge_ids.charge_model", "charge_ids.role")
    def _compute_calc_by_quantity(self):
        for version in self:
            version.calc_by_quantity = bool(version._counted_charges())

    def _counted_charges(self):
        """Return the charges that the calculator's quantity is for."""
        return self.charge_ids.filtered(
            lambda charge: charge.role == "base" and charge.charge_model != "flat"
        )

    @api.depends(
        "calc_quantity",
        "calc_start",
        "calc_usage",
        "currency_id",
        "interval_count",
        "interval_unit",
        "timing",
        "alignment",
        "alignment_day",
        "alignment_month",
        "first_period",
        "proration_basis",
        "term_count",
        "term_unit",
        "renewal",
        "days_ahead",
        "charge_ids.price_text",
        "charge_ids.default_quantity",
        "trial_days",
        "trial_after",
    )
    @api.depends_context("lang")
    def _compute_calc_result(self):
        for version in self:
            try:
                version.calc_result = version._calculator_table()
            except EngineError as error:
                version.calc_result = Markup("<p class='text-muted'>%s</p>") % (
                    self.env._(
                        "The conditions above do not fit together yet. %s",
                        sentence_of(self.env, error),
                    )
                )

    # ------------------------------------------------------------------
    # The first invoices
    # ------------------------------------------------------------------

    def _calculator_first_day(self):
        """Return the first day that is billed: the day after the trial."""
        return self.calc_start + timedelta(days=max(self.trial_days, 0))

    def _calculator_lines(self):
        """Return the engine's lines of a subscription as the calculator imagines it."""
        start = self._calculator_first_day()
        schedule = self._schedule(start)
        end = None
        if self.term_count and self.renewal == "none":
            end = Interval(self.term_count, self.term_unit).add(start, 1)
        lines = []
        for position, charge in enumerate(self.charge_ids):
            if charge.role == "addon":
                continue
            counted = charge in self._counted_charges()
            quantity = self.calc_quantity if counted else charge.default_quantity
            usage = self._calculator_usage(charge, schedule)
            amount = exact(0)
            if not usage:
                amount = rate(charge._engine_terms(), exact(quantity)).amount
            line = LineTerms(
                key=(position, 0),
                start=start,
                end=end,
                amount=amount,
                schedule=schedule,
                timing="arrears" if usage else self._calculator_timing(charge),
                basis=self.proration_basis,
                stub=self.first_period,
                usage=usage,
            )
            lines += self._calculator_phases(charge, line, exact(quantity))
        return lines

    def _calculator_phases(self, charge, line, quantity):
        """Cut a line into the phases of its charge."""
        phases = charge._sorted_phases()
        if not phases or line.timing == "once" or line.usage:
            return [line]
        ramp = Ramp(line.schedule, line.start, self._stub_counts())
        spans = ramp.spans([max(phase.periods, 1) for phase in phases])
        parts = []
        for number, (first, last) in enumerate(spans):
            if line.end and first >= line.end:
                break
            amount = line.amount
            if number < len(phases):
                phase = phases[number]
                price, factor = phase._prices(
                    exact(charge.unit_price), exact(1), phase.currency_id
                )
                terms = charge._engine_terms(unit_price=price, factor=factor)
                amount = rate(terms, quantity).amount
            end = min(filter(None, (last, line.end)), default=None)
            key = (line.key[0], number)
            parts.append(replace(line, key=key, start=first, end=end, amount=amount))
        return parts

    def _calculator_timing(self, charge):
        return "once" if charge.role == "one_off" else self.timing

    def _calculator_usage(self, charge, schedule):
        """Return the usage expected in each period, None where none is charged."""
        if charge.role != "usage":
            return None
        quantity = self._expected_usage(charge)
        if charge.meter_id:
            quantity = charge.meter_id._round(quantity)
        use = Use(quantity, (quantity,))
        first = schedule.index_at(schedule.start)
        periods = map(schedule.period, range(first, first + SHOWN + 2))
        return UsageTerms(
            charge._engine_terms(),
            dict.fromkeys(periods, use),
            prorated=charge.minimum_prorated,
        )

    def _calculator_invoices(self):
        """Return the first invoices as ``[(date, items), ...]``: four, and the first
        one of each later phase."""
        lines = self._calculator_lines()
        if not lines:
            return []
        schedule = lines[0].schedule
        begins = {line.start for line in lines}
        last = schedule.boundary(schedule.index_at(self.calc_start) + SHOWN + 2)
        last = max(last, schedule.boundary(schedule.index_at(max(begins)) + 2))
        rounding = currency_rounding(self.currency_id)
        items = difference(lines, (), last, rounding, days_ahead=self.days_ahead)
        # In a trial nothing is charged before its end, however early invoices are made.
        earliest = self._calculator_first_day() if self.trial_days > 0 else date.min
        invoices = {}
        for item in items:
            invoices.setdefault(max(item.due, earliest), []).append(item)
        return [
            (due, items)
            for number, (due, items) in enumerate(sorted(invoices.items()))
            if number < SHOWN or begins & {item.part.start for item in items}
        ]

    def _calculator_table(self):
        """Return the first invoices as rows of date, period and amount."""
        self.ensure_one()
        invoices = (
            self._calculator_invoices() if self.calc_start and self.currency_id else []
        )
        if not invoices:
            return Markup("<p class='text-muted'>%s</p>") % (
                self.env._("Add a charge to see the first invoices.")
            )
        rows = Markup().join(
            self._calculator_row(due, items) for due, items in invoices
        )
        return self._calculator_trial() + Markup(
            "<table class='table table-sm mb-0'><thead><tr><th>%s</th><th>%s</th>"
            "<th class='text-end'>%s</th></tr></thead><tbody>%s</tbody></table>"
        ) % (
            self.env._("Invoice of"),
            self.env._("Period"),
            self._calculator_amount_label(),
            rows,
        )

    def _calculator_trial(self):
        """Say until when it is free, and on what it depends whether it is billed."""
        if not self.trial_days or self.trial_days < 0:
            return Markup()
        day = format_date(self.env, self._calculator_first_day() - timedelta(days=1))
        text = {
            "convert": self.env._("Free until %s, then:", day),
            "end": self.env._("Free until %s, and then, if it is converted:", day),
            "payment": self.env._(
                "Free until %s, and then, once there is a payment method:", day
            ),
        }[self.trial_after or "convert"]
        return Markup("<p class='mb-1'>%s</p>") % text

    def _calculator_amount_label(self):
        if any(self.charge_ids.mapped("tax_included")):
            return self.env._("Amount, as priced")
        return self.env._("Amount before tax")

    def _calculator_row(self, due, items):
        parts = [item.part for item in items]
        first = min(part.start for part in parts)
        last = max(part.last_day for part in parts)
        return Markup(
            "<tr><td>%s</td><td>%s – %s</td><td class='text-end'>%s</td></tr>"
        ) % (
            format_date(self.env, due),
            format_date(self.env, first),
            format_date(self.env, last),
            money(self.env, sum(item.amount for item in items), self.currency_id),
        )
