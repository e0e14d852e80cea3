"""Whether a coupon may be used here, and if not, why: one sentence each."""

from odoo import fields, models
from odoo.tools import format_date


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    def _coupon_refusal(self, code, coupon, day=None):
        """Say why ``coupon`` cannot be applied from ``day`` on, None when it can.

        ``coupon`` is empty where no coupon has the code. The caller claims it first:
        uses are counted here. Works on a subscription that is not saved, too.
        """
        self.ensure_one()
        if not coupon or not coupon.active:
            return self.env._("There is no coupon “%s”.", (code or "").strip())
        if self.state == "closed":
            return self.env._("%s is closed: no coupon can be used on it.", self.name)
        return (
            self._coupon_out_of_time(coupon)
            or self._coupon_not_beside(coupon)
            or self._coupon_used_up(coupon)
            or self._coupon_misfit(coupon)
            or self._coupon_not_for_customer(coupon)
            or self._coupon_too_late(coupon, day)
        )

    # ------------------------------------------------------------------
    # The coupon itself
    # ------------------------------------------------------------------

    def _coupon_out_of_time(self, coupon):
        today = fields.Date.context_today(self)
        if coupon.valid_from and today < coupon.valid_from:
            return self.env._(
                "%(code)s can be used from %(day)s on.",
                code=coupon.code,
                day=format_date(self.env, coupon.valid_from),
            )
        if coupon.valid_to and today > coupon.valid_to:
            return self.env._(
                "%(code)s expired: %(day)s was its last day.",
                code=coupon.code,
                day=format_date(self.env, coupon.valid_to),
            )
        return None

    def _coupon_used_up(self, coupon):
        # sudo: how often it was used counts, whoever's customers used it.
        uses = self.env["recurring.coupon.use"].sudo()
        counted = [("coupon_id", "=", coupon.id), ("counted", "=", True)]
        if coupon.max_uses and uses.search_count(counted) >= coupon.max_uses:
            return self.env._(
                "%(code)s is used up: it could be used %(count)s times.",
                code=coupon.code,
                count=coupon.max_uses,
            )
        customer = self.partner_id.commercial_partner_id
        most = coupon.max_uses_per_customer
        if not (most and customer.id):
            return None
        mine = [*counted, ("customer_id", "=", customer.id)]
        if uses.search_count(mine) < most:
            return None
        return self.env._(
            "%(customer)s has used %(code)s already: %(count)s per customer.",
            customer=customer.display_name,
            code=coupon.code,
            count=most,
        )

    # ------------------------------------------------------------------
    # The subscription
    # ------------------------------------------------------------------

    def _coupon_misfit(self, coupon):
        """Say why a coupon does not fit plan or currency; asked again at the start."""
        if coupon.plan_ids and not coupon.plan_ids & self._coupon_plans():
            return self.env._(
                "%(code)s is not for the plan %(plan)s, only for: %(plans)s.",
                code=coupon.code,
                plan=self.plan_id.name,
                plans=", ".join(coupon.plan_ids.mapped("name")),
            )
        if coupon.kind == "fixed" and coupon.currency_id != self.currency_id:
            return self.env._(
                "%(code)s takes off an amount in %(coupon)s, and %(name)s is billed in "
                "%(currency)s.",
                code=coupon.code,
                coupon=coupon.currency_id.name,
                name=self._coupon_name(),
                currency=self.currency_id.name,
            )
        return None

    def _coupon_plans(self):
        """Return the plans of what is billed, today's and those to come."""
        today = fields.Date.context_today(self)
        lines = self.line_ids.filtered(
            lambda line: not line.end_date or line.end_date > today
        )
        plans = self.plan_id
        for line in lines:
            plans |= line._plan()
        return plans

    def _coupon_name(self):
        return self.name if self.name and self.name != "/" else self.plan_id.name

    def _coupon_not_for_customer(self, coupon):
        customer = self.partner_id.commercial_partner_id
        values = {"code": coupon.code, "customer": customer.display_name}
        if coupon.new_customers and not self._is_first_subscription():
            return self.env._(
                "%(code)s is for new customers: %(customer)s has subscribed before.",
                **values,
            )
        tags = (self.partner_id | customer).category_id
        if coupon.category_ids and not coupon.category_ids & tags:
            return self.env._(
                "%(code)s is for customers with the tag %(tags)s: %(customer)s has "
                "none of these.",
                tags=", ".join(coupon.category_ids.mapped("name")),
                **values,
            )
        for field, wanted in (
            ("source_id", coupon.source_ids),
            ("medium_id", coupon.medium_ids),
        ):
            if wanted and self[field] not in wanted:
                return self.env._(
                    "%(code)s is for those who came through %(wanted)s; "
                    "%(name)s did not.",
                    code=coupon.code,
                    wanted=", ".join(wanted.mapped("name")),
                    name=self._coupon_name(),
                )
        return None

    def _is_first_subscription(self):
        """Tell whether the customer never had a subscription, nor paid for this one."""
        customer = self.partner_id.commercial_partner_id
        if self.ledger_sequence or not customer.id:
            return not self.ledger_sequence
        # sudo: whether they subscribed before counts, whoever's customer they were.
        others = self.env["recurring.subscription"].sudo()
        return not others.search_count(
            [
                ("id", "!=", self._origin.id or 0),
                ("company_id", "=", self.company_id.id),
                ("partner_id", "child_of", customer.id),
                ("state", "!=", "draft"),
                "|",
                ("state", "!=", "closed"),
                ("billed_item_ids", "!=", False),
            ],
            limit=1,
        )

    def _coupon_not_beside(self, coupon):
        uses = self.coupon_use_ids.filtered(lambda use: use.state == "active")
        others = uses.coupon_id
        if coupon in others:
            return self.env._(
                "%(name)s has %(code)s already.",
                name=self._coupon_name(),
                code=coupon.code,
            )
        if not others:
            return None
        alone = (coupon | others).filtered(lambda one: one.combination == "alone")
        if not alone:
            return None
        return self.env._(
            "%(code)s cannot be combined with %(others)s: %(alone)s stands alone.",
            code=coupon.code,
            others=", ".join(others.mapped("code")),
            alone=", ".join(alone.mapped("code")),
        )

    def _coupon_too_late(self, coupon, day):
        """The first period that it would cover must not be billed yet."""
        if not day:
            return None
        if day < self.start_date:
            return self.env._(
                "%(name)s starts on %(start)s: choose that day or a later one.",
                name=self._coupon_name(),
                start=format_date(self.env, self.start_date),
            )
        if self.state == "draft" or not self.billed_through:
            return None
        first = self._holding(coupon, day).discount.first.start
        if max(first, self.start_date) < self.billed_through:
            return self.env._(
                "%(name)s is billed already for what starts on %(first)s: let %(code)s "
                "hold from %(day)s on.",
                name=self.name,
                first=format_date(self.env, first),
                code=coupon.code,
                day=format_date(self.env, self.billed_through),
            )
        return None
