"""Add-ons that come and go while the subscription runs."""

from odoo import models
from odoo.exceptions import UserError

from ...exact import exact
from .change_plan import WHOLE


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    def _apply_addon_add(self, edit, values):
        """Add an add-on of the plan, or a product of its own.

        :param values: ``charge_id`` (of the plan), or ``product_id`` with
            ``price_unit``; optional ``quantity``, ``price_unit``, ``price_basis``,
            ``discount`` and ``name``
        """
        if exact(values.get("quantity")) < 0 or exact(values.get("price_unit")) < 0:
            raise UserError(self.env._("A quantity or a price is not negative."))
        if not 0 <= exact(values.get("discount")) <= 100:
            raise UserError(self.env._("A discount lies between 0 and 100 percent."))
        if values.get("charge_id"):
            line = self._addon_of_plan(edit, int(values["charge_id"]))
        elif values.get("product_id") and "price_unit" in values:
            line = {"product_id": int(values["product_id"]), "role": "addon"}
        else:
            raise UserError(
                self.env._("Choose an add-on of the plan, or a product and its price.")
            )
        given = {
            name: values[name]
            for name in ("quantity", "discount", "name", "price_basis")
            if values.get(name)
        }
        if "price_unit" in values:
            given["price_unit"] = values["price_unit"]
            given["price_agreed"] = True
            given["price_source"] = self.env._("agreed with the customer")
        self._add_running_line(edit, {**line, **given})
        return "addon_add"

    def _addon_of_plan(self, edit, charge_id):
        version = self._version_on(edit.day)
        charge = version.charge_ids.filtered(
            lambda charge: charge.id == charge_id and charge.role == "addon"
        )
        if not charge:
            raise UserError(
                self.env._(
                    "%s has no such add-on: choose one of its plan.", self.display_name
                )
            )
        if charge in edit.running().charge_id:
            raise UserError(
                self.env._(
                    "%s is part of the subscription already: change its quantity.",
                    charge.name,
                )
            )
        return self._prepare_line(charge, day=edit.day)

    def _add_running_line(self, edit, values):
        """Start a line on the grid of the others; it ends when they end."""
        self._refuse_overtaken(edit, (*WHOLE, "resume"))
        beside = edit.running()[:1]
        if not beside:
            raise UserError(
                self.env._("%s has no service on that day: resume it first.", self.name)
            )
        grid = {
            "plan_version_id": beside.plan_version_id.id,
            "grid_start": beside.grid_start,
            "grid_anchor": beside.grid_anchor,
        }
        start = beside._schedule().period_at(edit.day)
        free = edit.proration == "none" and start.start < edit.day
        bill_from = start.end if free else False
        end = self.end_date
        if self._in_trial_on(edit.day):
            bill_from, end = self.trial_end, self._lines_end()
        return edit.add(**{**values, **grid, "end_date": end, "bill_from": bill_from})

    def _version_on(self, day):
        """Return the plan version that bills on a day."""
        line = self._lines_on(day)[:1]
        return line._version() if line else self.plan_version_id

    def _apply_addon_remove(self, edit, values):
        """End an add-on: ``{"line_id": 7}``."""
        line = self._line_to_change(int(values.get("line_id") or 0), edit)
        if line.role != "addon":
            raise UserError(
                self.env._(
                    "%s is not an add-on: change the plan, or cancel the subscription.",
                    line.display_name,
                )
            )
        for part in line._followers():
            edit.end(part)
        return "addon_remove"
