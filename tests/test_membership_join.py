"""Joining by the public page: from the form to the call for dues."""

from datetime import date, timedelta

from odoo import fields
from odoo.tests import freeze_time, tagged

from .common_membership_join import JoinCommon


@tagged("post_install", "-at_install")
class TestMembershipJoin(JoinCommon):
    def setUp(self):
        super().setUp()
        self.today = fields.Date.context_today(self.season)

    def test_the_page_shows_prices_of_today(self):
        self.season.rr_join_intro = "<p>Bring your boots.</p>"
        offers = {
            one["category"]: one for one in self.season._join_offers(date(2026, 11, 10))
        }
        self.assertNotIn(self.honorary, offers)
        member = offers[self.member_category]
        self.assertEqual(
            (member["dues"], member["entrance"], member["total"]), (50, 10, 60)
        )
        self.assertIn("10 of 12 months", member["explanation"])
        page = self.url_open(self.page).text
        for text in ("Bring your boots", "Student card", "Benefactor", "entrance fee"):
            self.assertIn(text, page)
        self.assertNotIn("checked=", page)

    def test_closed_or_unknown(self):
        self.season.rr_join_open = False
        self.assertIn("closed at the moment", self.url_open(self.page).text)
        self._send()
        self.assertFalse(self._requests())
        self.assertEqual(self.url_open("/join/nothing").status_code, 404)

    def test_nothing_before_the_confirmation(self):
        before = self._people()
        page = self._send()
        self.assertIn("marie@example.com", page.text)
        asked = self._requests()
        self.assertEqual((asked.state, asked.name), ("waiting", "Marie Dupont"))
        mail = self.env["mail.mail"].search([("email_to", "=", "marie@example.com")])
        self.assertIn("/join/confirm/", mail.body_html)
        self.url_open(self._confirm_link(asked))  # a program that looks at links
        self.assertEqual(self._people(), before)
        self.assertEqual(asked.state, "waiting")

    def test_joined(self):
        asked, page = self._join(consent_newsletter="1")
        self.assertEqual(asked.state, "joined")
        membership = asked.person_ids.membership_id
        partner = membership.partner_id
        self.assertEqual(
            (partner.name, partner.email, partner.city, str(partner.rr_birthdate)),
            ("Marie Dupont", "marie@example.com", "Lyon", "1980-02-03"),
        )
        self.assertEqual(membership.joined_on, self.today)
        self.assertEqual(membership.state, "awaiting")
        self.assertEqual(asked.dues_id.state, "called")
        self.assertIn(f"/my/dues/{asked.dues_id.id}", page.url)
        self.assertIn("Marie Dupont", page.text)
        self.assertTrue(partner._consents_to("newsletter"))
        self.assertFalse(partner._consents_to("image"))
        self.assertEqual(partner.rr_consent_ids.source, "join")

    def test_the_link_twice(self):
        asked, _page = self._join()
        people = self._people()
        link = self._confirm_link(asked)
        self.assertIn(f"/my/dues/{asked.dues_id.id}", self._post(link).url)
        self.assertIn(f"/my/dues/{asked.dues_id.id}", self.url_open(link).url)
        self.assertEqual(self._people(), people)

    def test_wrong_and_expired_links(self):
        self._send()
        asked = self._requests()
        link = self._confirm_link(asked)
        for bad in ("x", link.rsplit("/")[-1][:-3] + "abc", "%20", "é"):
            for page in (
                self.url_open(f"/join/confirm/{bad}"),
                self._post(f"/join/confirm/{bad}"),
            ):
                self.assertIn("not valid", page.text)
        with freeze_time(fields.Datetime.now() + timedelta(hours=49)):
            self.assertFalse(
                self.env["recurring.join.request"]._from_token(link.rsplit("/")[-1])
            )
        self.assertEqual(asked.state, "waiting")

    def test_known_partner_is_found_and_not_overwritten(self):
        known = self.env["res.partner"].create(
            {
                "name": "DUPONT Marie",
                "email": "Marie@Example.com",
                "phone": "01",
                "city": "Paris",
            }
        )
        page = self._send(phone="02")
        self.assertNotIn("DUPONT", page.text)
        asked = self._requests()
        self._post(self._confirm_link(asked))
        self.assertEqual(asked.person_ids.membership_id.partner_id, known)
        self.assertEqual((known.phone, known.city), ("01", "Paris"))
        self.assertEqual(known.street, "1 rue Haute")
        self.assertIn("02", asked.note)

    def test_who_shares_an_address_is_another_person(self):
        husband = self.env["res.partner"].create(
            {"name": "Luc Dupont", "email": "marie@example.com"}
        )
        namesake = self.env["res.partner"].create(
            {
                "name": "Marie Dupont",
                "email": "marie@example.com",
                "rr_birthdate": "2001-01-01",
            }
        )
        asked, _page = self._join()
        self.assertNotIn(asked.person_ids.membership_id.partner_id, husband | namesake)

    def test_members_are_not_made_twice(self):
        asked, _page = self._join()
        dues = asked.dues_id
        again, page = self._join()
        self.assertNotEqual(again, asked)
        self.assertEqual(again.person_ids.membership_id, asked.person_ids.membership_id)
        self.assertEqual(again.dues_id, dues)
        self._confirm(self._transaction(dues, dues.amount))
        third, page = self._join()
        self.assertFalse(third.dues_id)
        self.assertIn("nothing to pay", page.text)

    def test_who_left_needs_a_person(self):
        asked, _page = self._join()
        membership = asked.person_ids.membership_id
        asked.dues_id.action_cancel()
        membership._depart("resigned_on", self.today, "Moved away")
        again, page = self._join()
        self.assertEqual(again.state, "review")
        self.assertIn("looks at your request", page.text)
        self.assertTrue(membership.has_left)
        again.action_accept()
        self.assertFalse(membership.has_left)
        self.assertTrue(membership.resigned_on)  # on record
        self.assertEqual(again.dues_id.line_ids.membership_id, membership)

    def test_a_minor(self):
        born = self.today.replace(year=self.today.year - 10, day=1)
        page = self._send(birthdate=str(born))
        self.assertIn("a guardian joins for the member", page.text)
        self.assertFalse(self._requests())
        asked, _page = self._join(
            birthdate=str(born),
            guardian_firstname="Anne",
            guardian_lastname="Dupont",
            consent_image="1",
        )
        membership = asked.person_ids.membership_id
        guardian = membership.guardian_id
        self.assertEqual(
            (membership.partner_id.name, guardian.name, guardian.email),
            ("Marie Dupont", "Anne Dupont", "marie@example.com"),
        )
        self.assertFalse(membership.partner_id.email)
        self.assertEqual(membership.payer_id, guardian)
        consent = membership.partner_id.rr_consent_ids
        self.assertEqual(
            (consent.kind_id.code, consent.given_by_id.id), ("image", guardian.id)
        )

    def test_a_household(self):
        born = self.today.replace(year=self.today.year - 8, day=1)
        asked, _page = self._join(
            f1_firstname="Luc",
            f1_lastname="Dupont",
            f1_birthdate="1979-01-01",
            f1_category_id=self.reduced.id,
            f1_consent_image="1",
            f2_firstname="Zoé",
            f2_lastname="Dupont",
            f2_birthdate=str(born),
            f2_category_id=self.member_category.id,
            f2_consent_image="1",
        )
        marie, luc, zoe = asked.person_ids.membership_id
        self.assertEqual((marie | luc | zoe).payer_id, marie.partner_id)
        self.assertEqual(zoe.guardian_id, marie.partner_id)
        self.assertFalse(luc.guardian_id)
        self.assertEqual(asked.dues_id.line_ids.membership_id, marie | luc | zoe)
        self.assertFalse(luc.partner_id.rr_consent_ids, "nobody consents for an adult")
        self.assertEqual(zoe.partner_id.rr_consent_ids.given_by_id, marie.partner_id)
        self.assertTrue(asked.needs_proof)
        self.assertIn(asked, self._requests(needs_proof=True))

    def test_a_legal_person(self):
        self.season.action_new_version()
        page = self._send(category_id=self.club.id)
        self.assertIn("Please fill this in", page.text)
        asked, _page = self._join(
            category_id=self.club.id, organisation="Chess Club", birthdate=""
        )
        membership = asked.person_ids.membership_id
        self.assertTrue(membership.partner_id.is_company)
        self.assertEqual(
            (membership.partner_id.name, membership.representative_id.name),
            ("Chess Club", "Marie Dupont"),
        )
        self.assertEqual(membership.payer_id, membership.partner_id)

    def test_a_free_amount(self):
        category = self.benefactor
        name = f"amount_{category.id}"
        for bad in ("99.99", "-5", "nan", "1e9", "abc"):
            page = self._send(category_id=category.id, **{name: bad})
            self.assertIn("At least 100.00", page.text, bad)
        self.assertFalse(self._requests())
        asked, _page = self._join(category_id=category.id, **{name: "250,50 €"})
        self.assertEqual(asked.person_ids.membership_id.chosen_amount, 250.5)

    def test_what_is_missing(self):
        page = self._send(firstname="", email="marie", city=" ", birthdate="2999-01-01")
        for text in ("Please fill this in", "valid e-mail", "check this date"):
            self.assertIn(text, page.text)
        self.assertIn("1 rue Haute", page.text, "what was typed stays")
        self.season.rr_statutes_url = "https://example.com/statutes"
        self.assertIn("accept the statutes", self._send().text)
        self._send(statutes="1")
        self.assertEqual(len(self._requests()), 1)
        self.assertFalse(self._send(category_id=self.honorary.id) is None)
        self.assertEqual(len(self._requests()), 1)

    def test_accepted_by_the_board(self):
        plan = self._membership_plan(
            "Board",
            [{"unit_price": 0.0}],
            alignment="calendar",
            rr_counts_from="acceptance",
        )
        plan.write({"rr_join_open": True, "rr_join_slug": "board"})
        self._send(page="/join/board", form_token=self._form_token(plan))
        asked = self.env["recurring.join.request"].search([("plan_id", "=", plan.id)])
        page = self._post(self._confirm_link(asked))
        self.assertIn("nothing to pay", page.text)
        membership = asked.person_ids.membership_id
        self.assertEqual(membership.state, "awaiting")
        membership.action_accept()
        self.assertEqual(membership.state, "up_to_date")
