"""May a customer still use it; who is told at 80 and 100 percent."""

from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from ..models.guard import applying
from .common_usage import UsageCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-05-20 10:00:00")
class TestMayUse(UsageCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls._usage_plan(
            cls._usage_charge(included_quantity=1000, hard_limit=True)
        )
        cls.sub = cls._subscribe(cls.plan, "2026-05-01")

    def _ask(self, quantity=1, sub=None, meter="calls"):
        usage = self.env["recurring.usage"]
        answer = usage.may_use((sub or self.sub).name, meter, quantity)
        return answer["allowed"], answer["code"]

    def test_up_to_the_limit(self):
        self._record(("2026-05-03", 999))
        self.assertEqual(self._ask(1), (True, "ok"))
        self.assertEqual(self._ask(2), (False, "limit_reached"))
        answer = self.env["recurring.usage"].may_use(self.sub.id, "calls", 2)
        self.assertEqual(
            answer["message"], "999 calls of 1,000 are used in this period."
        )
        numbers = answer["used"], answer["limit"], answer["remaining"]
        self.assertEqual(numbers, (999, 1000, 1))

    def test_the_next_period_starts_anew(self):
        self._record(("2026-05-03", 5000))
        self.assertEqual(self._ask(), (False, "limit_reached"))
        with freeze_time("2026-05-31 21:59:59"):
            self.assertEqual(self._ask(), (False, "limit_reached"))
        with freeze_time("2026-05-31 22:00:00"):
            self.assertEqual(self._ask(), (True, "ok"))

    def test_without_a_hard_limit_all_is_allowed(self):
        sub = self._subscribe(self._usage_plan(), "2026-05-01")
        self._record(("2026-05-03", 5000), sub=sub)
        self.assertEqual(self._ask(10**6, sub), (True, "ok"))
        answer = self.env["recurring.usage"].may_use(sub.name, "calls")
        self.assertEqual((answer["limit"], answer["remaining"]), (None, None))

    def test_a_change_does_not_give_the_limit_anew(self):
        self._record(("2026-05-03", 999))
        rows = [{"line_id": self._usage_lines(self.sub).id, "discount": 5}]
        self.sub.action_change("lines", {"lines": rows}, when="now")
        self.assertEqual(self._ask(1), (True, "ok"))
        self.assertEqual(self._ask(2), (False, "limit_reached"))

    def test_free_days_count_for_the_limit_and_cost_nothing(self):
        applying(self._usage_lines(self.sub)).bill_from = "2026-05-15"
        self.assertEqual(self._record(("2026-05-03", 1000)), ["recorded"])
        self.assertEqual(self._ask(), (False, "limit_reached"))
        self._record(("2026-05-15", 1200))
        self._bill("2026-06-01")
        row = self.sub.billed_item_ids.filtered(lambda r: r.line_id.role == "usage")
        self.assertEqual((row.quantity, row.amount), (1200, 2.0))

    def test_a_level_is_asked_as_it_would_be(self):
        seats = self._meter("Seats", "seats", aggregation="maximum")
        charge = self._usage_charge(seats, limit_quantity=10, hard_limit=True)
        sub = self._subscribe(self._usage_plan(charge), "2026-05-01")
        self._record({"meter": "seats", "quantity": 8, "time": "2026-05-02"}, sub=sub)
        self.assertEqual(self._ask(10, sub, "seats"), (True, "ok"))
        self.assertEqual(self._ask(11, sub, "seats"), (False, "limit_reached"))

    def test_nothing_to_use(self):
        usage = self.env["recurring.usage"]
        self.assertEqual(
            usage.may_use("SUB/0", "calls")["code"], "unknown_subscription"
        )
        self.assertEqual(self._ask(meter="steps"), (False, "not_metered"))
        self.sub._cancel(date(2026, 5, 20), credit=True)
        self.assertEqual(self._ask(), (False, "no_service"))
        draft = self.env["recurring.subscription"].create(
            {"partner_id": self.customer.id, "plan_id": self.plan.id}
        )
        self.assertEqual(self._ask(sub=draft), (False, "no_service"))
        other = self.env["res.company"].create({"name": "Other"})
        answer = usage.with_company(other).may_use(self.sub.id, "calls")
        self.assertEqual(answer["code"], "unknown_subscription")

    def test_bad_quantities_are_refused(self):
        for quantity in (-1, "x", float("nan")):
            with self.assertRefused("is not a quantity"):
                self._ask(quantity)

    def test_who_may_ask(self):
        user = new_test_user(self.env, "asker", groups="recurring_revenue.group_usage")
        usage = self.env["recurring.usage"]
        self.assertTrue(
            usage.with_user(user).may_use(self.sub.name, "calls")["allowed"]
        )
        user = new_test_user(self.env, "seller", groups="recurring_revenue.group_user")
        with self.assertRaises(AccessError):
            usage.with_user(user).may_use(self.sub.name, "calls")

    def test_few_queries_whatever_the_history(self):
        self._record(("2026-05-03", 5))
        self.sub.action_change(
            "lines",
            {"lines": [{"line_id": self._usage_lines(self.sub).id, "discount": 5}]},
        )
        self._record(*(("2026-05-20", 1) for _number in range(50)))
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(10):
            self._ask()
        self.env.invalidate_all()
        self.env["recurring.usage"].may_use(self.sub.name, "calls")


@tagged("post_install", "-at_install")
@freeze_time("2026-05-20 10:00:00")
class TestThresholds(UsageCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls._usage_plan(
            cls._usage_charge(included_quantity=1000, threshold_percents="80, 100 %")
        )
        cls.seller = new_test_user(
            cls.env, "seller", groups="recurring_revenue.group_user", lang="en_US"
        )
        cls.customer.email = "acme@example.com"
        cls.sub = cls._subscribe(cls.plan, "2026-05-01", user_id=cls.seller.id)
        cls.cron = cls.env.ref("recurring_revenue.cron_usage_limits")

    def _watch(self, day="2026-05-20"):
        self.env["recurring.usage"]._notify_limits(
            self.company, date.fromisoformat(day)
        )

    def _told(self):
        alerts = self.env["recurring.usage.alert"].search([], order="id")
        return [(alert.percent, alert.told) for alert in alerts]

    def _mails(self):
        return self.env["mail.mail"].search(
            [("model", "=", "recurring.usage.alert")], order="id"
        )

    def _activities(self):
        kind = self.env.ref("recurring_revenue.activity_usage_threshold")
        return self.sub.activity_ids.filtered(lambda a: a.activity_type_id == kind)

    def test_told_once_a_period(self):
        self._record(("2026-05-03", 799))
        self._watch()
        self.assertEqual(self._told(), [])
        self._record(("2026-05-04", 1))
        self._watch()
        self._watch()
        self.assertEqual(self._told(), [(80, True)])
        self._record(("2026-05-05", 500))
        self._watch()
        self.assertEqual(self._told(), [(80, True), (100, True)])
        self._watch("2026-06-01")
        self.assertEqual(len(self._told()), 2)
        with freeze_time("2026-06-12 10:00:00"):
            self._record(("2026-06-10", 900))
            self._watch("2026-06-12")
        self.assertEqual(self._told()[2:], [(80, True)])

    def test_customer_and_salesperson_are_told(self):
        self._record(("2026-05-03", 850))
        self._watch()
        mail = self._mails()
        self.assertEqual(mail.state, "outgoing")
        self.assertEqual(mail.recipient_ids, self.customer)
        self.assertEqual(mail.subject, "API calls: 80 % used")
        self.assertIn("850 calls", mail.body_html)
        self.assertIn("1,000 calls", mail.body_html)
        activity = self._activities()
        self.assertEqual(activity.user_id, self.seller)
        self.assertIn("850 calls of 1,000 calls", activity.note)

    def test_only_the_highest_of_several_is_told(self):
        self._record(("2026-05-03", 1200))
        self._watch()
        self.assertEqual(self._told(), [(80, False), (100, True)])
        self.assertEqual(len(self._mails()), 1)
        self.assertEqual(len(self._activities()), 1)

    def test_recording_wakes_the_watcher_and_sends_nothing(self):
        triggers = self.env["ir.cron.trigger"].search_count
        mine = [("cron_id", "=", self.cron.id)]
        self._record(("2026-05-03", 1200))
        self.assertEqual(triggers(mine), 1)
        self.assertFalse(self._mails())
        flat = self._subscribe(
            self._usage_plan(self._usage_charge(self._meter("Other", "other"))),
            "2026-05-01",
        )
        self._record({"meter": "other"}, sub=flat)
        self.assertEqual(triggers(mine), 1)

    def test_in_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.customer.lang = "fr_FR"
        self._record(("2026-05-03", 1200))
        self._watch()
        self.assertIn("1\N{NO-BREAK SPACE}200 calls", self._mails().body_html)

    def test_the_job_of_all_companies(self):
        self._record(("2026-05-03", 1200))
        with self.enter_registry_test_mode():
            self.cron.method_direct_trigger()
        self.assertEqual(len(self._told()), 2)
