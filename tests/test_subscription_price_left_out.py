"""Who a price revision leaves out, and why."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common_revision import RevisionCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestWhoIsLeftOut(RevisionCommon):
    def test_a_price_guarantee_counts_its_last_day(self):
        sub = self._running(billed="2026-04-01", price_guarantee_until="2026-07-01")
        other = self._running(price_guarantee_until="2026-06-30")
        revision = self._revision()
        self.assertLeftOut(revision, sub, "guarantee", "guaranteed until 07/01/2026")
        self.assertRow(revision, other, 30.0, 33.0, "2026-07-01")
        # What it would have become is shown, and does not count.
        self.assertEqual(self._row(revision, sub).new_price, 33.0)
        self.assertEqual(revision.subscription_count, 1)
        self.assertIn("+3.00€ a month", revision.totals_text.replace("\xa0", ""))

    def test_a_guarantee_given_after_the_list_was_made(self):
        one, two = self._running(), self._running()
        revision = self._revision()
        one.price_guarantee_until = "2026-12-31"
        revision.action_apply()
        self.assertIn("guaranteed until", self._row(revision, one).why)
        self.assertEqual(self._row(revision, two).state, "done")
        # Taken in by hand it is raised all the same.
        again = self._revision()
        self._row(again, one).action_include()
        again.action_apply()
        self.assertEqual(self._row(again, one).state, "done")

    def test_who_starts_later_keeps_the_price_of_the_contract(self):
        sub = self._running("2026-08-01")
        revision = self._revision()
        self.assertLeftOut(revision, sub, "starts", "Starts on 08/01/2026")
        # Taken in, the first period has the new price.
        self._row(revision, sub).action_include()
        revision.action_apply()
        self.assertEqual(self.charged(sub, "2026-08-01"), 33.0)
        self.assertNothingLeft(sub, "2026-08-31")

    def test_a_guarantee_that_is_typed_leaves_a_trace(self):
        sub = self._running()
        sub.price_guarantee_until = "2026-12-31"
        change = sub.change_ids.sorted("id")[-1]
        self.assertEqual(change.type, "settings")
        self.assertIn("12/31/2026", change.note)

    def test_who_leaves_before(self):
        sub = self._running()
        sub.action_cancel("date", last_day="2026-05-31")
        self.assertLeftOut(self._revision(), sub, "ends", "last day 05/31/2026")

    def test_another_price_that_is_scheduled(self):
        sub = self._running()
        rows = [{"line_id": sub.line_ids.id, "price_unit": 25.0}]
        self._change(sub, "lines", {"lines": rows}, when="date", date="2026-08-01")
        revision = self._revision(agreed_too=True)
        self.assertLeftOut(revision, sub, "scheduled", "08/01/2026")
        # Taken in all the same, the follower keeps what it was given.
        self._row(revision, sub).action_include()
        revision.action_apply()
        self._bill("2026-06-01")
        self.assertEqual(self.charged(sub, "2026-07-01"), 33.0)
        self.assertEqual(self.charged(sub, "2026-08-01"), 25.0)

    def test_a_quantity_that_is_scheduled_takes_the_new_price(self):
        sub = self._running()
        self._quantity(sub, 2, when="date", date="2026-09-01")
        self._applied()
        self._bill("2026-08-01")
        amounts = sub.billed_item_ids.sorted("sequence").mapped("amount")
        self.assertEqual(amounts, [30.0, 30.0, 30.0, 33.0, 33.0])
        self.assertEqual(self.charged(sub, "2026-09-01"), 66.0)

    def test_a_pause_that_is_scheduled_comes_back_dearer(self):
        sub = self._running()
        self._change(
            sub, "pause", {"until": "2026-09-01"}, when="date", date="2026-08-01"
        )
        self._applied()
        self._bill("2026-07-01")
        self.assertDue(sub, "2026-08-31", [])
        self.assertDue(
            sub, "2026-09-01", [("charge", "2026-09-01", "2026-09-30", 33.0)]
        )

    def test_who_is_paused_on_the_day_comes_back_dearer(self):
        """Resumed on 15 August: 17 of 31 days at 30.00, from September on 33.00; with
        a holding fee or without."""
        fee = self._product("Holding fee")
        held = self._plan_of_seats(
            "Held", 30.0, pause_product_id=fee.id, pause_price=2.0
        )
        for plan in (self.pro, held):
            sub = self._running(plan=plan, billed="2026-04-01")
            pause = {"until": "2026-08-15", "billing": "credit"}
            self._change(sub, "pause", pause, when="date", date="2026-05-01")
            revision = self._revision(plan_ids=[Command.set(plan.ids)])
            self.assertRow(revision, sub, 30.0, 33.0, "2026-09-01")
            revision.action_apply()
            self._bill("2026-08-01")
            self.assertEqual(self.charged(sub, "2026-08-15"), 16.45)
            self.assertEqual(self.charged(sub, "2026-09-01"), 33.0)

    def test_who_is_paused_until_nobody_knows_when(self):
        sub = self._running(billed="2026-04-01")
        self._change(sub, "pause", {}, when="date", date="2026-05-01")
        self.assertLeftOut(self._revision(), sub, "ends", "No service on")

    def test_the_selection(self):
        tag = self.env["res.partner.category"].create({"name": "School"})
        school = self._customer("School", category_id=[(6, 0, tag.ids)])
        one = self._running("2026-04-01")
        two = self._running("2026-02-01", customer=school)
        lite = self._plan_of_seats("Lite", 10.0)
        three = self._running(plan=lite)

        def found(**values):
            return self._revision(**values).line_ids.subscription_id & (
                one | two | three
            )

        self.assertEqual(found(), one | two | three)
        self.assertEqual(found(plan_ids=[(6, 0, lite.ids)]), three)
        self.assertEqual(found(tag_ids=[(6, 0, tag.ids)]), two)
        self.assertEqual(found(started_before="2026-03-01"), two)
        charges = lite.current_version_id.charge_ids
        self.assertEqual(found(charge_ids=[(6, 0, charges.ids)]), three)
        self.assertEqual(
            found(version_ids=[(6, 0, self.pro.current_version_id.ids)]), one | two
        )
        self.assertFalse(found(currency_ids=[(6, 0, self.dollar.ids)]))
        self.assertFalse(
            found(product_ids=[(6, 0, self.addon.product_id.ids)]).filtered(
                lambda sub: sub == three
            )
        )

    def test_rules_that_say_nothing(self):
        with self.assertRefused("how many percent"):
            self._revision(percent=0)
        with self.assertRefused("choose that day or a later one"):
            self._revision(effective_date="2026-05-01")
        with self.assertRefused("above the greatest"):
            self._revision(has_cap=True, cap_percent=1, has_floor=True, floor_percent=2)

    def test_the_list_is_edited_by_its_buttons_only(self):
        sub = self._running()
        revision = self._revision()
        row = self._row(revision, sub)
        row.new_price = 31.0
        self.assertEqual((row.edited, row.monthly_effect), (True, 1.0))
        row.action_exclude()
        self.assertEqual((row.state, revision.subscription_count), ("excluded", 0))
        with self.assertRefused("no price left"):
            revision.action_apply()
        row.action_include()
        with self.assertRefused("Only the new price"):
            row.write({"state": "done"})
        with self.assertRefused("not typed here any more"):
            revision.percent = 5
        with self.assertRefused("not typed here any more"):
            revision.state = "applied"
        with self.assertRaises(UserError):
            row.new_price = -1
        revision.action_apply()
        with self.assertRefused("not any more"):
            row.new_price = 32.0
        with self.assertRefused("stays"):
            revision.unlink()

    def test_a_price_phase_is_a_promise(self):
        """Six months at 9.95, then 19.95: neither is touched within the phase."""
        plan = self._plan(
            "Ramp",
            [
                {
                    "name": "Ramp",
                    "unit_price": 19.95,
                    "phase_ids": [Command.create({"periods": 6, "price": 9.95})],
                }
            ],
        )
        sub = self._subscribe(plan, "2026-04-01")
        self.assertLeftOut(self._revision(), sub, "phase", "until 09/30/2026")
        later = self._applied(effective_date="2026-10-01")
        self.assertRowDone(later, sub, 19.95, 21.95)
        self._bill("2026-09-01")
        self.assertEqual(self.charged(sub, "2026-10-01"), 21.95)

    def test_a_trial_is_a_promise(self):
        plan = self._plan("Tried", trial_days=120, trial_after="convert")
        sub = self._subscribe(plan, "2026-04-01")
        self.assertEqual(sub.state, "trial")
        self.assertLeftOut(self._revision(), sub, "phase", "In its trial until")

    def test_taken_in_without_a_new_price(self):
        free = self._plan("Free", [{"name": "Free", "unit_price": 0.0}])
        sub = self._subscribe(free, "2026-04-01")
        revision = self._revision()
        row = self._row(revision, sub)
        # A flat price of nothing: ten percent of it is nothing.
        self.assertEqual(row.new_price, 0.0)
        other = self._running()
        revision = self._revision(has_cap=True, cap_percent=0)
        self.assertLeftOut(revision, other, "same", "stays the same")
        self._row(revision, other).action_include()
        revision.action_apply()
        self.assertEqual(self._row(revision, other).state, "problem")
        self.assertIn("nothing to apply", self._row(revision, other).why)
