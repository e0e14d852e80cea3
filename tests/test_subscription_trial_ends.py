"""Trials that end, wait for a payment method, or are announced; one for each."""

from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from .common_trials import TrialCommon


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
        self.assertIn("Remove the trial", draft.trial_refused_text)
        with self.assertRefused("had a trial already"):
            draft.action_activate()

    def test_a_plan_moved_to_in_the_trial_was_tried_too(self):
        first = self._subscribe(self.tried, "2026-04-16")
        with freeze_time("2026-04-20"):
            first.action_change("plan", {"plan_id": self.premium.id}, when="now")
            self.assertFalse(self._draft(self.basic).trial_end)
        # Paid for later, and never tried: still free to try.
        other = self._customer("Other")
        paid = self._subscribe(self.tried, "2026-04-01", other)
        self.assertEqual(paid.state, "active")
        paid.action_change("plan", {"plan_id": self.premium.id}, when="now")
        self.assertTrue(self._draft(self.basic, other).trial_end)

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
