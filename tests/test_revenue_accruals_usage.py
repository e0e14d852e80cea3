"""Usage of the month is accrued by the events up to its end."""

from odoo.tests import freeze_time, tagged

from .common_accruals import AccrualCommon
from .common_usage import UsageCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-05-31 10:00:00")
class TestRevenueAccruedUsage(AccrualCommon, UsageCommon):
    def test_usage_of_the_month(self):
        charge = self._usage_charge(
            unit_price=0.5, product_id=self._product("Calls").id
        )
        self.sub = self._subscribe(self._usage_plan(charge, base=0), "2026-05-01")
        self._record(("2026-05-03", 100), ("2026-05-30T12:00:00Z", 20))
        self._close("2026-05")
        self.assertEqual(self._at("2026-05-31"), [-72, 12, 0, 60])

    def test_usage_after_the_month_is_left_out(self):
        charge = self._usage_charge(
            unit_price=0.5, product_id=self._product("Calls").id
        )
        plan = self._usage_plan(charge, base=0, interval_count=3)
        self.sub = self._subscribe(plan, "2026-05-01")
        self._record(("2026-05-03", 100))
        with freeze_time("2026-06-20 10:00:00"):
            self._record(("2026-06-10", 1000))
            self._close("2026-05")
        self.assertEqual(self._at("2026-05-31"), [-60, 10, 0, 50])

    def test_usage_that_is_told_late(self):
        """Another closing of the month adds what came since."""
        charge = self._usage_charge(
            unit_price=0.5, product_id=self._product("Calls").id
        )
        self.sub = self._subscribe(self._usage_plan(charge, base=0), "2026-05-01")
        self._record(("2026-05-03", 100))
        self._close("2026-05")
        self._record(("2026-05-04", 10))
        again = self._close("2026-05")
        self.assertEqual(self._booked(again, "accrual")[0][1]["4181"], 6)
        self.assertEqual(self._at("2026-05-31"), [-66, 11, 0, 55])

    def test_usage_whatever_its_policy_says(self):
        """Usage is revenue when it was used, the invoice only tells how much."""
        self._policy(nature="usage", treatment="invoiced")
        charge = self._usage_charge(
            unit_price=0.5, product_id=self._product("Calls").id
        )
        self.sub = self._subscribe(self._usage_plan(charge, base=0), "2026-05-01")
        self._record(("2026-05-03", 100))
        self._close("2026-05")
        self.assertEqual(self._at("2026-05-31"), [-60, 10, 0, 50])
