"""What a campaign brought and cost."""

from odoo.tests import freeze_time, tagged

from .common_coupons import CouponCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-04-01")
class TestCampaign(CouponCommon):
    def test_figures(self):
        """Three uses: one stays, one leaves, one still has its discount."""
        coupon = self._coupon(duration="periods", period_count=2)
        subs = [self._draft(customer=self._customer(f"C{n}")) for n in range(3)]
        for sub in subs[:2]:
            self._use(sub, coupon)
            sub.action_activate()
        self._bill("2026-05-01")
        with freeze_time("2026-05-20"):
            subs[1].action_cancel("period_end")
        with freeze_time("2026-06-01"):
            self.env["recurring.subscription"]._advance_lifecycle(
                self.company, subs[0].start_date.replace(month=6)
            )
            subs[2].start_date = "2026-06-01"
            self._use(subs[2], coupon)
            subs[2].action_activate()
            self._bill("2026-06-01")
            self.assertEqual(
                (coupon.use_count, coupon.ended_count, coupon.converted_count),
                (3, 2, 1),
            )
            self.assertEqual(coupon.conversion, 0.5)
        self.assertEqual(coupon.cost, 6 * 5)
        self.assertEqual(coupon.revenue, 24 * 5)
        uses = coupon.use_ids.sorted("id")
        self.assertEqual(uses.mapped("converted"), [True, False, False])
        self.assertEqual(uses.mapped("state"), ["finished", "finished", "active"])

    def test_in_the_companys_currency(self):
        self.env["res.currency.rate"].create(
            {"currency_id": self.dollar.id, "name": "2026-01-01", "rate": 2.0}
        )
        plan = self._plan("Dollars", currency_id=self.dollar.id)
        sub = self._draft(plan=plan, currency_id=self.dollar.id)
        use = self._use(sub, self._coupon())
        sub.action_activate()
        self._bill("2026-04-01")
        self.assertEqual((use.redemption_ids.amount, use.coupon_id.cost), (6, 3))

    def test_filters(self):
        made = {
            "open": self._coupon("O"),
            "expired": self._coupon("E", valid_to="2026-03-31"),
            "upcoming": self._coupon("U", valid_from="2026-04-02"),
        }
        for status, coupon in made.items():
            self.assertEqual(coupon.status, status)
            found = coupon.search([("status", "=", status)])
            self.assertIn(coupon, found)
            self.assertFalse(found & (sum(made.values(), coupon) - coupon))
