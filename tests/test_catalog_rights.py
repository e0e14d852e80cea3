"""Who sees and who changes the catalog."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from .common import RecurringCommon

GROUP = "recurring_revenue.group_%s"


@tagged("post_install", "-at_install")
class TestCatalogRights(RecurringCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls._plan(publish=False)
        cls.seller = cls._user("rr_seller", GROUP % "user")
        cls.officer = cls._user("rr_officer", GROUP % "billing")
        cls.manager = cls._user("rr_manager", GROUP % "manager")
        cls.accountant = cls._user("rr_accountant", "account.group_account_readonly")
        cls.outsider = cls._user("rr_outsider", "base.group_user")

    @classmethod
    def _user(cls, login, groups, **values):
        return new_test_user(cls.env, login, groups=groups, lang="en_US", **values)

    def test_readers_read_and_change_nothing(self):
        for user in (self.seller, self.officer, self.accountant):
            with self.subTest(user=user.login):
                plan = self.plan.with_user(user)
                self.assertIn("30.00", plan.price_summary)
                version = plan.draft_version_id
                self.assertIn("30.00", version.calc_result)
                for record in (plan, version, version.charge_ids):
                    with self.assertRaises(AccessError):
                        record.write({"create_uid": user.id})
                    with self.assertRaises(AccessError):
                        record.unlink()
                with self.assertRaises(AccessError):
                    version.action_publish()
                with self.assertRaises(AccessError):
                    plan.copy()

    def test_others_see_nothing(self):
        with self.assertRaises(AccessError):
            self.plan.with_user(self.outsider).read(["name"])

    def test_manager_makes_and_publishes_a_plan_on_the_forms(self):
        product = self._product("Seat", 7)
        env = self.env(user=self.manager)
        with Form(env["recurring.plan"]) as form:
            form.name = "Team"
            self.assertEqual(form.code, "TEAM")
        plan = form.record
        with Form(plan.draft_version_id) as version_form:
            with version_form.charge_ids.new() as charge:
                charge.product_id = env["product.product"].browse(product.id)
                self.assertEqual((charge.name, charge.unit_price), ("Seat", 7))
                charge.charge_model = "graduated"
                with charge.tier_ids.edit(0) as tier:
                    self.assertEqual((tier.up_to, tier.unit_price), (0, 7))
            self.assertIn("7.00", version_form.calc_result)
        plan.draft_version_id.action_publish()
        self.assertEqual(plan.current_version_id.published_uid, self.manager)

    def test_other_companys_plan_is_invisible(self):
        other = self.env["res.company"].create({"name": "Other"})
        hidden = self._plan("Hidden", publish=False, plan={"company_id": other.id})
        shared = self._plan("Shared", publish=False, plan={"company_id": False})
        for user in (self.seller, self.manager, self.accountant):
            with self.subTest(user=user.login):
                seen = self.env["recurring.plan"].with_user(user).search([])
                self.assertIn(self.plan, seen)
                self.assertIn(shared, seen)
                self.assertNotIn(hidden, seen)
                for record in (
                    hidden,
                    hidden.version_ids,
                    hidden.version_ids.charge_ids,
                ):
                    with self.assertRaises(AccessError):
                        record.with_user(user).read(["create_date"])

    def test_two_companies_may_use_the_same_code(self):
        other = self.env["res.company"].create({"name": "Other"})
        values = {"company_id": other.id, "code": self.plan.code}
        self.assertTrue(self._plan(publish=False, plan=values))
        with self.assertRaises(ValidationError):
            self._plan(publish=False, plan=values | {"company_id": False})

    def test_charge_takes_products_of_its_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        foreign = self._product(company_id=other.id)
        with self.assertRaises(UserError):
            self.plan.draft_version_id.charge_ids.product_id = foreign

    def test_product_sells_a_plan_of_its_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        foreign = self._product(company_id=other.id)
        with self.assertRefused("belongs to Other", ValidationError):
            foreign.product_tmpl_id.rr_plan_id = self.plan
        shared = self._product()
        shared.product_tmpl_id.rr_plan_id = self.plan
        self.assertEqual(self.plan.product_count, 1)
        self.assertEqual(
            self.plan.action_open_products()["domain"],
            [("rr_plan_id", "=", self.plan.id)],
        )

    def test_plan_that_a_product_sells_is_not_deleted(self):
        self._product("Pro").product_tmpl_id.rr_plan_id = self.plan
        with self.assertRefused("The product Pro is sold with the plan Pro"):
            self.plan.unlink()

    def test_reasons_for_leaving(self):
        reason = self.env.ref("recurring_revenue.close_reason_price")
        self.assertEqual(reason.with_user(self.seller).name, "Too expensive")
        with self.assertRaises(AccessError):
            reason.with_user(self.seller).name = "Cheap"
        reason.with_user(self.manager).name = "Price"
