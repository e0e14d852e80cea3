"""In the browser: a list is imported and undone, former members are anonymised."""

from odoo.tests import HttpCase, new_test_user, tagged

from .common_member_import import MemberImportCommon


@tagged("post_install", "-at_install")
class TestMembershipPrivacyTours(MemberImportCommon, HttpCase):
    def test_import(self):
        known = self.env["res.partner"].create({"name": "Zoé Durand"})
        self.secretary.lang = "en_US"
        job = self._upload(
            "Nom;Prénom;Courrier;Adhérent depuis\n"
            "Durand;Zoé;;01/09/2025\nPetit;Ana;;01/09/2025\nRoy;Al;;41/09/2025\n"
        )
        self.start_tour(
            f"/odoo/member-imports/{job.id}",
            "rr_member_import",
            login=self.secretary.login,
        )
        self.assertEqual(job.state, "undone")
        self.assertTrue(known.exists())
        self.assertFalse(known.rr_membership_ids)

    def test_former_members(self):
        admin = new_test_user(
            self.env, "rr_tour_admin", "recurring_revenue.group_manager", lang="en_US"
        )
        self._imported(
            "Numéro;Nom;Prénom;Adhérent depuis;À jour jusqu'au\n"
            "00031;Roy;Paul;01/09/2019;31/08/2020\n"
        )
        self.start_tour("/odoo/former-members", "rr_former_members", login=admin.login)
        member = self.env["recurring.membership"].search([("number", "=", "00031")])
        self.assertEqual(member.partner_id.name, "Former member 00031")
