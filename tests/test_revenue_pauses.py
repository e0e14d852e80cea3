"""A pause stops recognition; what was paid is earned afterwards, or given back."""

from odoo.tests import freeze_time, tagged

from .common_revenue import RevenueCommon


@tagged("post_install", "-at_install")
@freeze_time("2028-06-15")
class TestRevenuePauses(RevenueCommon):
    def setUp(self):
        super().setUp()
        self._policy("2026-01-01", method="month")
        self.plan = self._yearly(1200.0, pause_billing="shift")
        self.sub = self._subscribe(self.plan, "2026-01-01")
        self._bill("2026-01-01")
        [invoice] = self.sub.billed_item_ids.move_id
        self.root = self._schedule(invoice)

    def _pause(self, day, until=None):
        with freeze_time(day):
            self.sub.action_change("pause", {"until": until}, when="now")

    def _resume(self, day):
        with freeze_time(day):
            self.sub.action_change("resume", when="now")

    def test_a_pause_whose_end_is_known(self):
        self._close("2026-03")
        self._pause("2026-04-01", until="2026-06-01")
        months = self._months(self.root)
        self.assertEqual(months["2026-03"], 100)
        self.assertNotIn("2026-04", months)
        self.assertNotIn("2026-05", months)
        # 61 days later, by the days of the months.
        self.assertEqual(round(sum(months.values()), 2), 1200)
        self.assertEqual(max(months), "2027-03")
        self.assertEqual(self._close("2026-05").amount, 0)
        self.assertAgrees()

    def test_a_pause_whose_end_nobody_knows(self):
        """Nothing is earned while it lasts, however long."""
        self._close("2026-03")
        self._pause("2026-04-01")
        for month in ("2026-04", "2026-05", "2026-06"):
            self.assertEqual(self._close(month).amount, 0)
        self.assertEqual(self.root.deferred, 900)
        self._resume("2026-07-01")
        months = self._months(self.root)
        self.assertEqual(min(month for month in months if month > "2026-03"), "2026-07")
        self.assertEqual(max(months), "2027-04")
        self._close("2027-04")
        self.assertEqual(self.root.deferred, 0)
        self.assertAgrees()

    def test_a_pause_in_the_middle_of_a_month_that_is_closed(self):
        """April was closed: half of it is taken back in May."""
        self._close("2026-04")
        self._pause("2026-04-16")
        run = self._close("2026-05")
        self.assertEqual(run.amount, -50)
        self.assertEqual(self.root.recognised, 350)

    def test_again_changes_nothing(self):
        self._pause("2026-04-01", until="2026-06-01")
        slices = self.root.slice_ids
        self.env["recurring.revenue.schedule"]._sync_pauses(
            self.company, slices[0].month
        )
        self.root.invalidate_recordset()
        self.assertEqual(self.root.slice_ids, slices)

    def test_a_pause_that_was_withdrawn(self):
        before = self._months(self.root)
        with freeze_time("2026-03-01"):
            changes = self.sub.action_change(
                "pause", {"until": "2026-06-01"}, when="date", date="2026-04-01"
            )
            self.assertNotEqual(self._months(self.root), before)
            self.env["recurring.change"].browse(changes).action_withdraw()
        self._close("2026-01")
        self.assertEqual(self._months(self.root), before)

    def test_cancelled_after_a_pause(self):
        self._close("2026-03")
        self._pause("2026-04-01", until="2026-06-01")
        with freeze_time("2026-08-31"):
            self.sub.action_cancel("now", credit=True)
            self._bill("2026-08-31")
        self._close("2028-05")
        self.assertEqual(self.root.deferred, 0)
        self.assertEqual(self._balance(self.deferred), 0)
        self.assertAgrees()

    def test_paid_days_are_given_back(self):
        """Where the plan credits a pause, a credit note takes the days back."""
        plan = self._yearly(1200.0, pause_billing="credit")
        sub = self._subscribe(plan, "2026-01-01")
        self._bill("2026-01-01")
        with freeze_time("2026-04-01"):
            sub.action_change("pause", {"until": "2026-06-01"}, when="now")
            self._bill("2026-04-01")
        root = self.env["recurring.revenue.schedule"].search(
            [("subscription_id", "=", sub.id), ("kind", "=", "invoice")]
        )
        self.assertFalse(root.pauses)
        self._close("2028-05")
        self.assertEqual(self._balance(self.deferred), 0)
        self.assertAgrees()
