"""What a campaign brought and cost: figures of uses, redemptions and revenue."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...engine.discounts import Discounts
from ..exact import currency_rounding
from .subscription_discounts import Account


class RecurringCoupon(models.Model):
    _inherit = "recurring.coupon"

    company_currency_id = fields.Many2one(related="company_id.currency_id")
    # sudo: a campaign's figures are those of everybody's customers.
    use_count = fields.Integer(
        string="Uses", compute="_compute_figures", compute_sudo=True
    )
    redemption_count = fields.Integer(
        string="Invoice Lines Reduced", compute="_compute_figures", compute_sudo=True
    )
    cost = fields.Monetary(
        string="What It Cost",
        compute="_compute_figures",
        compute_sudo=True,
        currency_field="company_currency_id",
        help="What was taken off invoices, before tax, in the company's currency.",
    )
    revenue = fields.Monetary(
        string="Invoiced With It",
        compute="_compute_figures",
        compute_sudo=True,
        currency_field="company_currency_id",
        help="What customers paid for the periods that it reduced, before tax.",
    )
    ended_count = fields.Integer(
        string="Discount Ended", compute="_compute_figures", compute_sudo=True
    )
    converted_count = fields.Integer(
        string="Paying Since", compute="_compute_figures", compute_sudo=True
    )
    conversion = fields.Float(
        compute="_compute_figures",
        compute_sudo=True,
        help="Of the subscriptions whose discount ended, how many have paid a period "
        "without it.",
    )
    status = fields.Selection(
        [
            ("upcoming", "Not Yet"),
            ("open", "Usable"),
            ("used_up", "Used Up"),
            ("expired", "Expired"),
        ],
        compute="_compute_status",
        compute_sudo=True,
        search="_search_status",
    )

    @api.depends("use_ids.state", "use_ids.counted", "use_ids.redemption_ids")
    def _compute_figures(self):
        uses = self.env["recurring.coupon.use"]
        of_these = [("coupon_id", "in", self.ids)]
        counts = dict(
            uses._read_group(
                [*of_these, ("counted", "=", True)], ["coupon_id"], ["__count"]
            )
        )
        ended = [*of_these, ("counted", "=", True), ("state", "!=", "active")]
        ends = dict(uses._read_group(ended, ["coupon_id"], ["__count"]))
        converted = uses._converted_by_coupon(self.ids)
        sums = {
            coupon: amounts
            for coupon, *amounts in self.env["recurring.coupon.redemption"]._read_group(
                of_these,
                ["coupon_id"],
                [
                    "company_amount:sum",
                    "company_invoiced:sum",
                    "charge_id:count_distinct",
                ],
            )
        }
        for coupon in self:
            coupon.use_count = counts.get(coupon, 0)
            cost, revenue, lines = sums.get(coupon, (0.0, 0.0, 0))
            coupon.cost, coupon.revenue = cost, revenue
            coupon.redemption_count = lines
            coupon.ended_count = ends.get(coupon, 0)
            coupon.converted_count = converted.get(coupon.id, 0)
            coupon.conversion = (
                coupon.converted_count / coupon.ended_count if coupon.ended_count else 0
            )

    @api.depends("valid_from", "valid_to", "max_uses", "use_ids.counted")
    def _compute_status(self):
        today = fields.Date.context_today(self)
        for coupon in self:
            if coupon.valid_to and coupon.valid_to < today:
                coupon.status = "expired"
            elif coupon.max_uses and coupon.use_count >= coupon.max_uses:
                coupon.status = "used_up"
            elif coupon.valid_from and coupon.valid_from > today:
                coupon.status = "upcoming"
            else:
                coupon.status = "open"

    @api.model
    def _search_status(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        expired = Domain("valid_to", "<", today)
        self.env["recurring.coupon.use"].flush_model()
        self.flush_model(["max_uses"])
        spent = Domain("max_uses", ">", 0) & Domain(
            "id",
            "in",
            SQL(
                "(SELECT u.coupon_id FROM recurring_coupon_use u"
                " JOIN recurring_coupon c ON c.id = u.coupon_id WHERE u.counted"
                " GROUP BY u.coupon_id HAVING count(*) >= MIN(c.max_uses))"
            ),
        )
        upcoming = Domain("valid_from", ">", today)
        domains = {
            "expired": expired,
            "used_up": ~expired & spent,
            "upcoming": ~expired & ~spent & upcoming,
            "open": ~expired & ~spent & ~upcoming,
        }
        return Domain.OR(domains[one] for one in value if one in domains)

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_view_uses(self):
        """Open the subscriptions that use these coupons."""
        return self._open_of_these("recurring_revenue.recurring_coupon_use_action")

    def action_view_redemptions(self):
        """Open what these coupons took off, invoice line by invoice line."""
        return self._open_of_these(
            "recurring_revenue.recurring_coupon_redemption_action"
        )

    def _open_of_these(self, action):
        result = self.env["ir.actions.act_window"]._for_xml_id(action)
        result["domain"] = [("coupon_id", "in", self.ids)]
        result["context"] = {"rr_one_coupon": len(self) == 1}
        return result


class RecurringCouponUse(models.Model):
    _inherit = "recurring.coupon.use"

    redemption_ids = fields.One2many(
        "recurring.coupon.redemption", "use_id", readonly=True
    )
    # sudo: whoever sees a use may know what it took off.
    amount_taken = fields.Monetary(
        string="Taken Off",
        compute="_compute_amounts",
        compute_sudo=True,
        help="Before tax, on all invoices so far.",
    )
    amount_left = fields.Monetary(
        string="Left",
        compute="_compute_amounts",
        compute_sudo=True,
        help="What is left of a fixed amount for the next period, before tax.",
    )
    converted = fields.Boolean(
        compute="_compute_converted",
        compute_sudo=True,
        help="A period was paid after the discount ended.",
    )

    @api.depends("redemption_ids", "state", "start_date", "removed_date")
    def _compute_amounts(self):
        sums = dict(
            self.env["recurring.coupon.redemption"]._read_group(
                [("use_id", "in", self.ids)], ["use_id"], ["amount:sum"]
            )
        )
        for use in self:
            use.amount_taken = sums.get(use, 0.0)
            left = 0
            if use.coupon_id.kind == "fixed" and use.state == "active":
                left = use._left_for(use._next_period())
            use.amount_left = float(left)

    def _next_period(self):
        """Return the first day of the next period that is billed."""
        first = self._holding().discount.first.start
        return max(self.subscription_id.billed_through or first, first)

    def _left_for(self, day):
        """Return what a fixed amount can still take off a period that starts on a day,
        as a Decimal before tax."""
        self.ensure_one()
        discount = self._holding().discount
        account = Account(self.env, self.ids)
        rounding = currency_rounding(self.currency_id)
        return Discounts([discount], account.used[self.id], rounding).left(self.id, day)

    def _is_over(self):
        """A fixed amount that is carried over ends when it is used up."""
        over = super()._is_over()
        if over or not self._can_carry_over() or not self.end_date:
            return over
        return not self._left_for(max(self.end_date, self._next_period()))

    def _is_redeemed(self):
        # sudo: whether it took something off, whoever billed it.
        redemptions = self.env["recurring.coupon.redemption"].sudo()
        sums = redemptions._sums("use_id", self.ids)
        return any(one.amount for ones in sums.values() for one in ones)

    # ------------------------------------------------------------------
    # Conversion
    # ------------------------------------------------------------------

    @api.depends("state", "redemption_ids")
    def _compute_converted(self):
        converted = self._converted_ids()
        for use in self:
            use.converted = use.id in converted

    def _converted_ids(self):
        if not self.ids:
            return set()
        return {
            use_id
            for (use_id,) in self._converted_query(SQL("u.id IN %s", tuple(self.ids)))
        }

    @api.model
    def _converted_by_coupon(self, coupon_ids):
        """Return ``{coupon id: uses that became paying subscriptions}``."""
        if not coupon_ids:
            return {}
        rows = self._converted_query(SQL("u.coupon_id IN %s", tuple(coupon_ids)))
        counts = {}
        for use in self.browse(use_id for (use_id,) in rows):
            counts[use.coupon_id.id] = counts.get(use.coupon_id.id, 0) + 1
        return counts

    @api.model
    def _converted_query(self, condition):
        """A use converted when a charge of a period after its last redemption stands,
        was invoiced and is not reduced by it."""
        for model in ("recurring.coupon.use", "recurring.coupon.redemption"):
            self.env[model].flush_model()
        return self.env.execute_query(
            SQL(
                """
                SELECT u.id FROM recurring_coupon_use u
                 WHERE u.counted AND u.state != 'active' AND %s
                   AND EXISTS (
                       SELECT 1 FROM recurring_billed_item i
                         JOIN recurring_subscription_line l ON l.id = i.line_id
                        WHERE i.subscription_id = u.subscription_id
                          AND i.kind = 'charge' AND i.origin_id IS NULL
                          AND i.document_amount > 0 AND l.role != 'one_off'
                          AND i.whole_start >= COALESCE(u.removed_date, u.end_date)
                          AND NOT EXISTS (
                              SELECT 1 FROM recurring_billed_item back
                               WHERE back.origin_id = i.id
                                 AND back.kind IN ('charge', 'credit')
                               GROUP BY back.origin_id
                              HAVING SUM(back.amount) = -i.amount)
                          AND NOT EXISTS (
                              SELECT 1 FROM recurring_coupon_redemption r
                               WHERE r.charge_id = i.id AND r.use_id = u.id))
                """,
                condition,
            )
        )
