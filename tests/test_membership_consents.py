"""Consents with their dates, and members under age."""

from datetime import date

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged

from .common_membership import MembershipCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-10")
class TestMembershipConsents(MembershipCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.newsletter = cls.env.ref("recurring_revenue.consent_newsletter")
        cls.image = cls.env.ref("recurring_revenue.consent_image")
        cls.jeanne = cls._member("Jeanne", "2026-09-01")
        cls.secretary = new_test_user(
            cls.env, "secretary", groups="recurring_revenue.group_secretary"
        )

    def _consent(self, membership=None, **values):
        membership = membership or self.jeanne
        return (
            self.env["recurring.consent"]
            .with_user(self.secretary)
            .create(
                {
                    "partner_id": membership.partner_id.id,
                    "kind_id": self.newsletter.id,
                    **values,
                }
            )
        )

    def test_history_is_dated(self):
        partner = self.jeanne.partner_id
        first = self._consent(given_on="2026-09-01")
        self.assertEqual(first.wording, self.newsletter.wording)
        self.assertEqual(first.given_by_id, partner)
        first._withdraw(date(2026, 10, 1), "email")
        self._consent(given_on="2026-11-05")
        days = ["2026-08-31", "2026-09-01", "2026-09-30", "2026-10-01", "2026-11-05"]
        self.assertEqual(
            [
                partner._consents_to("newsletter", date.fromisoformat(day))
                for day in days
            ],
            [False, True, True, False, True],
        )
        self.assertFalse(partner._consents_to("image"))
        self.assertEqual(len(partner.rr_consent_ids), 2)

    def test_never_changed_nor_given_twice(self):
        consent = self._consent()
        with self.assertRefused("never changed"):
            consent.given_on = "2026-01-01"
        with self.assertRefused("never changed"):
            consent.write({"withdrawn_on": "2026-11-10"})
        with self.assertRefused("stay on record"):
            consent.unlink()
        with self.assertRefused("a day to come", ValidationError):
            self._consent(kind_id=self.image.id, given_on="2026-11-11")
        consent.action_withdraw()
        self.assertFalse(consent.is_current)
        self.assertEqual(consent.withdrawn_by_id, self.jeanne.partner_id)

    def test_the_wording_is_not_typed(self):
        self.assertEqual(
            self._consent(wording="Everything").wording, self.newsletter.wording
        )

    def test_members_are_found_by_consent(self):
        self._consent(given_on="2026-11-01")
        self._member("Paul", "2026-09-01")
        members = self.env["recurring.membership"].with_user(self.secretary)
        mine = [("consent_kind_ids", "in", self.newsletter.ids)]
        plan = [("plan_id", "=", self.season.id)]
        self.assertEqual(members.search(mine + plan), self.jeanne)
        by_code = [("consent_kind_ids.code", "=", "newsletter")]
        self.assertEqual(members.search(by_code + plan), self.jeanne)
        before = members.with_context(membership_day="2026-10-31")
        self.assertFalse(before.search(mine + plan))
        self.assertEqual(self.jeanne.consent_kind_ids, self.newsletter)

    def test_consents_of_another_association(self):
        self._consent()
        other = self.env["res.company"].create({"name": "Another"})
        partner = self.jeanne.partner_id
        self.assertFalse(partner._consents_to("newsletter", company=other))

    def test_rights(self):
        self._consent()
        seller = new_test_user(
            self.env, "seller", groups="recurring_revenue.group_user"
        )
        with self.assertRaises(AccessError):
            self.env["recurring.consent"].with_user(seller).search([])
        with self.assertRaises(AccessError):
            self.jeanne.partner_id.with_user(seller).read(["rr_birthdate"])


@tagged("post_install", "-at_install")
@freeze_time("2026-11-10")
class TestMembershipMinors(MembershipCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.parent = cls.env["res.partner"].create({"name": "Parent"})
        cls.child = cls.env["res.partner"].create(
            {"name": "Child", "rr_birthdate": "2010-11-11"}
        )

    def _join(self, joined_on="2026-11-10", **values):
        return self._member("", joined_on, partner_id=self.child.id, **values)

    def test_a_guardian_is_needed_on_the_day_of_joining(self):
        with self.assertRefused("15 years old", ValidationError):
            self._join()
        with self.assertRefused("their own guardian", ValidationError):
            self._join(guardian_id=self.child.id)
        friend = self.env["res.partner"].create(
            {"name": "Friend", "rr_birthdate": "2009-01-01"}
        )
        with self.assertRefused("cannot be a guardian", ValidationError):
            self._join(guardian_id=friend.id)
        self.assertTrue(self._join(guardian_id=self.parent.id).is_minor)

    def test_of_age_on_the_day(self):
        self.assertTrue(self._join("2028-11-11"))

    def test_the_age_is_a_setting(self):
        self.company.rr_majority_age = 15
        self.assertFalse(self._join().is_minor)

    def test_guardians_consent(self):
        membership = self._join(guardian_id=self.parent.id)
        kind = self.env.ref("recurring_revenue.consent_image")
        values = {"partner_id": self.child.id, "kind_id": kind.id}
        consents = self.env["recurring.consent"]
        with self.assertRefused("a guardian consents", ValidationError):
            consents.create(values | {"given_by_id": self.child.id})
        self.assertEqual(consents.create(values).given_by_id, self.parent)
        self.assertEqual(membership.consent_kind_ids, kind)

    def test_who_votes(self):
        membership = self._join(guardian_id=self.parent.id)
        before, at_16 = date(2026, 11, 10), date(2026, 11, 11)
        self.assertEqual(membership._voter_on(before), (self.parent, 1))
        self.assertEqual(membership._voter_on(at_16), (self.child, 1))
        self.member_category.minor_votes = "none"
        self.assertEqual(membership._voter_on(at_16), (self.child, 0))
        self.member_category.minor_votes = "guardian"
        self.assertEqual(membership._voter_on(at_16), (self.parent, 1))
        self.assertEqual(membership._voter_on(date(2028, 11, 11)), (self.child, 1))

    def test_the_guardian_acts_until_majority(self):
        membership = self._join(guardian_id=self.parent.id)
        domain = [("acting_guardian_id", "in", self.parent.ids)]
        self.assertEqual(membership.acting_guardian_id, self.parent)
        self.assertEqual(membership.search(domain), membership)
        later = membership.with_context(membership_day="2028-11-11")
        self.assertFalse(later.acting_guardian_id)
        self.assertFalse(later.search(domain))

    def test_no_date_of_birth(self):
        with self.assertRefused("no date of birth", ValidationError):
            self.child.rr_birthdate = "2026-11-11"
