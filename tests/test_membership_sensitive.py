"""Special categories: who has not the right cannot know who is a member."""

from datetime import date
from decimal import Decimal

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged

from ..models.membership.receipts.receipt_declaration_report import DeclarationReport
from .common_member_import import MemberImportCommon
from .common_membership import MembershipCommon

# Models that say who is a member or what is paid, and yet need no rule of their own.
WITHOUT_RULE = {
    "recurring.subscription": "a plan of members has no subscriptions",
}


@tagged("post_install", "-at_install")
@freeze_time("2026-11-12")
class TestMembershipSensitive(MembershipCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.union = cls._membership_plan(
            "Union of Bakers",
            [{"name": "Union dues", "unit_price": 40.0}],
            alignment="season",
            alignment_month="1",
        )
        cls.union.rr_sensitive = True
        product = cls.union.current_version_id.charge_ids.product_id
        product.taxes_id = [Command.clear()]
        cls.bank = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1
        )
        cls.jeanne = cls._member("Jeanne", "2026-11-10", cls.union, number="X-777")
        cls.plain = cls._member("Paul", "2026-11-10")
        cls.dues = cls.jeanne._call_dues(date(2026, 11, 10))
        cls.dues.action_call()
        cls.money = cls.dues._receive(
            cls.jeanne.partner_id,
            date(2026, 11, 11),
            Decimal(40),
            journal_id=cls.bank.id,
        )
        cls.users = [
            new_test_user(cls.env, login, groups)
            for login, groups in (
                ("rr_s_sales", "sales_team.group_sale_manager"),
                ("rr_s_accountant", "account.group_account_manager"),
                ("rr_s_secretary", "recurring_revenue.group_secretary"),
                ("rr_s_treasurer", "recurring_revenue.group_treasurer"),
                ("rr_s_admin", "recurring_revenue.group_manager,base.group_system"),
            )
        ]
        cls.insider = new_test_user(
            cls.env,
            "rr_s_insider",
            "recurring_revenue.group_treasurer,recurring_revenue.group_sensitive,"
            "base.group_allow_export",
        )

    def _closed(self):
        """Return everything that says that Jeanne is of the union."""
        return [
            self.jeanne,
            self.dues,
            self.dues.line_ids,
            self.money,
            self.money.line_ids,
            self.union,
            self.union.current_version_id,
            self.union.current_version_id.charge_ids,
        ]

    def test_nobody_else_finds_reads_or_counts_it(self):
        for user in self.users:
            for record in self._closed():
                model = record.with_user(user).browse().with_context(active_test=False)
                with self.subTest(user=user.login, model=model._name):
                    if not model.has_access("read"):
                        continue
                    self.assertFalse(model.search([("id", "in", record.ids)]))
                    self.assertEqual(model.search_count([("id", "in", record.ids)]), 0)
                    groups = model._read_group(
                        [("id", "in", record.ids)], [], ["__count"]
                    )
                    self.assertEqual(groups, [(0,)])
                    with self.assertRaises(AccessError):
                        record.with_user(user).read(["display_name"])
                    found = model.name_search("Jeanne") + model.name_search("Union")
                    self.assertFalse({one for one, _n in found} & set(record.ids))

    def test_the_contact_does_not_give_it_away(self):
        partner = self.jeanne.partner_id
        for user in self.users:
            mine = partner.with_user(user)
            mine.invalidate_recordset()
            if not self.env["recurring.membership"].with_user(user).has_access("read"):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    mine.rr_membership_ids.read(["number"])
                continue
            with self.subTest(user=user.login):
                self.assertFalse(mine.rr_membership_ids)
                for domain in (
                    [("rr_membership_ids", "!=", False)],
                    [("rr_membership_ids.plan_id.name", "ilike", "Union")],
                    [("rr_membership_ids.state", "in", ["up_to_date"])],
                ):
                    self.assertNotIn(partner, mine.search(domain))

    def test_entries_say_a_number_and_nothing_else(self):
        accountant = self.users[1]
        lines = (self.money.move_id | self.money.payment_id.move_id).line_ids
        texts = " ".join(
            str(value)
            for line in lines.with_user(accountant)
            for value in line.read(["name", "ref", "product_id", "display_name"])[
                0
            ].values()
        ) + " ".join(
            str(value)
            for move in lines.move_id.with_user(accountant)
            for value in move.read(["name", "ref", "narration", "payment_reference"])[
                0
            ].values()
        )
        for word in ("Union", "union", self.jeanne.number, self.member_category.name):
            self.assertNotIn(word, texts)
        self.assertIn(self.money.name, texts)
        income = lines.filtered(lambda line: line.account_type == "income")
        self.assertEqual(income.balance, -40)
        product = self.union.current_version_id.charge_ids.product_id
        account = product.product_tmpl_id.get_product_accounts()["income"]
        self.assertEqual(income.account_id, account)

    def test_who_has_the_right_works_as_ever(self):
        for record in self._closed():
            self.assertTrue(record.with_user(self.insider).read(["display_name"]))
        paul = self._member("Pia", "2026-11-10", self.union).with_user(self.insider)
        dues = paul._call_dues(date(2026, 11, 10))
        dues.action_call()
        money = dues._receive(
            paul.partner_id, date(2026, 11, 12), Decimal(40), journal_id=self.bank.id
        )
        self.assertEqual((money.state, paul.state), ("booked", "up_to_date"))

    def test_receipts_and_declarations_are_whole_or_refused(self):
        campaigns = self.env["recurring.receipt.campaign"]
        first, last = date(2026, 1, 1), date(2026, 12, 31)
        treasurer = self.users[3]
        with self.assertRefused("would not be whole"):
            campaigns.with_user(treasurer).create({"year": 2026}).action_preview()
        with self.assertRefused("would not be whole"):
            DeclarationReport(self.company.with_user(treasurer), first, last)
        campaigns.with_user(self.insider).create({"year": 2026}).action_preview()
        DeclarationReport(self.company.with_user(self.insider), first, last)

    def test_other_plans_stay_open(self):
        secretary = self.users[2]
        self.assertEqual(self.plain.with_user(secretary).partner_id.name, "Paul")
        self.assertTrue(self.season.with_user(secretary).name)

    def test_nobody_closes_a_plan_to_oneself(self):
        admin = self.users[4]
        with self.assertRefused("ask for the right"):
            self.season.with_user(admin).rr_sensitive = True
        with self.assertRaises(UserError):
            self._plan("Subscription").rr_sensitive = True
        self.season.with_user(admin).sudo().rr_sensitive = True

    def test_opening_a_plan_again_opens_what_belongs_to_it(self):
        self.union.rr_sensitive = False
        self.assertFalse(self.money.is_sensitive)
        self.assertTrue(self.jeanne.with_user(self.users[2]).read(["number"]))

    def test_an_export_is_put_on_record(self):
        members = (self.jeanne | self.plain).with_user(self.insider)
        members.export_data(["number"])
        log = self.env["recurring.privacy.log"].search([], limit=1)
        self.assertRecordValues(
            log,
            [{"kind": "sensitive", "record_count": 1, "user_id": self.insider.id}],
        )
        with self.assertRaises(UserError):
            log.note = "Nothing happened"
        with self.assertRaises(UserError):
            log.unlink()

    def test_every_model_that_names_members_has_its_rule(self):
        """A new model with a member, dues or a plan of members needs a rule of
        ``security/sensitive_rules.xml``, or a reason in WITHOUT_RULE."""
        closed = {
            "recurring.membership",
            "recurring.dues",
            "recurring.dues.line",
            "recurring.contribution",
            "recurring.contribution.line",
        }
        ruled = {
            rule.model_id.model
            for rule in self.env["ir.rule"].search(
                [("domain_force", "ilike", "group_sensitive")]
            )
        }
        lacking = {
            model._name
            for model in self.env.values()
            if model._auto
            and not model._abstract
            and not model._transient
            and model._name.startswith("recurring.")
            and model._name not in ruled
            and model._name not in WITHOUT_RULE
            and any(
                field.store
                and field.type == "many2one"
                and field.comodel_name in closed
                for field in model._fields.values()
            )
        }
        self.assertFalse(lacking)


@tagged("post_install", "-at_install")
@freeze_time("2026-11-12")
class TestMembershipSensitiveImport(MemberImportCommon):
    def test_nobody_imports_into_what_they_may_not_see(self):
        self.season.rr_sensitive = True
        text = "Nom;Adhérent depuis;Formule\nRoy;01/09/2026;Season\n"
        job = self._upload(text, plan_id=False)
        job.action_check()
        self.assertIn("no membership plan", job.problem_ids.reason)
        self.secretary.group_ids += self.env.ref("recurring_revenue.group_sensitive")
        job.action_columns()
        job.action_check()
        job.action_import()
        self.assertEqual(job.imported_count, 1)
        other = new_test_user(
            self.env, "rr_s_other", "recurring_revenue.group_secretary"
        )
        for record in (job, job.row_ids, job.heading_ids):
            with self.assertRaises(AccessError):
                record.with_user(other).read(["display_name"])
