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
