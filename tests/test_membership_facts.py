"""What a treasurer meets: free places, parts, days out of order, boards, departures."""

from datetime import date
from decimal import Decimal

from odoo import Command
from odoo.tests import freeze_time, new_test_user, tagged

from .common_membership import MembershipCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-10")
class TestMembershipFacts(MembershipCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bank = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1
        )

    def _called(self, members, day="2026-11-10"):
        dues = members._call_dues(date.fromisoformat(day))
        dues.action_call()
        return dues

    def _receives(self, dues, day="2026-11-10", amount=None):
        return dues._receive(
            dues.payer_id,
            date.fromisoformat(day),
            Decimal(str(amount or dues.amount_left)),
            mode="transfer",
            journal_id=self.bank.id,
        )

    def _year(self, price=60.0, **version):
        charge = {"unit_price": price, **version.pop("charge", {})}
        values = {"alignment": "calendar", **version}
        return self._membership_plan("Year", [charge], **values)

    # ------------------------------------------------------------------
    # When it counts
    # ------------------------------------------------------------------

    def test_a_free_place_counts_with_the_household(self):
        plan = self._year(charge={"rr_has_further_price": True})
        first = self._member("Anna", "2026-01-01", plan)
        child = self._member("Ben", "2026-01-01", plan, payer_id=first.partner_id.id)
        dues = self._called(first | child)
        self.assertEqual(dues.line_ids.mapped("amount"), [60.0, 0.0])
        self.assertEqual((first.state, child.state), ("awaiting", "awaiting"))
        money = self._receives(dues)
        self.assertEqual((first.state, child.state), ("up_to_date", "up_to_date"))
        money._return(date(2026, 11, 10), "No funds")
        self.assertEqual((first.state, child.state), ("awaiting", "awaiting"))

    def test_paid_on_the_last_day_that_money_came(self):
        dues = self._called(self._member("Jeanne", "2026-11-01"))
        self._receives(dues, "2026-11-09", 20)
        self._receives(dues, "2026-11-02")
        self.assertEqual(str(dues.line_ids[0].counts_on), "2026-11-09")

    def test_it_never_counts_before_the_board_accepted(self):
        plan = self._year(rr_counts_from="acceptance")
        member = self._member("Jeanne", "2026-11-01", plan)
        dues = self._called(member)
        member.action_accept()
        self._receives(dues, "2026-11-02")
        self.assertEqual(str(dues.line_ids.counts_on), "2026-11-10")
        member = member.with_context(membership_day="2026-11-09")
        self.assertEqual(member.state, "pending")

    def test_the_board_met_before_it_was_recorded(self):
        """Paid on the 4th, accepted on the 6th, recorded on the 10th: up to date from
        the 6th on; paid later than accepted: from then on."""
        plan = self._year(rr_counts_from="acceptance")
        first = self._member("First", "2026-11-01", plan)
        second = self._member("Second", "2026-11-01", plan)
        for member, day in ((first, "2026-11-04"), (second, "2026-11-08")):
            self._receives(self._called(member), day)
        members = first | second
        secretary = new_test_user(
            self.env, "rr_facts_secretary", "recurring_revenue.group_secretary"
        )
        window = self.env["recurring.membership.acceptance"].with_user(secretary)
        window = window.with_context(active_ids=members.ids)
        with self.assertRefused("a day to come"):
            window.create({"day": "2026-11-11"}).action_confirm()
        window.create({"day": "2026-11-06"}).action_confirm()
        self.assertEqual(
            [str(day) for day in members.dues_line_ids.mapped("counts_on")],
            ["2026-11-06", "2026-11-08"],
        )
        window.create({"day": "2026-11-09"}).action_confirm()
        self.assertEqual(str(first.accepted_on), "2026-11-06")

    # ------------------------------------------------------------------
    # Who is asked
    # ------------------------------------------------------------------

    def test_who_joined_long_ago_renews(self):
        """Recorded without periods: no entrance fee, and the season as it is sold to
        who renews, not the months that are left of it."""
        old = self._member("Old", "2015-10-01")
        self.assertFalse(old.owes_entrance)
        self.assertEqual(
            self._lines(old._call_dues(date(2026, 11, 10))),
            [("dues", "2026-09-01", "2027-08-31", 60.0)],
        )
        asked = self._member("Asked", "2015-10-01", owes_entrance=True)
        self.assertEqual(asked._call_dues(date(2026, 11, 10)).amount, 70.0)
        paid = self._member("Paid", "2026-11-10", owes_entrance=False)
        self.assertEqual(paid._call_dues(date(2026, 11, 10)).amount, 50.0)

    def test_who_is_called_late_still_owes_the_entrance_fee(self):
        with freeze_time("2026-08-28"):
            late = self._member("Late", "2026-08-28")
        self.assertTrue(late.owes_entrance)
        self.assertEqual(
            self._lines(late._call_dues(date(2026, 11, 10))),
            [
                ("dues", "2026-09-01", "2027-08-31", 60.0),
                ("entrance", False, False, 10.0),
            ],
        )

    def test_who_leaves_at_the_end_is_not_called_for_what_follows(self):
        plan = self._year()
        leaving = self._member("Leaving", "2026-01-01", plan)
        for_life = self._member("For life", "2026-01-01", plan)
        for member in leaving | for_life:
            self._called(member, "2026-01-01").line_ids._mark_paid(date(2026, 1, 5))
        soon = {"membership_day": "2026-12-20"}
        self.assertTrue(leaving.with_context(**soon).to_renew)
        leaving._depart("resigned_on", date(2027, 1, 1), "Moves away")
        for_life.lifetime_from = "2027-01-01"
        for member in leaving | for_life:
            self.assertFalse(member._call_dues(date(2026, 12, 20)))
            self.assertFalse(member.with_context(**soon).to_renew)
        self.assertEqual(leaving._why_not_called(date(2026, 12, 20)), "resigned")
        self.env["recurring.renewal.reminder"].create(
            {"plan_id": plan.id, "basis": "end", "days": -30}
        )
        found = self.env["recurring.renewal.reminder"]._due(
            self.company, date(2026, 12, 2)
        )
        self.assertFalse(found)

    def test_who_left_joins_again(self):
        """Lists of the days between say that they had left; number and entrance fee
        are not asked for anew."""
        with freeze_time("2025-09-01"):
            member = self._member("Back", "2025-09-01")
        number = member.number
        self._called(member, "2025-09-01").line_ids._mark_paid(date(2025, 9, 2))
        member._depart("resigned_on", date(2025, 10, 1), "Moves away")
        with freeze_time("2026-11-05"):
            self.assertFalse(member._call_dues(date(2026, 11, 5)))
            member.action_rejoin()
            with self.assertRefused("is a member"):
                member.action_rejoin()
        self.assertFalse(member.has_left)
        for day, state in (
            ("2025-09-30", "up_to_date"),
            ("2025-12-01", "resigned"),
            ("2026-11-04", "resigned"),
            ("2026-11-05", "lapsed"),
        ):
            asked = member.with_context(membership_day=day)
            self.assertEqual(asked.state, state, day)
        dues = self._called(member)
        self.assertEqual(
            self._lines(dues), [("dues", "2026-09-01", "2027-08-31", 60.0)]
        )
        self._receives(dues)
        self.assertEqual((member.state, member.number), ("up_to_date", number))
        with self.assertRefused("had not joined yet"):
            member._depart("excluded_on", date(2026, 11, 5), "Quarrel")
        member._depart("excluded_on", date(2026, 11, 8), "Quarrel")
        self.assertEqual((member.state, member.has_left), ("excluded", True))

    # ------------------------------------------------------------------
    # What is asked, and taken back
    # ------------------------------------------------------------------

    def test_a_chosen_amount_is_asked_for_as_it_was_chosen(self):
        rich = self._member(
            "Rich", "2026-11-10", category_id=self.benefactor.id, chosen_amount=150
        )
        dues = rich._call_dues(date(2026, 11, 10))
        self.assertEqual(dues.line_ids.mapped("amount"), [150.0, 10.0])
        offers = self.season._join_offers(date(2026, 11, 10))
        offer = next(one for one in offers if one["category"] == self.benefactor)
        self.assertEqual((offer["dues"], offer["explanation"]), (100, ""))

    def test_dues_of_a_family_go_down_twice(self):
        plan = self._year(
            charge={
                "name": "Dues",
                "rr_has_further_price": True,
                "rr_further_price": 45.0,
                "rr_has_third_price": True,
                "rr_third_price": 30.0,
            }
        )
        members = self._member("Anna", "2026-01-01", plan)
        payer = members.partner_id.id
        for name in ("Ben", "Cleo", "Dora"):
            members |= self._member(name, "2026-01-01", plan, payer_id=payer)
        dues = members._call_dues(date(2026, 11, 10))
        self.assertEqual(dues.line_ids.mapped("amount"), [60.0, 45.0, 30.0, 30.0])
        summary = plan.current_version_id.price_summary
        for text in ("60.00", "45.00", "each further member", "30.00", "the third on"):
            self.assertIn(text, summary)
        summary = self.season.current_version_id.price_summary
        self.assertIn("at least", summary)

    def test_a_call_that_is_paid_in_part_is_not_cancelled(self):
        dues = self._called(self._member("Jeanne", "2026-11-10"))
        money = self._receives(dues, amount=20)
        with self.assertRefused("take back the payment first"):
            dues.action_cancel()
        money._return(date(2026, 11, 10), "No funds")
        dues.action_cancel()
        self.assertEqual(dues.state, "cancelled")

    def test_a_campaign_leaves_alone_what_was_invoiced_or_is_in_hand(self):
        plan = self._year(rr_dues_document="invoice")
        invoiced = self._member("Invoiced", "2025-01-01", plan)
        by_cheque = self._member("Cheque", "2025-01-01", self._year())
        for member in invoiced | by_cheque:
            self._called(member, "2025-01-01")
        self.env["recurring.dues.instalment"].create(
            {
                "dues_id": by_cheque.dues_line_ids.dues_id.id,
                "amount": 60.0,
                "mode": "cheque",
                "handed_on": "2026-11-01",
                "due_on": "2026-12-01",
            }
        )
        self.assertFalse((invoiced | by_cheque)._calls_over(date(2026, 11, 10)))

    def test_dues_with_vat_are_invoiced(self):
        tax = self.env["account.tax"].search(
            [
                ("type_tax_use", "=", "sale"),
                ("amount", ">", 0),
                ("company_id", "=", self.company.id),
            ],
            limit=1,
        )
        product = self._product("Taxed", taxes_id=[Command.set(tax.ids)])
        charge = {"unit_price": 60.0, "product_id": product.id}
        with self.assertRefused("bears VAT: let dues be invoiced"):
            self._membership_plan("Taxed", [charge])
        self._membership_plan("Taxed", [charge], rr_dues_document="invoice")
