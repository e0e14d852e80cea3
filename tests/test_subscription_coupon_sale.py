"""A coupon on a quotation: foreseen, checked at the confirmation, used once."""

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common_sale import SaleCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-04-01")
class TestCouponSale(SaleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.env = cls.env(context=dict(cls.env.context, lang="en_US"))
        cls.customer.lang = "en_US"
        cls.coupon = cls.env["recurring.coupon"].create(
            {"code": "WELCOME", "name": "Welcome", "percent": 50}
        )

    def test_confirmed(self):
        order = self._order((self.pro, {}), rr_coupon_code="welcome")
        self.assertEqual(order.rr_coupon_text, "50 % off, for one period")
        self.assertFalse(order.rr_coupon_refused)
        # 31 + 2 x 5 = 41 a month and 50 once: half of 41 in the first month.
        self.assertIn("84.60", order.rr_expected_text)
        self.assertIn("49.20", order.rr_expected_text)
        order.action_confirm()
        sub = order.rr_subscription_ids
        use = sub.coupon_use_ids
        self.assertEqual((use.coupon_id, use.state), (self.coupon, "active"))
        self.assertEqual(str(use.start_date), "2026-04-01")
        order._rr_start_subscriptions()
        self.assertEqual(self.coupon.use_count, 1)

    def test_refused(self):
        for code, sentence in (
            ("NOPE", "There is no coupon “NOPE”."),
            ("OLD", "expired"),
        ):
            if code == "OLD":
                self.coupon.write({"code": "OLD", "valid_to": "2026-03-01"})
            order = self._order((self.pro, {}), rr_coupon_code=code)
            self.assertTrue(order.rr_coupon_refused)
            self.assertIn(sentence, order.rr_coupon_text)
            with self.assertRaises(UserError) as refusal:
                order.action_confirm()
            self.assertIn(sentence, str(refusal.exception))
            self.assertFalse(order.rr_subscription_ids)

    def test_an_order_without_a_plan(self):
        order = self._order((self.training, {}), rr_coupon_code="WELCOME")
        with self.assertRaises(UserError):
            order.action_confirm()

    def test_a_cancelled_order_gives_it_back(self):
        order = self._order((self.pro, {}), rr_coupon_code="WELCOME")
        order.action_confirm()
        order._action_cancel()
        self.assertEqual(self.coupon.use_count, 0)
        order.action_draft()
        order.action_confirm()
        self.assertEqual(self.coupon.use_count, 1)
        uses = order.rr_subscription_ids.coupon_use_ids
        self.assertEqual(sorted(uses.mapped("state")), ["active", "removed"])
