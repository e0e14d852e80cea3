"""Tiers, included units and a minimum in a price revision."""

from odoo.tests import freeze_time, tagged

from .common_revision import RevisionCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestPriceScales(RevisionCommon):
    """Tiers, included units and a minimum rise as a whole: no price is made up."""

    def _scaled(self, model, quantity, **charge):
        plan = self._plan(
            model,
            [
                {
                    "name": "Seats",
                    "charge_model": model,
                    "tiers": [(10, 5.0), (0, 4.0, 2.0)],
                    **charge,
                }
            ],
        )
        return self._subscribe(plan, "2026-04-01", lines=[{"quantity": quantity}])

    def test_a_graduated_scale(self):
        """12 seats: 10 x 5.00 + 2 x 4.00 + 2.00 = 60.00; by 10 percent 66.00."""
        sub = self._scaled("graduated", 12)
        revision = self._revision()
        row = self._row(revision, sub)
        self.assertTrue(row.by_scale)
        self.assertEqual((row.old_price, row.new_price), (60.0, 66.0))
        self.assertEqual(row.monthly_effect, 6.0)
        revision.action_apply()
        self._bill("2026-06-01")
        self.assertEqual(self.charged(sub, "2026-07-01"), 66.0)
        # Still a scale: 20 seats are (10 x 5.00 + 10 x 4.00 + 2.00) x 1.1 = 101.20.
        line = sub.line_ids.sorted("start_date")[-1]
        self._quantity(sub, 20, line=line, when="date", date="2026-08-01")
        self.assertEqual(self.charged(sub, "2026-08-01"), 101.2)

    def test_a_volume_scale(self):
        """12 seats at 4.00 + 2.00 = 50.00; by 3 percent 51.50."""
        sub = self._scaled("volume", 12)
        self._applied(percent=3)
        self._bill("2026-06-01")
        self.assertEqual(self.charged(sub, "2026-07-01"), 51.5)

    def test_an_amount_cannot_be_added_to_a_scale(self):
        sub = self._scaled("volume", 12)
        revision = self._revision(method="amount", amount=1)
        self.assertLeftOut(revision, sub, "scale", "price scale")

    def test_a_typed_price_moves_the_whole_scale(self):
        sub = self._scaled("graduated", 12)
        revision = self._revision()
        self._row(revision, sub).new_price = 63.0
        revision.action_apply()
        self._bill("2026-06-01")
        self.assertEqual(self.charged(sub, "2026-07-01"), 63.0)

    def test_a_scale_of_fine_prices_is_billed_as_shown(self):
        """1,234 calls at 0.0073 = 9.0082; by 3.7 percent 9.3415: 9.34 as shown."""
        plan = self._plan(
            "Calls",
            [{"charge_model": "volume", "name": "Calls", "tiers": [(0, 0.0073)]}],
        )
        sub = self._subscribe(plan, "2026-04-01", lines=[{"quantity": 1234}])
        typed = self._subscribe(plan, "2026-04-01", lines=[{"quantity": 1234}])
        revision = self._revision(percent=3.7)
        self.assertEqual(self._row(revision, sub).old_price, 9.01)
        self.assertEqual(self._row(revision, sub).new_price, 9.34)
        self._row(revision, typed).new_price = 9.99
        revision.action_apply()
        self._bill("2026-06-01")
        self._bill("2026-07-01")
        for one, amount in ((sub, 9.34), (typed, 9.99)):
            row = one.billed_item_ids.sorted("sequence")[-1]
            self.assertEqual(row.amount, amount)

    def test_included_units_and_a_minimum(self):
        """8 of 10 units beyond 2 at 5.00 with at least 50.00: the minimum rises too."""
        plan = self._plan(
            "Minimum",
            [
                {
                    "charge_model": "per_unit",
                    "unit_price": 5.0,
                    "included_quantity": 2,
                    "minimum_amount": 50.0,
                    "name": "Unit",
                }
            ],
        )
        low = self._subscribe(plan, "2026-04-01", lines=[{"quantity": 10}])
        high = self._subscribe(plan, "2026-04-01", lines=[{"quantity": 22}])
        self._applied()
        self._bill("2026-06-01")
        self._bill("2026-07-01")
        for sub, expected in ((low, 55.0), (high, 110.0)):
            row = sub.billed_item_ids.sorted("sequence")[-1]
            self.assertEqual(row.amount, expected)

    def test_a_flat_price_stays_flat(self):
        plan = self._plan("Flat", [{"unit_price": 19.95, "name": "Flat"}])
        sub = self._subscribe(plan, "2026-04-01", lines=[{"quantity": 3}])
        self._applied(percent=3)
        self._bill("2026-06-01")
        self.assertEqual(self.charged(sub, "2026-07-01"), 20.55)  # 20.5485

    def test_an_agreed_price_per_unit_of_a_scale(self):
        plan = self._plan(
            "Agreed",
            [{"charge_model": "graduated", "name": "Seats", "tiers": [(0, 5.0)]}],
        )
        agreed = {"quantity": 10, "price_unit": 4.5, "price_agreed": True}
        sub = self._subscribe(plan, "2026-04-01", lines=[agreed])
        revision = self._revision()
        self.assertLeftOut(revision, sub, "agreed", "agreed")
        revision = self._applied(agreed_too=True)
        row = self._row(revision, sub)
        self.assertFalse(row.by_scale)
        self.assertEqual((row.old_price, row.new_price), (4.5, 4.95))
        self._bill("2026-06-01")
        self.assertEqual(self.charged(sub, "2026-07-01"), 49.5)
        self.assertTrue(sub.line_ids.sorted("start_date")[-1].price_agreed)
