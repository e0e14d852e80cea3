"""Contacts that may be one person: proposed, decided by hand, nothing is lost."""

from datetime import date
from decimal import Decimal

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged

from .common_member_import import MemberImportCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-12")
class TestMembershipDuplicates(MemberImportCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_plan = cls._membership_plan(
            "Friends", [{"name": "Friends", "unit_price": 5.0}]
        )
        cls.jeanne = cls._member("Jeanne-Marie DUPONT", "2026-11-10")
        cls.jeanne.partner_id.write(
            {"email": "j@example.org", "rr_birthdate": "1980-12-31"}
        )
        cls.twin = cls.env["res.partner"].create(
            {"name": "Dupont Jeanne Marie", "rr_birthdate": "1980-12-31"}
        )
        cls.pairs = cls.env["recurring.duplicate"].with_user(cls.treasurer)

    def _found(self):
        self.pairs._find(self.company)
        return self.pairs.search([("state", "=", "open")])

    def test_who_is_proposed(self):
        make = self.env["res.partner"].create
        make({"name": "Léa", "email": "J@Example.org"})  # a household, perhaps
        make({"name": "Jeanne Marie Dupont", "rr_birthdate": "1990-01-01"})
        make({"name": "Stranger", "email": "x@example.org"})
        make({"name": "Stranger", "email": "x@example.org"})  # no business of ours
        pairs = self._found()
        mine = pairs.filtered(
            lambda pair: self.jeanne.partner_id in pair.partner_id | pair.other_id
        )
        self.assertEqual(
            sorted((pair.reason, pair.other_id.name) for pair in mine),
            [("birth", "Dupont Jeanne Marie"), ("email", "Léa")],
        )
        self.assertNotIn("Stranger", pairs.partner_id.mapped("name"))

    def test_what_was_decided_is_not_asked_again(self):
        pair = self._found().filtered(lambda pair: pair.other_id == self.twin)
        pair.action_different()
        self.assertNotIn(pair, self._found())

    def test_merging_keeps_members_money_and_receipts(self):
        gift = self.env["recurring.contribution"].create(
            {
                "partner_id": self.twin.id,
                "journal_id": self.bank.id,
                "line_ids": [(0, 0, {"product_id": self.gift.id, "amount": 20})],
            }
        )
        gift.action_book()
        pair = self._found().filtered(lambda pair: pair.other_id == self.twin)
        pair.action_keep_first()
        self.assertFalse(self.twin.exists())
        self.assertEqual(gift.partner_id, self.jeanne.partner_id)
        self.assertEqual(gift.move_id.partner_id, self.jeanne.partner_id)
        self.assertEqual((gift.state, gift.amount), ("booked", 20))
        log = self.env["recurring.privacy.log"].search([], limit=1)
        self.assertEqual((log.kind, log.user_id), ("merge", self.treasurer))

    def test_two_members_of_one_plan_stay_two(self):
        twin = self.env["recurring.membership"].create(
            {
                "partner_id": self.twin.id,
                "plan_id": self.season.id,
                "category_id": self.member_category.id,
                "joined_on": "2026-11-01",
            }
        )
        pair = self._found().filtered(lambda pair: pair.other_id == self.twin)
        with self.assertRefused("each number is kept for life"):
            pair.action_keep_first()
        with self.assertRefused("each number is kept for life"):
            self.env["base.partner.merge.automatic.wizard"]._merge(
                (self.twin | self.jeanne.partner_id).ids, self.twin
            )
        self.assertTrue(twin.exists())

    def test_members_of_two_plans_become_one_person(self):
        self.env["recurring.membership"].create(
            {
                "partner_id": self.twin.id,
                "plan_id": self.other_plan.id,
                "category_id": self.member_category.id,
                "joined_on": "2026-11-01",
            }
        )
        pair = self._found().filtered(lambda pair: pair.other_id == self.twin)
        pair.action_keep_other()
        self.assertEqual(len(self.twin.rr_membership_ids), 2)
        self.assertEqual(self.twin.email, "j@example.org")

    def test_a_joint_gift_is_of_two_people(self):
        self.env["recurring.contribution"].create(
            {
                "partner_id": self.twin.id,
                "joint_partner_id": self.jeanne.partner_id.id,
                "journal_id": self.bank.id,
                "line_ids": [(0, 0, {"product_id": self.gift.id, "amount": 20})],
            }
        )
        pair = self._found().filtered(lambda pair: pair.other_id == self.twin)
        with self.assertRefused("gave jointly"):
            pair.action_keep_first()

    def test_rights(self):
        pair = self._found()[:1]
        reader = new_test_user(self.env, "rr_d_user", "base.group_user")
        with self.assertRaises(AccessError):
            pair.with_user(reader).read(["reason"])
        with self.assertRaises(AccessError):
            pair.with_user(self.treasurer).write({"state": "different"})
        other = self.env["res.company"].create({"name": "Other"})
        self.treasurer.write({"company_ids": [(4, other.id)]})
        with self.assertRaises(AccessError):
            pair.with_context(allowed_company_ids=other.ids).read(["reason"])

    def test_after_an_import_they_are_proposed(self):
        self._imported(
            "Nom;Prénom;Né le;CP;Date d'adhésion\n"
            "Blanc;Ada;;75001;01/09/2026\nBlanc;Àda;;75001;01/09/2026\n"
        )
        pair = self.pairs.search([("reason", "=", "place")])
        self.assertEqual(len(pair), 1)
        dues = pair.partner_id.rr_membership_ids._call_dues(date(2026, 11, 12))
        dues.action_call()
        dues._receive(
            pair.partner_id, date(2026, 11, 12), Decimal(70), journal_id=self.bank.id
        )
        with self.assertRaises(UserError):
            pair.action_keep_first()
