"""Taking back a price revision where later changes build on it, or made it void.

A quantity that changed meanwhile stands in lines of the new price: they are started
anew at the price that holds on the eve of the revision, and keep the quantity.
"""

from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from ...guard import applying

PRICE = ("price_unit", "price_factor")


class RecurringChange(models.Model):
    _inherit = "recurring.change"

    def _withdraw(self):
        """Take new prices back also where a later change builds on them."""
        if (self.details or {}).get("takes_back"):
            raise UserError(
                self.env._(
                    "A price revision was taken back: prepare another one to raise the "
                    "price again."
                )
            )
        later = self._built_upon()
        # One that waits itself is withdrawn first, as everywhere.
        taken_effect = later.state == "applied" or (not later and self._cut_since())
        if taken_effect and self._is_revision():
            self._take_back()
        elif taken_effect and self._is_migration():
            self._make_back("take_back", {"change_id": self.id})
        else:
            super()._withdraw()
            return
        self._set_state(("scheduled",), "withdrawn", **self._decided())

    def _is_revision(self):
        """Tell whether this is a price revision that has not taken effect yet."""
        return self.type == "price_revision" and self.state == "scheduled"

    def _is_migration(self):
        """Tell whether a revision moves to a new version, and has not done so yet."""
        scheduled = self.type == "migrate" and self.state == "scheduled"
        return scheduled and bool(self.revision_id)

    def _take_back(self):
        """Let the lines of the new prices go on at those of the eve, from its day."""
        rows = [row for row in map(self._row_to_take_back, self._prices()) if row]
        if rows:
            self._make_back("revise", {"lines": rows, "source": ""})

    def _make_back(self, kind, values):
        """Make the change that takes this one back, on the day of this one."""
        sub, day = self.subscription_id, self.effective_date
        ask = {
            "kind": kind,
            "values": values,
            "when": "date",
            "date": fields.Date.to_string(day),
            "proration": "none",
        }
        note = self.env._("“%s” is taken back", self.revision_name or "")
        today = fields.Date.context_today(self)
        back = sub._make_change(ask, day, today, note=note)
        # sudo: nobody may write history by hand, so no group has the right to.
        details = {**back.details, "takes_back": self.id}
        applying(back.sudo()).details = details

    def _prices(self):
        """Return what was asked for: a row for each line, see ``_apply_revise``."""
        return (
            ((self.details or {}).get("ask") or {}).get("values", {}).get("lines", [])
        )

    def _row_to_take_back(self, row):
        """Return what gives a line its price of the eve again; None where it does not
        have the new one."""
        part = self._part_of(row)
        if not part:
            return None
        eve = self.effective_date - timedelta(days=1)
        before = part._track().filtered(
            lambda one: (
                one.start_date <= eve and (not one.end_date or one.end_date > eve)
            )
        )[:1]
        was = [before[name] for name in PRICE] if before else row["was"]
        return {
            "line_id": part.id,
            "was": [part[name] for name in PRICE],
            **dict(zip(PRICE, was, strict=True)),
            "also": {
                "price_source": before.price_source if before else part.price_source,
                "price_agreed": before.price_agreed if before else part.price_agreed,
            },
        }

    def _part_of(self, row):
        """Return the line that has the new price of ``row`` from the day on, if any."""
        return self.subscription_id._part_with_price(row, self.effective_date)

    def _is_void(self):
        """Tell whether nothing of a scheduled price revision is left in the lines:
        the plan was changed meanwhile, the price agreed anew, or all ends before."""
        if not self._is_revision() or (self.details or {}).get("takes_back"):
            return False
        rows = self._prices()
        return bool(rows) and not any(map(self._part_of, rows))


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    def _part_with_price(self, row, day):
        """Return what a line is from ``day`` on, where it has the price of ``row``.

        :param row: ``line_id``, ``price_unit`` and ``price_factor``
        """
        line = self.line_ids.filtered(lambda line: line.id == row["line_id"])
        parts = line and line._track().filtered(
            lambda part: not part.end_date or part.end_date > day
        )
        part = parts and parts.sorted("start_date")[:1]
        same = part and all(part[name] == row[name] for name in PRICE)
        return part if same else line.browse()

    def _enter_change(self, change):
        """What has become void has no effect: no new base of an index, no new price."""
        if change._is_void():
            change._set_state(("scheduled",), "withdrawn")
            return
        super()._enter_change(change)
