"""Quantity, price, add-ons, plan and rhythm of a running subscription: the money."""

from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from .common_changes import ChangeCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestLineChanges(ChangeCommon):
    def test_more_seats_at_once(self):
        """15 of 30 days: 15.00 of the old seat back, 30.00 for two new ones."""
        sub = self._running(billed="2026-04-01")
        change = self._quantity(sub, 2)
        self.assertEqual(
            (change.type, change.state, change.amount_effect, change.monthly_effect),
            ("quantity", "applied", 15.0, 30.0),
        )
        self.assertDue(
            sub,
            "2026-04-16",
            [
                ("credit", "2026-04-16", "2026-04-30", -15.0),
                ("charge", "2026-04-16", "2026-04-30", 30.0),
            ],
        )
        self._bill("2026-04-16")
        # The same product, account and taxes: one document.
        self.assertEqual(
            self._documents(sub), [("out_invoice", 30.0), ("out_invoice", 15.0)]
        )
        self.assertNothingLeft(sub, "2026-04-16")
        self.assertEqual(sub.next_billing_date, date(2026, 5, 1))
        self.assertDue(
            sub, "2026-05-01", [("charge", "2026-05-01", "2026-05-31", 60.0)]
        )

    def test_fewer_seats_at_once_is_a_credit_note(self):
        sub = self._running(billed="2026-04-01", quantity=3)
        self._quantity(sub, 1)
        self._bill("2026-04-16")
        self.assertEqual(
            self._documents(sub), [("out_invoice", 90.0), ("out_refund", 30.0)]
        )

    def test_without_proration_the_period_stays_as_it_was(self):
        sub = self._running(billed="2026-04-01")
        change = self._quantity(sub, 2, proration="none")
        self.assertEqual(change.amount_effect, 0.0)
        self.assertDue(sub, "2026-04-30", [])
        self.assertDue(
            sub, "2026-05-01", [("charge", "2026-05-01", "2026-05-31", 60.0)]
        )

    def test_the_difference_with_the_next_invoice(self):
        sub = self._running(billed="2026-04-01")
        change = self._quantity(sub, 2, proration="next")
        self.assertEqual(change.amount_effect, 15.0)
        self.assertEqual(sub.next_billing_date, date(2026, 5, 1))
        self.assertFalse(self._bill("2026-04-20").move_ids)
        self._bill("2026-05-01")
        self.assertEqual(
            self._documents(sub), [("out_invoice", 30.0), ("out_invoice", 75.0)]
        )
        self.assertFalse(sub.bill_not_before)
        self.assertEqual(sub.next_billing_date, date(2026, 6, 1))

    def test_only_a_billing_officer_overrides_the_plan(self):
        sub = self._running(billed="2026-04-01")
        user = new_test_user(self.env, "seller", "recurring_revenue.group_user")
        sub.user_id = user
        rows = {"lines": [{"line_id": sub.line_ids.id, "quantity": 2}]}
        with self.assertRaises(AccessError):
            sub.with_user(user).action_change("lines", rows, proration="none")
        sub.with_user(user).action_change("lines", rows)
        self.assertEqual(sub.change_ids.sorted("id")[-1].user_id, user)

    def test_price_and_discount(self):
        sub = self._running(billed="2026-04-01")
        change = self._change(
            sub,
            "lines",
            {
                "lines": [
                    {"line_id": sub.line_ids.id, "price_unit": 24.0, "discount": 50}
                ]
            },
        )
        self.assertEqual(change.type, "line")
        # half of April at 30.00 back: -15.00; half at 24.00 less 50 %: 6.00
        self.assertEqual(change.amount_effect, -9.0)
        self.assertEqual(sub.recurring_amount, 12.0)

    def test_scheduled_and_withdrawn(self):
        sub = self._running(billed="2026-04-01")
        change = self._quantity(sub, 4, when="period_end")
        self.assertEqual((change.state, change.amount_effect), ("scheduled", 0.0))
        self.assertEqual(change.effective_date, date(2026, 5, 1))
        self.assertDue(sub, "2026-04-30", [])
        self.assertDue(
            sub, "2026-05-01", [("charge", "2026-05-01", "2026-05-31", 120.0)]
        )
        change.action_withdraw()
        self.assertEqual(change.state, "withdrawn")
        self.assertDue(
            sub, "2026-05-01", [("charge", "2026-05-01", "2026-05-31", 30.0)]
        )
        with self.assertRefused("nothing was done"):
            change.action_withdraw()

    def test_scheduled_within_a_paid_year(self):
        """Old and new meet on the day of the change: no credit note before."""
        year = self._plan_of_seats("Year", 365.0, interval_unit="year")
        sub = self._running("2026-01-01", "2026-01-01", year, quantity=2)
        self._quantity(sub, 3, when="date", date="2026-07-01")
        self.assertDue(sub, "2026-06-30", [])
        self.assertEqual(sub.next_billing_date, date(2026, 7, 1))
        # 184 of 365 days
        self.assertDue(
            sub,
            "2026-07-01",
            [
                ("credit", "2026-07-01", "2026-12-31", -368.0),
                ("charge", "2026-07-01", "2026-12-31", 552.0),
            ],
        )
        expected = sub._expected(date(2026, 4, 16), date(2026, 12, 1))
        self.assertEqual(
            [(row.day, row.untaxed) for row in expected], [(date(2026, 7, 1), 184.0)]
        )

    def test_a_change_of_today_leaves_what_is_scheduled(self):
        sub = self._running(billed="2026-04-01")
        line = sub.line_ids
        self._quantity(sub, 5, when="date", date="2026-07-01")
        self._quantity(sub, 3, line=line)
        self._bill("2026-04-16")
        self._bill("2026-07-01")
        amounts = {
            str(row.date_start): row.amount
            for row in sub.billed_item_ids
            if row.kind == "charge"
        }
        self.assertEqual(
            amounts,
            {
                "2026-04-01": 30.0,
                "2026-04-16": 45.0,
                "2026-05-01": 90.0,
                "2026-06-01": 90.0,
                "2026-07-01": 150.0,
            },
        )

    def test_in_the_past_it_bills_the_difference(self):
        with freeze_time("2026-01-05"):
            sub = self._running("2026-01-01")
        self._bill("2026-04-01")
        change = self._quantity(sub, 2, when="date", date="2026-03-01")
        self.assertEqual(change.amount_effect, 60.0)
        self._bill("2026-04-16")
        self.assertEqual(sum(sub.billed_item_ids.mapped("amount")), 30 * 2 + 60 * 2)
        self.assertNothingLeft(sub, "2026-04-16")

    def test_in_the_past_it_holds_until_a_later_change(self):
        sub = self._running(billed="2026-04-01")
        line = sub.line_ids
        self._quantity(sub, 2)
        with freeze_time("2026-04-20"):
            # from 10 April on: the seat of that day is changed, what came later stays
            self._quantity(sub, 4, line=line, when="date", date="2026-04-10")
        amounts = sub.line_ids.sorted("start_date").mapped(
            lambda part: (str(part.start_date), part.quantity)
        )
        self.assertEqual(
            [pair for pair in amounts],
            [("2026-04-01", 1.0), ("2026-04-10", 4.0), ("2026-04-16", 2.0)],
        )

    def test_several_on_one_day_apply_in_order(self):
        sub = self._running(billed="2026-04-01")
        self._quantity(sub, 2)
        self._quantity(sub, 4)
        with self.assertRefused("has 4 already"):
            self._quantity(sub, 4)
        self.assertDue(
            sub,
            "2026-04-16",
            [
                ("credit", "2026-04-16", "2026-04-30", -15.0),
                ("charge", "2026-04-16", "2026-04-30", 60.0),
            ],
        )

    def test_days_outside_its_life_are_refused(self):
        sub = self._running(billed="2026-04-01")
        with self.assertRefused("starts on 04/01/2026"):
            self._quantity(sub, 2, when="date", date="2026-03-31")
        sub._cancel(date(2026, 6, 1), credit=False)
        with self.assertRefused("undo the cancellation first"):
            self._quantity(sub, 2, line=sub.line_ids)

    def test_add_ons_come_and_go(self):
        sub = self._running(billed="2026-04-01")
        added = self._change(sub, "addon_add", {"charge_id": self.addon.id})
        self.assertEqual((added.type, added.amount_effect), ("addon_add", 5.0))
        with self.assertRefused("part of the subscription already"):
            self._change(sub, "addon_add", {"charge_id": self.addon.id})
        self._bill("2026-04-16")
        line = sub.line_ids.filtered(lambda line: line.role == "addon")
        removed = self._change(
            sub, "addon_remove", {"line_id": line.id}, when="period_end"
        )
        self.assertEqual((removed.state, removed.monthly_effect), ("scheduled", -10.0))
        self.assertDue(
            sub, "2026-05-01", [("charge", "2026-05-01", "2026-05-31", 30.0)]
        )
        with self.assertRefused("not an add-on"):
            self._change(sub, "addon_remove", {"line_id": sub.line_ids[0].id})

    def test_a_credit_by_hand_is_not_given_back_twice(self):
        """60.00 of the 90.00 went back by hand: that covers the 45.00 of the half month
        without a seat, and nothing more is given back."""
        sub = self._running(billed="2026-04-01", quantity=3)
        invoice = sub.billed_item_ids.move_id
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id})
        )
        wizard.reverse_moves()
        credit = wizard.new_move_ids
        credit.invoice_line_ids.price_unit = 20.0
        credit.action_post()
        self._quantity(sub, 0, line=sub.line_ids)
        self._bill("2026-04-16")
        billed = sum(sub.billed_item_ids.move_id.mapped("amount_untaxed_signed"))
        self.assertEqual(billed, 90.0 - 60.0)
        self.assertNothingLeft(sub, "2026-04-16")

    def test_old_lines_are_left_out_once_all_is_settled(self):
        """Forty changes later the engine looks at the line that runs, no more."""
        with freeze_time("2026-01-01"):
            sub = self._running("2026-01-01", "2026-01-01")
        for number in range(2, 6):
            day = f"2026-0{number}-10"
            with freeze_time(day):
                self._quantity(sub, number, when="date", date=day)
                self._bill(day)
        with freeze_time("2026-07-01"):
            self._bill("2026-07-01")
            self.assertEqual(len(sub.line_ids), 5)
            self.assertEqual(len(sub._engine_lines()[sub.id]), 1)
            self.assertNothingLeft(sub, "2026-07-01")
            # A change of the past opens history again, and all lines count.
            self._quantity(sub, 9, line=sub.line_ids[2], when="date", date="2026-03-20")
            self.assertGreater(len(sub._engine_lines()[sub.id]), 1)
            # 20 to 31 March and 1 to 9 April: from 3 to 9 seats
            extra = round(180 * 12 / 31, 2) + round(180 * 9 / 30, 2)
            due = sum(item.amount for item in sub._difference(date(2026, 7, 1))[sub.id])
            self.assertEqual(float(due), round(extra, 2))


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestPlanChanges(ChangeCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.max = cls._plan_of_seats("Max", 62.0, cls._product("Max seat"))
        cls.year = cls._plan_of_seats("Year", 360.0, interval_unit="year")

    def test_upgrade_at_once(self):
        """Another product: credited with a credit note, charged with an invoice."""
        sub = self._running(billed="2026-04-01", quantity=2)
        change = self._change(sub, "plan", {"plan_id": self.max.id})
        self.assertEqual((change.type, change.amount_effect), ("upgrade", 32.0))
        self.assertEqual(change.monthly_effect, 64.0)
        self.assertEqual(sub.plan_id, self.max)
        self._bill("2026-04-16")
        self.assertEqual(
            sorted(self._documents(sub)),
            [("out_invoice", 60.0), ("out_invoice", 62.0), ("out_refund", 30.0)],
        )
        self.assertDue(
            sub, "2026-05-01", [("charge", "2026-05-01", "2026-05-31", 124.0)]
        )

    def test_downgrade_at_the_end_of_the_period(self):
        sub = self._running(billed="2026-04-01", plan=self.max)
        change = self._change(sub, "plan", {"plan_id": self.pro.id})
        self.assertEqual((change.type, change.state), ("downgrade", "scheduled"))
        self.assertEqual(sub.plan_id, self.max)
        self.assertDue(
            sub, "2026-05-01", [("charge", "2026-05-01", "2026-05-31", 30.0)]
        )
        with self.assertRefused("withdraw it first"):
            self._change(sub, "plan", {"plan_id": self.year.id})
        with freeze_time("2026-05-01"):
            sub._advance_lifecycle(self.company, date(2026, 5, 1))
        self.assertEqual((sub.plan_id, change.state), (self.pro, "applied"))

    def test_to_a_year_counted_from_the_change(self):
        sub = self._running(billed="2026-04-01")
        self._change(sub, "plan", {"plan_id": self.year.id})
        self.assertDue(
            sub,
            "2026-04-16",
            [
                ("credit", "2026-04-16", "2026-04-30", -15.0),
                ("charge", "2026-04-16", "2027-04-15", 360.0),
            ],
        )
        self._bill("2026-04-16")
        self.assertEqual(
            self._documents(sub), [("out_invoice", 30.0), ("out_invoice", 345.0)]
        )
        self.assertEqual(sub.next_billing_date, date(2027, 4, 16))

    def test_to_a_year_that_keeps_its_anchor(self):
        """From 16 April to 31 March: 350 of 365 days."""
        sub = self._running(billed="2026-04-01")
        self._change(sub, "plan", {"plan_id": self.year.id, "anchor": "keep"})
        self.assertDue(
            sub,
            "2026-04-16",
            [
                ("credit", "2026-04-16", "2026-04-30", -15.0),
                ("charge", "2026-04-16", "2027-03-31", 345.21),
            ],
        )
        self._bill("2026-04-16")
        self.assertEqual(sub.next_billing_date, date(2027, 4, 1))

    def test_from_a_year_back_to_months(self):
        sub = self._running("2026-01-01", "2026-01-01", self.year)
        change = self._change(sub, "plan", {"plan_id": self.pro.id}, when="now")
        # 260 of 365 days back; a month from 16 April
        self.assertEqual(change.amount_effect, round(-360 * 260 / 365, 2) + 30)
        self._bill("2026-06-16")
        self.assertEqual(sub.next_billing_date, date(2026, 7, 16))

    def test_without_proration_the_year_starts_with_the_next_period(self):
        sub = self._running(billed="2026-04-01")
        self._change(sub, "plan", {"plan_id": self.year.id}, proration="none")
        self.assertDue(sub, "2026-04-30", [])
        self.assertDue(
            sub, "2026-05-01", [("charge", "2026-05-01", "2027-04-30", 360.0)]
        )

    def test_add_ons_of_the_new_plan_go_on(self):
        support = self.addon.product_id
        other = self._plan_of_seats("Other", 40.0)
        version = other.current_version_id
        sub = self._running(billed="2026-04-01")
        self._change(sub, "addon_add", {"charge_id": self.addon.id})
        self._change(sub, "plan", {"plan_id": other.id})
        self.assertEqual(
            sub._lines_on(date(2026, 4, 16)).charge_id, version.charge_ids[0]
        )
        self.assertNotIn(support, sub._lines_on(date(2026, 4, 16)).product_id)

    def test_a_new_version_keeps_what_was_agreed(self):
        sub = self._running(billed="2026-04-01")
        draft = self.pro.version_ids[0].action_change() and self.pro.draft_version_id
        draft.effective_date = date(2026, 4, 16)
        draft.charge_ids[0].unit_price = 33.0
        draft.action_publish()
        agreed = self._running(billed="2026-04-01")
        self._change(
            agreed,
            "lines",
            {"lines": [{"line_id": agreed.line_ids.id, "price_unit": 20.0}]},
        )
        for one, amount in ((sub, 33.0), (agreed, 20.0)):
            change = self._change(one, "migrate", {"plan_version_id": draft.id})
            self.assertEqual(change.type, "migrate")
            self.assertEqual(one.recurring_amount, amount)
        with self.assertRefused("has version 2 already"):
            self._change(sub, "migrate")

    def test_plans_that_cannot_be_changed_to(self):
        sub = self._running()
        with self.assertRefused("has the plan Pro already"):
            self._change(sub, "plan", {"plan_id": self.pro.id})
        draft = self._plan("Draft", publish=False)
        with self.assertRefused("no published version"):
            self._change(sub, "plan", {"plan_id": draft.id})


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestRhythmChanges(ChangeCommon):
    def test_postponed(self):
        """The next period starts on 15 May: the two weeks before cost nothing."""
        sub = self._running(billed="2026-04-01")
        change = self._change(sub, "postpone", {"until": "2026-05-15"})
        self.assertEqual(change.effective_date, date(2026, 5, 1))
        self.assertEqual(sub.next_billing_date, date(2026, 5, 15))
        self._bill("2026-05-15")
        self.assertBilled(
            sub,
            [
                ("charge", "2026-04-01", "2026-04-30", 30.0),
                ("charge", "2026-05-15", "2026-06-14", 30.0),
            ],
        )
        with self.assertRefused("withdraw it first"):
            self._change(sub, "postpone", {"until": "2026-06-20"})
        change.action_withdraw()
        with self.assertRefused("choose a later day"):
            self._change(sub, "postpone", {"until": "2026-05-20"})

    def test_another_day_of_the_month(self):
        """From 1 to 9 May a part of the period 10 April to 9 May: 9 of 30 days."""
        sub = self._running(billed="2026-04-01")
        self._change(sub, "anchor", {"day": 10})
        self._bill("2026-05-10")
        self.assertBilled(
            sub,
            [
                ("charge", "2026-04-01", "2026-04-30", 30.0),
                ("charge", "2026-05-01", "2026-05-09", 9.0),
                ("charge", "2026-05-10", "2026-06-09", 30.0),
            ],
        )

    def test_the_last_day_of_the_month(self):
        sub = self._running(billed="2026-04-01")
        self._change(sub, "anchor", {"day": 31})
        self._bill("2026-07-31")
        starts = [str(row.date_start) for row in sub.billed_item_ids.sorted("sequence")]
        self.assertEqual(
            starts,
            ["2026-04-01", "2026-05-01", "2026-05-31", "2026-06-30", "2026-07-31"],
        )

    def test_a_plan_that_follows_the_calendar_says_so(self):
        plan = self._plan_of_seats("Calendar", 30.0, alignment="calendar")
        sub = self._running(plan=plan)
        with self.assertRefused("The plan says when it is billed"):
            self._change(sub, "anchor", {"day": 15})

    def test_customer_from_a_day_on(self):
        sub = self._running(billed="2026-04-01")
        other = self._customer("Other")
        self._change(
            sub, "customer", {"partner_id": other.id}, when="date", date="2026-05-01"
        )
        self.assertEqual(sub.partner_id, self.customer)
        with freeze_time("2026-05-01"):
            sub._advance_lifecycle(self.company, date(2026, 5, 1))
            self._bill("2026-05-01")
        moves = sub.billed_item_ids.move_id.sorted("id")
        self.assertEqual(moves.partner_id, self.customer | other)
        self.assertEqual(sub.partner_invoice_id, other)
        self.assertNothingLeft(sub, "2026-05-01")

    def test_reactivated(self):
        sub = self._running(billed="2026-04-01")
        sub._cancel(date(2026, 5, 1), credit=False)
        sub._advance_lifecycle(self.company, date(2026, 5, 1))
        self.assertEqual(sub.state, "closed")
        with freeze_time("2026-06-11"):
            change = self._change(sub, "reactivate")
            self.assertEqual((sub.state, change.monthly_effect), ("active", 30.0))
            # 11 to 30 June: 20 of 30 days
            self.assertDue(
                sub, "2026-06-11", [("charge", "2026-06-11", "2026-06-30", 20.0)]
            )
            self._bill("2026-07-01")
            self.assertNothingLeft(sub, "2026-07-01")
