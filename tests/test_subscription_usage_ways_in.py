"""Subscriptions by usage that come from a quotation or an import; events by HTTP."""

from datetime import date, datetime, timedelta

from odoo import Command
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged

from .common_usage import UsageCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-15 10:00:00")
class TestUsageWaysIn(UsageCommon):
    def test_a_quotation_starts_a_subscription_by_usage(self):
        plan = self._usage_plan(
            self._usage_charge(included_quantity=1000, default_quantity=14000)
        )
        licence = plan.current_version_id.charge_ids[0].product_id
        licence.rr_plan_id = plan
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [Command.create({"product_id": licence.id})],
            }
        )
        self.assertIn(
            "also billed: API calls, 1,000 calls included",
            order.order_line.rr_period_text,
        )
        order.action_confirm()
        sub = order.rr_subscription_ids
        self.assertEqual(sub.line_ids.mapped("role"), ["base", "usage"])
        self.assertEqual(sub.line_ids.mapped("quantity"), [1, 0])
        self.assertEqual(self._record({}, sub=sub), ["recorded"])

    def test_usage_in_a_trial_is_counted_and_free(self):
        """14 days of trial: 1,500 calls are free, of the 1,200 after it 200 cost."""
        charge = self._usage_charge(included_quantity=1000, hard_limit=True)
        plan = self._usage_plan(charge, trial_days=14)
        sub = self._subscribe(plan, "2026-11-15")
        self.assertEqual(sub.state, "trial")
        usage = self.env["recurring.usage"]
        self.assertTrue(usage.may_use(sub.name, "calls")["allowed"])
        self.assertEqual(self._record({"quantity": 1500}, sub=sub), ["recorded"])
        self.assertFalse(usage.may_use(sub.name, "calls")["allowed"])
        with freeze_time("2026-12-10 10:00:00"):
            sub._advance_lifecycle(self.company, date(2026, 12, 10))
            self.assertEqual(sub.state, "active")
            self._record({"quantity": 1200}, sub=sub)
        with freeze_time("2026-12-29 10:00:00"):
            self._bill("2026-12-29")
        billed = sub.billed_item_ids.filtered(lambda r: r.line_id.role == "usage")
        self.assertEqual(
            [(str(row.date_start), row.quantity, row.amount) for row in billed],
            [("2026-11-29", 1200, 2.0)],
        )

    def _imported(self, plan, **values):
        row = {
            "external_ref": "R-1",
            "customer_name": "Al",
            "customer_country": self.company.country_id.code,
            "plan": plan.code,
            "start_date": "2024-01-01",
            "billed_through": "2026-11-30",
            **values,
        }
        content = "\n".join([",".join(row), ",".join(map(str, row.values()))])
        job = self.env["recurring.import"]._upload(
            content.encode(), "f.csv", self.company, today=date(2026, 11, 15)
        )
        self.assertFalse(job.problem_ids.mapped("sentence"))
        job.action_import()
        return job.row_ids.subscription_id

    def test_an_import_bills_the_usage_of_the_running_period(self):
        """November is paid by the former system; its calls are not."""
        plan = self._usage_plan(alignment="calendar")
        sub = self._imported(plan)
        self.assertEqual(sub.billed_item_ids.mapped("amount"), [30.0])
        self._record(("2026-11-10", 1500), sub=sub)
        self._bill("2026-12-01")
        billed = sub.billed_item_ids.filtered("move_id").sorted("sequence")
        self.assertEqual(billed.mapped("amount"), [30.0, 5.0])

    def test_an_import_in_arrears_leaves_billed_usage_alone(self):
        plan = self._usage_plan(alignment="calendar", timing="arrears")
        sub = self._imported(plan, billed_through="2026-10-31")
        self._record(("2026-11-10", 1500), sub=sub)
        self._bill("2026-12-01")
        billed = sub.billed_item_ids.filtered("move_id").sorted("sequence")
        self.assertEqual(billed.mapped("amount"), [30.0, 5.0])
        self.assertEqual(
            {str(day) for day in billed.mapped("date_start")}, {"2026-11-01"}
        )


@tagged("post_install", "-at_install")
class TestUsageByHttp(UsageCommon, HttpCase):
    """The method as another system calls it, with an API key."""

    def test_record_and_ask(self):
        plan = self._usage_plan(
            self._usage_charge(included_quantity=10, hard_limit=True)
        )
        sub = self._subscribe(plan, "2026-01-01")
        user = new_test_user(
            self.env, "platform", groups="recurring_revenue.group_usage", lang="en_US"
        )
        keys = self.env["res.users.apikeys"].with_user(user).sudo()
        key = keys._generate(None, "usage", datetime.now() + timedelta(days=1))
        events = [
            {"key": "a", "subscription": sub.name, "meter": "calls", "quantity": 10},
            {"key": "a", "subscription": sub.name, "meter": "calls", "quantity": 10},
            {"key": "b", "subscription": "NONE", "meter": "calls"},
        ]
        answers = self._call("record", key, events=events)
        self.assertEqual(
            [answer["code"] for answer in answers],
            ["recorded", "duplicate", "unknown_subscription"],
        )
        answer = self._call("may_use", key, subscription=sub.name, meter="calls")
        self.assertEqual((answer["allowed"], answer["used"]), (False, 10))

    def _call(self, method, key, **values):
        response = self.url_open(
            f"/json/2/recurring.usage/{method}",
            json=values,
            headers={"Authorization": f"bearer {key}"},
        )
        self.assertEqual(response.status_code, 200, response.text)
        return response.json()
