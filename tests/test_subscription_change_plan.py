"""Another plan, another rhythm, another customer, and starting again."""

from datetime import date

from odoo.tests import freeze_time, tagged

from .common_changes import ChangeCommon


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

    def test_to_a_year_with_the_next_invoice(self):
        """The next one is that of 1 May; the year is not given on credit."""
        sub = self._running(billed="2026-04-01")
        self._change(sub, "plan", {"plan_id": self.year.id}, proration="next")
        self.assertEqual(sub.next_billing_date, date(2026, 5, 1))
        self._bill("2026-05-01")
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

    def test_a_postponement_is_not_charged_with_what_was_planned_before(self):
        """The quantity planned for May is not what the postponement adds a month."""
        sub = self._running(billed="2026-04-01")
        self._quantity(sub, 3, when="period_end")
        shown = sub.preview_change("postpone", {"until": "2026-05-15"})
        change = self._change(sub, "postpone", {"until": "2026-05-15"})
        self.assertEqual(change.effective_date, date(2026, 5, 1))
        self.assertEqual((shown["monthly_effect"], change.monthly_effect), (0, 0))

    def test_a_preview_takes_a_day_as_text(self):
        sub = self._running(billed="2026-04-01")
        shown = sub.preview_change(
            "pause", {"until": "2026-06-01"}, when="date", date="2026-05-01"
        )
        self.assertEqual(shown["effective_date"], "2026-05-01")

    def test_reactivated_and_cancelled_again(self):
        """The first service stays ended, whatever becomes of the second."""
        sub = self._running(billed="2026-04-01")
        sub._cancel(date(2026, 5, 1), credit=False)
        sub._advance_lifecycle(self.company, date(2026, 5, 1))
        with freeze_time("2026-06-11"):
            self._change(sub, "reactivate")
            self._bill("2026-07-01")
        for turn in ("cancel", "undo", "cancel"):
            with self.subTest(turn), freeze_time("2026-07-10"):
                if turn == "cancel":
                    sub.action_cancel("date", last_day="2026-07-31", credit=True)
                else:
                    sub.action_undo_cancel()
                first, second = sub.line_ids.sorted("id")
                self.assertEqual(first.end_date, date(2026, 5, 1))
                end = date(2026, 8, 1) if turn == "cancel" else False
                self.assertEqual((second.end_date, sub.end_date), (end, end))
                self.assertNothingLeft(sub, "2026-07-10")
