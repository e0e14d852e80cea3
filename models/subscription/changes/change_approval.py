"""Price cuts and free months beyond a limit wait for an administrator."""

from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.tools import format_date

from ...exact import exact


class ResCompany(models.Model):
    _inherit = "res.company"

    rr_approve_changes = fields.Boolean(
        string="Price Cuts Need Approval",
        help="Beyond the limits below a change waits for an administrator.",
    )
    rr_approval_percent = fields.Float(
        string="Price Cut up to (%)",
        default=10.0,
        help="A discount or a lower agreed price up to this share of the price.",
    )
    rr_approval_days = fields.Integer(
        string="Free Days up to",
        default=31,
        help="A next billing postponed by up to so many days.",
    )

    _rr_approval_limits = models.Constraint(
        "CHECK(rr_approval_percent >= 0 AND rr_approval_days >= 0)",
        "The limits of approval cannot be negative.",
    )


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    def _waits_for_approval(self, ask, day):
        """Tell whether a change goes beyond what the user may grant."""
        company = self.company_id
        if not company.rr_approve_changes or self._may_approve():
            return False
        check = getattr(self, f"_exceeds_{ask['kind']}", None)
        return bool(check and check(ask["values"], day, company))

    def _may_approve(self):
        user = self.env.user
        return self.env.su or user.has_group("recurring_revenue.group_manager")

    def _exceeds_lines(self, values, day, company):
        """Tell whether a unit becomes cheaper by more than the limit, measured from the
        price before anything was agreed: small cuts add up."""
        limit = 1 - exact(company.rr_approval_percent) / 100
        lines = {line.id: line for line in self.line_ids}
        for row in values.get("lines") or ():
            line = lines.get(int(row["line_id"]))
            if not line:
                continue
            track = line._track().filtered(lambda part: part.start_date <= day)
            line = track.sorted("start_date")[-1:] or line
            now = line._unit_value()
            after = line._unit_value(row.get("price_unit"), row.get("discount"))
            if after < now and after < max(now, line._listed_value()) * limit:
                return True
        return False

    def _exceeds_addon_add(self, values, day, company):
        """Tell whether an add-on is sold for less than the limit allows."""
        charge = self.env["recurring.plan.charge"].browse(values.get("charge_id") or 0)
        product = self.env["product.product"].browse(values.get("product_id") or 0)
        if charge:
            listed = exact(self._price_values(charge, 1.0, day)["price_unit"])
        else:
            own = product.with_company(company)
            listed = exact(
                own.currency_id._convert(
                    own.lst_price, self.currency_id, company, day, round=False
                )
            )
        price = exact(values.get("price_unit", listed)) * (
            100 - exact(values.get("discount"))
        )
        return price < listed * (100 - exact(company.rr_approval_percent))

    def _exceeds_postpone(self, values, day, company):
        """Tell whether more days are given away than the limit allows."""
        until = fields.Date.to_date(values.get("until"))
        start = self.billed_through or day
        return bool(until) and (until - start).days > company.rr_approval_days

    def _check_one_off(self, amount):
        """Only who approves price cuts gives money back as a charge below zero."""
        if amount >= 0 or not self.company_id.rr_approve_changes:
            return
        if not self._may_approve():
            raise AccessError(
                self.env._(
                    "Price cuts need approval here: only an administrator adds a "
                    "charge below zero."
                )
            )

    def _ask_for_approval(self, ask, day, **record):
        """Record what is asked for; nothing of it holds before it is approved."""
        today = fields.Date.context_today(self)
        with self._trial() as tried:
            change = tried._make_change(ask, day, today)
            known = {
                "effective_date": change.effective_date,
                "proration": change.proration,
                "amount_effect": change.amount_effect,
                "monthly_effect": change.monthly_effect,
            }
            change_type = change.type
        waiting = self._record_change(
            change_type,
            known.pop("effective_date"),
            state="waiting",
            details={"ask": ask},
            **known,
            **record,
        )
        self._request_approval(
            self.env._(
                "%(what)s from %(day)s: %(effect)s a month",
                what=waiting._type_name(),
                day=format_date(self.env, waiting.effective_date),
                effect=self._signed(waiting.monthly_effect),
            )
        )
        return waiting

    def _request_approval(self, what):
        """Ask who approves, by an activity that says what for."""
        self.activity_schedule(
            "recurring_revenue.activity_approval",
            note=what,
            user_id=self._approver().id,
        )

    def _approver(self):
        """Return who is asked: the leader of the team, else the first administrator."""
        leader = self.team_id.user_id
        group = self.env.ref("recurring_revenue.group_manager")
        # sudo: users do not read who is in a group.
        managers = group.sudo().all_user_ids.filtered(
            lambda user: self.company_id in user.company_ids
        )
        chosen = leader if leader in managers else managers[:1]
        return chosen or self.env.user


class RecurringSubscriptionLine(models.Model):
    _inherit = "recurring.subscription.line"

    def _unit_value(self, price=None, discount=None):
        """Return what a unit costs less its discount, as a Decimal; of a price scale,
        which has no unit price, the share of it that is paid."""
        given = price is not None
        price = exact(price if given else self.price_unit)
        if not price and not given and self._has_scale():
            price = exact(1)
        return price * (100 - exact(self.discount if discount is None else discount))

    def _listed_value(self):
        """Return what a unit cost before anything was agreed for it."""
        listed = self
        while listed.price_agreed and listed.previous_line_id:
            listed = listed.previous_line_id
        term = self.subscription_id.term_id
        return listed._unit_value(discount=self._version()._term_like(term).discount)


class RecurringChange(models.Model):
    _inherit = "recurring.change"

    def action_approve(self):
        """Let these changes happen, on their day or, when it has passed, today."""
        self._check_may_decide()
        for change in self.sorted("id"):
            change._approve()
        return True

    def action_refuse(self):
        """Refuse these changes: nothing of them happens."""
        self._check_may_decide()
        for change in self:
            change._set_state(("waiting",), "refused", **self._decided())
            change._close_request(self.env._("Refused"))
        return True

    def _check_may_decide(self):
        if not self.subscription_id[:1]._may_approve():
            raise AccessError(
                self.env._("Only an administrator approves or refuses a change.")
            )

    def _decided(self):
        return {"decided_uid": self.env.uid, "decided_date": fields.Datetime.now()}

    def _approve(self):
        self._set_state(("waiting",), "applied", **self._decided())
        sub, ask = self.subscription_id, self.details["ask"]
        today = fields.Date.context_today(self)
        sub._check_may_change(ask["kind"])
        day = sub._change_day(ask["when"], fields.Date.to_date(ask["date"]), today)
        sub._check_day(ask["kind"], day)
        sub._make_change(ask, day, today, record=self)
        self._close_request(self.env._("Approved"))

    def _close_request(self, feedback):
        """Close the activity once nothing of the subscription waits any more."""
        sub = self.subscription_id
        if not sub.change_ids.filtered(lambda change: change.state == "waiting"):
            sub.activity_feedback(
                ["recurring_revenue.activity_approval"], feedback=feedback
            )
