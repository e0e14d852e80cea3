"""In the browser: people join, and members pay."""

import re
from unittest.mock import patch

from odoo.tests import tagged

from ..controllers import join
from .common_membership_join import JoinCommon


@tagged("post_install", "-at_install")
class TestMembershipPortalTours(JoinCommon):
    def test_join(self):
        self.bank.bank_account_id = self.env["res.partner.bank"].create(
            {
                "acc_number": "FR7630006000011234567890189",
                "partner_id": self.company.partner_id.id,
            }
        )
        # A tour fills in the form faster than any person.
        with patch.object(join, "LEAST_SECONDS", 0):
            self.start_tour(self.page, "rr_join")
        asked = self._requests(email="anne@example.com")
        mail = self.env["mail.mail"].search([("email_to", "=", "anne@example.com")])
        [link] = re.findall(r"/join/confirm/[\w-]+", mail.body_html)[:1]
        self.start_tour(link, "rr_join_confirm")
        membership = asked.person_ids.membership_id
        self.assertEqual(membership.guardian_id.name, "Anne Dupont")
        self.assertTrue(membership.partner_id._consents_to("newsletter"))
        self.assertEqual(asked.dues_id.state, "called")

    def test_pay(self):
        demo = self.env["payment.provider"].search(
            [("code", "=", "demo"), ("company_id", "=", self.company.id)]
        )
        self.assertTrue(demo, "The tests' database has the demo provider.")
        demo.write({"state": "test", "is_published": True})
        self.start_tour("/my/memberships", "rr_dues_pay", login="jeanne")
        contribution = self._contributions()
        self.assertEqual((contribution.state, contribution.amount), ("booked", 60.0))
        self.assertEqual(self.jeanne.state, "up_to_date")
