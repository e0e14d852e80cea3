"""What the joining page asks for is what is called: members of before, next season."""

from datetime import date
from decimal import Decimal

from odoo import Command
from odoo.tests import freeze_time, tagged

from .common_membership_join import JoinCommon

TODAY = date(2026, 11, 12)


@tagged("post_install", "-at_install")
@freeze_time("2026-11-12 10:00:00")
class TestMembershipJoinAgain(JoinCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marie = cls._member(
            "Marie Dupont", "2025-09-10", category_id=cls.reduced.id
        )
        cls.marie.partner_id.email = "marie@example.com"

    def _paid(self, membership, day):
        """Let a member have paid the dues of a day."""
        dues = membership._call_dues(day)
        dues.action_call()
        dues._receive(
            membership.payer_id,
            day,
            Decimal(str(dues.amount)),
            journal_id=self.bank.id,
            mode="transfer",
        )
        return dues

    def _asked(self, **values):
        """Send the form; return the request and what its page says it costs."""
        self._send(**values)
        asked = self._requests()[:1]
        quote = asked._quote(TODAY)
        return asked, float(sum(offer["total"] for _person, offer in quote))

    def test_a_member_of_before_chooses_anew(self):
        self._paid(self.marie, date(2025, 9, 10))
        self.marie.proof_seen_on = "2025-09-10"
        self.assertEqual(self.marie.state, "lapsed")
        asked, total = self._asked()
        link = self._confirm_link(asked)
        # A whole season, since she renews, and no entrance fee.
        self.assertEqual(total, 60.0)
        self.assertIn("60.00", self.url_open(link).text)
        self._post(link)
        self.assertEqual(asked.person_ids.membership_id, self.marie)
        self.assertEqual(self.marie.category_id, self.member_category)
        self.assertFalse(self.marie.proof_seen_on, "of the category of before")
        self.assertEqual(asked.dues_id.amount, total)

    def test_a_benefactor_gives_less_than_before(self):
        self._paid(self.marie, date(2025, 9, 10))
        self.marie.write({"category_id": self.benefactor.id, "chosen_amount": 500})
        asked, total = self._asked(
            category_id=self.benefactor.id, **{f"amount_{self.benefactor.id}": "120"}
        )
        self._post(self._confirm_link(asked))
        self.assertEqual((total, asked.dues_id.amount), (120.0, 120.0))

    def test_who_is_up_to_date_stays_as_they_are(self):
        self._paid(self.marie, date(2026, 9, 10))
        asked, total = self._asked()
        self.assertEqual(total, 0)
        page = self.url_open(self._confirm_link(asked)).text
        self.assertIn("Reduced", page, "the category that she has")
        self.assertIn("nothing to pay", self._post(self._confirm_link(asked)).text)
        self.assertEqual(self.marie.category_id, self.reduced)

    def test_who_was_called_before_pays_that_call(self):
        dues = self.marie._call_dues(TODAY)  # prepared, and not sent yet
        asked, total = self._asked()
        page = self._post(self._confirm_link(asked))
        self.assertEqual((dues.state, asked.dues_id), ("called", dues))
        self.assertEqual(total, dues.amount)
        self.assertIn(f"/my/dues/{dues.id}", page.url)

    def test_one_more_in_a_household(self):
        self.season.action_new_version()
        draft = self.season.draft_version_id
        draft.effective_date = "2025-01-01"
        draft.charge_ids.filtered(
            lambda charge: charge.role == "base" and not charge.rr_category_id
        ).write({"rr_has_further_price": True, "rr_further_price": 36.0})
        draft.action_publish()
        self._paid(self.marie, date(2026, 9, 10))
        asked, total = self._asked(
            f1_firstname="Zoé",
            f1_lastname="Dupont",
            f1_birthdate="2015-01-01",
            f1_category_id=self.member_category.id,
        )
        self._post(self._confirm_link(asked))
        # 36.00 for 10 of 12 months, and the entrance fee of 10.00.
        self.assertEqual((total, asked.dues_id.amount), (40.0, 40.0))

    def test_the_price_of_the_season_that_is_sold(self):
        plan = self._membership_plan(
            "Next",
            [{"unit_price": 60.0}],
            alignment="season",
            alignment_month="9",
            rr_next_from_month="11",
            rr_next_from_day=1,
        )
        plan.write({"rr_join_open": True, "rr_join_slug": "next"})
        plan.action_new_version()
        draft = plan.draft_version_id
        draft.write(
            {
                "effective_date": "2027-01-01",
                "charge_ids": [Command.update(draft.charge_ids.id, {"unit_price": 72})],
            }
        )
        draft.action_publish()
        [offer] = [
            one
            for one in plan._join_offers(TODAY)
            if one["category"] == self.member_category
        ]
        self.assertEqual(
            (offer["last_day"], offer["total"]), (date(2028, 8, 31), Decimal(72))
        )
        self._send(page="/join/next", form_token=self._form_token(plan))
        asked = self.env["recurring.join.request"].search([("plan_id", "=", plan.id)])
        [[_person, offer]] = asked._quote(TODAY)
        self._post(self._confirm_link(asked))
        self.assertEqual((offer["total"], asked.dues_id.amount), (72, 72.0))
