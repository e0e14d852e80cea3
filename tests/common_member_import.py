"""What the tests of the import of members and gifts share."""

from odoo import Command
from odoo.tests import new_test_user

from .common_membership import MembershipCommon


class MemberImportCommon(MembershipCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.secretary = new_test_user(
            cls.env, "rr_import_secretary", "recurring_revenue.group_secretary"
        )
        cls.treasurer = new_test_user(
            cls.env,
            "rr_import_treasurer",
            "recurring_revenue.group_treasurer,base.group_partner_manager",
        )
        cls.bank = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1
        )
        cls.gift = cls._product("Gift", taxes_id=[Command.clear()])
        products = cls.season.current_version_id.charge_ids.product_id
        products.taxes_id = [Command.clear()]

    def _upload(self, text, subject="members", user=None, **options):
        content = text if isinstance(text, bytes) else text.encode()
        values = {"plan_id": self.season.id, "category_id": self.member_category.id}
        if subject != "members":
            values |= {"product_id": self.gift.id, "journal_id": self.bank.id}
            user = user or self.treasurer
        return (
            self.env["recurring.member.import"]
            .with_user(user or self.secretary)
            ._upload(content, "list.csv", self.company, subject, **(values | options))
        )

    def _checked(self, text, subject="members", **options):
        job = self._upload(text, subject, **options)
        job.action_check()
        return job

    def _imported(self, text, subject="members", **options):
        job = self._checked(text, subject, **options)
        self.assertFalse(job.problem_ids.mapped("sentence"))
        job.action_import()
        self.assertFalse(job.problem_ids.mapped("sentence"))
        self.assertEqual(job.state, "done")
        return job

    def _problems(self, text, subject="members", **options):
        job = self._checked(text, subject, **options)
        return [(one.line, one.column, one.reason) for one in job.problem_ids]
