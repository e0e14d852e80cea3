"""Trials: free first, then billed, ended or waiting; converted, extended, cancelled."""

from datetime import date

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from .common_changes import ChangeCommon

SETUP = {"name": "Set-up", "role": "one_off", "unit_price": 50.0}


class TrialCommon(ChangeCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tried = cls._trial_plan("Tried")

    @classmethod
    def _trial_plan(cls, name, charges=None, plan=None, **version):
        return cls._plan(
            name,
            charges or [{"unit_price": 30.0}, dict(SETUP)],
            plan=plan,
            **{"trial_days": 14, **version},
        )

    def _day_comes(self, sub, day):
        """Let the daily job of a day run."""
        with freeze_time(day):
            sub._advance_lifecycle(self.company, self._day(day))

    def _invoices_to_come(self, sub, count=3):
        today = fields.Date.context_today(sub)
        shown = sub._planned()
        expected = shown._expected(today, shown._preview_until(today))
        return [(str(row.day), row.untaxed) for row in expected[:count]]


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


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestTrialEnds(TrialCommon):
    def test_it_ends_unless_converted(self):
        plan = self._trial_plan("Look", trial_after="end")
        sub = self._subscribe(plan, "2026-04-16")
        self.assertEqual(
            (sub.last_day, sub.next_billing_date), (date(2026, 4, 29), False)
        )
        self._bill("2026-05-30")
        self._day_comes(sub, "2026-04-30")
        self.assertEqual(
            (sub.state, sub.close_reason_id),
            ("closed", self.env.ref("recurring_revenue.close_reason_trial")),
        )
        self.assertBilled(sub, [])
        self.assertNothingLeft(sub, "2027-04-30")

    def test_one_that_ends_is_converted_by_hand(self):
        plan = self._trial_plan("Look", trial_after="end")
        sub = self._subscribe(plan, "2026-04-16")
        with freeze_time("2026-04-18"):
            sub.action_extend_trial("2026-05-06")
            self.assertEqual(sub.last_day, date(2026, 5, 6))
        with freeze_time("2026-04-20"):
            sub.action_convert_trial()
            self._bill("2026-04-20")
        self.assertEqual((sub.state, sub.end_date), ("active", False))
        self.assertBilled(
            sub,
            [
                ("charge", "2026-04-20", "2026-05-19", 30.0),
                ("charge", "2026-04-20", "2026-04-20", 50.0),
            ],
        )

    def test_one_that_ended_comes_back(self):
        plan = self._trial_plan("Look", trial_after="end")
        sub = self._subscribe(plan, "2026-04-16")
        self._day_comes(sub, "2026-04-30")
        with freeze_time("2026-05-10"):
            self._change(sub, "reactivate")
            self.assertEqual(
                (sub.state, sub.trial_converted_on), ("active", date(2026, 5, 10))
            )
            self._bill("2026-05-10")
        self.assertBilled(
            sub,
            [
                ("charge", "2026-05-10", "2026-06-09", 30.0),
                ("charge", "2026-05-10", "2026-05-10", 50.0),
            ],
        )


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestTrialWaits(TrialCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.waiting = cls._trial_plan("Waiting", trial_after="payment")
        journal = cls.env["account.journal"].search(
            [("company_id", "=", cls.company.id), ("type", "=", "bank")], limit=1
        )
        cls.method = journal.inbound_payment_method_line_ids[:1]

    def test_it_waits_and_converts_on_the_day_a_method_is_given(self):
        sub = self._subscribe(self.waiting, "2026-04-16")
        self.assertFalse(sub.next_billing_date)
        self.assertIn("payment method", sub.next_summary)
        self._day_comes(sub, "2026-05-02")
        self.assertEqual((sub.state, sub.trial_unbilled), ("trial", True))
        self._bill("2026-05-02")
        self.assertBilled(sub, [])
        with freeze_time("2026-05-06"):
            with self.assertRefused("waits for a payment method"):
                self._quantity(sub, 5)
            sub.preferred_payment_method_line_id = self.method
            self.assertEqual(
                (sub.state, sub.trial_converted_on), ("active", date(2026, 5, 6))
            )
            self.assertEqual(sub.trial_last_day, date(2026, 4, 29))
            self._bill("2026-05-06")
        self.assertBilled(
            sub,
            [
                ("charge", "2026-05-06", "2026-06-05", 30.0),
                ("charge", "2026-05-06", "2026-05-06", 50.0),
            ],
        )
        self.assertNothingLeft(sub, "2026-05-06")

    def test_a_method_given_in_time(self):
        sub = self._subscribe(self.waiting, "2026-04-16")
        sub.preferred_payment_method_line_id = self.method
        self.assertEqual(sub.next_billing_date, date(2026, 4, 30))
        sub.preferred_payment_method_line_id = False
        self.assertFalse(sub.next_billing_date)
        sub.preferred_payment_method_line_id = self.method
        self._day_comes(sub, "2026-04-30")
        self.assertEqual(
            (sub.state, sub.trial_converted_on), ("active", date(2026, 4, 30))
        )

    def test_another_way_to_pay_is_found_by_the_daily_job(self):
        sub = self._subscribe(self.waiting, "2026-04-16")
        self._day_comes(sub, "2026-05-02")
        self.patch(type(sub), "_has_payment_method", lambda sub: True)
        # not billed for the days before it converts, whoever comes first
        self._bill("2026-05-04")
        self.assertBilled(sub, [])
        self._day_comes(sub, "2026-05-04")
        self.assertEqual(sub.next_billing_date, date(2026, 5, 4))

    def test_cancelled_while_it_waits(self):
        sub = self._subscribe(self.waiting, "2026-04-16")
        self._day_comes(sub, "2026-05-02")
        with freeze_time("2026-05-05"):
            sub.action_cancel("period_end")
        self._day_comes(sub, "2026-05-06")
        self.assertEqual((sub.state, sub.last_day), ("closed", date(2026, 5, 5)))
        self._bill("2026-06-01")
        self.assertBilled(sub, [])

    def test_today_shows_who_waits_and_whose_trial_ends(self):
        waiting = self._subscribe(self.waiting, "2026-04-16")
        ending = self._subscribe(self.tried, "2026-04-25", self._customer("Soon"))
        with freeze_time("2026-05-05"):
            sections = {
                s["id"]: s for s in self.env["recurring.today"].get_today()["sections"]
            }
        self.assertIn(
            waiting.id, [e["id"] for e in sections["trials_waiting"]["entries"]]
        )
        self.assertIn(
            ending.id, [e["id"] for e in sections["trials_ending"]["entries"]]
        )


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestOneTrial(TrialCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.family = cls.env["recurring.plan.family"].create({"name": "Editions"})
        cls.basic = cls._trial_plan("Basic", plan={"family_id": cls.family.id})
        cls.premium = cls._trial_plan("Premium", plan={"family_id": cls.family.id})

    def _draft(self, plan, customer=None, **values):
        return self.env["recurring.subscription"].create(
            {"partner_id": (customer or self.customer).id, "plan_id": plan.id, **values}
        )

    def test_one_per_customer_and_family(self):
        first = self._subscribe(self.basic, "2026-04-16")
        first.action_cancel("now")
        self._day_comes(first, "2026-04-17")
        self.assertEqual(first.state, "closed")
        contact = self._customer("Contact", parent_id=self.customer.id)
        second = self._draft(self.premium, contact)
        self.assertFalse(second.trial_end)
        self.assertIn(first.name, second.trial_refused_text)
        second.action_activate()
        self.assertEqual(second.state, "active")
        # a plan outside the family, another customer: free to try
        self.assertTrue(self._draft(self.tried).trial_end)
        self.assertTrue(self._draft(self.premium, self._customer("New")).trial_end)

    def test_a_trial_started_meanwhile_counts(self):
        draft = self._draft(self.premium)
        self.assertTrue(draft.trial_end)
        self._subscribe(self.basic, "2026-04-16")
        with self.assertRefused("had a trial already"):
            draft.action_activate()

    def test_an_administrator_gives_another_one(self):
        first = self._subscribe(self.basic, "2026-04-16")
        draft = self._draft(self.premium)
        user = new_test_user(self.env, "seller", "recurring_revenue.group_user")
        draft.user_id = user
        with self.assertRaises(AccessError):
            draft.with_user(user).trial_override_reason = "Please"
        draft.trial_override_reason = "The first one was broken"
        self.assertEqual(draft.trial_end, date(2026, 4, 30))
        draft.action_activate()
        self.assertEqual(draft.state, "trial")
        note = draft.change_ids.filtered(lambda c: c.type == "start").note
        self.assertIn("The first one was broken", note)
        self.assertIn(first.name, note)

    def test_a_converted_trial_stays_recognisable(self):
        sub = self._subscribe(self.basic, "2026-04-16")
        self._day_comes(sub, "2026-04-30")
        found = sub.search([("trial_converted_on", "!=", False), ("id", "=", sub.id)])
        self.assertEqual(found.trial_version_id.plan_id, self.basic)
        with freeze_time("2026-05-01"):
            self.assertIn("converted on", sub.trial_text)
        with self.assertRefused("not typed over"):
            sub.trial_converted_on = False


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestTrialReminder(TrialCommon):
    def test_once_in_the_customers_language_and_queued(self):
        self.customer.email = "acme@example.com"
        sub = self._subscribe(self.tried, "2026-04-16")
        self._day_comes(sub, "2026-04-26")
        self.assertFalse(sub.trial_reminded_on)
        self._day_comes(sub, "2026-04-27")
        self._day_comes(sub, "2026-04-28")
        mails = self.env["mail.mail"].search(
            [("model", "=", sub._name), ("res_id", "=", sub.id)]
        )
        self.assertEqual(len(mails), 1)
        self.assertEqual(mails.state, "outgoing")
        self.assertIn("04/29/2026", mails.body_html)
        self.assertIn("96.00", mails.body_html)
        self.assertEqual(mails.recipient_ids, self.customer)
        kind = self.env.ref("recurring_revenue.activity_trial")
        self.assertEqual(sub.activity_ids.activity_type_id, kind)
        self._day_comes(sub, "2026-04-30")
        self.assertFalse(
            sub.activity_ids.filtered(lambda a: a.activity_type_id == kind)
        )

    def test_an_extended_trial_is_announced_again(self):
        sub = self._subscribe(self.tried, "2026-04-16")
        self._day_comes(sub, "2026-04-27")
        self.assertEqual(sub.trial_reminded_on, date(2026, 4, 27))
        with freeze_time("2026-04-28"):
            sub.action_extend_trial("2026-05-14")
        self.assertFalse(sub.trial_reminded_on)
        self._day_comes(sub, "2026-05-12")
        self.assertEqual(sub.trial_reminded_on, date(2026, 5, 12))
