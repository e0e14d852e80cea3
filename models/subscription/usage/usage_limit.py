"""May a customer still use it, and who is told when little is left."""

from decimal import Decimal, InvalidOperation

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...catalog.recurring_meter import LEVELS
from ...catalog.texts import number
from ...exact import exact
from ..recurring_subscription import RUNNING


class RecurringUsage(models.Model):
    _inherit = "recurring.usage"

    @api.model
    @api.readonly
    def may_use(self, subscription, meter, quantity=1):
        """Tell whether a customer may use so much more, for software that asks.

        :param subscription: number, external reference or id, in the current company
        :param meter: the meter's code
        :param quantity: how much more; of a level (highest, last, average over time)
            how much there would be
        :return: ``{"allowed", "code", "message", "used", "limit", "remaining"}``; the
            limit is None where nothing stops, else of the running period. Code ``ok``,
            ``limit_reached``, or why not at all: ``unknown_subscription``,
            ``not_metered`` or ``no_service``. Only billed plans with “Stop at the
            Limit” ever answer ``limit_reached``.
        :raise AccessError: for who is neither billing officer nor usage recorder
        """
        self._check_recorder()
        try:
            wanted = Decimal(str(quantity))
            if not wanted.is_finite() or wanted < 0:
                raise InvalidOperation
        except InvalidOperation:
            raise UserError(self.env._("“%s” is not a quantity.", quantity)) from None
        # sudo: who only records usage may read neither subscriptions nor plans.
        return self.sudo()._may_use(subscription, meter, wanted)

    def _may_use(self, subscription, meter, wanted):
        today = self._today_of(self.env.company)
        found = self._find_metered(subscription, meter, today)
        if isinstance(found, str):
            return self._no_answer(found)
        use = found._used_in(today, also_free=True)[found.id].use
        charge = found.charge_id
        counts_levels = charge.meter_id.aggregation in LEVELS
        after = max(use.quantity, wanted) if counts_levels else use.quantity + wanted
        limit = charge._limit() if charge.hard_limit else None
        allowed = limit is None or after <= limit
        answer = {
            "allowed": allowed,
            "code": "ok" if allowed else "limit_reached",
            "message": "",
            "used": float(use.quantity),
            "limit": None if limit is None else float(limit),
            "remaining": None
            if limit is None
            else float(max(limit - use.quantity, Decimal(0))),
        }
        if not allowed:
            answer["message"] = self.env._(
                "%(used)s of %(limit)s are used in this period.",
                used=charge.meter_id._quantity_text(use.quantity),
                limit=number(self.env, limit),
            )
        return answer

    def _no_answer(self, code):
        messages = {
            "unknown_subscription": self.env._("There is no such subscription."),
            "not_metered": self.env._("The plan does not bill this meter."),
            "no_service": self.env._("The subscription has no service today."),
        }
        return {
            "allowed": False,
            "code": code,
            "message": messages[code],
            "used": 0.0,
            "limit": None,
            "remaining": None,
        }

    @api.model
    def _today_of(self, company):
        zone = company._rr_zone()
        return fields.Datetime.now().astimezone(zone).date()

    def _find_metered(self, reference, code, today):
        """Return the line that bills a meter today, or the code of why there is none.

        One query, whatever the subscription's history.
        """
        by = {"name": reference, "external_ref": reference}
        if type(reference) is int:
            by = {"id": reference}
        condition = SQL(" OR ").join(
            SQL("s.%s = %s", SQL.identifier(name), value) for name, value in by.items()
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT l.id,
                       s.state = ANY(%(running)s)
                       AND COALESCE(l.start_date, s.start_date) <= %(today)s
                       AND (COALESCE(l.bill_until, l.end_date) IS NULL
                            OR COALESCE(l.bill_until, l.end_date) > %(today)s)
                       AND (s.end_date IS NULL OR s.end_date > %(today)s) AS serves
                  FROM recurring_subscription s
             LEFT JOIN (recurring_subscription_line l
                        JOIN recurring_plan_charge c ON c.id = l.charge_id
                        JOIN recurring_meter m
                          ON m.id = c.meter_id AND m.code = %(code)s)
                    ON l.subscription_id = s.id AND l.role = 'usage'
                 WHERE s.company_id = %(company)s AND (%(condition)s)
                 ORDER BY serves DESC NULLS LAST
                 LIMIT 1
                """,
                running=[*RUNNING],
                today=today,
                code=code,
                company=self.env.company.id,
                condition=condition,
            )
        )
        if not rows:
            return "unknown_subscription"
        line_id, serves = rows[0]
        if not line_id:
            return "not_metered"
        if not serves:
            return "no_service"
        return self.env["recurring.subscription.line"].browse(line_id)

    # ------------------------------------------------------------------
    # Thresholds
    # ------------------------------------------------------------------

    @api.model
    def _watch_limits(self, meter_ids):
        """Wake the watcher where somebody wants to be told; never sends by itself."""
        watched = self.env["recurring.plan.charge"].search_count(
            [("meter_id", "in", list(meter_ids)), ("threshold_percents", "!=", False)],
            limit=1,
        )
        if watched:
            self.env.ref("recurring_revenue.cron_usage_limits")._trigger()

    @api.model
    def _cron_watch_limits(self):
        """Tell who wants to know that a share of what is included is used up."""
        lines = self._watched_lines([])
        self.env["recurring.subscription"]._for_each_company(
            lines.company_id, self, "_notify_limits"
        )

    @api.model
    def _watched_lines(self, domain):
        return self.env["recurring.subscription.line"].search(
            [
                ("role", "=", "usage"),
                ("charge_id.threshold_percents", "!=", False),
                ("subscription_id.state", "in", RUNNING),
                *domain,
            ]
        )

    @api.model
    def _notify_limits(self, company, today):
        """Notify what was reached in the running period and not told yet."""
        lines = self._watched_lines(
            [
                ("company_id", "=", company.id),
                ("start_date", "<=", today),
                "|",
                ("end_date", "=", False),
                ("end_date", ">", today),
            ]
        )
        used = lines._used_in(today, also_free=True)
        reached = []
        for line_id, (whole, _days, use, _parts) in used.items():
            charge = lines.browse(line_id).charge_id
            limit = charge._limit()
            share = use.quantity * 100 / limit if limit else exact(0)
            percents = [percent for percent in charge._thresholds() if percent <= share]
            if percents:
                reached.append((lines.browse(line_id), whole, percents, use.quantity))
        self.env["recurring.usage.alert"]._tell(reached)
