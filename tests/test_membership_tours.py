"""In the browser: the first minute of a secretary and of a treasurer."""

from datetime import date

from odoo.tests import HttpCase, freeze_time, new_test_user, tagged

from .common_membership import MembershipCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-10 10:00:00")
class TestMembershipTours(MembershipCommon, HttpCase):
    def _user(self, kind):
        return new_test_user(
            self.env,
            f"rr_tour_{kind}",
            f"recurring_revenue.group_{kind}",
            lang="en_US",
        )

    def _paid(self, member, day):
        dues = member._call_dues(date.fromisoformat(day))
        with freeze_time(day):
            dues.action_call()
        dues.line_ids._mark_paid(date.fromisoformat(day))

    def test_first_minute(self):
        self.season.version_ids.charge_ids.product_id.taxes_id = False
        self._paid(self._member("Tour Paid", "2026-09-01"), "2026-09-01")
        late = self._member("Tour Late", "2025-09-01")
        self._paid(late, "2025-09-01")
        secretary = self._user("secretary")
        self.start_tour("/odoo/members", "rr_members_secretary", login=secretary.login)
        self.assertEqual(late.state, "lapsed")
        self.assertEqual(late.amount_owed, 60.0)
        treasurer = self._user("treasurer")
        self.start_tour("/odoo/dues", "rr_members_treasurer", login=treasurer.login)
        self.assertEqual(late.state, "up_to_date")
        self.assertEqual(late.amount_owed, 0.0)

    def test_ready_made_plan(self):
        self.season.active = False
        treasurer = self._user("treasurer")
        self.start_tour(
            "/odoo/membership-plans", "rr_membership_plan", login=treasurer.login
        )
        plan = self.env["recurring.plan"].search([("name", "=", "Tour Club")])
        self.assertEqual(plan.state, "published")

    def test_documents(self):
        self._paid(self._member("Tour Paid", "2026-09-01"), "2026-09-01")
        self._member("Tour Late", "2025-09-01")
        secretary = self._user("secretary")
        self.start_tour(
            "/odoo/members", "rr_membership_documents", login=secretary.login
        )
        run = self.env["recurring.print.run"].search([])
        self.assertEqual((run.user_id, run.state), (secretary, "running"))
        assembly = self.env["recurring.assembly"].search([])
        self.assertEqual((assembly.voter_count, assembly.place), (1, "Town hall"))
