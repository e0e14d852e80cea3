"""In the browser: a secretary calls the members for the season."""

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged

from .common_membership import MembershipCommon


@tagged("post_install", "-at_install")
class TestMembershipRenewalTours(MembershipCommon, HttpCase):
    """On the real calendar: the browser's day and the server's are the same."""

    def test_campaign(self):
        new_test_user(
            self.env,
            "rr_secretary",
            "recurring_revenue.group_secretary",
            lang="en_US",
        )
        self.season.name = "Tour Season"
        today = fields.Date.today()
        for name in ("Tour First", "Tour Second", "Tour Third"):
            self._member(name, today)
        self._member("Tour Honorary", today, category_id=self.honorary.id)
        self.start_tour("/odoo/renewals", "rr_membership_renewal", login="rr_secretary")
        run = self.env["recurring.renewal.run"].search([])
        self.assertEqual((run.state, len(run.dues_ids)), ("done", 2))
        self.assertEqual(set(run.dues_ids.mapped("state")), {"called"})
