"""What a change would do: it is made, looked at, and taken back."""

from odoo import fields, models
from odoo.tools import format_date

from ...catalog.texts import number, per_period


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    def preview_change(self, kind, values=None, **options):
        """Return what ``action_change`` with the same arguments would do; nothing is
        kept.

        Keys: ``effective_date``, ``settled_on`` (the day whose billing settles the
        difference), ``items`` (what is then credited and charged), ``billed`` (their
        sum before tax), ``billed_without`` (what would be billed without the change),
        ``difference`` (between the two), ``before`` and ``after`` (lines, next invoice,
        monthly and yearly amount). Amounts are numbers, dates texts (YYYY-MM-DD).
        """
        self.ensure_one()
        self.check_access("write")
        options["date"] = fields.Date.to_date(options.get("date"))
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
                "settled_on": fields.Date.to_string(
                    max(day, today, tried.bill_not_before or day)
                ),
                "after": tried._picture(day, today),
            }
            if change.type == "pause":
                result["after"]["pause"] = change.what_text
            items, untaxed, taxed = tried._due_on(max(day, today))
            result["items"] = [tried._change_item(item) for item in items]
        _items, untaxed_before, taxed_before = stored._due_on(max(day, today))
        rounded = self.currency_id.round
        before = result["before"] = stored._picture(day, today)
        return {
            **result,
            "billed": untaxed,
            "billed_without": untaxed_before,
            "difference": rounded(untaxed - untaxed_before),
            "difference_taxed": rounded(taxed - taxed_before),
            "monthly_effect": rounded(result["after"]["monthly"] - before["monthly"]),
        }

    def _due_on(self, day):
        """Return what billing on a day would do, and its totals before and with tax."""
        items = tuple(
            item for item in self._difference(day)[self.id] if item.kind != "waiver"
        )
        [items] = self._take_discounts([items])
        [(untaxed, total)] = self._expected_totals([items])
        taxed = untaxed if total is None else total
        return items, self.currency_id.round(untaxed), self.currency_id.round(taxed)

    def _change_item(self, item):
        return {
            **self._item_texts(item),
            "value": float(item.net),
            "with_tax": self._line_of(item)._tax_basis().included,
        }

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
            "with_tax": line._tax_basis().included,
        }

    # ------------------------------------------------------------------
    # As the user reads it
    # ------------------------------------------------------------------

    def _render_change(self, comparison):
        """Return the comparison as the wizard shows it."""
        before, after = comparison["before"], comparison["after"]
        return self.env["ir.qweb"]._render(
            "recurring_revenue.subscription_change_preview",
            {
                "before": self._picture_texts(before),
                "after": self._picture_texts(after),
                "heading": self.env._(
                    "From %(day)s on", day=self._day_text(comparison["effective_date"])
                ),
                "settled_on": self._day_text(comparison["settled_on"]),
                "scheduled": comparison["scheduled"],
                "waiting": comparison["waiting"],
                "items": comparison["items"],
                "billed": self._money(comparison["billed"]),
                "billed_without": self._money(comparison["billed_without"]),
                "difference": self._money(abs(comparison["difference"])),
                "difference_taxed": self._money(abs(comparison["difference_taxed"])),
                "sign": self._sign(comparison["difference"], comparison["billed"]),
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
            "next_is_credit": picture["next_amount"] < 0,
            "next_amount": self._money(abs(picture["next_amount"])),
        }

    def _day_text(self, day):
        return day and format_date(self.env, day)

    def _sign(self, amount, billed):
        """Say what a difference is: back is only what a credit note gives back."""
        compared = self.currency_id.compare_amounts(amount, 0.0)
        if compared < 0 and self.currency_id.compare_amounts(billed, 0.0) >= 0:
            return "less"
        return {1: "more", -1: "back", 0: "none"}[compared]

    def _signed(self, amount):
        text = self._money(abs(amount))
        if self.currency_id.is_zero(amount):
            return text
        return f"+{text}" if amount > 0 else f"\N{MINUS SIGN}{text}"
