"""A price revision: the list, what is then billed, and taking it back."""

from datetime import date

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common_revision import RevisionCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestPriceRevision(RevisionCommon):
    def test_ten_percent_from_a_date(self):
        """30.00 a seat until June, 33.00 from July on; nothing of June moves."""
        sub = self._running(billed="2026-04-01", quantity=2)
        revision = self._revision()
        self.assertEqual(revision.state, "prepared")
        self.assertRow(revision, sub, 30.0, 33.0, "2026-07-01", monthly=6.0)
        self.assertEqual(self._row(revision, sub).yearly_effect, 72.0)
        self.assertEqual(len(sub.line_ids), 1)  # the list alone changes nothing
        revision.action_apply()
        self.assertEqual(revision.state, "applied")
        change = sub.change_ids.sorted("id")[-1]
        self.assertEqual(
            (change.type, change.state, change.revision_id, change.monthly_effect),
            ("price_revision", "scheduled", revision, 6.0),
        )
        self.assertEqual(change.revision_name, "Prices 2026")
        self.assertEqual(
            change.what_text.replace("\xa0", " "),
            "Prices 2026 – Pro seat: 30.00 € → 33.00 €",
        )
        self.assertEqual(change.display_name, "Price revision")
        self.assertEqual(change.effective_date, date(2026, 7, 1))
        self.assertEqual(self.charged(sub, "2026-06-30"), 120.0)  # May and June
        self.assertEqual(self.charged(sub, "2026-07-01"), 66.0)
        self.assertNothingLeft(sub, "2026-07-31")

    def test_a_price_that_is_not_agreed_stays_the_plan_s(self):
        sub = self._running(billed="2026-04-01")
        self._applied()
        line = sub.line_ids.sorted("start_date")[-1]
        self.assertFalse(line.price_agreed)
        self.assertIn("Prices 2026", line.price_source)

    def test_within_a_period_it_waits_for_the_next(self):
        sub = self._running(billed="2026-04-01")
        revision = self._revision(effective_date="2026-07-10")
        self.assertRow(revision, sub, 30.0, 33.0, "2026-08-01")

    def test_what_is_billed_stays_billed(self):
        """Paid for a year: the next year is dearer, no credit note before."""
        year = self._plan_of_seats("Year", 365.0, interval_unit="year")
        sub = self._running("2026-01-01", "2026-01-01", year)
        revision = self._applied()
        self.assertEqual(str(self._row(revision, sub).effective_date), "2027-01-01")
        self.assertDue(sub, "2026-12-31", [])
        self.assertDue(
            sub, "2027-01-01", [("charge", "2027-01-01", "2027-12-31", 401.5)]
        )

    def test_at_each_one_s_renewal(self):
        """With a term at its end, without as from a date."""
        term = self._plan_of_seats(
            "Term", 30.0, term_count=1, term_unit="year", renewal="automatic"
        )
        one = self._running("2025-11-15", plan=term)
        other = self._running("2026-04-01", billed="2026-04-01")
        ends = self._plan_of_seats("Once", 30.0, term_count=1, term_unit="year")
        last = self._running("2026-01-01", plan=ends)
        revision = self._revision(timing="renewal")
        self.assertRow(revision, one, 30.0, 33.0, "2026-11-15")
        self.assertRow(revision, other, 30.0, 33.0, "2026-07-01")
        self.assertLeftOut(revision, last, "ends", "last day 12/31/2026")

    def test_discounts_stay(self):
        """33.00 less 20 %: 26.40."""
        sub = self._subscribe(self.pro, "2026-04-01", lines=[{"discount": 20}])
        self._bill("2026-06-01")
        revision = self._applied()
        self.assertEqual(self._row(revision, sub).monthly_effect, 2.4)
        self.assertEqual(self.charged(sub, "2026-07-01"), 26.4)

    def test_by_an_amount(self):
        sub = self._running(billed="2026-06-01", quantity=3)
        revision = self._applied(method="amount", amount=1.25)
        self.assertEqual(self._row(revision, sub).new_price, 31.25)
        self.assertEqual(self.charged(sub, "2026-07-01"), 93.75)

    def test_rounded_and_limited(self):
        sub = self._running()
        revision = self._revision(percent=3.3, rounding_step=0.5)
        self.assertRow(revision, sub, 30.0, 31.0, "2026-07-01")
        revision = self._revision(percent=8, has_cap=True, cap_percent=5)
        self.assertRow(revision, sub, 30.0, 31.5, "2026-07-01")
        revision = self._revision(percent=1, has_floor=True, floor_percent=2)
        self.assertRow(revision, sub, 30.0, 30.6, "2026-07-01")

    def test_a_fine_price_keeps_its_decimals(self):
        plan = self._plan(
            "Calls",
            [{"charge_model": "per_unit", "unit_price": 0.0035, "name": "Call"}],
        )
        sub = self._subscribe(plan, "2026-04-01", lines=[{"quantity": 10000}])
        revision = self._applied()
        self.assertEqual(self._row(revision, sub).new_price, 0.0039)
        self._bill("2026-06-01")
        self.assertEqual(self.charged(sub, "2026-07-01"), 39.0)

    def test_a_price_with_tax(self):
        """12.00 with tax rises to 12.60 with tax: 10.50 before tax."""
        product = self._product("Box", 12.0, taxes_id=[(6, 0, self.tax_included.ids)])
        plan = self._plan("Box", [{"product_id": product.id, "unit_price": 12.0}])
        sub = self._subscribe(plan, "2026-04-01")
        self._bill("2026-06-01")
        self._applied(percent=5)
        self._bill("2026-07-01")
        invoice = sub.billed_item_ids.sorted("sequence")[-1].move_id
        self.assertEqual((invoice.amount_untaxed, invoice.amount_total), (10.5, 12.6))

    def test_a_foreign_currency(self):
        """The dollar's price rises in dollars, whatever the rate of the day."""
        self.env["res.currency.rate"].create(
            {
                "currency_id": self.dollar.id,
                "company_id": self.company.id,
                "name": "2026-01-01",
                "rate": 1.1,
            }
        )
        sub = self._running(currency_id=self.dollar.id)
        self.assertEqual(sub.line_ids.price_unit, 33.0)
        self._bill("2026-06-01")
        amount = self._revision(method="amount", amount=5)
        self.assertLeftOut(amount, sub, "currency", "USD")
        revision = self._applied()
        self.assertIn("$", revision.totals_text)
        self.assertEqual(self.charged(sub, "2026-07-01"), 36.3)

    def test_several_lines_are_one_change(self):
        sub = self._running()
        self._change(sub, "addon_add", {"charge_id": self.addon.id})
        self.assertEqual(sub.recurring_amount, 40.0)
        revision = self._applied()
        rows = self._row(revision, sub)
        self.assertEqual(sorted(rows.mapped("new_price")), [11.0, 33.0])
        self.assertEqual(len(rows.change_id), 1)
        self._bill("2026-06-01")
        self.assertEqual(self.charged(sub, "2026-07-01"), 44.0)


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
