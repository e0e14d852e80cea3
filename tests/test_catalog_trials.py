"""Families, phases and commitments: who may see and change them."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import RecurringCommon


@tagged("post_install", "-at_install")
class TestCatalogTrials(RecurringCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.family = cls.env["recurring.plan.family"].create({"name": "Editions"})
        phases = [Command.create({"periods": 2, "price": 5.0})]
        terms = [Command.create({"term_count": 1, "discount": 10})]
        cls.plan = cls._plan(
            "Rights",
            [{"unit_price": 30.0, "phase_ids": phases}],
            plan={"family_id": cls.family.id},
            term_ids=terms,
        )
        version = cls.plan.current_version_id
        cls.records = (cls.family, version.charge_ids.phase_ids, version.term_ids)

    def test_users_read_and_administrators_change(self):
        user = new_test_user(self.env, "seller", "recurring_revenue.group_user")
        invoicing = new_test_user(self.env, "clerk", "account.group_account_invoice")
        for record in self.records:
            self.assertTrue(record.with_user(user).display_name)
            self.assertTrue(record.with_user(invoicing).display_name)
            for rights in ("write", "create", "unlink"):
                self.assertFalse(record.with_user(user).has_access(rights), record)
        manager = new_test_user(self.env, "boss", "recurring_revenue.group_manager")
        self.family.with_user(manager).name = "All editions"

    def test_another_company_does_not_see_them(self):
        other = self.env["res.company"].create({"name": "Other"})
        user = new_test_user(
            self.env,
            "foreigner",
            "recurring_revenue.group_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        for record in self.records:
            with self.assertRaises(AccessError):
                record.with_user(user).read(["company_id"])

    def test_a_salesperson_without_subscriptions_reads_commitments(self):
        user = new_test_user(self.env, "quotes", "sales_team.group_sale_salesman")
        term = self.records[2].with_user(user)
        self.assertEqual(term.display_name, "one year: 10 % off")
