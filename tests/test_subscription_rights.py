"""Who sees and does what: own and team, officers, accountants, other companies."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged

from .common_life import LifeCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestRights(LifeCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        group = "recurring_revenue.group_user"
        cls.anna = new_test_user(cls.env, "rr_anna", groups=group)
        cls.bert = new_test_user(cls.env, "rr_bert", groups=group)
        cls.chief = new_test_user(cls.env, "rr_chief", groups=group)
        cls.accountant = new_test_user(
            cls.env, "rr_accountant", groups="account.group_account_invoice"
        )
        cls.officer = new_test_user(
            cls.env, "rr_officer", groups="recurring_revenue.group_billing"
        )
        cls.stranger = new_test_user(cls.env, "rr_stranger", groups="base.group_user")
        cls.team = cls.env["crm.team"].create(
            {"name": "North", "user_id": cls.chief.id, "company_id": cls.company.id}
        )
        cls.env["crm.team.member"].create(
            {"crm_team_id": cls.team.id, "user_id": cls.anna.id}
        )
        cls.annas = cls._subscribe(
            cls.monthly, "2026-04-01", user_id=cls.anna.id, team_id=cls.team.id
        )
        cls.berts = cls._subscribe(
            cls.monthly, "2026-04-01", user_id=cls.bert.id, team_id=False
        )
        cls.nobodys = cls._subscribe(cls.monthly, "2026-04-01")
        cls.nobodys.write({"user_id": False, "team_id": False})

    def _seen(self, user):
        return (
            self.env["recurring.subscription"]
            .with_user(user)
            .search([("id", "in", (self.annas | self.berts | self.nobodys).ids)])
        )

    def test_own_and_team_only(self):
        self.assertEqual(self._seen(self.anna), self.annas)
        self.assertEqual(self._seen(self.bert), self.berts)
        self.assertEqual(self._seen(self.chief), self.annas)

    def test_the_team_s_without_a_salesperson(self):
        self.nobodys.team_id = self.team
        for user in (self.anna, self.chief):
            self.assertEqual(self._seen(user), self.annas | self.nobodys)
        self.assertEqual(self._seen(self.bert), self.berts)

    def test_problems_of_nobody_s_are_not_everybody_s(self):
        run = self.env["recurring.billing.run"].create({"date": "2026-04-16"})
        (self.annas | self.nobodys)._note_problem(run, "refused", "A fault.")
        problems = self.env["recurring.billing.problem"].with_user(self.anna)
        self.assertEqual(problems.search([]).subscription_id, self.annas)

    def test_others_lines_history_and_ledger_are_hidden_too(self):
        self._bill("2026-04-16")
        for records in (
            self.berts.line_ids,
            self.berts.change_ids,
            self.berts.billed_item_ids,
        ):
            records.invalidate_recordset()
            with self.subTest(records._name), self.assertRaises(AccessError):
                records.with_user(self.anna).read(["display_name"])

    def test_officer_and_accountant_see_all(self):
        everything = self.annas | self.berts | self.nobodys
        self.assertEqual(self._seen(self.officer), everything)
        self.assertEqual(self._seen(self.accountant), everything)

    def test_stranger_sees_nothing(self):
        with self.assertRaises(AccessError):
            self._seen(self.stranger)

    def test_accountant_reads_only(self):
        sub = self.annas.with_user(self.accountant)
        sub.read(["name", "next_summary", "upcoming_table", "invoice_count"])
        for refused in (
            lambda: sub.write({"note": "x"}),
            lambda: sub.action_cancel("now"),
            lambda: sub.action_hold("x"),
            lambda: self.monthly.with_user(self.accountant).write({"name": "x"}),
        ):
            with self.assertRaises(AccessError):
                refused()

    def test_user_changes_own_but_no_plan(self):
        """A user without any right in accounting runs a subscription's whole life."""
        draft = (
            self.env["recurring.subscription"]
            .with_user(self.anna)
            .create({"partner_id": self.customer.id, "plan_id": self.monthly.id})
        )
        self.assertEqual(draft.user_id, self.anna)
        draft.action_activate()
        draft.read(["next_summary", "upcoming_table", "amount_invoiced"])
        draft.action_hold("x")
        draft.action_release()
        wizard = (
            self.env["recurring.cancel.wizard"]
            .with_user(self.anna)
            .create({"subscription_id": draft.id, "reason_id": self.reason.id})
        )
        self.assertTrue(wizard.preview)
        wizard.action_confirm()
        self.assertEqual(draft.state, "cancelling")
        with self.assertRaises(AccessError):
            self.monthly.with_user(self.anna).write({"name": "Mine"})
        with self.assertRaises(UserError):
            self.env["recurring.billing.run"].with_user(self.anna).create(
                {"date": "2026-04-16"}
            ).action_start()

    def test_other_company_is_closed(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        visitor = new_test_user(
            self.env,
            "rr_visitor",
            groups="recurring_revenue.group_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.assertFalse(self._seen(visitor))
