"""Changes that meet: what a later one would undo, what is taken back, who returns."""

from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from .common_changes import ChangeCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestChangeOrder(ChangeCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.max = cls._plan_of_seats("Max", 62.0, cls._product("Max seat"))

    def setUp(self):
        super().setUp()
        self.sub = self._running(billed="2026-04-01")
        self.line = self.sub.line_ids

    def _day_comes(self, sub, day):
        with freeze_time(day):
            sub._advance_lifecycle(self.company, self._day(day))
            self._bill(day)

    def _to(self, plan, **options):
        return self._change(self.sub, "plan", {"plan_id": plan.id}, **options)

    # ------------------------------------------------------------------
    # What a later change would undo
    # ------------------------------------------------------------------

    def test_another_plan_is_not_entered_before_a_scheduled_quantity(self):
        self._quantity(self.sub, 5, when="date", date="2026-07-01")
        with self.assertRefused("scheduled for 07/01/2026 and would be lost"):
            self._to(self.max, when="now")

    def test_another_plan_is_not_entered_before_what_happened(self):
        with freeze_time("2026-04-12"):
            self._quantity(self.sub, 2)
        with self.assertRefused("took effect on 04/12/2026 and would be lost"):
            self._to(self.max, when="date", date="2026-04-05")
        self._to(self.max, when="date", date="2026-04-12")
        self.assertEqual(self.sub.recurring_amount, 124.0)

    def test_two_plans_in_the_wrong_order(self):
        mid = self._plan_of_seats("Mid", 45.0, self._product("Mid seat"))
        with freeze_time("2026-04-12"):
            self._to(self.max, when="now")
        with self.assertRefused("took effect on 04/12/2026 and would be lost"):
            self._to(mid, when="date", date="2026-04-05")

    def test_an_add_on_is_not_added_before_everything_changes(self):
        """It would go on beside the new plan, on the old one's periods."""
        self._change(
            self.sub,
            "pause",
            {"until": "2026-08-01"},
            when="date",
            date="2026-06-01",
        )
        with self.assertRefused("withdraw it first"):
            self._change(self.sub, "addon_add", {"charge_id": self.addon.id})

    def test_the_quantity_follows_to_the_plan_that_is_scheduled(self):
        sub = self.sub = self._running(billed="2026-04-01", plan=self.max)
        line = sub.line_ids
        self._to(self.pro)
        change = self._quantity(sub, 5, line=line)
        self.assertEqual(change.what_text, "Max seat: 1 → 5")
        self.assertDue(
            sub,
            "2026-05-01",
            [
                ("credit", "2026-04-16", "2026-04-30", -31.0),
                ("charge", "2026-04-16", "2026-04-30", 155.0),
                ("charge", "2026-05-01", "2026-05-31", 150.0),
            ],
        )

    def test_a_discount_ends_with_the_plan_that_it_was_given_for(self):
        sub = self.sub = self._running(billed="2026-04-01", plan=self.max)
        line = sub.line_ids
        self._to(self.pro)
        rows = [{"line_id": line.id, "discount": 50.0}]
        self._change(sub, "lines", {"lines": rows})
        [charge] = [
            item
            for item in sub._difference(date(2026, 5, 1))[sub.id]
            if item.part.start == date(2026, 5, 1)
        ]
        self.assertEqual(float(charge.amount), 30.0)

    # ------------------------------------------------------------------
    # Days that an earlier change left as they were billed, or that are free
    # ------------------------------------------------------------------

    def test_settled_after_a_change_that_was_not(self):
        """April is paid for one seat; two from the 10th on cost nothing more, but the
        third from the 16th on is settled: half of April for one back, for three due."""
        with freeze_time("2026-04-10"):
            self._quantity(self.sub, 2, proration="none")
        change = self._quantity(self.sub, 3)
        self.assertEqual(change.amount_effect, 30.0)
        self.assertDue(
            self.sub,
            "2026-04-16",
            [
                ("credit", "2026-04-16", "2026-04-30", -15.0),
                ("charge", "2026-04-16", "2026-04-30", 45.0),
            ],
        )

    def test_another_plan_after_a_change_that_was_not_settled(self):
        with freeze_time("2026-04-10"):
            self._quantity(self.sub, 2, proration="none")
        self._to(self.max, when="now")
        self.assertDue(
            self.sub,
            "2026-04-16",
            [
                ("credit", "2026-04-16", "2026-04-30", -15.0),
                ("charge", "2026-04-16", "2026-04-30", 62.0),
            ],
        )

    def test_a_pause_after_a_change_that_was_not_settled(self):
        with freeze_time("2026-04-10"):
            self._quantity(self.sub, 2, proration="none")
        self._change(self.sub, "pause", {"until": "2026-04-21"})
        self.assertDue(
            self.sub,
            "2026-04-21",
            [
                ("credit", "2026-04-16", "2026-04-30", -15.0),
                ("charge", "2026-04-21", "2026-04-30", 20.0),
            ],
        )

    def test_scheduled_after_a_change_that_was_not_settled(self):
        """Settled on its day; withdrawn, all is as it was."""
        with freeze_time("2026-04-10"):
            self._quantity(self.sub, 2, proration="none")
        change = self._quantity(self.sub, 3, when="date", date="2026-04-21")
        self.assertDue(self.sub, "2026-04-20", [])
        self.assertDue(
            self.sub,
            "2026-04-21",
            [
                ("credit", "2026-04-21", "2026-04-30", -10.0),
                ("charge", "2026-04-21", "2026-04-30", 30.0),
            ],
        )
        change.action_withdraw()
        self.assertDue(
            self.sub, "2026-05-01", [("charge", "2026-05-01", "2026-05-31", 60.0)]
        )

    def test_days_that_are_free_stay_free_on_another_plan(self):
        self._change(self.sub, "postpone", {"until": "2026-05-20"})
        self._day_comes(self.sub, "2026-05-01")
        with freeze_time("2026-05-02"):
            self._to(self.max, when="now")
            self.assertDue(
                self.sub, "2026-05-20", [("charge", "2026-05-20", "2026-06-19", 62.0)]
            )

    # ------------------------------------------------------------------
    # Taken back
    # ------------------------------------------------------------------

    def test_withdrawn_after_a_change_of_today(self):
        """Three seats from today on stay, the five of July never come."""
        change = self._quantity(self.sub, 5, when="date", date="2026-07-01")
        self._quantity(self.sub, 3, line=self.line)
        change.action_withdraw()
        self.assertEqual(change.state, "withdrawn")
        self._bill("2026-08-01")
        charges = self.sub.billed_item_ids.filtered(lambda row: row.kind == "charge")
        amounts = {str(row.date_start): row.amount for row in charges}
        self.assertEqual(amounts["2026-07-01"], 90.0)
        self.assertEqual(amounts["2026-08-01"], 90.0)
        self.assertNothingLeft(self.sub, "2026-08-01")

    def test_another_plan_withdrawn_after_a_change_of_today(self):
        sub = self.sub = self._running(billed="2026-04-01", plan=self.max)
        line = sub.line_ids
        change = self._to(self.pro)
        self._quantity(sub, 5, line=line)
        change.action_withdraw()
        self._day_comes(sub, "2026-05-01")
        self.assertEqual((sub.plan_id, sub.recurring_amount), (self.max, 310.0))
        self.assertNothingLeft(sub, "2026-05-01")

    def test_a_pause_withdrawn_after_a_change_of_today(self):
        values = {"until": "2026-08-01"}
        change = self._change(self.sub, "pause", values, when="date", date="2026-06-01")
        self._quantity(self.sub, 2, line=self.line)
        change.action_withdraw()
        self._day_comes(self.sub, "2026-06-01")
        self._day_comes(self.sub, "2026-07-01")
        self.assertEqual((self.sub.state, self.sub.recurring_amount), ("active", 60.0))
        self.assertEqual(self.sub.billed_through, date(2026, 8, 1))

    def test_an_add_on_that_was_to_end_goes_on(self):
        self._change(self.sub, "addon_add", {"charge_id": self.addon.id})
        line = self.sub.line_ids.filtered(lambda line: line.role == "addon")
        change = self._change(
            self.sub, "addon_remove", {"line_id": line.id}, when="period_end"
        )
        self._quantity(self.sub, 2, line=line)
        change.action_withdraw()
        self._day_comes(self.sub, "2026-05-01")
        running = self.sub._lines_on(date(2026, 5, 1))
        self.assertEqual(
            running.filtered("charge_id").mapped("role"), ["base", "addon"]
        )

    def test_what_waits_on_it_is_withdrawn_first(self):
        first = self._quantity(self.sub, 5, when="date", date="2026-07-01")
        self._quantity(self.sub, 6, when="date", date="2026-08-01")
        with self.assertRefused("withdraw that one first"):
            first.action_withdraw()

    def test_a_scheduled_plan_leaves_a_cancellation_alone(self):
        """Its term ends the agreement only if the cancellation is withdrawn."""
        term = self._plan_of_seats(
            "Term",
            20.0,
            self._product("Term seat"),
            term_count=12,
            term_unit="month",
            renewal="none",
        )
        self._to(term, when="period_end")
        self.sub._cancel(date(2026, 9, 1), credit=True)
        self._day_comes(self.sub, "2026-05-01")
        self.assertEqual(
            (self.sub.state, self.sub.end_date), ("cancelling", date(2026, 9, 1))
        )
        with freeze_time("2026-05-02"):
            self.sub.action_undo_cancel()
        self.assertEqual(
            (self.sub.state, self.sub.end_date), ("active", date(2027, 5, 1))
        )

    # ------------------------------------------------------------------
    # Coming back
    # ------------------------------------------------------------------

    def test_days_that_stayed_paid_are_not_billed_again(self):
        """Cancelled on 16 April without credit, back on the 20th: April is paid."""
        self.sub.action_cancel("now")
        self._day_comes(self.sub, "2026-04-17")
        self.assertEqual(self.sub.state, "closed")
        with freeze_time("2026-04-20"):
            self._change(self.sub, "reactivate")
            self.assertDue(
                self.sub, "2026-05-01", [("charge", "2026-05-01", "2026-05-31", 30.0)]
            )

    def test_a_return_that_is_scheduled(self):
        self.sub._cancel(date(2026, 5, 1), credit=True)
        self._day_comes(self.sub, "2026-05-01")
        with freeze_time("2026-05-05"):
            change = self._change(
                self.sub, "reactivate", when="date", date="2026-06-01"
            )
        self.assertEqual((self.sub.state, change.state), ("closed", "scheduled"))
        self._day_comes(self.sub, "2026-06-01")
        self.assertEqual((self.sub.state, change.state), ("active", "applied"))
        self.assertEqual(self.sub.billed_through, date(2026, 7, 1))


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestApprovalLimits(ChangeCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.rr_approve_changes = True
        cls.seller = new_test_user(cls.env, "seller", "recurring_revenue.group_user")

    def setUp(self):
        super().setUp()
        self.sub = self._running(billed="2026-04-01", user_id=self.seller.id)
        self.own = self.sub.with_user(self.seller)

    def _discount(self, percent):
        line = self.sub._lines_on(date(2026, 4, 16))
        rows = [{"line_id": line.id, "discount": percent}]
        return self._change(self.own, "lines", {"lines": rows})

    def test_small_cuts_add_up(self):
        self.assertEqual(self._discount(9).state, "applied")
        self.assertEqual(self._discount(18).state, "waiting")
        self.assertEqual(self._discount(10).state, "applied")
        # Taking a discount back is no cut.
        self.assertEqual(self._discount(5).state, "applied")

    def test_a_product_of_its_own_far_below_its_price(self):
        product = self._product("Extra", 100.0)
        values = {"product_id": product.id, "price_unit": 95.0}
        self.assertEqual(self._change(self.own, "addon_add", values).state, "applied")
        values["price_unit"] = 50.0
        self.assertEqual(self._change(self.own, "addon_add", values).state, "waiting")

    def test_amounts_that_make_no_sense(self):
        for values in ({"price_unit": -1.0}, {"quantity": -1.0}):
            with self.assertRefused("is not negative"):
                self._change(
                    self.own, "addon_add", {"charge_id": self.addon.id, **values}
                )
        with self.assertRefused("between 0 and 100"):
            self._change(
                self.own, "addon_add", {"charge_id": self.addon.id, "discount": 120}
            )

    def test_a_charge_below_zero_is_a_price_cut(self):
        with self.assertRaises(AccessError):
            self.own.action_add_one_off(self.seat.id, -50.0, "2026-04-16")
        self.sub.action_add_one_off(self.seat.id, -5.0, "2026-04-16")

    def test_withdrawn_nobody_is_asked_any_more(self):
        change = self._discount(50)
        self.assertTrue(self.sub.activity_ids)
        change.with_user(self.seller).action_withdraw()
        self.assertFalse(self.sub.activity_ids)
