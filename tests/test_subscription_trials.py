"""Trials: free first, then billed; converted, extended, cancelled."""

from datetime import date

from odoo.tests import freeze_time, new_test_user, tagged

from .common_trials import TrialCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestTrialLife(TrialCommon):
    def test_free_then_billed_from_the_first_paid_day(self):
        sub = self._subscribe(self.tried, "2026-04-16")
        self.assertEqual(sub.state, "trial")
        self.assertEqual(sub.trial_last_day, date(2026, 4, 29))
        self.assertEqual(sub.next_billing_date, date(2026, 4, 30))
        self.assertEqual(sub._lines_on(date(2026, 4, 16)).role, "base")
        self._bill("2026-04-29")
        self.assertBilled(sub, [])
        self._day_comes(sub, "2026-04-29")
        self.assertEqual(sub.state, "trial")
        self._day_comes(sub, "2026-04-30")
        self.assertEqual(
            (sub.state, sub.trial_converted_on), ("active", date(2026, 4, 30))
        )
        self.assertEqual(sub.trial_version_id, self.tried.current_version_id)
        change = sub.change_ids.filtered(lambda c: c.type == "trial_convert")
        self.assertEqual(change.effective_date, date(2026, 4, 30))
        self._bill("2026-05-30")
        self.assertBilled(
            sub,
            [
                ("charge", "2026-04-30", "2026-05-29", 30.0),
                ("charge", "2026-04-30", "2026-04-30", 50.0),
                ("charge", "2026-05-30", "2026-06-29", 30.0),
            ],
        )
        self.assertNothingLeft(sub, "2026-05-30")

    def test_draft_trial_and_converted_agree_on_the_invoices(self):
        sub = self.env["recurring.subscription"].create(
            {"partner_id": self.customer.id, "plan_id": self.tried.id}
        )
        promised = self._invoices_to_come(sub)
        self.assertEqual(
            promised, [("2026-04-30", 80.0), ("2026-05-30", 30.0), ("2026-06-30", 30.0)]
        )
        self.assertIn("04/30/2026", sub.next_summary)
        sub.action_activate()
        self.assertEqual(self._invoices_to_come(sub), promised)
        self._day_comes(sub, "2026-04-30")
        with freeze_time("2026-04-30"):
            self.assertEqual(self._invoices_to_come(sub), promised)

    def test_a_billing_before_the_daily_job_is_no_harm(self):
        sub = self._subscribe(self.tried, "2026-04-16")
        self._bill("2026-04-30")
        self._day_comes(sub, "2026-05-03")
        self.assertEqual(
            (sub.state, sub.trial_converted_on), ("active", date(2026, 4, 30))
        )
        self.assertNothingLeft(sub, "2026-05-03")

    def test_calendar_plan_bills_the_rest_of_the_month(self):
        """The grid stays; 30 April is the first paid day: 1 of 30 days."""
        plan = self._trial_plan("Calendar", alignment="calendar")
        sub = self._subscribe(plan, "2026-04-16")
        self._bill("2026-05-01")
        self.assertBilled(
            sub,
            [
                ("charge", "2026-04-30", "2026-04-30", 1.0),
                ("charge", "2026-04-30", "2026-04-30", 50.0),
                ("charge", "2026-05-01", "2026-05-31", 30.0),
            ],
        )

    def test_first_period_policies_hold_from_the_first_paid_day(self):
        for policy, amount in (("full", 30.0), ("free", 0.0), ("skip", None)):
            with self.subTest(policy):
                plan = self._trial_plan(
                    policy,
                    [{"unit_price": 30.0}],
                    alignment="calendar",
                    first_period=policy,
                )
                sub = self._subscribe(plan, "2026-04-10")
                self._bill("2026-04-30")
                rows = [("charge", "2026-04-24", "2026-04-30", amount)]
                self.assertBilled(sub, rows if amount is not None else [])

    def test_invoices_made_ahead_wait_for_the_end_of_the_trial(self):
        plan = self._trial_plan("Ahead", days_ahead=10)
        sub = self._subscribe(plan, "2026-04-16")
        self.assertEqual(sub.next_billing_date, date(2026, 4, 30))
        self._bill("2026-04-29")
        self.assertBilled(sub, [])
        self._bill("2026-04-30")
        self.assertEqual(len(sub.billed_item_ids), 2)
        self.assertEqual(sub.next_billing_date, date(2026, 5, 20))

    def test_the_term_counts_from_the_first_paid_day(self):
        plan = self._trial_plan(
            "Year",
            [{"unit_price": 1200.0}],
            interval_unit="year",
            term_count=1,
            renewal="manual",
        )
        sub = self._subscribe(plan, "2026-04-16")
        self.assertEqual(
            (sub.term_start, sub.term_end, sub.end_date),
            (date(2026, 4, 30), date(2027, 4, 30), date(2027, 4, 30)),
        )
        with freeze_time("2027-04-20"):
            self._day_comes(sub, "2027-04-20")
            sub.action_renew()
        self.assertEqual(sub.term_end, date(2028, 4, 30))

    def test_a_date_instead_of_days_while_it_is_a_draft(self):
        sub = self.env["recurring.subscription"].create(
            {"partner_id": self.customer.id, "plan_id": self.pro.id}
        )
        self.assertFalse(sub.trial_end)
        sub.trial_last_day = date(2026, 5, 31)
        self.assertEqual(sub.trial_end, date(2026, 6, 1))
        sub.action_activate()
        self.assertEqual(
            (sub.state, sub.next_billing_date), ("trial", date(2026, 6, 1))
        )
        with self.assertRefused("not typed over"):
            sub.trial_last_day = date(2026, 6, 30)
        other = self.env["recurring.subscription"].create(
            {
                "partner_id": self._customer("Other").id,
                "plan_id": self.pro.id,
                "trial_end": "2026-04-10",
            }
        )
        with self.assertRefused("before it starts"):
            other.action_activate()

    def test_a_start_in_the_past_is_converted_at_once(self):
        sub = self._subscribe(self.tried, "2026-03-01")
        self.assertEqual(
            (sub.state, sub.trial_converted_on), ("active", date(2026, 3, 15))
        )
        self.assertEqual(sub.next_billing_date, date(2026, 3, 15))

    def test_one_that_fails_does_not_stop_the_others(self):
        good = self._subscribe(self.tried, "2026-04-16")
        bad = self._subscribe(self.tried, "2026-04-16", self._customer("Bad"))
        model = type(good)
        finish = model._finish_trial

        def failing(sub, today):
            if sub == bad:
                raise ValueError("broken")
            return finish(sub, today)

        self.patch(model, "_finish_trial", failing)
        with self.assertLogs("odoo.addons.recurring_revenue", "ERROR"):
            self._day_comes(good, "2026-04-30")
        self.assertEqual((good.state, bad.state), ("active", "trial"))
        self.assertEqual(bad.health, "problem")


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestTrialChanges(TrialCommon):
    def test_convert_now(self):
        sub = self._subscribe(self.tried, "2026-04-16")
        with freeze_time("2026-04-20"):
            sub.action_convert_trial()
            self.assertEqual(
                (sub.state, sub.trial_converted_on, sub.trial_last_day),
                ("active", date(2026, 4, 20), date(2026, 4, 19)),
            )
            self._bill("2026-05-20")
        self.assertBilled(
            sub,
            [
                ("charge", "2026-04-20", "2026-05-19", 30.0),
                ("charge", "2026-04-20", "2026-04-20", 50.0),
                ("charge", "2026-05-20", "2026-06-19", 30.0),
            ],
        )
        with self.assertRefused("not in a trial"):
            sub.action_convert_trial()

    def test_extend(self):
        sub = self._subscribe(self.tried, "2026-04-16")
        with freeze_time("2026-04-20"):
            with self.assertRefused("choose a later day"):
                sub.action_extend_trial("2026-04-29")
            [change] = sub.action_extend_trial("2026-05-14", note="Holidays")
        change = self.env["recurring.change"].browse(change)
        self.assertEqual(
            (change.type, change.state, change.note),
            ("trial_extend", "applied", "Holidays"),
        )
        self.assertEqual(change.what_text, "trial until 05/14/2026")
        self.assertEqual(sub.next_billing_date, date(2026, 5, 15))
        self._day_comes(sub, "2026-04-30")
        self.assertEqual(sub.state, "trial")
        self._day_comes(sub, "2026-05-15")
        self.assertEqual(
            (sub.state, sub.trial_converted_on), ("active", date(2026, 5, 15))
        )
        self._bill("2026-05-15")
        self.assertBilled(
            sub,
            [
                ("charge", "2026-05-15", "2026-06-14", 30.0),
                ("charge", "2026-05-15", "2026-05-15", 50.0),
            ],
        )

    def test_many_free_days_wait_for_approval(self):
        self.company.write({"rr_approve_changes": True, "rr_approval_days": 20})
        user = new_test_user(self.env, "seller", "recurring_revenue.group_user")
        sub = self._subscribe(self.tried, "2026-04-16", user_id=user.id)
        sub.with_user(user).action_extend_trial("2026-05-10")
        self.assertEqual(sub.trial_last_day, date(2026, 5, 10))
        sub.with_user(user).action_extend_trial("2026-07-10")
        waiting = sub.change_ids.filtered(lambda change: change.state == "waiting")
        self.assertEqual(sub.trial_last_day, date(2026, 5, 10))
        waiting.action_approve()
        self.assertEqual(waiting.state, "applied")
        self.assertEqual(sub.trial_last_day, date(2026, 7, 10))

    def test_a_salesperson_converts(self):
        user = new_test_user(self.env, "seller", "recurring_revenue.group_user")
        sub = self._subscribe(self.tried, "2026-04-16", user_id=user.id)
        with freeze_time("2026-04-20"):
            sub.with_user(user).action_convert_trial()
        change = sub.change_ids.sorted("id")[-1]
        self.assertEqual((sub.state, change.user_id), ("active", user))

    def test_cancelled_in_the_trial_nothing_is_billed(self):
        sub = self._subscribe(self.tried, "2026-04-16")
        with self.assertRefused("in its trial"):
            sub.action_cancel("date", "2026-06-30")
        sub.action_cancel("period_end")
        self.assertEqual(sub.last_day, date(2026, 4, 29))
        self.assertFalse(sub.next_billing_date)
        sub.action_undo_cancel()
        self.assertEqual(
            (sub.state, sub.next_billing_date), ("trial", date(2026, 4, 30))
        )
        with freeze_time("2026-04-20"):
            sub.action_cancel("now")
        self._day_comes(sub, "2026-04-30")
        self._bill("2026-06-30")
        self.assertEqual((sub.state, sub.last_day), ("closed", date(2026, 4, 20)))
        self.assertBilled(sub, [])
        self.assertFalse(sub.trial_converted_on)

    def test_changes_in_the_trial_hold_from_the_first_paid_day(self):
        plan = self._plan_of_seats("Seats", 10.0, trial_days=14, alignment="calendar")
        max_plan = self._plan_of_seats("Max", 20.0, trial_days=14, alignment="calendar")
        sub = self._subscribe(plan, "2026-04-06", lines=[{"quantity": 2}])
        addon = plan.current_version_id.charge_ids[1]
        for proration in ("none", "now"):
            self._quantity(sub, 3 if proration == "none" else 4, proration=proration)
        self._change(sub, "addon_add", {"charge_id": addon.id})
        # 20 to 30 April: 11 of 30 days of 4 x 10.00 and of 10.00
        self.assertDue(
            sub,
            "2026-04-30",
            [
                ("charge", "2026-04-20", "2026-04-30", 14.67),
                ("charge", "2026-04-20", "2026-04-30", 3.67),
            ],
        )
        self._change(sub, "plan", {"plan_id": max_plan.id})
        self.assertEqual(sub.state, "trial")
        self.assertDue(
            sub, "2026-04-30", [("charge", "2026-04-20", "2026-04-30", 29.33)]
        )
        with self.assertRefused("in its trial"):
            self._change(sub, "pause")

    def test_scheduled_changes_are_withdrawn_before_the_trial_moves(self):
        plan = self._plan_of_seats("Seats", 10.0, trial_days=14)
        sub = self._subscribe(plan, "2026-04-16")
        change = self._quantity(sub, 5, when="period_end")
        self.assertEqual(change.effective_date, date(2026, 4, 30))
        with self.assertRefused("withdraw it first"):
            sub.action_convert_trial()
        self._day_comes(sub, "2026-04-30")
        self.assertDue(
            sub, "2026-04-30", [("charge", "2026-04-30", "2026-05-29", 50.0)]
        )
