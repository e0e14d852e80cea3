"""Who pays in the portal, by what, and who sees what a closed plan says."""

from odoo.tests import freeze_time, tagged

from .test_membership_portal import MembershipHttpCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-12 10:00:00")
class TestMembershipPortalPeople(MembershipHttpCommon):
    def _promise(self):
        """Let somebody promise a transfer by Odoo's own provider."""
        transfer = self._provider("Transfer", self.company, self.bank)
        tx = self._transaction(provider_id=transfer.id)
        transfer.is_published = False
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE payment_provider SET code = 'custom', state = 'disabled'"
            " WHERE id = %s",
            [transfer.id],
        )
        self.env.invalidate_all()
        tx._set_pending()
        return tx

    def test_a_promised_transfer_is_no_payment_on_its_way(self):
        self._promise()
        self.assertFalse(self.dues._is_paying())
        page = self.url_open(self.dues.get_portal_url()).text
        self.assertNotIn("on its way", page)
        self.assertIn("o_payment_form", page)

    def test_what_was_paid_otherwise_is_not_on_its_way(self):
        tx = self._transaction()
        tx._set_pending()
        page = self.url_open(self.dues.get_portal_url()).text
        self.assertIn("on its way", page)
        self._confirm(self._transaction())
        page = self.url_open(self.dues.get_portal_url()).text
        self.assertNotIn("on its way", page)
        self.assertIn("Thank you!", page)

    def test_a_representative_pays_in_the_name_of_the_body(self):
        club = self._category("Body", kind="legal")
        body = self._member(
            "Chess Club",
            "2026-11-10",
            category_id=club.id,
            representative_id=self.paul.partner_id.id,
        )
        dues = self._called(body)
        self.authenticate("paul", "paul")
        self._pay(dues)
        self.assertEqual(dues.rr_transaction_ids.partner_id, body.partner_id)

    def test_a_guardian_pays_in_the_own_name(self):
        child = self._member(
            "Zoé Petit", "2026-11-10", guardian_id=self.jeanne.partner_id.id
        )
        dues = self._called(child)
        self.authenticate("jeanne", "jeanne")
        self._pay(dues)
        self.assertEqual(dues.rr_transaction_ids.partner_id, self.jeanne.partner_id)

    def test_who_answers_for_a_member_of_a_closed_plan(self):
        parish = self._membership_plan(
            "Parish", [{"unit_price": 60.0}], alignment="calendar"
        )
        parish.rr_sensitive = True
        child = self._member(
            "Zoé Petit",
            "2026-11-10",
            parish,
            guardian_id=self.jeanne.partner_id.id,
        )
        dues = self._called(child)
        guardian, other = self.jeanne_user, self.paul_user
        for records in (child, dues, dues.line_ids):
            found = self.env[records._name].with_user(guardian).search([])
            self.assertLessEqual(records, found)
            self.assertFalse(records & records.with_user(other).search([]))
        self.authenticate("jeanne", "jeanne")
        page = self.url_open(f"/my/membership/{child.id}")
        self.assertIn("Zoé Petit", page.text)
        self.assertIn(f"/my/dues/{dues.id}", page.text)
