"""Quantity, price and discount of lines that run."""

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import float_compare, format_date

from ...catalog.texts import money, number

EDITABLE = ("quantity", "price_unit", "discount")
TYPE_OF = {"quantity": "quantity", "price_unit": "price", "discount": "discount"}


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    def _apply_lines(self, edit, values):
        """Change quantity, unit price or discount of lines.

        :param values: ``{"lines": [{"line_id": 7, "quantity": 3.0}, ...]}`` with any of
            ``quantity``, ``price_unit`` (in the line's tax basis) and ``discount`` (%)
        """
        asked = values.get("lines") or []
        if not asked:
            raise UserError(self.env._("Nothing was changed."))
        names = set()
        for row in asked:
            line = self._line_to_change(int(row["line_id"]), edit)
            new = {name: row[name] for name in EDITABLE if name in row}
            names |= self._edit_line(edit, line, new)
        return TYPE_OF[names.pop()] if len(names) == 1 else "line"

    def _line_to_change(self, line_id, edit):
        """Return the line of the same track that has service on the day.

        :raise UserError: where there is none, with the reason
        """
        line = self.line_ids.filtered(lambda line: line.id == line_id)
        if not line or line.role == "one_off":
            raise UserError(
                self.env._("This line does not belong to %s any more.", self.name)
            )
        track = line._track()
        on_day = track.filtered(lambda part: part in edit.running())
        if on_day:
            return on_day
        first = track.sorted("start_date")[:1]
        if first.start_date > edit.day:
            return first
        raise UserError(
            self.env._(
                "%(line)s has no service on %(day)s: there is nothing to change.",
                line=line.display_name,
                day=format_date(self.env, edit.day),
            )
        )

    def _edit_line(self, edit, line, new):
        """Replace a line, and what follows it as far as it said the same.

        A later part that was given another quantity, price or discount keeps that; of
        what is scheduled for another plan only the quantity follows.
        Returns the names of what changed.
        """
        digits = {name: line._fields[name].get_digits(self.env)[1] for name in EDITABLE}
        changed = {
            name: value
            for name, value in new.items()
            if float_compare(value, line[name], precision_digits=digits[name])
        }
        self._check_line_values(line, new, changed)
        rest = dict(changed)
        previous = line.browse()
        for part in line._followers():
            rest = {
                name: value for name, value in rest.items() if part[name] == line[name]
            }
            if part._version().plan_id != line._version().plan_id:
                # Units go on in another plan; what was agreed on this one's price ends.
                rest = {name: rest[name] for name in ("quantity",) if name in rest}
            values = dict(rest)
            if "price_unit" in values:
                values["price_agreed"] = True
                values["price_source"] = self.env._("agreed with the customer")
                values["phase_id"] = False
            if previous:
                values["previous_line_id"] = previous.id
            if rest:
                previous = edit.replace(part, **values)
        return set(changed)

    def _check_line_values(self, line, new, changed):
        if not changed:
            said = {
                "quantity": number(self.env, line.quantity),
                "price_unit": money(self.env, line.price_unit, line.currency_id),
                "discount": self.env._(
                    "%s %% discount", number(self.env, line.discount)
                ),
            }
            raise UserError(
                self.env._(
                    "%(line)s has %(value)s already: nothing would change.",
                    line=line.display_name,
                    value=", ".join(said[name] for name in new),
                )
            )
        if changed.get("quantity", 0) < 0 or changed.get("price_unit", 0) < 0:
            raise UserError(self.env._("A quantity or a price is not negative."))
        if not 0 <= changed.get("discount", 0) <= 100:
            raise UserError(self.env._("A discount lies between 0 and 100 percent."))


class RecurringSubscriptionLine(models.Model):
    _inherit = "recurring.subscription.line"

    def _track(self):
        """Return the parts of one line of the agreement, before and after changes."""
        self.ensure_one()
        lines = self.subscription_id.line_ids
        first = self
        while first.previous_line_id:
            first = first.previous_line_id
        track = first
        while True:
            added = lines.filtered(
                lambda line, track=track: line.previous_line_id in track
            )
            if added <= track:
                return track.filtered(lambda line: line._has_service())
            track |= added

    def _has_service(self):
        """Tell whether the line has a day: one that was replaced at once has none."""
        if not self.end_date or not self.start_date:
            return True
        return self.end_date > self.start_date

    def _followers(self):
        """Return this line and the parts of its track that come after it, in order."""
        return (
            self._track()
            .filtered(lambda part: part.start_date >= self.start_date)
            .sorted("start_date")
        )
