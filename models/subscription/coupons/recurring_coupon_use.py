from dataclasses import dataclass
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ....engine.discount import Discount
from ...exact import exact

STATES = [
    ("active", "In Force"),
    ("finished", "Finished"),
    ("removed", "Removed"),
]


@dataclass(frozen=True)
class Holding:
    """A coupon that holds, or would hold, on a subscription.

    ``key`` is the number of its use, 0 where it is only tried.
    """

    key: int
    coupon: models.BaseModel
    discount: Discount

    def touches(self, line):
        """Tell whether the coupon may take something off a line."""
        coupon = self.coupon
        if line.role == "one_off" and not coupon.one_off:
            return False
        return not coupon.plan_ids or line._plan() in coupon.plan_ids


class RecurringCouponUse(models.Model):
    """A coupon applied to a subscription, from a day on.

    It covers the periods that start from ``start_date`` and before ``end_date`` (and
    ``removed_date``), counted on the grid that the subscription had when it was
    applied, so that a later change of rhythm grants neither more nor less.
    """

    _name = "recurring.coupon.use"
    _description = "Use of a Coupon"
    _order = "id desc"
    _rec_name = "coupon_id"

    coupon_id = fields.Many2one(
        "recurring.coupon", required=True, index=True, ondelete="restrict"
    )
    subscription_id = fields.Many2one(
        "recurring.subscription", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="subscription_id.company_id", store=True, index=True
    )
    currency_id = fields.Many2one(related="subscription_id.currency_id")
    customer_id = fields.Many2one(
        "res.partner", required=True, index=True, help="Who used it."
    )
    plan_id = fields.Many2one(related="subscription_id.plan_id", store=True)
    state = fields.Selection(STATES, default="active", required=True, index=True)
    applied_date = fields.Datetime(
        string="Applied on", required=True, default=fields.Datetime.now
    )
    user_id = fields.Many2one(
        "res.users",
        string="Applied By",
        required=True,
        default=lambda self: self.env.user,
    )
    from_start = fields.Boolean(
        help="Technical: it holds from the first day billed, whichever that will be."
    )
    start_date = fields.Date(
        string="From", help="The first day on which a period may start to be covered."
    )
    end_date = fields.Date(string="Until (excluded)")
    last_day = fields.Date(string="To", compute="_compute_last_day")
    removed_date = fields.Date(
        string="Removed From",
        help="Periods that start on this day or later pay in full.",
    )
    counted = fields.Boolean(
        default=True,
        help="Technical: whether it counts as a use; not when it was removed before it "
        "took anything off.",
    )
    code = fields.Char(related="coupon_id.code", string="Code")
    terms_text = fields.Char(related="coupon_id.terms_text")
    grid_version_id = fields.Many2one("recurring.plan.version", ondelete="restrict")
    grid_start = fields.Date()
    grid_anchor = fields.Date()

    _dates_ordered = models.Constraint(
        "CHECK(start_date IS NULL OR end_date IS NULL OR start_date < end_date)",
        "A coupon ends after it starts.",
    )

    @api.depends("end_date")
    def _compute_last_day(self):
        for use in self:
            use.last_day = use.end_date and use.end_date - timedelta(days=1)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_with_draft(self):
        if any(use.subscription_id.state != "draft" for use in self):
            raise UserError(
                self.env._("What a coupon took off stays on record: remove it instead.")
            )

    # ------------------------------------------------------------------
    # For the engine
    # ------------------------------------------------------------------

    def _holding(self, planned=None):
        """Return what the engine needs to know of this use.

        ``planned`` is what a draft would be once started, see ``_planned``.
        """
        self.ensure_one()
        sub = planned or self.subscription_id
        schedule = None
        if self.grid_version_id:
            schedule = self.grid_version_id._schedule(
                self.grid_start, self.grid_anchor or None
            )
        start = None if self.from_start else self.start_date
        return sub._holding(
            self.coupon_id, start, schedule, until=self.removed_date, key=self.id
        )

    def _set_dates(self):
        """Fix the grid on which the periods are counted, and what follows from it."""
        for use in self:
            sub = use.subscription_id
            day = sub._first_billed_day() if use.from_start else use.start_date
            use.write({"start_date": day, **sub._grid_values(day)})
            use.end_date = use._holding().discount.end or False

    # ------------------------------------------------------------------
    # State
    # ------------------------------------------------------------------

    def _refresh_state(self):
        """Finish what grants nothing any more; take up what was given back."""
        for use in self:
            if use.state == "removed":
                continue
            state = "finished" if use._is_over() else "active"
            if state != use.state:
                use._set_state(("active", "finished"), state)

    def _set_state(self, allowed, target, **values):
        """Move to ``target`` from one of ``allowed``; the only writer of ``state``.

        The history of the subscription says who applied and removed what, and why a
        use is over follows from its dates and from what was taken off.
        """
        if any(use.state not in allowed for use in self):
            raise UserError(self.env._("This coupon is not in force any more."))
        # sudo: a use follows its subscription; nobody may write it by hand.
        self.sudo().write({"state": target, **values})

    def _is_over(self):
        """Tell whether no period to come can be covered any more."""
        sub = self.subscription_id
        if sub.state == "closed":
            return True
        if self._can_carry_over():
            return False
        end = self.end_date
        return bool(end and sub.billed_through and sub.billed_through >= end)

    def _can_carry_over(self):
        """Tell whether an amount may still be taken off periods after the last one."""
        return self.coupon_id.kind == "fixed" and self.coupon_id.rest == "carries"

    def _is_redeemed(self):
        """Tell whether it took something off; the stage that bills says so."""
        return False

    def action_remove(self):
        """Remove these coupons from the first period that is not billed yet."""
        for use in self:
            use.subscription_id.action_remove_coupon(use.id)
        return True


class RecurringCoupon(models.Model):
    _inherit = "recurring.coupon"

    use_ids = fields.One2many("recurring.coupon.use", "coupon_id", readonly=True)
    # Updated by every use, see _claim.
    claim_count = fields.Integer(default=0, copy=False, readonly=True)

    def _is_used(self):
        # sudo: that somebody has it is no secret, who has it may be.
        uses = self.env["recurring.coupon.use"].sudo()
        return bool(
            self.id and uses.search_count([("coupon_id", "=", self.id)], limit=1)
        )

    def _engine_discount(self, key, start, schedule, **options):
        """Return the engine's terms of this coupon from a day on."""
        self.ensure_one()
        return Discount(
            key=key,
            kind=self.kind,
            value=exact(self.percent if self.kind == "percent" else self.amount),
            schedule=schedule,
            start=start,
            periods=self._period_count(),
            carries_over=self.rest == "carries",
            prorated=self.prorated,
            **options,
        )
