"""The joining page against robots, floods and the curious; the office's decisions."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common_membership_join import JoinCommon


@tagged("post_install", "-at_install")
class TestMembershipJoinGuards(JoinCommon):
    def test_robots(self):
        page = self._send(homepage="https://buy.example.com")
        self.assertIn("One more step", page.text, "a robot learns nothing")
        page = self._send(form_token=self._form_token(age=1))
        self.assertIn("very fast", page.text)
        other = self._membership_plan("Other", [{"unit_price": 1.0}])
        for bad in ("x", "é", self._form_token(other), self._form_token()[:-2] + "aa"):
            self.assertIn("open for long", self._send(form_token=bad).text)
        with mute_logger("odoo.http"):
            answer = self.url_open(self.page, data=self._typed())
        self.assertEqual(answer.status_code, 400)
        self.assertFalse(self._requests())

    def test_too_many_from_one_connection(self):
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("recurring_revenue.join_per_hour", "2")
        for number in range(3):
            page = self._send(email=f"marie{number}@example.com")
        self.assertIn("Too many requests", page.text)
        self.assertEqual(len(self._requests()), 2)

    def test_too_many_to_one_address(self):
        for _number in range(4):
            page = self._send()
        self.assertIn("One more step", page.text)
        self.assertEqual(len(self._requests()), 3)
        mails = self.env["mail.mail"].search([("email_to", "=", "marie@example.com")])
        self.assertEqual(len(mails), 3)

    def test_the_same_answer_for_members(self):
        """Whether somebody is a member cannot be asked."""
        unknown = self._send(email="nobody@example.com")
        known = self._send(
            firstname="Jeanne", lastname="Petit", email="jeanne@example.com"
        )
        self.assertEqual(
            unknown.text.count("alert"), known.text.count("alert"), "no word more"
        )
        self.assertIn("One more step", known.text)

    def test_html_is_shown_as_text(self):
        page = self._send(firstname="<script>alert(1)</script>", email="x")
        self.assertNotIn("<script>alert(1)", page.text)

    def test_cleaning(self):
        self._send()
        asked = self._requests()
        now = fields.Datetime.now()
        clean = self.env["recurring.join.request"]._cron_clean
        clean()
        self.assertEqual(asked.state, "waiting")
        with freeze_time(now + timedelta(hours=49)):
            clean()
            self.assertEqual(asked.state, "expired")
            self.assertFalse(asked.ip_hash)
            self.assertIn("not valid", self._post(self._confirm_link(asked)).text)
        with freeze_time(now + timedelta(days=8)):
            clean()
        self.assertFalse(asked.exists())

    def _secretary(self):
        return new_test_user(
            self.env, "secretary", groups="recurring_revenue.group_secretary"
        )

    def test_reviewed_and_accepted(self):
        self.season.rr_join_review = True
        secretary = self._secretary()
        people = self._people()
        asked, page = self._join()
        self.assertIn("looks at your request", page.text)
        self.assertEqual((asked.state, self._people()), ("review", people))
        self.assertTrue(asked.activity_ids)
        self.season.invalidate_recordset()
        self.assertEqual(self.season.rr_join_request_count, 1)
        asked.with_user(secretary).action_accept()
        self.assertEqual((asked.state, asked.decided_by_id), ("joined", secretary))
        self.assertTrue(asked.person_ids.membership_id)
        self.assertFalse(asked.activity_ids)
        with self.assertRefused("not possible now"):
            asked.with_user(secretary).action_accept()

    def test_refused_with_a_reason(self):
        self.season.rr_join_review = True
        secretary = self._secretary()
        people = self._people()
        asked, _page = self._join()
        asked = asked.with_user(secretary)
        with self.assertRefused("Say why"):
            asked._refuse(" ")
        wizard = asked.env["recurring.join.refusal"].create(
            {"request_ids": asked.ids, "reason": "The course is full."}
        )
        wizard.action_refuse()
        self.assertEqual((asked.state, self._people()), ("refused", people))
        mails = self.env["mail.mail"].search([("email_to", "=", "marie@example.com")])
        self.assertIn("The course is full.", mails[0].body_html)
        with self.assertRefused("not possible now"):
            asked.action_accept()

    def test_states_are_not_typed(self):
        self._send()
        asked = self._requests()
        with self.assertRefused("by the buttons"):
            asked.state = "joined"
        with self.assertRefused("not possible now"):
            asked.action_accept()

    def test_rights(self):
        self._send()
        seller = new_test_user(
            self.env, "seller", groups="recurring_revenue.group_user"
        )
        for user in (seller, self.jeanne_user, self.env.ref("base.public_user")):
            with self.assertRaises(AccessError):
                self._requests().with_user(user).action_accept()
            with self.assertRaises(AccessError):
                self.env["recurring.join.request"].with_user(user).search([])

    def test_another_association(self):
        self._send()
        other = self.env["res.company"].create({"name": "Another"})
        user = new_test_user(
            self.env,
            "other_secretary",
            groups="recurring_revenue.group_secretary",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        self.assertFalse(
            self.env["recurring.join.request"].with_user(user).search_count([])
        )

    def test_links_of_plans(self):
        plan = self._membership_plan("Season", [{"unit_price": 1.0}])
        self.assertTrue(plan.rr_join_slug)
        self.assertNotEqual(plan.rr_join_slug, "season")
        with self.assertRefused("good link", ValidationError):
            plan.rr_join_slug = "A b"
        with self.assertRefused("https://", ValidationError):
            plan.rr_statutes_url = "javascript:alert(1)"
        plan = self._membership_plan("Anywhere", [{"unit_price": 1.0}], publish=False)
        plan.company_id = False
        with self.assertRefused("which association", ValidationError):
            plan.rr_join_open = True
        with self.assertRefused("no membership plan", ValidationError):
            self._plan().rr_join_open = True
