"""Ready-made plans of an association, and what the page of dues says."""

from datetime import date

from odoo.tests import freeze_time, new_test_user, tagged

from .common_membership import MembershipCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-10")
class TestReadyMadePlan(MembershipCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.treasurer = new_test_user(
            cls.env, "rr_plan_treasurer", "recurring_revenue.group_treasurer"
        )

    def _made(self, **values):
        window = self.env["recurring.membership.set.up"].with_user(self.treasurer)
        action = window.create({"name": "Club", **values}).action_create()
        return self.env["recurring.plan.version"].browse(action["res_id"])

    def test_season_by_month(self):
        version = self._made(has_entrance=True, has_further=True, further=40.0)
        version.with_user(self.treasurer).action_publish()
        plan = version.plan_id
        self.assertEqual((plan.rr_kind, plan.state), ("membership", "published"))
        self.assertEqual(
            [(one.name, one.unit_price, one.role) for one in version.charge_ids],
            [
                ("Membership dues", 60.0, "base"),
                ("Reduced dues", 30.0, "base"),
                ("Dues of a benefactor", 100.0, "base"),
                ("Entrance fee", 10.0, "one_off"),
            ],
        )
        self.assertFalse(version.charge_ids.product_id.taxes_id)
        member = self._member("Jeanne", "2026-11-10", plan)
        dues = member._call_dues(date(2026, 11, 10))
        self.assertEqual(dues.amount, 60.0)  # 50.00, and 10.00 once
        dues.action_call()

    def test_dues_go_to_the_account_of_the_books(self):
        self.env["recurring.association.set.up"].create({}).action_save()
        version = self._made(has_entrance=True, is_gift=True)
        self.assertEqual(
            [
                (one.name, one.product_id.property_account_income_id.code)
                for one in version.charge_ids
            ],
            [
                ("Membership dues", "756100"),
                ("Reduced dues", "756100"),
                ("Dues of a benefactor", "756100"),
                ("Entrance fee", "756300"),
            ],
        )
        self.assertEqual(
            version.charge_ids.mapped("rr_is_gift"), [True, True, True, False]
        )

    def test_books_that_are_set_up_after_the_plan(self):
        window = self.env["recurring.membership.set.up"]
        self.assertTrue(window.create({}).has_no_books)
        product = self._made(has_entrance=True).charge_ids.product_id
        self.assertFalse(product.property_account_income_id)
        books = self.env["recurring.association.set.up"].create({})
        books.action_save()
        self.assertEqual(product.property_account_income_id.code, "756100")
        self.assertEqual(self.env.company._association_row("dues").product_id, product)
        self.assertFalse(window.create({}).has_no_books)
        self.assertEqual(window.create({}).product_id, product)

    def test_the_first_page_says_what_comes_first(self):
        members = self.env["recurring.membership"].with_user(self.treasurer)
        self.env.flush_all()
        self.env.cr.execute("UPDATE recurring_plan SET state = 'draft'")
        self.env.invalidate_all()
        self.assertIn("association-set-up", members.get_empty_list_help("Add"))
        secretary = new_test_user(
            self.env, "rr_plan_secretary", "recurring_revenue.group_secretary"
        )
        told = members.with_user(secretary).get_empty_list_help("Add")
        self.assertIn("Your treasurer", told)
        self.assertNotIn("href", told)
        self._made().with_user(self.treasurer).action_publish()
        self.assertEqual(members.get_empty_list_help("Add"), "Add")

    def test_calendar_and_rolling(self):
        version = self._made(template="calendar", has_benefactor=False)
        self.assertEqual(version.alignment, "calendar")
        version = self._made(template="rolling", has_legal=True)
        self.assertEqual(version.alignment, "anniversary")
        legal = version.charge_ids.rr_category_id.filtered(
            lambda one: one.kind == "legal"
        )
        self.assertEqual(len(legal), 1)
        again = self._made(template="rolling", has_legal=True)
        self.assertIn(legal, again.charge_ids.rr_category_id)
        with self.assertRefused("cannot be negative"):
            self._made(dues=-1.0)

    def test_what_a_new_member_would_pay(self):
        version = self._made(has_entrance=True)
        version.rr_calc_day = date(2026, 11, 10)
        for text in ("50.00", "10 of 12 months", "25.00", "10.00", "60.00"):
            self.assertIn(text, version.rr_calc_result)
        action = version.plan_id.action_open_current()
        view = self.env.ref(
            "recurring_revenue.recurring_plan_version_view_form_membership"
        )
        self.assertEqual(action["views"], [(view.id, "form")])

    def test_entrance_fee_is_a_tick(self):
        version = self._made()
        charge = version.charge_ids[0]
        charge.rr_is_entrance = True
        self.assertEqual(charge.role, "one_off")
        charge.rr_is_entrance = False
        self.assertEqual(charge.role, "base")
