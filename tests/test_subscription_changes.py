"""Quantity, price and add-ons of a running subscription: the money."""

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
