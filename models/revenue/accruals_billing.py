"""What a billing of everything served by the end of the month would invoice: with the
engine, the prices, coupons and taxes of a billing, and nothing written."""

from odoo import fields, models

from ...engine.accrual import clipped, served, unbilled
from ..exact import currency_rounding, exact
from ..subscription.resolver import Resolver
from .deferral import Deferral
from .subscription_billing import Planned


class ServedResolver(Resolver):
    """A resolver whose lines by usage end with the month that is closed."""

    def __init__(self, day):
        super().__init__(day)
        self.memo["dry"] = True

    def assume(self, lines):
        """Let ``{subscription id: engine's terms}`` be what the lines are."""
        self._lines.update(lines)


class RecurringRevenueRun(models.Model):
    _inherit = "recurring.revenue.run"

    def _unbilled(self, subscriptions):
        """Return parts of what subscriptions were served and no document charges."""
        resolver = ServedResolver(self.last_day)
        subscriptions = subscriptions.with_company(self.company_id)
        lines = subscriptions._served_lines(self.last_day, resolver)
        resolver.assume(lines)
        items = self._served_items(subscriptions, lines)
        billing = self.env["recurring.billing.run"].new(
            {"date": self.last_day, "company_id": self.company_id.id}
        )
        memory, parts = {}, []
        for sub in subscriptions:
            if not items[sub.id]:
                continue
            for draft in sub._prepare_drafts(items, billing, resolver):
                if draft.vals:
                    parts += self._parts_of_draft(draft, billing, memory)
        return parts

    def _served_items(self, subscriptions, lines):
        """Return ``{subscription id: items}``, each cut at the end of the month."""
        deferral = Deferral(self.company_id)
        rows = subscriptions._engine_rows()
        found = {}
        for sub in subscriptions:
            own = {line.id: line for line in sub.line_ids}
            rounding = currency_rounding(sub.currency_id)
            items = unbilled(
                lines[sub.id],
                rows[sub.id],
                self.last_day,
                rounding,
                sub.settled_through or None,
            )
            found[sub.id] = tuple(
                part
                for item in items
                if item.kind != "waiver" and item.amount
                if (method := self._method_of(deferral, own.get(item.line)))
                if (part := served(item, self.last_day, rounding, method))
            )
        return found

    def _method_of(self, deferral, line):
        """Return how the service of a subscription line is earned, None where it is
        revenue only when it is invoiced."""
        if not line or not line.product_id:
            return None
        planned = Planned(
            self.env,
            {
                "product_id": line.product_id.id,
                "rr_subscription_id": line.subscription_id.id,
                "rr_subscription_line_id": line.id,
                "deferred_end_date": line.role != "one_off" and self.last_day,
            },
        )
        return self._accrual_method(deferral, planned, line.role == "usage")

    def _accrual_method(self, deferral, line, by_usage):
        """What a policy recognises when it is invoiced is not accrued, except usage: it
        is only not known before its period ends."""
        if by_usage:
            return "day"
        policy = deferral.policies.find(deferral.nature(line), self.last_day)
        if not policy or policy.treatment == "invoiced":
            return None
        return policy.method

    def _parts_of_draft(self, draft, billing, memory):
        """Return what the lines of a document come to, without tax and tax."""
        sign = -1 if draft.vals["move_type"] == "out_refund" else 1
        lines = {line.id: line for line in draft.subscriptions.line_ids}
        partner = self.env["res.partner"].browse(draft.vals["partner_id"])
        parts = []
        for item, vals, base_line in zip(
            draft.document.items,
            draft.line_values,
            billing._preview_base_lines(draft, memory),
            strict=True,
        ):
            line = lines[item.line]
            details = base_line["tax_details"]
            net = (
                details["total_excluded_currency"]
                + details["delta_total_excluded_currency"]
            )
            tax = sum(one["tax_amount_currency"] for one in details["taxes_data"])
            account = vals.get("account_id") or item.nature[4]
            if not account:
                booking = draft.resolver.booking(line.subscription_id, line.product_id)
                account = booking[0].id
            parts.append(
                {
                    "subscription_id": line.subscription_id.id,
                    "subscription_line_id": line.id,
                    "source_line_id": None,
                    "partner_id": partner.commercial_partner_id.id,
                    "account_id": account,
                    "analytic_distribution": vals["analytic_distribution"] or None,
                    "currency_id": draft.vals["currency_id"],
                    "label": line.subscription_id.name,
                    "amount_currency": exact(sign * net),
                    "tax_currency": exact(sign * tax),
                }
            )
        return parts


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    def _served_lines(self, day, resolver):
        """Return ``{subscription id: engine's terms}``, usage only up to ``day``."""
        end = fields.Date.add(day, days=1)
        lines = self._engine_lines(resolver)
        metered = self.line_ids.filtered(lambda line: line.role == "usage")
        if not metered:
            return lines
        used = metered._uses_before(end)
        return {sub: clipped(terms, end, used) for sub, terms in lines.items()}


class RecurringSubscriptionLine(models.Model):
    _inherit = "recurring.subscription.line"

    def _uses_before(self, end):
        """Return ``{line id: {whole period: Use}}`` of days before ``end``, of periods
        that are not closed."""
        spans = {}
        for line in self:
            key = line.charge_id.meter_id, line.company_id
            for span in line._open_spans(end):
                line_id, sub_id, whole, days = span
                if days := days.clip(days.start, end):
                    spans.setdefault(key, []).append((line_id, sub_id, whole, days))
        charges = self.charge_id
        singly = charges.filtered(lambda one: one.charge_model == "percentage").meter_id
        found = {}
        for (meter, company), own in spans.items():
            uses = meter._uses(own, company._rr_zone(), meter in singly, apart=True)
            for (line_id, whole), use in uses.items():
                found.setdefault(line_id, {})[whole] = use
        return found
