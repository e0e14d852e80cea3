"""The list of a price revision: old and new price of every line, and their effect."""

from odoo import fields, models
from odoo.exceptions import UserError

from ....engine.errors import EngineError
from ....engine.revision import (
    ONE,
    by_amount,
    by_factor,
    factor_by_index,
    factor_by_percent,
    step_of,
)
from ...catalog.texts import number
from ...engine_texts import sentence_of
from ...exact import currency_rounding, exact
from ..changes.change_edit import Edit
from .recurring_price_revision_line import FINAL, monthly


class RecurringPriceRevision(models.Model):
    _inherit = "recurring.price.revision"

    def _prepare_rows(self, today, subs=None):
        """Return the values of the rows of all selected subscriptions, or of some."""
        self.ensure_one()
        subs = self._selected() if subs is None else subs
        waiting = self._waiting_changes(subs)
        steps = {}
        return [
            {"revision_id": self.id, "subscription_id": sub.id, **row}
            for sub in subs
            for row in self._rows_of(sub, today, waiting.get(sub), steps)
        ]

    def _rows_of(self, sub, today, waiting, steps):
        """Yield the rows of one subscription; ``steps`` remembers index values."""
        day = self._day_of(sub, today)
        why_not = self._why_not(sub, day, waiting)
        if self.method == "version":
            if sub._version_on(day) != self.version_id:
                yield self._version_row(sub, day, today, why_not)
            return
        lines = sub._lines_on(day) or sub._lines_on(max(today, sub.start_date))
        step = None
        if self.method == "index" and (not why_not or why_not[0] not in FINAL):
            step = self._index_step_of(sub, today, steps)
            if isinstance(step, str):
                step, why_not = None, ("index", step)
        for line in self._lines_to_revise(lines):
            found = why_not or self._line_why_not(line)
            yield self._line_row(line, day, found, step)

    # ------------------------------------------------------------------
    # A new price
    # ------------------------------------------------------------------

    def _line_row(self, line, day, why_not, step):
        """Return the row of one line, with its new price unless it is left out."""
        scaled = line._has_scale()
        old = line._scale_amount() if scaled else exact(line.price_unit)
        row = {
            "line_id": line.id,
            "what": line.display_name,
            "quantity": line.quantity,
            "by_scale": scaled,
            "old_price": float(old),
            "new_price": float(old),
            "old_price_unit": line.price_unit,
            "old_factor": line.price_factor,
            "old_amount": line.amount_period,
            "new_amount": line.amount_period,
            "effective_date": day,
        }
        if why_not and why_not[0] in FINAL:
            return {**row, **self._left_out(why_not)}
        try:
            price, ratio = self._new_price(line, old, scaled, step)
        except EngineError as error:
            return {**row, **self._left_out(("index", sentence_of(self.env, error)))}
        row.update(self._effects(line, price, ratio))
        if step:
            row.update(
                index_value=float(step.current),
                index_day=step.current_date,
                explanation=self.env._(
                    "x %(current)s / %(base)s",
                    current=number(self.env, step.current),
                    base=number(self.env, step.base),
                ),
            )
        if not why_not and price == old and ratio == ONE:
            why_not = ("same", self.env._("The price stays the same"))
        return {**row, **(self._left_out(why_not) if why_not else {})}

    def _left_out(self, why_not):
        code, sentence = why_not
        return {"state": "excluded", "exclusion": code, "why": sentence}

    def _new_price(self, line, old, scaled, step):
        """Return the new price and what a scale or a minimum is multiplied with."""
        limits = self._limits()
        rounding = currency_rounding(line.currency_id)
        chosen = exact(self.rounding_step) or step_of(old, rounding)
        if self.method == "amount":
            return by_amount(old, exact(self.amount), chosen, limits), ONE
        if step:
            factor = factor_by_index(step.base, step.current)
        else:
            factor = factor_by_percent(exact(self.percent))
        ratio = limits.bound(ONE, factor)
        if scaled:
            # Its prices are on its tiers: the scale moves as a whole.
            return line._scale_amount(ratio), round(ratio, 12)
        return by_factor(old, ratio, chosen), round(ratio, 12)

    def _effects(self, line, price, ratio):
        """Return new price, ratio and amounts of a row, per period, month and year."""
        if line._has_scale():
            unit = exact(line.price_unit)
        else:
            unit = price
        factor = round(exact(line.price_factor) * ratio, 12)
        amount = line._amount_at(unit, factor)
        difference = line._before_tax(amount - exact(line.amount_period))
        return {
            "new_price": float(price),
            "ratio": float(ratio),
            "new_amount": float(amount),
            **self._period_effects(
                monthly(difference, line._version()), line.currency_id
            ),
        }

    def _period_effects(self, per_month, currency):
        return {
            "monthly_effect": currency.round(float(per_month)),
            "yearly_effect": currency.round(float(per_month * 12)),
        }

    # ------------------------------------------------------------------
    # By an index
    # ------------------------------------------------------------------

    def _index_step_of(self, sub, today, steps):
        """Return the IndexStep of a subscription, or a sentence why there is none."""
        index = self.index_id or sub.index_id
        if not index:
            return self.env._("It names no index")
        if self.index_id and sub.index_id and sub.index_id != self.index_id:
            return self.env._("It follows another index: %s", sub.index_id.name)
        key = (
            index.id,
            sub.index_id.id,
            sub.index_base_value,
            sub.index_base_date or sub.start_date,
        )
        if key not in steps:
            steps[key] = sub._index_step(index, self.index_date or today)
        return steps[key]

    # ------------------------------------------------------------------
    # A new version
    # ------------------------------------------------------------------

    def _version_row(self, sub, day, today, why_not):
        """Return the row of a subscription that moves to the new version."""
        row = {
            "what": self.env._(
                "Version %(old)s → %(new)s",
                old=sub._version_on(day).number,
                new=self.version_id.number,
            ),
            "quantity": 1,
            "effective_date": day,
        }
        lines = sub._lines_on(day) or sub._lines_on(max(today, sub.start_date))
        old = sum(map(exact, lines.mapped("amount_period")), exact(0))
        row.update(old_price=float(old), new_price=float(old), old_amount=float(old))
        if why_not and why_not[0] in FINAL:
            return {**row, "new_amount": float(old), **self._left_out(why_not)}
        try:
            new, before_tax = self._amount_in_version(sub, day, today)
        except (UserError, EngineError) as error:
            why_not = ("rate", sentence_of(self.env, error))
            return {**row, "new_amount": float(old), **self._left_out(why_not)}
        per_month = monthly(before_tax, self.version_id) - sub._monthly_on(day)
        row.update(
            new_price=float(new),
            new_amount=float(new),
            **self._period_effects(per_month, sub.currency_id),
        )
        return {**row, **(self._left_out(why_not) if why_not else {})}

    def _amount_in_version(self, sub, day, today):
        """Return what a period costs in the new version, as the move would price it,
        and that before tax."""
        edit = Edit(sub, day, today, "none")
        rows = sub._lines_of_version(
            edit, edit.running(), self.version_id, {}, not self.agreed_too
        )
        lines = self.env["recurring.subscription.line"]
        total = before_tax = exact(0)
        for values in rows:
            # Of phases that go on, the first one holds on the day.
            for phase in values.pop("phases", [])[:1]:
                values.update(phase)
            line = lines.new({**values, "subscription_id": sub.id})
            amount = line._amount_at(None, None)
            total += amount
            before_tax += line._before_tax(amount)
        return total, before_tax

    # ------------------------------------------------------------------
    # What is asked of each subscription
    # ------------------------------------------------------------------

    def _change_of(self, rows):
        """Return ``(kind, values)`` of the change that these rows of one subscription
        ask for."""
        if self.method == "version":
            values = {"plan_version_id": self.version_id.id}
            if self.agreed_too:
                values["reprice"] = True
            return "migrate", values
        values = {
            "lines": [row._change_row() for row in rows],
            "source": self.env._("price revision “%s”", self.name),
        }
        followed = rows.filtered("index_value")[:1]
        if followed:
            values["header"] = {
                "index_id": (self.index_id or followed.subscription_id.index_id).id,
                "index_base_value": followed.index_value,
                "index_base_date": fields.Date.to_string(followed.index_day),
            }
        return "revise", values
