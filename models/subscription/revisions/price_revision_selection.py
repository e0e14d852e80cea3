"""Whom a price revision concerns, from which day, and who is left out and why."""

from datetime import timedelta

from odoo import models
from odoo.tools import format_date

from ..changes.change_plan import WHOLE
from ..recurring_subscription import RUNNING

# Changes that promised a customer another price.
PRICING = ("upgrade", "downgrade", "migrate", "price", "line", "price_revision")


class RecurringPriceRevision(models.Model):
    _inherit = "recurring.price.revision"

    def _selection_domain(self):
        """Return the domain of the subscriptions that the rules select."""
        self.ensure_one()
        domain = [("company_id", "=", self.company_id.id), ("state", "in", RUNNING)]
        plans = self.plan_ids.ids
        if self.method == "version":
            plans = self.version_id.plan_id.ids
        for name, values in (
            ("plan_id", plans),
            ("plan_version_id", self.version_ids.ids),
            ("currency_id", self.currency_ids.ids),
        ):
            if values:
                domain.append((name, "in", values))
        if self.tag_ids:
            tags = self.tag_ids.ids
            domain += [
                "|",
                ("partner_id.category_id", "in", tags),
                ("partner_id.commercial_partner_id.category_id", "in", tags),
            ]
        if self.started_before:
            domain.append(("start_date", "<", self.started_before))
        return domain

    def _selected(self):
        """Return the subscriptions that the rules select, in a stable order."""
        return self.env["recurring.subscription"].search(
            self._selection_domain(), order="partner_id, id"
        )

    def _lines_to_revise(self, lines):
        """Return those of a subscription's lines that the rules select."""
        if self.charge_ids:
            lines = lines.filtered(lambda line: line.charge_id in self.charge_ids)
        if self.product_ids:
            lines = lines.filtered(lambda line: line.product_id in self.product_ids)
        return lines

    # ------------------------------------------------------------------
    # From when
    # ------------------------------------------------------------------

    def _day_of(self, sub, today):
        """Return the first day of the new prices of a subscription.

        It is the start of a period, or of a term: never within a period, and never in
        one that is billed already.
        """
        first = max(
            self.effective_date,
            today + timedelta(days=self.notice_days),
            sub.start_date,
            sub.billed_through or sub.start_date,
        )
        if self.timing == "renewal" and sub.term_end:
            eve = first - timedelta(days=1)
            return sub._term_at(eve, sub.term_start, sub.term_end)[1]
        first = self._day_of_service(sub, first)
        period = sub._schedule_on(first).period_at(first)
        return first if period.start == first else period.end

    def _day_of_service(self, sub, day):
        """Return ``day``, or the one on which a pause that holds then is over."""
        fee = sub.plan_version_id.pause_product_id
        lines = sub.line_ids.filtered(
            lambda line: (
                line.role != "one_off"
                and line._has_service()
                and (not line.end_date or line.end_date > day)
                # What is charged while nothing runs is no service.
                and (line.charge_id or line.product_id != fee)
            )
        )
        starts = [line.start_date or sub.start_date for line in lines]
        return max(day, min(starts, default=day))

    # ------------------------------------------------------------------
    # Who is left out
    # ------------------------------------------------------------------

    def _why_not(self, sub, day, waiting):
        """Return ``(code, sentence)`` where a subscription is left out, else None.

        ``waiting`` are its scheduled changes, see ``_waiting_changes``.
        """
        env = self.env
        if sub.state == "cancelling" or (sub.end_date and sub.end_date <= day):
            last = sub.end_date - timedelta(days=1)
            return "ends", env._("Ends before: last day %s", format_date(env, last))
        if self.timing == "renewal" and sub.term_end and day < self.effective_date:
            return "ends", env._(
                "Not renewed by itself: its term ends on %s",
                format_date(env, sub.term_last_day),
            )
        if not sub._lines_on(day):
            return "ends", env._(
                "No service on %s (paused or over)", format_date(env, day)
            )
        if self.timing == "date" and sub.start_date >= self.effective_date:
            return "starts", env._(
                "Starts on %s, at the price of its contract",
                format_date(env, sub.start_date),
            )
        if sub._in_trial_on(min(day, self.effective_date)):
            return "phase", env._(
                "In its trial until %s",
                format_date(env, sub.trial_end - timedelta(days=1)),
            )
        guarantee = sub.price_guarantee_until
        if guarantee and day <= guarantee:
            return "guarantee", env._(
                "Price guaranteed until %s", format_date(env, guarantee)
            )
        if self.method == "amount" and sub.currency_id != self.amount_currency_id:
            return "currency", env._("Other currency: %s", sub.currency_id.name)
        return self._scheduled_already(waiting)

    def _waiting_changes(self, subs):
        """Return ``{subscription: changes}`` that promise another price already."""
        types = {*PRICING, *WHOLE} if self.method == "version" else PRICING
        changes = self.env["recurring.change"].search(
            [
                ("subscription_id", "in", subs.ids),
                ("state", "in", ("scheduled", "waiting")),
                ("type", "in", list(types)),
            ],
            order="effective_date, id",
        )
        # What takes a revision back promises nothing new.
        changes = changes.filtered(
            lambda change: not (change.details or {}).get("takes_back")
        )
        return changes.grouped("subscription_id")

    def _scheduled_already(self, waiting):
        """Two promises of a price contradict each other: the first one stands."""
        first = waiting and waiting[0]
        if not first:
            return None
        return "scheduled", self.env._(
            "“%(type)s” is scheduled already for %(day)s",
            type=first._type_name(),
            day=format_date(self.env, first.effective_date),
        )

    def _line_why_not(self, line):
        """Return ``(code, sentence)`` where a line is left out, else None."""
        env = self.env
        if line.phase_id and line.last_day:
            return "phase", env._(
                "Price promised until %s", format_date(env, line.last_day)
            )
        if line.price_agreed and not self.agreed_too:
            return "agreed", env._("The price was agreed with this customer")
        if line.phase_id and not self.agreed_too:
            last = line.end_date and line.end_date - timedelta(days=1)
            return "agreed", env._(
                "The price of the first periods holds until %s",
                format_date(env, last),
            )
        if self.method == "amount" and line._has_scale():
            return "scale", env._(
                "A price scale changes by percent, by an index or with a new version"
            )
        return None
