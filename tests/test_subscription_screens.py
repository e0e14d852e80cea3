"""What lists and settings say: counts, why, filters of the day."""

from datetime import date

from lxml import html

from odoo import Command
from odoo.tests import Form, freeze_time, tagged

from .common_life import LifeCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestCountsAndWhy(LifeCommon):
    def test_counts(self):
        contact = self._customer("Anna", parent_id=self.customer.id)
        first = self._subscribe(self.monthly, "2026-04-01")
        second = self._subscribe(self.monthly, "2026-04-01", customer=contact)
        self.assertEqual(self.customer.rr_subscription_count, 2)
        self.assertEqual(contact.rr_subscription_count, 1)
        self.assertEqual(self.monthly.subscription_count, 2)
        product = first.line_ids.product_id.product_tmpl_id
        self.assertEqual(product.rr_subscription_count, 2)
        self._bill("2026-04-16")
        second.action_cancel("now", reason=self.reason)
        second._advance_lifecycle(self.company, date(2026, 4, 17))
        self.customer.invalidate_recordset(["rr_subscription_count"])
        product.invalidate_recordset(["rr_subscription_count"])
        self.assertEqual(self.customer.rr_subscription_count, 1)
        self.assertEqual(product.rr_subscription_count, 1)
        action = self.customer.action_view_rr_subscriptions()
        found = self.env["recurring.subscription"].search(action["domain"])
        self.assertEqual(found, first | second)

    def test_from_the_invoice_to_its_reasons(self):
        plan = self._plan(
            "Tiers",
            [
                {
                    "charge_model": "graduated",
                    "tiers": [(10, 5.0), (0, 4.0)],
                    "default_quantity": 12.0,
                }
            ],
        )
        sub = self._subscribe(plan, "2026-04-01")
        run = self._bill("2026-04-16")
        move = run.move_ids
        self.assertEqual(sub.invoice_count, 1)
        self.assertEqual(sub.amount_invoiced, 58.0)
        action = move.action_rr_why()
        row = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(row, sub.billed_item_ids)
        self.assertIn("10 x 5.00", row.why)
        self.assertIn("2 x 4.00", row.why)
        self.assertEqual(
            sub.line_ids.price_explanation.splitlines()[0], sub.line_ids.price_source
        )

    def test_problem_leads_to_its_cause(self):
        sub = self._subscribe(self.monthly, "2026-04-01")
        sub.line_ids.product_id.action_archive()
        self._bill("2026-04-16")
        self.assertEqual(sub.health, "problem")
        action = sub.action_open_problem_cause()
        self.assertEqual(action["res_model"], "product.product")
        self.assertEqual(action["res_id"], sub.line_ids.product_id.id)

    def test_filters_of_the_day(self):
        view = self.env.ref("recurring_revenue.recurring_subscription_view_search")
        sub = self._subscribe(self.monthly, "2026-04-01")
        leaving = self._subscribe(self.monthly, "2026-04-01")
        leaving.action_cancel("date", last_day="2026-04-30", reason=self.reason)
        later = self._subscribe(self.monthly, "2026-05-01")
        later.action_cancel("date", last_day="2026-05-31", reason=self.reason)
        mine = sub | leaving | later
        self.customer.email = "a@b.example"
        without = self._subscribe(
            self.monthly, "2026-05-01", customer=self._customer("Silent")
        )
        expected = {
            "due": sub | leaving,
            "ending": leaving,
            "cancelling": leaving | later,
            "no_email": without,
            "hold": mine.browse(),
            "problem": mine.browse(),
            "to_renew": mine.browse(),
            "my_team": None,
        }
        for node in html.fragment_fromstring(view.arch).iter("filter"):
            name = node.get("name")
            if name not in expected:
                continue
            domain = eval(  # pylint: disable=eval-used
                node.get("domain"), {"uid": self.env.uid}
            )
            found = self.env["recurring.subscription"].search(
                [("id", "in", (mine | without).ids), *domain]
            )
            if expected[name] is not None:
                self.assertEqual(found, expected[name], name)
            expected.pop(name)
        self.assertFalse(expected, "every filter was tried")

    def test_settings_of_the_company(self):
        with Form(self.env["res.config.settings"]) as form:
            form.rr_invoice_policy = "draft"
            form.rr_invoice_date = "period_start"
            form.rr_invoice_grouping = "customer"
        form.record.execute()
        self.assertEqual(self.company.rr_invoice_policy, "draft")
        self.assertEqual(self.company.rr_invoice_date, "period_start")
        sub = self.env["recurring.subscription"].create(
            {"partner_id": self.customer.id, "plan_id": self.monthly.id}
        )
        self.assertEqual(sub.invoice_grouping, "customer")

    def test_line_in_a_draft_ends_on_its_last_day(self):
        draft = self.env["recurring.subscription"].create(
            {
                "partner_id": self.customer.id,
                "plan_id": self.monthly.id,
                "start_date": "2026-04-01",
                "line_ids": [
                    Command.create(
                        {
                            "charge_id": self.monthly.current_version_id.charge_ids.id,
                            "last_day": "2026-04-15",
                        }
                    )
                ],
            }
        )
        self.assertEqual(draft.line_ids.end_date, date(2026, 4, 16))
        draft.action_activate()
        self._bill("2026-04-16")
        self.assertBilled(draft, [("charge", "2026-04-01", "2026-04-15", 15.0)])
