"""Today: what needs a person, for whom, and what comes next."""

from datetime import date
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..models.billing import today as today_module
from .common_billing import BillingCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-15")
class TestBillingToday(BillingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls._plan("Pro", [{"unit_price": 100.0}])

    def _today(self, user=None):
        today = self.env["recurring.today"]
        return (today.with_user(user) if user else today).get_today()

    def _sections(self, user=None):
        """Return {section: [what a click on an entry opens]}."""
        found = {}
        for section in self._today(user)["sections"]:
            records = self.env[section["action"]["res_model"]]
            records = records.with_user(user) if user else records
            listed = records.search(section["action"]["domain"])
            self.assertEqual(
                len(listed), section["count"], "the button opens what counts"
            )
            found[section["id"]] = [
                self.env[entry["model"]].browse(entry["res_id"])
                for entry in section["entries"]
            ]
        return found

    # ------------------------------------------------------------------
    # Sections
    # ------------------------------------------------------------------

    def test_each_thing_that_needs_a_person(self):
        customers = [self._customer(name) for name in "ABCDEFGH"]
        bad = self._subscribe(self.plan, "2026-10-01", customers[0])
        held = self._subscribe(self.plan, "2026-10-01", customers[1])
        held.action_hold("waits for a signature")
        leaver = self._subscribe(self.plan, "2026-10-01", customers[2])
        leaver._cancel(date(2026, 11, 21), credit=False)
        never = self.env["recurring.subscription"].create(
            {
                "partner_id": customers[3].id,
                "plan_id": self.plan.id,
                "start_date": "2026-11-01",
            }
        )
        yearly = self._plan("Year", term_count=1, term_unit="year", renewal="manual")
        renewal = self._subscribe(yearly, "2025-12-01", customers[4])
        later = self._subscribe(yearly, "2026-06-01", customers[5])
        bad.partner_id.active = False
        self._bill("2026-11-15")
        stopped = self.env["recurring.billing.run"].create({"date": "2026-12-31"})
        stopped.action_start()
        stopped.action_stop()
        self.assertEqual(
            self._sections(),
            {
                "problems": [bad.partner_id],
                "stopped": [stopped],
                "renewals": [renewal],
                "held": [held],
                "never_started": [never],
                "ending": [leaver],
            },
        )
        self.assertEqual(later.state, "active")

    def test_says_it_in_words(self):
        sub = self._subscribe(self.plan, "2026-11-01")
        sub._cancel(date(2026, 11, 21), credit=False)
        (section,) = self._today()["sections"]
        self.assertEqual(section["title"], "Ending this month")
        self.assertEqual(section["button"], "See who leaves")
        self.assertEqual(section["entries"][0]["title"], f"{sub.name} Acme")
        self.assertEqual(section["entries"][0]["detail"], "last day: 11/20/2026")

    def test_shows_the_first_and_counts_all(self):
        for number in range(6):
            self.env["recurring.subscription"].create(
                {
                    "partner_id": self._customer(f"C{number}").id,
                    "plan_id": self.plan.id,
                    "start_date": "2026-11-01",
                }
            )
        (section,) = self._today()["sections"]
        self.assertEqual((section["count"], len(section["entries"])), (6, 4))
        self.assertEqual(section["more"], 2)

    def test_drafts_to_post(self):
        self.company.rr_invoice_policy = "draft"
        self._subscribe(self.plan, "2026-11-01")
        run = self._bill("2026-11-15")
        self.assertEqual(self._sections(), {"drafts_to_post": [run.move_ids]})
        run.move_ids.action_post()
        self.assertEqual(self._sections(), {})

    def test_credit_notes_that_wait_for_a_decision(self):
        sub = self._subscribe(self.plan, "2026-11-01")
        invoice = self._bill("2026-11-15").move_ids
        invoice._reverse_moves([{"invoice_date": "2026-11-15"}], cancel=True)
        by_hand = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": sub.partner_id.id,
                "invoice_date": "2026-11-15",
                "invoice_line_ids": [
                    Command.create({"name": "Goodwill", "price_unit": 5.0})
                ],
            }
        )
        by_hand.action_post()
        self.assertEqual(self._sections(), {"credited": [sub], "to_assign": [by_hand]})

    # ------------------------------------------------------------------
    # For whom
    # ------------------------------------------------------------------

    def test_a_seller_sees_own_ones(self):
        seller = new_test_user(self.env, "rr_seller", "recurring_revenue.group_user")
        values = {"plan_id": self.plan.id, "start_date": "2026-11-01"}
        own, _foreign = self.env["recurring.subscription"].create(
            [
                {
                    "partner_id": self.customer.id,
                    "user_id": user.id,
                    "team_id": False,
                    **values,
                }
                for user in (seller, self.env.ref("base.user_admin"))
            ]
        )
        self.assertEqual(self._sections(seller), {"never_started": [own]})

    def test_reads_of_every_role(self):
        self._subscribe(self.plan, "2026-11-01").partner_id.active = False
        self._subscribe(self.plan, "2026-11-01", self._customer("Fine"), user_id=False)
        self._bill("2026-11-15")
        for number, group in enumerate(
            (
                "recurring_revenue.group_user",
                "recurring_revenue.group_billing",
                "account.group_account_readonly",
                "account.group_account_invoice",
            )
        ):
            user = new_test_user(self.env, f"rr_{number}", f"base.group_user,{group}")
            coming = self._today(user)["next"]
            if group == "recurring_revenue.group_user":
                self.assertFalse(coming, "nobody's is not everybody's")
            else:
                self.assertTrue(coming["title"], group)
        nobody = new_test_user(self.env, "rr_nobody", "base.group_user")
        with self.assertRaises(AccessError):
            self._today(nobody)

    def test_another_company_does_not_show(self):
        other = self.env["res.company"].create({"name": "Other"})
        user = new_test_user(self.env, "rr_officer", "recurring_revenue.group_billing")
        user.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        sub = self._subscribe(self.plan, "2026-11-01")
        sub.action_hold("later")
        shown = self._today(user)
        self.assertEqual((shown["sections"], shown["next"]), ([], False))

    # ------------------------------------------------------------------
    # Next billing
    # ------------------------------------------------------------------

    def test_nothing_needs_you_and_what_comes_next(self):
        for number in range(3):
            self._subscribe(self.plan, "2026-11-01", self._customer(f"C{number}"))
        shown = self._today()["next"]
        self.assertTrue(shown["due"])
        self.assertEqual(shown["title"], "Due now")
        self.assertEqual(
            shown["detail"],
            "3 invoices, 300.00\N{NO-BREAK SPACE}€ before tax (preview)",
        )
        self.assertEqual(shown["action"]["res_model"], "recurring.billing.run")
        self._bill("2026-11-15")
        today = self._today()
        self.assertEqual((today["sections"], today["steps"]), ([], []))
        self.assertEqual(today["next"]["title"], "Next billing: 12/01/2026")
        self.assertEqual(
            today["next"]["detail"],
            "3 invoices, 300.00\N{NO-BREAK SPACE}€ before tax (preview)",
        )
        self.assertFalse(today["next"]["due"])
        self.assertEqual(
            today["next"]["action"]["context"], {"default_date": "2026-12-01"}
        )

    def test_a_large_portfolio_is_only_counted(self):
        for number in range(3):
            self._subscribe(self.plan, "2026-11-01", self._customer(f"C{number}"))
        self.patch(today_module, "DRY_RUN", 2)
        self.assertEqual(self._today()["next"]["detail"], "3 subscriptions")

    def test_what_failed_is_due_and_billed_again_once_mended(self):
        bad = self._subscribe(self.plan, "2026-11-01")
        bad.partner_id.active = False
        self._bill("2026-11-15")
        shown = self._today()["next"]
        self.assertEqual(shown["title"], "Due now")
        self.assertIn("1 with a problem", shown["detail"])
        bad.partner_id.active = True
        today = self._today()
        self.assertIn("1 invoice, 100.00", today["next"]["detail"])
        second = today["sections"][0]["second"]
        self.assertEqual(second["button"], "Bill them again")
        problems = self.env[second["model"]].browse(second["ids"])
        action = getattr(problems, second["method"])()
        self._work(self.env[action["res_model"]].browse(action["res_id"]))
        self.assertEqual(bad.health, "fine")
        today = self._today()
        self.assertEqual(today["sections"], [])
        self.assertEqual(today["next"]["title"], "Next billing: 12/01/2026")
        with self.assertRaisesRegex(UserError, "billed in the meantime"):
            problems.action_bill_again()

    def test_only_officers_are_offered_to_bill_again(self):
        bad = self._subscribe(self.plan, "2026-11-01")
        bad.partner_id.active = False
        problems = self._bill("2026-11-15").problem_ids
        reader = new_test_user(
            self.env, "rr_reader", "base.group_user,account.group_account_readonly"
        )
        self.assertFalse(self._today(reader)["sections"][0]["second"])
        with self.assertRaisesRegex(UserError, "Only a billing officer"):
            problems.with_user(reader).action_bill_again()
        officer = new_test_user(
            self.env, "rr_officer", "recurring_revenue.group_billing"
        )
        self.assertTrue(self._today(officer)["sections"][0]["second"])
        action = problems.with_user(officer).action_bill_again()
        run = self.env["recurring.billing.run"].browse(action["res_id"])
        self.assertEqual((run.state, run.user_id), ("running", officer))
        self.assertEqual(str(run.date), "2026-11-15")

    def test_bill_again_says_when_nothing_is_due(self):
        bad = self._subscribe(self.plan, "2026-12-05")
        bad.partner_id.active = False
        problems = self._bill("2026-12-31").problem_ids
        self.assertEqual(self._today()["next"]["title"], "Next billing: 12/05/2026")
        runs = self.env["recurring.billing.run"].search([])
        with self.assertRaisesRegex(
            UserError, "The next billing is on 12/05/2026: 1 subscription."
        ):
            problems.action_bill_again()
        self.assertEqual(self.env["recurring.billing.run"].search([]), runs)

    def _work(self, run):
        with patch.object(type(run), "_commit_batch", lambda *args, **kw: float("inf")):
            run._work()

    def test_reads_only(self):
        self._subscribe(self.plan, "2026-11-01")
        self.env.flush_all()
        with self.assertQueryCount(200):
            self._today()
        method = type(self.env["recurring.today"]).get_today
        self.assertTrue(method._readonly)

    # ------------------------------------------------------------------
    # First use
    # ------------------------------------------------------------------

    def test_three_steps_for_a_new_user(self):
        done = self._steps()
        self.assertEqual(done, {"plan": True, "subscription": False, "bill": False})
        self._subscribe(self.plan, "2026-11-01")
        self.assertEqual(
            self._steps(), {"plan": True, "subscription": True, "bill": False}
        )
        self._bill("2026-11-15")
        self.assertEqual(self._steps(), {})

    def _steps(self):
        steps = self._today()["steps"]
        return {step["id"]: step["done"] for step in steps if step["id"] != "vat"}

    def test_steps_offer_only_what_the_user_may_do(self):
        seller = new_test_user(self.env, "rr_seller", "recurring_revenue.group_user")
        steps = {step["id"]: step["action"] for step in self._today(seller)["steps"]}
        self.assertFalse(steps["plan"])
        self.assertEqual(steps["subscription"]["res_model"], "recurring.subscription")
        self.assertFalse(steps["bill"])
