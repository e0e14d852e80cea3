"""The portal of members: own pages only, whatever is tampered with."""

from datetime import date

from odoo.exceptions import AccessError
from odoo.http import Request
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tests.common import JsonRpcException
from odoo.tools import mute_logger

from .common_membership_payment import MembershipPaymentCommon


class MembershipHttpCommon(MembershipPaymentCommon, HttpCase):
    def _csrf(self):
        return Request.csrf_token(self)

    def _post(self, url, **data):
        return self.url_open(url, data={"csrf_token": self._csrf(), **data})

    def _pay(self, dues, token=None, **values):
        return self.make_jsonrpc_request(
            f"/my/dues/{dues.id}/transaction",
            {
                "access_token": token,
                "amount": 60.0,
                "provider_id": self.provider.id,
                "payment_method_id": self.provider.payment_method_ids.id,
                "token_id": None,
                "flow": "redirect",
                "tokenization_requested": False,
                "landing_route": "/evil",
                **values,
            },
        )


@tagged("post_install", "-at_install")
@freeze_time("2026-11-12 10:00:00")
class TestMembershipPortalRights(MembershipPaymentCommon):
    """Record rules: what a member may read by any way."""

    MODELS = (
        "recurring.membership",
        "recurring.dues",
        "recurring.dues.line",
        "recurring.contribution",
        "recurring.contribution.line",
        "recurring.consent",
    )

    def _visible(self, user):
        return {
            model: self.env[model].with_user(user).search([]) for model in self.MODELS
        }

    def _prepare(self):
        self._confirm(self._transaction())
        kind = self.env.ref("recurring_revenue.consent_image")
        self.consent = self.env["recurring.consent"].create(
            {"partner_id": self.jeanne.partner_id.id, "kind_id": kind.id}
        )

    def test_own_only(self):
        self._prepare()
        own = self._visible(self.jeanne_user)
        self.assertEqual(own["recurring.membership"], self.jeanne)
        self.assertEqual(own["recurring.dues"], self.dues)
        self.assertEqual(own["recurring.dues.line"], self.dues.line_ids)
        self.assertEqual(own["recurring.contribution"].amount, 60.0)
        self.assertEqual(len(own["recurring.contribution.line"]), 2)
        self.assertEqual(own["recurring.consent"], self.consent)
        other = self._visible(self.paul_user)
        self.assertEqual(other.pop("recurring.membership"), self.paul)
        self.assertFalse(any(other.values()))

    def test_read_only(self):
        self._prepare()
        for model, records in self._visible(self.jeanne_user).items():
            for operation in ("write", "create", "unlink"):
                self.assertFalse(records.has_access(operation), (model, operation))
        with self.assertRaises(AccessError):
            self.jeanne.partner_id.with_user(self.jeanne_user).read(["rr_birthdate"])

    def test_prepared_calls_are_not_seen(self):
        dues = self.paul._call_dues(date(2026, 11, 10))
        self.assertFalse(self._visible(self.paul_user)["recurring.dues"])
        dues.action_call()
        self.assertEqual(self._visible(self.paul_user)["recurring.dues"], dues)

    def test_guardians_see_until_majority(self):
        child = self.env["res.partner"].create(
            {"name": "Child", "rr_birthdate": "2010-11-13"}
        )
        membership = self._member(
            "", "2026-11-10", partner_id=child.id, guardian_id=self.paul.partner_id.id
        )
        dues = self._called(membership)
        seen = self._visible(self.paul_user)
        self.assertEqual(seen["recurring.membership"], self.paul | membership)
        self.assertEqual(seen["recurring.dues"], dues)
        with freeze_time("2028-11-13 10:00:00"):
            self.env.invalidate_all()
            seen = self._visible(self.paul_user)
            self.assertEqual(seen["recurring.membership"], self.paul)
            self.assertFalse(seen["recurring.dues"])

    def test_representatives_and_payers_see(self):
        club = self._category("Club", kind="legal")
        membership = self._member(
            "Chess Club",
            "2026-11-10",
            category_id=club.id,
            representative_id=self.paul.partner_id.id,
        )
        paid_for = self._member(
            "Colleague", "2026-11-10", payer_id=self.paul.partner_id.id
        )
        self.assertEqual(
            self._visible(self.paul_user)["recurring.membership"],
            self.paul | membership | paid_for,
        )

    def test_another_association(self):
        other = self.env["res.company"].create({"name": "Another"})
        self.jeanne_user.write(
            {"company_ids": [(6, 0, other.ids)], "company_id": other}
        )
        self.assertFalse(any(self._visible(self.jeanne_user).values()))


