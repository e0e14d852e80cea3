"""A coupon beyond what a salesperson may grant waits for an administrator.

Only administrators make coupons. One that they let everybody give, or offer to whoever
wants to leave a plan, is approved by that; any other is measured like a discount or
free days when it is put on a subscription that runs.
"""

from odoo import fields, models
from odoo.exceptions import UserError

from ...exact import exact

KIND = "coupon_add"


class RecurringCoupon(models.Model):
    _inherit = "recurring.coupon"

    without_approval = fields.Boolean(
        string="Given Without Approval",
        help="Everybody may put it on a subscription, whatever it grants: for a public "
        "campaign. Otherwise one beyond the company's limits for price cuts and free "
        "days waits for an administrator, where the company wants approvals.",
    )


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    def _give_coupon(self, code, day=None):
        """Apply a coupon and return its use; none where it waits for approval."""
        self.ensure_one()
        coupon = self.env["recurring.coupon"]._with_code(code, self.company_id)
        if not self._coupon_waits(coupon, day):
            return self._apply_coupon(code, day)
        self._ask_for_coupon(coupon, day)
        return self.env["recurring.coupon.use"]

    def _coupon_waits(self, coupon, day=None):
        """Tell whether a coupon goes beyond what the user may grant."""
        if not coupon or self.state == "draft":
            return False
        ask = self._coupon_ask(coupon, day)
        return self._waits_for_approval(ask, day or self._first_open_day())

    def _coupon_ask(self, coupon, day):
        return {
            "kind": KIND,
            "values": {"coupon_id": coupon.id, "code": coupon.code},
            "when": "date",
            "date": day and fields.Date.to_string(day),
        }

    def _exceeds_coupon_add(self, values, day, company):
        """Tell whether a coupon grants more than the limits allow: a share of the
        price, or free days."""
        coupon = self.env["recurring.coupon"].browse(values["coupon_id"])
        if coupon.without_approval or coupon == self.plan_id.retention_coupon_id:
            return False
        holding = self._holding(coupon, day)
        if coupon.kind == "free":
            discount = holding.discount
            free = (discount.end - discount.first.start).days
            return free > company.rr_approval_days
        limit = exact(company.rr_approval_percent)
        if coupon.kind == "percent":
            return exact(coupon.percent) > limit
        lines = self._lines_on(holding.discount.first.start)
        price = sum(
            exact(line.amount_period) for line in lines if holding.touches(line)
        )
        return exact(coupon.amount) * 100 > price * limit

    def _ask_for_coupon(self, coupon, day):
        """Record which coupon is asked for; it holds once it is approved."""
        if self._asked_coupons(coupon):
            raise UserError(
                self.env._(
                    "%(code)s waits for approval on %(name)s already.",
                    code=coupon.code,
                    name=self.name,
                )
            )
        with self._trial() as tried:
            tried._apply_coupon(coupon.code, day)
            change = tried.change_ids.sorted("id")[-1]
            known = {
                "effective_date": change.effective_date,
                "amount_effect": change.amount_effect,
                "note": change.note,
            }
        waiting = self._record_change(
            KIND,
            known.pop("effective_date"),
            state="waiting",
            details={"ask": self._coupon_ask(coupon, day)},
            **known,
        )
        self._request_approval(known["note"])
        return waiting

    def _asked_coupons(self, coupon):
        return self.change_ids.filtered(
            lambda change: (
                change.state == "waiting"
                and change.type == KIND
                and change.details["ask"]["values"]["coupon_id"] == coupon.id
            )
        )


class RecurringChange(models.Model):
    _inherit = "recurring.change"

    def _approve(self):
        """Apply a coupon that waited, from its day or the next period to be billed."""
        if self.type != KIND:
            return super()._approve()
        self._set_state(("waiting",), "applied", **self._decided())
        sub, ask = self.subscription_id, self.details["ask"]
        day = fields.Date.to_date(ask["date"])
        coupon = self.env["recurring.coupon"].browse(ask["values"]["coupon_id"])
        if day and sub._coupon_too_late(coupon, day):
            day = None
        sub._apply_coupon(coupon.code, day, record=self)
        return self._close_request(self.env._("Approved"))

    def _asked_texts(self, ask):
        """Name the coupon that is asked for."""
        texts = super()._asked_texts(ask)
        if ask["kind"] == KIND:
            texts.append(ask["values"]["code"])
        return texts
