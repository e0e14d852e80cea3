"""A coupon beyond the limits of price cuts and free days waits for approval."""

from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, new_test_user, tagged

from .common_coupons import CouponCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-04-10")
class TestCouponApproval(CouponCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.rr_approve_changes = True
        cls.seller = new_test_user(cls.env, "seller", "recurring_revenue.group_user")
        cls.manager = new_test_user(cls.env, "boss", "recurring_revenue.group_manager")

    def setUp(self):
        super().setUp()
        self.sub = self._subscribe(self.plan, "2026-04-01", user_id=self.seller.id)
        self._bill("2026-04-01")
        self.own = self.sub.with_user(self.seller)

    def _asked(self, coupon, day=None):
        self.assertEqual(self.own.action_apply_coupon(coupon.code, day), [])
        return self.sub.change_ids.sorted("id")[-1]

    def assertGiven(self, coupon):
        [use_id] = self.own.action_apply_coupon(coupon.code)
        self.own.action_remove_coupon(use_id)

    def assertWaits(self, coupon):
        self._asked(coupon).with_user(self.seller).action_withdraw()

    def test_a_large_one_waits_and_takes_nothing_off(self):
        change = self._asked(self._coupon(percent=50, duration="forever"))
        self.assertEqual(
            (change.type, change.state, change.amount_effect, change.what_text),
            ("coupon_add", "waiting", -15.0, "SPRING"),
        )
        self.assertIn("50 % off", change.note)
        self.assertFalse(self.sub.coupon_use_ids)
        self.assertEqual(self.foreseen(self.sub)[:2], [30.0, 30.0])
        self.assertIn("50 % off", self.sub.activity_ids.note)
        with self.assertRefused("waits for approval on"):
            self.own.action_apply_coupon("SPRING")
        sections = self.env["recurring.today"].with_user(self.manager).get_today()
        self.assertIn("approvals", [part["id"] for part in sections["sections"]])

    def test_approved(self):
        change = self._asked(self._coupon(percent=50, duration="forever"))
        with self.assertRaises(AccessError):
            change.with_user(self.seller).action_approve()
        count = len(self.sub.change_ids)
        change.with_user(self.manager).action_approve()
        self.assertEqual((change.state, change.decided_uid), ("applied", self.manager))
        self.assertEqual(change.user_id, self.seller)
        self.assertEqual(len(self.sub.change_ids), count)
        self.assertEqual(self.sub.coupon_use_ids.state, "active")
        self.assertFalse(self.sub.activity_ids)
        self._bill("2026-05-01")
        self.assertInvoiced(self.sub, [30, 15])

    def test_approved_late_it_holds_from_the_next_period(self):
        change = self._asked(self._coupon(percent=50), "2026-05-01")
        self._bill("2026-05-01")
        with freeze_time("2026-05-02"):
            change.with_user(self.manager).action_approve()
        self.assertEqual(str(self.sub.coupon_use_ids.start_date), "2026-06-01")

    def test_refused_and_withdrawn(self):
        coupon = self._coupon(percent=50)
        refused = self._asked(coupon)
        refused.with_user(self.manager).action_refuse()
        withdrawn = self._asked(coupon)
        withdrawn.with_user(self.seller).action_withdraw()
        self.assertEqual((refused.state, withdrawn.state), ("refused", "withdrawn"))
        self.assertFalse(self.sub.coupon_use_ids)

    def test_what_the_limits_allow(self):
        """Up to 10 % of the price, up to 31 free days."""
        unlimited = {"max_uses_per_customer": 0}
        self.assertGiven(self._coupon("TEN", percent=10, **unlimited))
        self.assertWaits(self._coupon("ELEVEN", percent=11, **unlimited))
        self.assertGiven(self._coupon("THREE", "fixed", amount=3, **unlimited))
        self.assertWaits(self._coupon("FOUR", "fixed", amount=3.01, **unlimited))
        self.assertGiven(self._coupon("MONTH", "free", **unlimited))
        two = {"duration": "periods", "period_count": 2}
        self.assertWaits(self._coupon("MONTHS", "free", **two, **unlimited))

    def test_what_an_administrator_has_approved_already(self):
        public = self._coupon("PUBLIC", percent=50, without_approval=True)
        self.assertGiven(public)
        stay = self._coupon("STAY", percent=50)
        self.plan.retention_coupon_id = stay
        self.assertGiven(stay)

    def test_who_is_not_asked(self):
        """An administrator; a draft, whose prices are typed as agreed; a company that
        wants no approvals."""
        half = {"percent": 50, "max_uses_per_customer": 0}
        coupon = self._coupon(**half)
        draft = self._draft(user_id=self.seller.id).with_user(self.seller)
        self.assertEqual(len(draft.action_apply_coupon("SPRING")), 1)
        as_manager = self.sub.with_user(self.manager)
        [use_id] = as_manager.action_apply_coupon("SPRING")
        as_manager.action_remove_coupon(use_id)
        self.company.rr_approve_changes = False
        self.assertGiven(coupon)

    def test_the_wizard_says_so(self):
        self._coupon(percent=50)
        wizard = self.env["recurring.coupon.wizard"].with_user(self.seller)
        with Form(wizard.with_context(default_subscription_id=self.sub.id)) as form:
            form.code = "SPRING"
            self.assertTrue(form.waits)
            self.assertIn("15.00", form.preview)
        form.record.action_confirm()
        self.assertEqual(self.sub.change_ids.sorted("id")[-1].state, "waiting")
