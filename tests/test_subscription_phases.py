"""Prices of the first periods: free, then 9.95, then 19.95; and what changes them."""

from datetime import date

from odoo import Command
from odoo.tests import freeze_time, tagged

from .common_trials import TrialCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestPhases(TrialCommon):
    def _ramped(self, *phases, charge=None, **version):
        """A plan at 19.95 whose first periods cost what ``phases`` say."""
        rows = [
            Command.create({"sequence": number, **phase})
            for number, phase in enumerate(phases)
        ]
        charge = {"unit_price": 19.95, **(charge or {}), "phase_ids": rows}
        return self._trial_plan("Ramp", [charge], **{"trial_days": 0, **version})

    def assertBilledInOrder(self, sub, amounts):
        """The ledger has these amounts, by the days that they are for."""
        rows = sub.billed_item_ids.sorted(lambda row: (row.date_start, row.amount))
        self.assertEqual(rows.mapped("amount"), amounts)

    def _parts(self, sub):
        return [
            (str(line.start_date), str(line.last_day or ""), line.price_unit)
            for line in sub.line_ids.sorted("start_date")
            if line._has_service()
        ]

    def test_thirty_days_free_six_months_at_995_then_1995(self):
        plan = self._ramped({"periods": 6, "price": 9.95}, trial_days=30)
        version = plan.current_version_id
        self.assertEqual(
            version.charge_ids.price_text,
            "6 months at 9.95\N{NO-BREAK SPACE}€, then "
            "19.95\N{NO-BREAK SPACE}€ per month",
        )
        self.assertIn("Free for 30 days", version.price_summary)
        draft = self.env["recurring.subscription"].create(
            {"partner_id": self.customer.id, "plan_id": plan.id}
        )
        promised = self._invoices_to_come(draft, 8)
        self.assertEqual(promised[0], ("2026-05-16", 9.95))
        self.assertEqual(promised[5:7], [("2026-10-16", 9.95), ("2026-11-16", 19.95)])
        draft.action_activate()
        self.assertEqual(self._invoices_to_come(draft, 8), promised)
        self.assertEqual(
            self._parts(draft),
            [("2026-04-16", "2026-11-15", 9.95), ("2026-11-16", "", 19.95)],
        )
        first, last = draft.line_ids.sorted("start_date")
        self.assertEqual(first.price_source, "phase 1 of 2 of the plan")
        self.assertEqual(last.price_source, version.display_name)
        self.assertEqual(last.previous_line_id, first)
        self._bill("2026-11-16")
        billed = draft.billed_item_ids.sorted("sequence")
        self.assertEqual(billed.mapped("amount"), [9.95] * 6 + [19.95])
        self.assertNothingLeft(draft, "2026-11-16")

    def test_a_discount_of_each_phase(self):
        plan = self._ramped(
            {"periods": 1, "price_type": "discount", "discount": 100},
            {"periods": 2, "price_type": "discount", "discount": 50},
        )
        self.assertEqual(
            plan.current_version_id.charge_ids.price_text,
            "one month free, then 2 months with 50 % off, then "
            "19.95\N{NO-BREAK SPACE}€ per month",
        )
        sub = self._subscribe(plan, "2026-04-16")
        self._bill("2026-07-16")
        # 9.975 rounds half up
        self.assertBilledInOrder(sub, [0.0, 9.98, 9.98, 19.95])

    def test_a_stub_comes_before_the_first_phase_period(self):
        plan = self._ramped({"periods": 1, "price": 9.0}, alignment="calendar")
        sub = self._subscribe(plan, "2026-04-16")
        self.assertEqual(
            self._parts(sub),
            [("2026-04-16", "2026-05-31", 9.0), ("2026-06-01", "", 19.95)],
        )
        self._bill("2026-06-01")
        self.assertEqual(
            sub.billed_item_ids.sorted("sequence").mapped("amount"), [4.5, 9.0, 19.95]
        )
        full = self._ramped(
            {"periods": 1, "price": 9.0}, alignment="calendar", first_period="full"
        )
        sub = self._subscribe(full, "2026-04-16")
        self.assertEqual(self._parts(sub)[1][0], "2026-05-01")

    def test_a_quantity_changed_in_a_phase_goes_on_in_later_ones(self):
        plan = self._ramped(
            {"periods": 1, "price": 5.0},
            {"periods": 1, "price": 10.0},
            charge={"charge_model": "per_unit"},
        )
        sub = self._subscribe(plan, "2026-04-16", lines=[{"quantity": 2}])
        self._bill("2026-04-16")
        with freeze_time("2026-05-01"):
            line = sub._lines_on(date(2026, 5, 1))
            self._quantity(sub, 4, line=line)
        # 15 of 30 days: 5.00 back, 10.00 charged
        self.assertDue(
            sub,
            "2026-05-15",
            [
                ("credit", "2026-05-01", "2026-05-15", -5.0),
                ("charge", "2026-05-01", "2026-05-15", 10.0),
            ],
        )
        self._bill("2026-06-16")
        running = [line for line in sub.line_ids if line._has_service()]
        self.assertEqual(
            [
                (str(line.start_date), line.quantity, line.price_unit)
                for line in running
            ],
            [
                ("2026-04-16", 2.0, 5.0),
                ("2026-05-01", 4.0, 5.0),
                ("2026-05-16", 4.0, 10.0),
                ("2026-06-16", 4.0, 19.95),
            ],
        )
        amounts = sub.billed_item_ids.sorted("sequence").mapped("amount")
        self.assertEqual(amounts, [10.0, -5.0, 10.0, 40.0, 79.8])

    def test_phases_move_with_the_trial(self):
        plan = self._ramped(
            {"periods": 2, "price": 9.95}, {"periods": 1, "price": 14.95}, trial_days=14
        )
        sub = self._subscribe(plan, "2026-04-16")
        with freeze_time("2026-04-20"):
            sub.action_extend_trial("2026-05-14")
        self.assertEqual(
            self._parts(sub)[1:],
            [
                ("2026-04-20", "2026-07-14", 9.95),
                ("2026-07-15", "2026-08-14", 14.95),
                ("2026-08-15", "", 19.95),
            ],
        )
        with freeze_time("2026-04-25"):
            sub.action_convert_trial()
        self._bill("2026-07-25")
        self.assertBilled(
            sub,
            [
                ("charge", "2026-04-25", "2026-05-24", 9.95),
                ("charge", "2026-05-25", "2026-06-24", 9.95),
                ("charge", "2026-06-25", "2026-07-24", 14.95),
                ("charge", "2026-07-25", "2026-08-24", 19.95),
            ],
        )

    def test_phases_after_waiting_longer_than_they_last(self):
        plan = self._ramped(
            {"periods": 1, "price": 9.95}, trial_days=14, trial_after="payment"
        )
        sub = self._subscribe(plan, "2026-04-16")
        self._day_comes(sub, "2026-07-01")
        with freeze_time("2026-07-10"):
            sub.action_convert_trial()
            self._bill("2026-08-10")
        self.assertBilled(
            sub,
            [
                ("charge", "2026-07-10", "2026-08-09", 9.95),
                ("charge", "2026-08-10", "2026-09-09", 19.95),
            ],
        )

    def test_a_trial_that_ended_comes_back_in_its_first_phase(self):
        plan = self._ramped(
            {"periods": 1, "price": 9.95}, trial_days=14, trial_after="end"
        )
        sub = self._subscribe(plan, "2026-04-16")
        self._day_comes(sub, "2026-04-30")
        with freeze_time("2026-05-10"):
            self._change(sub, "reactivate")
            self._bill("2026-06-10")
        self.assertBilled(
            sub,
            [
                ("charge", "2026-05-10", "2026-06-09", 9.95),
                ("charge", "2026-06-10", "2026-07-09", 19.95),
            ],
        )

    def test_who_left_in_a_phase_comes_back_at_the_plans_price(self):
        plan = self._ramped({"periods": 6, "price": 9.95})
        sub = self._subscribe(plan, "2026-04-16")
        self._bill("2026-04-16")
        sub.action_cancel("period_end")
        self._day_comes(sub, "2026-05-16")
        self.assertEqual(sub.state, "closed")
        with freeze_time("2026-06-01"):
            self._change(sub, "reactivate", {"anchor": "new"})
        self.assertDue(
            sub, "2026-06-01", [("charge", "2026-06-01", "2026-06-30", 19.95)]
        )

    def test_a_new_version_keeps_the_phases_that_were_promised(self):
        plan = self._ramped({"periods": 6, "price": 9.95})
        sub = self._subscribe(plan, "2026-04-16")
        plan.action_new_version()
        draft = plan.draft_version_id
        draft.charge_ids.write({"unit_price": 25.0})
        draft.action_publish()
        with freeze_time("2026-06-20"):
            self._change(sub, "migrate", {}, when="period_end")
        self.assertEqual(
            self._parts(sub),
            [
                ("2026-04-16", "2026-07-15", 9.95),
                ("2026-07-16", "2026-10-15", 9.95),
                ("2026-10-16", "", 25.0),
            ],
        )

    def test_a_price_revision_leaves_a_promised_phase_alone(self):
        plan = self._ramped({"periods": 6, "price": 9.95})
        sub = self._subscribe(plan, "2026-04-16")
        revision = self.env["recurring.price.revision"].create(
            {"name": "2026", "percent": 10, "effective_date": "2026-07-16"}
        )
        revision.action_prepare()
        row = revision.line_ids.filtered(lambda row: row.subscription_id == sub)
        self.assertEqual((row.state, row.exclusion), ("excluded", "phase"))
        self.assertIn("promised until 10/15/2026", row.why)

    def test_an_agreed_price_has_no_phases(self):
        plan = self._ramped({"periods": 6, "price": 9.95})
        sub = self._subscribe(
            plan, "2026-04-16", lines=[{"price_unit": 15.0, "price_agreed": True}]
        )
        self.assertEqual(self._parts(sub), [("2026-04-16", "", 15.0)])

    def test_a_term_that_ends_within_a_phase(self):
        plan = self._ramped(
            {"periods": 6, "price": 9.95}, term_count=3, term_unit="month"
        )
        sub = self._subscribe(plan, "2026-04-16")
        self.assertEqual(self._parts(sub), [("2026-04-16", "2026-07-15", 9.95)])

    def test_tiers_fall_by_the_percent_of_the_phase(self):
        plan = self._ramped(
            {"periods": 1, "price_type": "discount", "discount": 25},
            charge={
                "charge_model": "graduated",
                "tiers": [(10, 5.0), (0, 4.0)],
                "default_quantity": 12,
                "minimum_amount": 20.0,
            },
        )
        sub = self._subscribe(plan, "2026-04-16")
        self._bill("2026-05-16")
        # 10 x 5.00 + 2 x 4.00 = 58.00
        self.assertEqual(
            sub.billed_item_ids.sorted("sequence").mapped("amount"), [43.5, 58.0]
        )

    def test_a_converted_price_stays_in_whole_cents(self):
        """9.95 x 1.0837 = 10.782815: 10.78 each, as the plan's own price is rounded."""
        self.env["res.currency.rate"].create(
            {"currency_id": self.dollar.id, "name": "2026-01-01", "rate": 1.0837}
        )
        plan = self._ramped(
            {"periods": 6, "price": 9.95}, charge={"charge_model": "per_unit"}
        )
        sub = self._subscribe(
            plan, "2026-04-16", currency_id=self.dollar.id, lines=[{"quantity": 100}]
        )
        self.assertEqual(
            [price for _start, _end, price in self._parts(sub)], [10.78, 21.62]
        )
        self._bill("2026-04-16")
        self.assertBilledInOrder(sub, [1078.0])

    def test_prices_follow_the_currency_of_the_subscription(self):
        self.env["res.currency.rate"].create(
            {"currency_id": self.dollar.id, "name": "2026-01-01", "rate": 2.0}
        )
        self.assertEqual(self.company.currency_id, self.euro)
        pricelist = self.env["product.pricelist"].create(
            {"name": "USD", "currency_id": self.dollar.id}
        )
        plan = self._ramped({"periods": 1, "price": 9.95})
        sub = self._subscribe(plan, "2026-04-16", pricelist_id=pricelist.id)
        self.assertEqual([row[2] for row in self._parts(sub)], [19.9, 39.9])

    def test_what_cannot_be_published(self):
        def refused(sentence, *phases, **values):
            with self.assertRefused(sentence):
                self._ramped(*phases, **values)

        price = {"periods": 1, "price": 5.0}
        refused("no phases", price, charge={"role": "one_off"})
        tiers = {"charge_model": "volume", "tiers": [(0, 4.0)]}
        refused("a discount instead of a price", price, charge=tiers)
        least = {"charge_model": "per_unit", "minimum_amount": 5.0}
        refused("a discount of 100 %", {"periods": 1, "price": 0}, charge=least)
        refused("before the trial starts", trial_days=2, trial_reminder_days=2)

    def test_frozen_with_the_version(self):
        plan = self._ramped({"periods": 1, "price": 5.0})
        version = plan.current_version_id
        with self.assertRefused("has been published"):
            version.charge_ids.phase_ids.price = 1.0
        with self.assertRefused("has been published"):
            version.charge_ids.phase_ids.unlink()
        with self.assertRefused("has been published"):
            version.trial_days = 10
        plan.action_new_version()
        draft = plan.draft_version_id
        self.assertEqual(draft.charge_ids.phase_ids.price, 5.0)
        draft.charge_ids.phase_ids.price = 1.0

    def test_the_calculator_shows_each_phase(self):
        plan = self._ramped({"periods": 6, "price": 9.95}, trial_days=30)
        version = plan.current_version_id
        version.calc_start = date(2026, 4, 16)
        text = version.calc_result
        self.assertIn("Free until 05/15/2026, then:", text)
        self.assertIn("05/16/2026", text)
        self.assertIn("11/16/2026", text)
        self.assertIn("19.95", text)