@tagged("post_install", "-at_install")
class TestMembershipPortalPages(MembershipHttpCommon):
    def test_anonymous_and_wrong_tokens(self):
        token = self.dues._portal_ensure_token()
        other = self._called(self.paul)
        urls = (
            f"/my/dues/{self.dues.id}",
            f"/my/dues/{self.dues.id}?access_token=x",
            f"/my/dues/{other.id}?access_token={token}",
            "/my/dues/999999?access_token=x",
        )
        for url in urls:
            self.assertIn("/web/login", self.url_open(url).url, url)
        page = self.url_open(f"/my/dues/{self.dues.id}?access_token={token}")
        self.assertIn("Jeanne Petit", page.text)
        self.assertIn("60.00", page.text)

    def test_a_prepared_call_has_no_page(self):
        dues = self.paul._call_dues(date(2026, 11, 10))
        self.assertIn("/web/login", self.url_open(dues.get_portal_url()).url)

    def test_pages_of_another(self):
        self.authenticate("paul", "paul")
        self.assertNotIn("Jeanne", self.url_open(f"/my/dues/{self.dues.id}").text)
        page = self.url_open(f"/my/membership/{self.jeanne.id}")
        self.assertNotIn("Jeanne", page.text)
        for action in ("renew", "data", "consents"):
            url = f"/my/membership/{self.jeanne.id}/{action}"
            self._post(url, phone="666", consent_image="1")
        self.assertFalse(self.jeanne.partner_id.phone)
        self.assertFalse(self.jeanne.partner_id.rr_consent_ids)
        self.assertEqual(self.jeanne.dues_line_ids.dues_id, self.dues)

    def test_posts_need_the_csrf_token(self):
        self.authenticate("jeanne", "jeanne")
        with mute_logger("odoo.http"):
            answer = self.url_open(
                f"/my/membership/{self.jeanne.id}/data", data={"phone": "666"}
            )
        self.assertEqual(answer.status_code, 400)
        self.assertFalse(self.jeanne.partner_id.phone)

    def test_own_pages(self):
        self.authenticate("jeanne", "jeanne")
        self.assertIn("Dues to be paid", self.url_open("/my").text)
        page = self.url_open("/my/memberships")
        self.assertIn(self.jeanne.number, page.text)
        self.assertIn(self.dues.access_token, page.text, "what is to be paid")
        page = self.url_open(f"/my/membership/{self.jeanne.id}")
        self.assertIn(self.jeanne.number, page.text)
        counters = self.make_jsonrpc_request(
            "/my/counters",
            {"counters": ["membership_count", "dues_to_pay_count", "gift_count"]},
        )
        self.assertEqual(
            counters, {"membership_count": 1, "dues_to_pay_count": 1, "gift_count": 0}
        )

    def test_own_data_and_consents(self):
        self.authenticate("jeanne", "jeanne")
        url = f"/my/membership/{self.jeanne.id}"
        page = self._post(
            f"{url}/data", phone="01 02 03 04 05", email="new@example.com", name="Eve"
        )
        self.assertIn("Your changes are saved", page.text)
        partner = self.jeanne.partner_id
        self.assertEqual(
            (partner.name, partner.phone, partner.email),
            ("Jeanne Petit", "01 02 03 04 05", "new@example.com"),
        )
        page = self._post(f"{url}/data", email="no address")
        self.assertIn("valid e-mail", page.text)
        self.assertEqual(partner.email, "new@example.com")
        self._post(f"{url}/consents", consent_image="1")
        consent = partner.rr_consent_ids
        self.assertEqual((consent.kind_id.code, consent.source), ("image", "portal"))
        self._post(f"{url}/consents", consent_newsletter="1")
        self.assertTrue(consent.withdrawn_on)
        self.assertTrue(partner._consents_to("newsletter"))

    def test_renew_early_once(self):
        self._confirm(self._transaction())
        self.authenticate("jeanne", "jeanne")
        url = f"/my/membership/{self.jeanne.id}"
        page = self._post(f"{url}/renew")
        dues = self.jeanne.dues_line_ids.dues_id - self.dues
        self.assertIn(f"/my/dues/{dues.id}", page.url)
        self.assertEqual(
            self._lines(dues), [("dues", "2027-09-01", "2028-08-31", 60.0)]
        )
        self._post(f"{url}/renew")
        self._confirm(self._transaction(dues))
        self._post(f"{url}/renew")
        self.assertEqual(len(self.jeanne.dues_line_ids.dues_id), 2)

    def test_payment(self):
        token = self.dues._portal_ensure_token()
        self._pay(self.dues, token)
        tx = self.dues.rr_transaction_ids
        self.assertEqual(
            (tx.amount, tx.partner_id, tx.landing_route),
            (60.0, self.jeanne.partner_id, self.dues.get_portal_url()),
        )
        self._confirm(tx)
        page = self.url_open(self.dues.get_portal_url())
        self.assertIn("Thank you!", page.text)
        with mute_logger("odoo.http"), self.assertRaises(JsonRpcException):
            self._pay(self.dues, token)

    @mute_logger("odoo.http")
    def test_tampered_payments(self):
        token = self.dues._portal_ensure_token()
        other = self._called(self.paul)
        company = self.env["res.company"].create({"name": "Another"})
        foreign = self.provider.sudo().copy({"company_id": company.id})
        foreign.state = "test"
        for dues, key, values in (
            (self.dues, "x", {}),
            (self.dues, None, {}),
            (other, token, {}),
            (self.dues, token, {"amount": 1.0}),
            (self.dues, token, {"amount": -60.0}),
            (self.dues, token, {"provider_id": foreign.id}),
            (self.dues, token, {"payment_method_id": 999999}),
            (self.dues, token, {"flow": "token", "token_id": 1}),
            (self.dues, token, {"rr_dues_id": other.id}),
        ):
            with self.assertRaises(JsonRpcException, msg=str(values)):
                self._pay(dues, key, **values)
        self.assertFalse((self.dues | other).rr_transaction_ids)

    def test_a_payment_on_its_way(self):
        tx = self._transaction()
        tx._set_pending()
        page = self.url_open(self.dues.get_portal_url())
        self.assertIn("on its way", page.text)
        self.assertNotIn("o_payment_form", page.text)

    def test_who_is_paid_for_sees_no_others(self):
        works_council = self.env["res.partner"].create({"name": "Works Council"})
        one, two = (
            self._member(name, "2026-11-10", payer_id=works_council.id)
            for name in ("Colleague One", "Colleague Two")
        )
        dues = self._called(one | two)
        self._portal_user("one", one.partner_id)
        self.authenticate("one", "one")
        page = self.url_open(f"/my/dues/{dues.id}")
        self.assertIn("Colleague One", page.text)
        self.assertNotIn("Colleague Two", page.text)
        page = self.url_open(f"/my/membership/{one.id}")
        self.assertNotIn("Colleague Two", page.text)

    def test_gifts(self):
        gift = self._product("Gift", taxes_id=[(5,)])
        contribution = self.env["recurring.contribution"].create(
            {
                "partner_id": self.jeanne.partner_id.id,
                "journal_id": self.bank.id,
                "line_ids": [(0, 0, {"product_id": gift.id, "amount": 80})],
            }
        )
        contribution.action_book()
        self.authenticate("paul", "paul")
        self.assertNotIn("80.00", self.url_open("/my/gifts").text)
        self.authenticate("jeanne", "jeanne")
        self.assertIn("80.00", self.url_open("/my/gifts").text)

    def test_documents(self):
        url = f"/my/membership/{self.jeanne.id}"
        self.authenticate("jeanne", "jeanne")
        self.assertNotIn("Membership card", self.url_open(url).text)
        self.assertIn(
            "only who is up to date", self.url_open(f"{url}/document/card").text
        )
        self._confirm(self._transaction())
        page = self.url_open(url).text
        for kind in ("card", "attestation", "payment"):
            self.assertIn(f"{url}/document/{kind}", page)
            answer = self.url_open(f"{url}/document/{kind}")
            self.assertEqual(answer.headers["Content-Type"], "application/pdf", kind)
        self.assertNotIn(
            "pdf", self.url_open(f"{url}/document/x").headers["Content-Type"]
        )
        self.authenticate("paul", "paul")
        answer = self.url_open(f"{url}/document/card")
        self.assertIn("/my/membership", answer.url)
        self.assertNotIn("pdf", answer.headers["Content-Type"])
