"""Free months within a firm term are earned like the others."""

from odoo.tests import freeze_time, tagged

from .common_coupons import CouponCommon
from .common_revenue import RevenueCommon


@tagged("post_install", "-at_install")
@freeze_time("2027-01-15")
class TestRevenueFreeMonths(RevenueCommon, CouponCommon):
    def setUp(self):
        super().setUp()
        self._policy("2026-01-01", method="month")
        self.accrued = self.env.ref(f"account.{self.company.id}_pcg_4181")
        self.company.rr_accrued_account_id = self.accrued
        coupon = self._coupon("TWO", "free", duration="periods", period_count=2)
        plan = self._plan(
            "Firm",
            [{"unit_price": 120.0, "product_id": self._product("Firm").id}],
            term_count=12,
            term_unit="month",
        )
        self.sub = self.env["recurring.subscription"].create(
            {
                "partner_id": self.customer.id,
                "plan_id": plan.id,
                "start_date": "2026-01-01",
            }
        )
        self._use(self.sub, coupon)
        self.sub.action_activate()

    def _month(self, number):
        with freeze_time(f"2026-{number:02}-01"):
            self._bill(f"2026-{number:02}-01")
        following = f"2026-{number + 1:02}-03" if number < 12 else "2027-01-03"
        with freeze_time(following):
            return self._close(f"2026-{number:02}")

    def _revenue(self, month):
        lines = self.env["account.move.line"].search(
            [
                ("account_id.account_type", "=", "income"),
                ("date", ">=", f"{month}-01"),
                ("date", "<=", f"{month}-31" if month != "2026-02" else "2026-02-28"),
                ("parent_state", "=", "posted"),
            ]
        )
        return -round(sum(lines.mapped("balance")), 2)

    def test_two_months_of_twelve(self):
        """Ten months at 120 are twelve at 100; the first two are invoices to issue."""
        self._month(1)
        self.assertEqual(self._revenue("2026-01"), 100)
        self.assertEqual(self._balance(self.accrued), -100)
        self._month(2)
        self.assertEqual(self._balance(self.accrued), -200)
        self._month(3)
        self.assertEqual(self._revenue("2026-03"), 100)
        self.assertEqual(self._balance(self.accrued), -180)
        self.assertAgrees()
        for number in range(4, 13):
            self._month(number)
        self.assertEqual(self._revenue("2026-12"), 100)
        self.assertEqual(self._balance(self.accrued), 0)

    def test_the_account_is_asked_for(self):
        self.company.rr_accrued_account_id = False
        with self.assertRefused("invoices to issue"):
            self._month(1)

    def test_the_customer_leaves_before_the_end(self):
        """What was earned and will never be billed is taken back."""
        for number in (1, 2, 3):
            self._month(number)
        with freeze_time("2026-03-31"):
            self.sub.action_cancel("now")
        self._month(4)
        self.assertEqual(self._balance(self.accrued), 0)

    def test_again_changes_nothing(self):
        self._month(1)
        root = self.env["recurring.revenue.schedule"].search([("kind", "=", "free")])
        before = root.slice_ids
        self.env["recurring.revenue.schedule"]._sync_free_months(
            self.company, before[0].month
        )
        root.invalidate_recordset()
        self.assertEqual(root.slice_ids, before)
