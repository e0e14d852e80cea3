"""Coupons on a subscription: applied, removed, and what the history says of it."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

STATES = ("active", "finished", "removed")


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    coupon_use_ids = fields.One2many(
        "recurring.coupon.use", "subscription_id", string="Coupons", readonly=True
    )

    # ------------------------------------------------------------------
    # Public
    # ------------------------------------------------------------------

    def action_apply_coupon(self, code, date=None):
        """Apply a coupon to these subscriptions.

        :param code: the coupon's code; capitals make no difference
        :param date: the first day on which a period may start to be covered; the first
            period that is not billed yet when left out
        :return: the ids of the uses, one for each subscription but for those where it
            waits for an administrator's approval
        :raise UserError: with the reason why not, and nothing is changed
        """
        uses = self.env["recurring.coupon.use"]
        for sub in self:
            sub.check_access("write")
            uses += sub._give_coupon(code, fields.Date.to_date(date))
        return uses.ids

    def action_remove_coupon(self, use_id, date=None):
        """Remove a coupon: periods that start on the day or later pay in full.

        :param use_id: the id of the use, as :meth:`action_apply_coupon` returned it
        :param date: the first period that is not billed yet when left out; what is
            billed keeps what was taken off
        """
        self.ensure_one()
        self.check_access("write")
        use = self.coupon_use_ids.filtered(lambda use: use.id == use_id)
        if not use or use.state != "active":
            raise UserError(
                self.env._("%s does not have this coupon (any more).", self.name)
            )
        first = self._first_open_day()
        day = max(fields.Date.to_date(date) or first, first)
        before = self._next_expected()
        use._set_state(
            ("active",), "removed", removed_date=day, counted=use._is_redeemed()
        )
        self._record_coupon("coupon_remove", use, before, day)
        return True

    def action_open_coupon(self):
        """Ask for a code, and show the next invoice before and after."""
        self.ensure_one()
        return self._open_wizard(
            "recurring.coupon.wizard", self.env._("Apply a Coupon")
        )

    # ------------------------------------------------------------------
    # Applying
    # ------------------------------------------------------------------

    def _apply_coupon(self, code, day=None, record=None):
        """Apply one coupon to one subscription and return its use.

        ``record`` is the change that waited for approval, if it did.
        """
        self.ensure_one()
        coupon = self.env["recurring.coupon"]._with_code(code, self.company_id)
        if coupon:
            coupon._claim()
        refusal = self._coupon_refusal(code, coupon, day)
        if refusal:
            raise UserError(refusal)
        before = self._next_expected()
        start = self._coupon_start(day)
        # sudo: the right to write the subscription includes its coupons.
        use = self.coupon_use_ids.sudo().create(
            {
                "coupon_id": coupon.id,
                "subscription_id": self.id,
                "customer_id": self.partner_id.commercial_partner_id.id,
                "from_start": not start,
                "start_date": start,
                "user_id": self.env.uid,
            }
        )
        if self.state != "draft":
            use._set_dates()
        self._record_coupon("coupon_add", use, before, use.start_date, record)
        return use

    def _record_coupon(self, change_type, use, before, day, record=None):
        """Write to the history what a coupon does to the next invoice."""
        after = self._next_expected()
        # A first invoice that costs nothing is not expected at all any more.
        paid_before = before.untaxed if before else 0.0
        paid_after = after.untaxed if after and self._is_same(before, after) else 0.0
        day = day or self.start_date
        known = {
            "note": self._coupon_note(use, before, paid_before, paid_after),
            "amount_effect": self.currency_id.round(paid_after - paid_before),
            "details": {"coupon_use": use.id, "code": use.coupon_id.code},
        }
        if not record:
            return self._record_change(change_type, day, **known)
        return record._set_state(("applied",), "applied", effective_date=day, **known)

    @api.model
    def _is_same(self, before, after):
        return bool(before) and before.day == after.day

    def _coupon_note(self, use, before, paid_before, paid_after):
        text = self.env._(
            "%(code)s: %(terms)s",
            code=use.coupon_id.code,
            terms=use.coupon_id.terms_text,
        )
        if not before:
            return text
        return self.env._(
            "%(coupon)s. Invoice of %(day)s: %(after)s instead of %(before)s before "
            "tax.",
            coupon=text,
            day=format_date(self.env, before.day),
            after=self._money(paid_after),
            before=self._money(paid_before),
        )

    def _next_expected(self, coupon=None, day=None):
        """Return what the next billing brings, None when nothing is expected.

        Also where coupons leave nothing of it. ``coupon`` is one more than those that
        the subscription has, applied from ``day`` on.
        """
        if not self.start_date:
            return None
        today = fields.Date.context_today(self)
        shown = self._planned()
        holdings = self._holdings(shown)
        if coupon:
            holdings.append(self._tried(coupon, day, shown))
        until = shown._preview_until(today)
        return next(iter(shown._expected(today, until, holdings)), None)

    def _tried(self, coupon, day, shown=None):
        """Return what a coupon would take off from a day on."""
        return (shown or self._planned())._holding(coupon, self._coupon_start(day))

    # ------------------------------------------------------------------
    # The life of the subscription
    # ------------------------------------------------------------------

    def _check_can_start(self):
        """Look again whether the coupons of a draft fit what it has become."""
        result = super()._check_can_start()
        for use in self.coupon_use_ids.filtered(lambda use: use.state == "active"):
            refusal = self._coupon_misfit(use.coupon_id)
            if refusal:
                raise UserError(refusal)
        return result

    def _start(self, **values):
        result = super()._start(**values)
        self._date_coupons()
        return result

    def _set_state(self, allowed, target, **values):
        """What is closed uses no coupon any more; what goes on may again."""
        result = super()._set_state(allowed, target, **values)
        self.coupon_use_ids._refresh_state()
        return result

    def _refresh_billing_state(self, through=None, lines=None):
        """A use is over when what it covers is billed."""
        result = super()._refresh_billing_state(through, lines)
        self._date_coupons()
        self.coupon_use_ids._refresh_state()
        return result

    def _date_coupons(self):
        """Date the coupons of subscriptions of which nothing was billed yet."""
        # sudo: a use follows its subscription; nobody may write it by hand.
        uses = self.coupon_use_ids.sudo()
        uses.filtered(
            lambda use: (
                use.subscription_id.state != "draft"
                and use.state == "active"
                and (not use.grid_version_id or use.from_start)
                and not use.subscription_id.billed_through
            )
        )._set_dates()

    def _back_to_draft(self, vals):
        """An order that is confirmed again applies its coupon again."""
        self.coupon_use_ids._set_state(STATES, "removed", counted=False)
        return super()._back_to_draft(vals)


class RecurringCoupon(models.Model):
    _inherit = "recurring.coupon"

    def _claim(self):
        """Claim the coupon before its uses are counted.

        The claim updates the row: of two transactions that use one coupon at the same
        moment the second waits for the first and then fails to serialise (it would
        count with what it read before), Odoo runs it again, and it sees the other's
        use. A mere lock would let it go on with the old count.
        """
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE recurring_coupon SET claim_count = claim_count + 1"
                " WHERE id IN %s",
                tuple(self.ids),
            ),
            # That another transaction was faster is no error.
            log_exceptions=False,
        )
        self.invalidate_recordset(["claim_count"], flush=False)


class RecurringChange(models.Model):
    _inherit = "recurring.change"

    type = fields.Selection(
        selection_add=[
            ("coupon_add", "Coupon applied"),
            ("coupon_remove", "Coupon removed"),
        ],
        ondelete={"coupon_add": "cascade", "coupon_remove": "cascade"},
    )
