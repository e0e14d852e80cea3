"""What the tests of coupons share: coupons, applied to a subscription at 30.00."""

from datetime import date

from ..models.exact import exact
from .common_billing import BillingCommon


class CouponCommon(BillingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls._plan(charges=[{"unit_price": 30.0, "charge_model": "per_unit"}])

    @classmethod
    def _coupon(cls, code="SPRING", kind="percent", **values):
        """Return a coupon of 20 % or 10.00 for one period, unless said otherwise."""
        terms = {"percent": {"percent": 20}, "fixed": {"amount": 10}, "free": {}}[kind]
        return cls.env["recurring.coupon"].create(
            {
                "code": code,
                "name": code.title(),
                "kind": kind,
                "currency_id": cls.euro.id,
                "combination": "others",
                **terms,
                **values,
            }
        )

    def _use(self, sub, coupon, day=None):
        """Apply a coupon and return its use."""
        [use_id] = sub.action_apply_coupon(coupon.code, day)
        return self.env["recurring.coupon.use"].browse(use_id)

    def _with_coupon(self, kind="percent", start="2026-04-01", **terms):
        """Return a subscription that starts with a coupon, and the use."""
        sub = self._draft(start)
        use = self._use(sub, self._coupon(kind=kind, **terms))
        sub.action_activate()
        return sub, use

    def _draft(self, start="2026-04-01", plan=None, customer=None, **values):
        return self.env["recurring.subscription"].create(
            {
                "partner_id": (customer or self.customer).id,
                "plan_id": (plan or self.plan).id,
                "start_date": start,
                **values,
            }
        )

    def taken(self, use):
        """What a use took off in all, before tax."""
        return sum(use.redemption_ids.mapped("amount"))

    def assertInvoiced(self, sub, amounts):
        """Every document of the subscription, oldest first, before tax."""
        moves = sub.billed_item_ids.move_id.sorted("id")
        sign = {"out_refund": -1, "out_invoice": 1}
        self.assertEqual(
            [sign[move.move_type] * move.amount_untaxed for move in moves], amounts
        )

    def assertSound(self, sub):
        """Ledger, documents and redemptions say the same.

        (All prices here are in the basis of the documents' taxes.)
        """
        rows = sub.billed_item_ids.filtered(lambda row: row.kind != "waiver")
        shown = sum(exact(row.document_amount) for row in rows)
        owed = sum(exact(row.amount) for row in rows)
        taken = sum(exact(row.coupon_amount) for row in rows)
        self.assertEqual(owed, shown + taken)
        redeemed = sub.coupon_use_ids.redemption_ids
        self.assertEqual(sum(exact(one.line_amount) for one in redeemed), taken)
        for move_line in rows.move_line_id:
            if move_line.parent_state == "cancel":
                continue
            own = rows.filtered(lambda row, line=move_line: row.move_line_id == line)
            self.assertEqual(
                sum(exact(row.document_amount) for row in own),
                move_line._rr_signed_amount(),
            )

    def foreseen(self, sub, day="2026-04-01", until="2026-12-31"):
        """The amounts before tax of the invoices to come."""
        expected = sub._expected(date.fromisoformat(day), date.fromisoformat(until))
        return [row.untaxed for row in expected]
