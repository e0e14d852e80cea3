"""The usage of the running period: how much, of how much, what it costs so far."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_date

from ....engine.claims import LineClaims
from ...catalog.texts import money, number
from ...exact import currency_rounding, exact
from ..recurring_subscription import RUNNING


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    has_usage = fields.Boolean(compute="_compute_has_usage")
    usage_table = fields.Html(compute="_compute_usage_table", sanitize=False)
    usage_count = fields.Integer(string="Events", compute="_compute_usage_count")

    @api.depends("line_ids.role")
    def _compute_has_usage(self):
        for sub in self:
            sub.has_usage = "usage" in sub.line_ids.mapped("role")

    def _compute_usage_count(self):
        counts = dict(
            self.env["recurring.usage"]._read_group(
                [("subscription_id", "in", self.ids), ("state", "=", "recorded")],
                ["subscription_id"],
                ["__count"],
            )
        )
        for sub in self:
            sub.usage_count = counts.get(sub, 0)

    @api.depends("line_ids.role", "line_ids.end_date", "state")
    @api.depends_context("lang")
    def _compute_usage_table(self):
        today = fields.Date.context_today(self)
        for sub in self:
            sub.usage_table = sub._render_usage(today) if sub.has_usage else False

    def _render_usage(self, today):
        rows = self._usage_rows(today)
        if not rows:
            return Markup("<p class='text-muted'>%s</p>") % (
                self.env._("Nothing is counted today.")
                if self.state in RUNNING
                else self.env._("Usage is counted once the subscription has started.")
            )
        return self.env["ir.qweb"]._render(
            "recurring_revenue.subscription_usage", {"rows": rows}
        )

    def _usage_rows(self, today):
        """Return, for each line by usage that runs today, what the table shows."""
        if self.state not in RUNNING or not self.id:
            return []
        lines = self._lines_on(today).filtered(lambda line: line.role == "usage")
        used = lines._used_in(today)
        free = lines.filtered(lambda line: line.id not in used)
        if free:  # a trial counts, for limits too, and costs nothing
            used |= free._used_in(today, also_free=True)
        return [line._usage_row(used[line.id]) for line in lines if line.id in used]

    def action_view_usage(self):
        """Open the events of this subscription."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "recurring_revenue.recurring_usage_action"
        )
        action["domain"] = [("subscription_id", "=", self.id)]
        action["context"] = {"rr_one_subscription": True, "search_default_counts": 1}
        return action


class RecurringSubscriptionLine(models.Model):
    _inherit = "recurring.subscription.line"

    def _running_amount(self, used):
        """Return what the period has cost up to now, with the earlier lines of it."""
        terms = self._share_periods(
            [
                (part, part._engine_terms(uses={used.whole: use}))
                for part, use in used.parts.items()
            ]
        )
        rounding = currency_rounding(self.currency_id)
        return sum(
            LineClaims(term, (), rounding, 0).of(used.whole).target for term in terms
        )

    def _usage_row(self, used):
        """Return what the form shows of one meter in a period."""
        meter, charge = self.charge_id.meter_id, self.charge_id
        use, days, amount = used.use, used.days, self._running_amount(used)
        limit = charge._limit()
        if charge.charge_model == "percentage" and not charge.limit_quantity:
            limit = exact(0)  # what is included is money, not a share of a quantity
        percent = int(use.quantity * 100 / limit) if limit else 0
        return {
            "name": meter.name,
            "period": f"{format_date(self.env, days.start)} – "
            f"{format_date(self.env, days.last_day)}",
            "used": meter._quantity_text(use.quantity),
            "limit": bool(limit),
            "share": limit
            and self.env._(
                "%(percent)s %% of %(limit)s",
                percent=percent,
                limit=meter._quantity_text(limit),
            ),
            "percent": percent,
            "width": min(percent, 100),
            "level": "danger" if percent >= 100 else "warning" if percent >= 80 else "",
            "stops": charge.hard_limit,
            "amount": money(self.env, amount, self.currency_id),
            "price": self._usage_price_text(),
        }

    def _usage_price_text(self):
        """Return the plan's price in words, and what this subscription has instead."""
        charge, text = self.charge_id, self.charge_id.price_text
        own, factor = exact(self.price_unit), exact(self.price_factor)
        if charge._is_tiered() and not self.price_agreed:
            if factor != 1:
                text = self.env._(
                    "%(plan)s; here these prices x %(factor)s",
                    plan=text,
                    factor=number(self.env, factor),
                )
        elif own != exact(charge.unit_price) or self.currency_id != charge.currency_id:
            price = (
                self.env._("%s %%", number(self.env, own))
                if charge.charge_model == "percentage"
                else money(self.env, own, self.currency_id)
            )
            text = self.env._(
                "%(price)s here; in the plan: %(plan)s", price=price, plan=text
            )
        if self.discount:
            less = self.env._("less %s %%", number(self.env, self.discount))
            text = f"{text}, {less}"
        return text
