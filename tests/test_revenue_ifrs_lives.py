"""Lives of subscriptions by IFRS 15: coupons, pauses, usage, currencies, credits."""

from odoo.tests import freeze_time, tagged

from .common_coupons import CouponCommon
from .common_revenue_ifrs import IfrsCommon

CAUSES = ("base", "setup", "free", "allocation", "modification")


@tagged("post_install", "-at_install")
@freeze_time("2026-01-01")
class TestIfrsLives(IfrsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._policy("2020-02-01", method="month")

    _coupon = classmethod(CouponCommon.__dict__["_coupon"].__func__)

    def _year(self, price=120.0, **values):
        charge = {"unit_price": price, "product_id": self._product("Service").id}
        return self._plan(
            "Year",
            [charge],
            term_count=12,
            term_unit="month",
            renewal="automatic",
            **values,
        )

    def assertCausesAddUp(self, sub):
        self._measure()
        for row in self.env["recurring.revenue.ifrs.month"].search(
            [("subscription_id", "=", sub.id)]
        ):
            self.assertAlmostEqual(sum(row[name] for name in CAUSES), row.amount, 2)

    def test_a_coupon_is_spread_over_the_term(self):
        sub = self.env["recurring.subscription"].create(
            {
                "partner_id": self.customer.id,
                "plan_id": self._year().id,
                "start_date": "2026-01-01",
            }
        )
        coupon = self._coupon(kind="percent", percent=50)
        sub.action_apply_coupon(coupon.code)
        sub.action_activate()
        [contract] = self._contracts(sub)
        # Half of January: 1,380 for the year.
        self.assertEqual(contract.price, 1380)
        self.assertEqual(set(self._ifrs(sub).values()), {115.0})
        self.assertCausesAddUp(sub)

    def test_a_pause(self):
        sub = self._subscribe(self._year(), "2026-01-01")
        self._bill("2026-01-01")
        with freeze_time("2026-03-01"):
            sub.action_change("pause", {"until": "2026-04-30"}, date="2026-03-01")
            months = self._ifrs(sub)
        self.assertNotIn("2026-03", months)
        self.assertEqual(months["2026-02"], 120)
        self.assertCausesAddUp(sub)

    def test_a_foreign_currency(self):
        rates = self.env["res.currency.rate"]
        for day, rate in (("2026-01-01", 1.25), ("2026-06-01", 2.0)):
            rates.create({"currency_id": self.dollar.id, "name": day, "rate": rate})
        plan = self._year(100.0, currency_id=self.dollar.id)
        sub = self._subscribe(plan, "2026-01-01", currency_id=self.dollar.id)
        self.assertEqual(self._contracts(sub).price, 1200)
        self.assertEqual(set(self._ifrs(sub).values()), {80.0})
        self.assertCausesAddUp(sub)

    def test_a_renewal_is_another_contract(self):
        sub = self._subscribe(self._year(notice_days=30), "2026-01-01")
        with freeze_time("2026-12-01"):
            self.assertEqual(len(self._contracts(sub)), 1)
        with freeze_time("2026-12-04"):
            _first, second = self._contracts(sub)
        self.assertEqual(
            (str(second.date_start), str(second.binding_from)),
            ("2027-01-01", "2026-12-03"),
        )

    def test_arrears_and_a_year_in_one_invoice(self):
        sub = self._subscribe(self._year(timing="arrears"), "2026-01-01")
        self.assertEqual(set(self._ifrs(sub).values()), {120.0})
        once = self._subscribe(self._yearly(), "2026-01-01")
        self.assertEqual(self._contracts(once).price, 1200)

    def test_an_end_without_credit(self):
        """The year stays paid: what is not served any more is earned at the end."""
        sub = self._subscribe(self._yearly(), "2026-01-01")
        self._bill("2026-01-01")
        with freeze_time("2026-06-15"):
            sub.action_cancel("date", "2026-06-30", credit=False)
            months = self._ifrs(sub)
            contract = self._contracts(sub)[-1]
        self.assertEqual(contract.price, 1200)
        self.assertEqual(round(sum(months.values()), 2), 1200)
        self.assertEqual(months["2026-05"], 100)
        self.assertCausesAddUp(sub)
