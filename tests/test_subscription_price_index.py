"""Prices that follow an index: P1 = P0 x S1 / S0."""

from datetime import date

from odoo.tests import freeze_time, tagged

from .common_revision import RevisionCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestPriceIndex(RevisionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.index = cls.env["recurring.index"].create({"name": "Syntec"})
        cls._publish("2025-04-01", 305.2)
        cls._publish("2026-03-01", 313.1)
        cls.contract = cls._plan_of_seats("Contract", 1000.0)
        cls.contract.index_id = cls.index

    @classmethod
    def _publish(cls, day, value):
        return cls.env["recurring.index.value"].create(
            {"index_id": cls.index.id, "date": day, "value": value}
        )

    def test_from_the_value_published_for_the_start(self):
        """1,000.00 x 313.1 / 305.2 = 1,025.88, and the next one starts from 313.1."""
        sub = self._running("2025-05-01", plan=self.contract)
        self._bill("2026-06-01")
        self.assertEqual(sub.index_id, self.index)
        revision = self._applied(method="index")
        row = self._row(revision, sub)
        self.assertEqual((row.old_price, row.new_price), (1000.0, 1025.88))
        self.assertEqual(row.explanation, "x 313.1 / 305.2")
        self.assertFalse(sub.index_base_value)  # on its day, not before
        self.assertEqual(self.charged(sub, "2026-07-01"), 1025.88)
        with freeze_time("2026-07-01"):
            self.env["recurring.subscription"]._enter_changes(
                self.company, date(2026, 7, 1)
            )
            self.assertEqual(sub.index_base_value, 313.1)
            self.assertEqual(sub.index_base_date, date(2026, 3, 1))
            self._publish("2026-08-01", 320.0)
            again = self._revision(
                method="index", effective_date="2027-01-01", index_date="2026-12-01"
            )
            # 1,025.88 x 320 / 313.1 = 1,048.4879...
            self.assertEqual(self._row(again, sub).new_price, 1048.49)

    def test_from_a_base_that_was_agreed(self):
        sub = self._running(plan=self.contract, index_base_value=300.0)
        revision = self._revision(method="index")
        self.assertEqual(self._row(revision, sub).new_price, 1043.67)  # 1043.666...
        other = self._running(plan=self.contract, index_base_date="2025-06-30")
        revision = self._revision(method="index")
        self.assertEqual(self._row(revision, other).new_price, 1025.88)

    def test_withdrawn_it_starts_from_the_old_base_again(self):
        sub = self._running("2025-05-01", plan=self.contract)
        self._bill("2026-06-01")
        revision = self._applied(method="index")
        revision.action_withdraw()
        self.assertEqual(self.charged(sub, "2026-07-01"), 1000.0)
        self.assertFalse(sub.index_base_value)

    def test_what_cannot_follow_says_why(self):
        early = self._running("2025-03-01", plan=self.contract)
        without = self._running("2026-04-01")
        other = self.env["recurring.index"].create({"name": "ICC"})
        foreign = self._running("2025-05-01", plan=self.contract, index_id=other.id)
        same = self._running("2026-04-01", plan=self.contract)
        revision = self._revision(method="index", index_id=self.index.id)
        self.assertLeftOut(
            revision, early, "index", "no value for the base of 2025-03-01"
        )
        self.assertLeftOut(revision, foreign, "index", "another index: ICC")
        self.assertLeftOut(revision, same, "same", "stays the same")
        revision = self._revision(method="index")
        self.assertLeftOut(revision, without, "index", "names no index")
        self.assertLeftOut(revision, foreign, "index", "ICC has no value")

    def test_limits_of_the_contract(self):
        sub = self._running("2025-05-01", plan=self.contract)
        revision = self._revision(method="index", has_cap=True, cap_percent=2)
        self.assertEqual(self._row(revision, sub).new_price, 1020.0)

    def test_an_index_that_is_typed_leaves_a_trace(self):
        sub = self._running("2025-05-01", plan=self.contract)
        sub.write({"index_base_value": 299.5, "index_base_date": "2025-02-01"})
        change = sub.change_ids.sorted("id")[-1]
        self.assertEqual(change.type, "settings")
        self.assertIn("299.5", change.note)

    def test_who_is_guaranteed_is_shown_with_the_new_price(self):
        sub = self._running(
            "2025-05-01", plan=self.contract, price_guarantee_until="2026-12-31"
        )
        revision = self._revision(method="index")
        self.assertLeftOut(revision, sub, "guarantee", "guaranteed")
        self.assertEqual(self._row(revision, sub).new_price, 1025.88)
