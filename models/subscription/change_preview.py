"""What a change would do: it is made, looked at, and taken back."""

from odoo import fields, models
from odoo.tools import format_date

from ..catalog.texts import number, per_period
from ..exact import exact


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    def preview_change(self, kind, values=None, **options):
        """Return what ``action_change`` with the same arguments would do; nothing is
        kept.

        Keys: ``effective_date``, ``settled_on`` (the day whose billing settles the
        difference), ``difference`` (what it settles, before tax), ``items`` (what is
        credited and charged), ``before`` and ``after`` (lines, next invoice, monthly
        and yearly amount). Amounts are numbers, dates are texts (YYYY-MM-DD).
        """
        self.ensure_one()
        self.check_access("write")
        return self._compare(kind, values or {}, **options)

    def _compare(self, kind, values, **options):
        stored = self._origin or self
        options.pop("reason", None)
        options.pop("note", None)
        ask, day, today = stored._prepare_change(kind, values, **options)
        waiting = stored._waits_for_approval(ask, day)
        with stored._trial() as tried:
            change = tried._make_change(ask, day, today)
            day = change.effective_date
            result = {
                "type": change.type,
                "effective_date": fields.Date.to_string(day),
                "scheduled": change.state == "scheduled",
                "waiting": waiting,
                **tried._difference_of(change, today),
                "after": tried._picture(day, today),
            }
        result["before"] = stored._picture(day, today)
        result["monthly_effect"] = (
            result["after"]["monthly"] - result["before"]["monthly"]
        )
        return result

    def _difference_of(self, change, today):
        """Return what billing settles of a change, and when."""
        details = change.details or {}
        touched = {row[0] for row in details.get("lines", ())}
        touched.update(details.get("created", ()))
        day = max(change.effective_date, today)
        items = [
            item
            for item in self._difference(day)[self.id]
            if item.line in touched and item.kind != "waiver"
        ]
        [(untaxed, total)] = self._expected_totals([tuple(items)])
        return {
            "settled_on": fields.Date.to_string(max(day, self.bill_not_before or day)),
            "difference": self.currency_id.round(untaxed),
            "difference_taxed": self.currency_id.round(
                untaxed if total is None else total
            ),
            "items": [self._change_item(item) for item in items],
        }

    def _change_item(self, item):
        return {**self._item_texts(item), "value": float(item.amount)}

    def _picture(self, day, today):
        """Return what the subscription bills from a day on."""
        monthly = self._monthly_on(day)
        expected = self._expected(today, max(self._preview_until(today), day))[:1]
        return {
            "plan": self._version_on(day).plan_id.name,
            "lines": [self._line_texts(line) for line in self._lines_on(day)],
            "monthly": float(monthly),
            "yearly": float(monthly * 12),
            "next_day": fields.Date.to_string(expected[0].day) if expected else False,
            "next_amount": self.currency_id.round(
                expected[0].untaxed if expected else 0.0
            ),
        }

    def _line_texts(self, line):
        """Return a line as the user reads it in a comparison."""
        flat = line._charge_terms().model == "flat"
        return {
            "what": line.display_name,
            "quantity": False if flat else number(self.env, line.quantity),
            "discount": line.discount and number(self.env, line.discount),
            "amount": self._money(line.amount_period),
            "per": per_period(line._version()),
        }

    # ------------------------------------------------------------------
    # As the user reads it
    # ------------------------------------------------------------------

    def _render_change(self, comparison):
        """Return the comparison as the wizard shows it."""
        before, after = comparison["before"], comparison["after"]
        credits = sum(
            exact(item["value"]) for item in comparison["items"] if item["value"] < 0
        )
        charges = sum(
            exact(item["value"]) for item in comparison["items"] if item["value"] > 0
        )
        return self.env["ir.qweb"]._render(
            "recurring_revenue.subscription_change_preview",
            {
                "before": self._picture_texts(before),
                "after": self._picture_texts(after),
                "day": self._day_text(comparison["effective_date"]),
                "settled_on": self._day_text(comparison["settled_on"]),
                "scheduled": comparison["scheduled"],
                "waiting": comparison["waiting"],
                "items": comparison["items"],
                "credits": credits and self._money(-credits),
                "charges": charges and self._money(charges),
                "difference": self._money(abs(comparison["difference"])),
                "difference_taxed": self._money(abs(comparison["difference_taxed"])),
                "sign": self._sign(comparison["difference"]),
                "monthly_effect": self._signed(comparison["monthly_effect"]),
                "yearly_effect": self._signed(after["yearly"] - before["yearly"]),
            },
        )

    def _picture_texts(self, picture):
        return {
            **picture,
            "monthly": self._money(picture["monthly"]),
            "yearly": self._money(picture["yearly"]),
            "next_day": self._day_text(picture["next_day"]),
            "next_amount": self._money(picture["next_amount"]),
        }

    def _day_text(self, day):
        return day and format_date(self.env, day)

    def _sign(self, amount):
        compared = self.currency_id.compare_amounts(amount, 0.0)
        return {1: "more", -1: "back", 0: "none"}[compared]

    def _signed(self, amount):
        text = self._money(abs(amount))
        if self.currency_id.is_zero(amount):
            return text
        return f"+{text}" if amount > 0 else f"\N{MINUS SIGN}{text}"
