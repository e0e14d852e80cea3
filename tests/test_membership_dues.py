"""Calls for dues: who is called, for which days, how much, and never twice."""

from datetime import date

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged

from .common_membership import MembershipCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-10")
class TestMembershipDues(MembershipCommon):
    def test_joining_in_november(self):
        jeanne = self._member("Jeanne", "2026-11-10")
        dues = jeanne._call_dues(date(2026, 11, 10))
        self.assertEqual(
            self._lines(dues),
            [
                ("dues", "2026-11-10", "2027-08-31", 50.0),
                ("entrance", False, False, 10.0),
            ],
        )
        self.assertEqual((dues.amount, dues.state), (60.0, "draft"))
        self.assertIn("10 of 12 months", dues.line_ids[0].explanation)
        self.assertEqual(str(dues.line_ids[0].grace_until), "2027-10-01")

    def test_calendar_year_by_day(self):
        plan = self._membership_plan(
            "Year", [{"unit_price": 100.0}], alignment="calendar", rr_dues_basis="day"
        )
        dues = self._member("Jean", "2026-07-01", plan)._call_dues(date(2026, 7, 1))
        self.assertEqual(dues.amount, 50.41)
        self.assertIn("184 of 365 days", dues.line_ids.explanation)

    def test_nobody_is_called_twice(self):
        jeanne = self._member("Jeanne", "2026-11-10")
        first = jeanne._call_dues(date(2026, 11, 10))
        self.assertFalse(jeanne._call_dues(date(2026, 11, 10)))
        first.action_call()
        self.assertFalse(jeanne._call_dues(date(2027, 8, 1)))
        first.line_ids._mark_paid(date(2026, 11, 12))
        second = jeanne._call_dues(date(2027, 8, 1))
        self.assertEqual(
            self._lines(second), [("dues", "2027-09-01", "2028-08-31", 60.0)]
        )

    def test_cancelled_dues_may_be_called_again(self):
        jeanne = self._member("Jeanne", "2026-11-10")
        first = jeanne._call_dues(date(2026, 11, 10))
        first.action_call()
        first.action_cancel()
        again = jeanne._call_dues(date(2026, 11, 10))
        self.assertEqual(self._lines(again), self._lines(first))

    def test_paid_dues_are_not_cancelled(self):
        dues = self._member("Jeanne", "2026-11-10")._call_dues(date(2026, 11, 10))
        dues.action_call()
        dues.line_ids._mark_paid(date(2026, 11, 12))
        with self.assertRefused("take back the payment first"):
            dues.action_cancel()
        with self.assertRefused("stay on record"):
            dues.unlink()

    def test_renewed_in_december_for_the_year_to_come(self):
        plan = self._membership_plan(
            "Year", [{"unit_price": 100.0}], alignment="calendar"
        )
        member = self._member("Jean", "2026-01-01", plan)
        first = member._call_dues(date(2026, 1, 1))
        first.action_call()
        first.line_ids._mark_paid(date(2026, 1, 5))
        second = member._call_dues(date(2026, 12, 20))
        self.assertEqual(
            self._lines(second), [("dues", "2027-01-01", "2027-12-31", 100.0)]
        )

    def test_categories(self):
        reduced = self._member("Paul", "2026-09-01", category_id=self.reduced.id)
        self.assertEqual(reduced._call_dues(date(2026, 9, 1)).amount, 40.0)
        rich = self._member(
            "Marie", "2026-09-01", category_id=self.benefactor.id, chosen_amount=250
        )
        self.assertEqual(rich._call_dues(date(2026, 9, 1)).amount, 260.0)
        rich = self._member(
            "Anne", "2026-09-01", category_id=self.benefactor.id, chosen_amount=99
        )
        with self.assertRefused("at least", ValidationError):
            rich._call_dues(date(2026, 9, 1))
        honorary = self._member("Luc", "2026-09-01", category_id=self.honorary.id)
        for_life = self._member("Eve", "2026-09-01", lifetime_from="2026-09-01")
        self.assertFalse((honorary | for_life)._call_dues(date(2026, 9, 1)))

    def test_a_household_pays_less_for_each_further_member(self):
        plan = self._membership_plan(
            "Family",
            [
                {
                    "unit_price": 60.0,
                    "rr_has_further_price": True,
                    "rr_further_price": 25.0,
                }
            ],
            alignment="calendar",
        )
        first = self._member("Anna", "2026-01-01", plan)
        others = self.env["recurring.membership"]
        for name in ("Ben", "Cleo"):
            others |= self._member(
                name, "2026-01-01", plan, payer_id=first.partner_id.id
            )
        dues = (first | others)._call_dues(date(2026, 1, 1))
        self.assertEqual(dues.payer_id, first.partner_id)
        self.assertEqual(dues.line_ids.mapped("amount"), [60.0, 25.0, 25.0])
        late = self._member("Dora", "2026-01-01", plan, payer_id=first.partner_id.id)
        self.assertEqual(late._call_dues(date(2026, 1, 1)).amount, 25.0)

    def test_a_plan_without_a_price_for_a_category(self):
        plan = self._membership_plan(
            "Only reduced",
            [{"unit_price": 30.0, "rr_category_id": self.reduced.id}],
            alignment="calendar",
        )
        member = self._member("Paul", "2026-01-01", plan)
        with self.assertRefused("has no price for Member"):
            member._call_dues(date(2026, 1, 1))

    def test_a_legal_person_has_a_representative(self):
        club = self._category("Club", kind="legal")
        with self.assertRefused("say who represents it", ValidationError):
            self._member("Chess Club", "2026-01-01", category_id=club.id)

    def test_numbers_are_kept(self):
        first = self._member("A", "2026-01-01")
        second = self._member("B", "2026-01-01")
        self.assertEqual(int(second.number), int(first.number) + 1)
        imported = self._member("C", "2026-01-01", number="1987-12")
        self.assertEqual(imported.number, "1987-12")
        with self.assertRefused("kept for life"):
            imported.number = "1"

    def test_a_membership_is_no_subscription(self):
        with self.assertRefused("add a member instead"):
            self.env["recurring.subscription"].create(
                {
                    "partner_id": self.env.user.partner_id.id,
                    "plan_id": self.season.id,
                    "start_date": "2026-11-10",
                }
            )

    def test_rights(self):
        member = self._member("Jeanne", "2026-11-10")
        secretary = new_test_user(
            self.env, "secretary", groups="recurring_revenue.group_secretary"
        )
        dues = member.with_user(secretary)._call_dues(date(2026, 11, 10))
        self.assertEqual(dues.amount, 60.0)
        seller = new_test_user(
            self.env, "seller", groups="recurring_revenue.group_user"
        )
        with self.assertRaises(AccessError):
            member.with_user(seller).read(["number"])
        with self.assertRefused("Dues are not typed"):
            dues.with_user(secretary).line_ids[0].write({"amount": 1})
        with self.assertRefused("prepared from the members"):
            dues.with_user(secretary).copy()
        with self.assertRefused("Dues are not typed"):
            dues.with_user(secretary).line_ids[0].copy()
