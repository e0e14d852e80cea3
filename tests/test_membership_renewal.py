"""Renewal campaigns: who is due, who is not and why; called and told once."""

from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from ..models.membership.renewals import renewal_work
from .common_membership import MembershipCommon


@tagged("post_install", "-at_install")
@freeze_time("2027-07-01")
class TestMembershipRenewal(MembershipCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.jeanne = cls._paid("Jeanne", "2026-09-01")
        cls.jeanne.partner_id.email = "jeanne@example.com"

    @classmethod
    def _paid(cls, name, day, plan=None, **values):
        """Return a member who paid for the period of a day."""
        with freeze_time(day):
            member = cls._member(name, day, plan, **values)
            dues = member._call_dues(date.fromisoformat(day))
            dues.action_call()
            dues.line_ids._mark_paid(date.fromisoformat(day))
        return member

    def _run(self, **values):
        return self.env["recurring.renewal.run"].create(
            {"plan_ids": self.season.ids, **values}
        )

    def _rows(self, run):
        """Return {name: (state, reason, first day, last day, amount)}."""
        return {
            row.membership_id.partner_id.name: (
                row.state,
                row.reason,
                row.date_start and str(row.date_start),
                row.last_day and str(row.last_day),
                row.amount,
            )
            for row in run.line_ids
        }

    def _mails(self, dues):
        return self.env["mail.mail"].search(
            [("model", "=", "recurring.dues"), ("res_id", "in", dues.ids)]
        )

    def test_the_season_that_begins_soon_is_proposed(self):
        self.assertEqual(str(self._run().day), "2027-09-01")
        with freeze_time("2027-04-01"):
            self.assertEqual(str(self._run().day), "2026-09-01")

    def test_who_is_due_and_who_is_left_out(self):
        self._member("New", "2027-06-30")  # joins for this season, by its rule
        self._member("Later", "2027-10-01")
        self._paid("Ahead", "2026-09-01")
        ahead = self.env["recurring.membership"].search(
            [("partner_id.name", "=", "Ahead")]
        )
        second = ahead._call_dues(date(2027, 7, 1))
        second.action_call()
        second.line_ids._mark_paid(date(2027, 7, 1))
        self._paid("Lapsed", "2024-09-01")
        open_one = self._paid("Open", "2026-09-01")._call_dues(date(2027, 7, 1))
        open_one.action_call()
        gone = self._paid("Gone", "2026-09-01")
        gone._depart("resigned_on", date(2027, 6, 1), "Moved away")
        long_gone = self._paid("Long gone", "2024-09-01")
        long_gone._depart("resigned_on", date(2025, 6, 1), "Moved away")
        self._member("Honoured", "2026-09-01", category_id=self.honorary.id)
        self._member("Eternal", "2026-09-01", lifetime_from="2020-01-01")
        run = self._run()
        run.action_list()
        self.assertEqual(run.state, "listed")
        season = ("2027-09-01", "2028-08-31")
        self.assertEqual(
            self._rows(run),
            {
                "Jeanne": ("due", False, *season, 60.0),
                "New": ("due", False, *season, 70.0),
                "Lapsed": ("due", False, *season, 60.0),
                "Later": ("left_out", "later", False, False, 0),
                "Ahead": ("left_out", "ahead", False, False, 0),
                "Open": ("left_out", "open", False, False, 0),
                "Gone": ("left_out", "resigned", False, False, 0),
                "Honoured": ("left_out", "honorary", False, False, 0),
                "Eternal": ("left_out", "lifetime", False, False, 0),
            },
        )
        why = {row.reason: row.why for row in run.line_ids if row.reason}
        self.assertIn(open_one.name, why["open"])
        self.assertEqual(why["ahead"], "Has dues until 08/31/2028")
        self.assertEqual((run.due_count, run.amount), (3, 190.0))
        self.assertEqual(run.prepare_label, "Prepare the calls of 3 members")

    def test_prepare_call_and_tell_once(self):
        run = self._run(due_on="2027-09-30")
        run.action_list()
        run.action_prepare()
        self.assertEqual(run.state, "prepared")
        dues = run.dues_ids
        self.assertEqual(
            self._lines(dues), [("dues", "2027-09-01", "2028-08-31", 60.0)]
        )
        self.assertEqual((dues.state, str(dues.due_on)), ("draft", "2027-09-30"))
        self.assertFalse(self._mails(dues))
        run.action_send()
        self.assertEqual((run.state, dues.state), ("done", "called"))
        mail = self._mails(dues)
        self.assertEqual(mail.state, "outgoing")
        self.assertEqual(mail.recipient_ids, self.jeanne.partner_id)
        for text in ("Jeanne", "60.00", "09/30/2027", dues.name):
            self.assertIn(text, mail.body_html)
        with self.assertRefused("not possible now"):
            run.action_send()
        again = self._run()
        again.action_list()
        self.assertEqual(self._rows(again)["Jeanne"][:2], ("left_out", "open"))
        with self.assertRefused("Nobody is due"):
            again.action_prepare()

    def test_a_household_gets_one_call_and_one_mail(self):
        payer = self.jeanne.partner_id
        self._paid("Paul", "2026-09-01", payer_id=payer.id)
        other = self._membership_plan(
            "Club house", [{"unit_price": 5.0}], alignment="season", alignment_month="9"
        )
        self._paid("Rose", "2026-09-01", other, payer_id=payer.id)
        run = self._run(plan_ids=(self.season | other).ids)
        run.action_list()
        run.action_prepare()
        run.action_send()
        self.assertEqual(sorted(run.dues_ids.mapped("amount")), [5.0, 120.0])
        mail = self._mails(run.dues_ids)
        self.assertEqual(len(mail), 1)
        for name in ("Jeanne", "Paul", "Rose", "125.00"):
            self.assertIn(name, mail.body_html)

    def test_in_the_language_of_who_pays(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.jeanne.partner_id.lang = "fr_FR"
        template = self.env.ref("recurring_revenue.mail_template_dues_call")
        template.with_context(lang="fr_FR").subject = "Votre cotisation"
        run = self._run()
        run.action_list()
        run.action_prepare()
        run.action_send()
        mail = self._mails(run.dues_ids)
        self.assertEqual(mail.subject, "Votre cotisation")
        self.assertIn("01/09/2027", mail.body_html)

    def test_without_an_address(self):
        self.jeanne.partner_id.email = False
        run = self._run()
        run.action_list()
        run.action_prepare()
        run.action_send()
        self.assertEqual(run.dues_ids.state, "called")
        self.assertEqual((run.line_ids.notice, run.unreached_count), ("no_email", 1))
        self.assertFalse(self._mails(run.dues_ids))

    def test_one_that_fails_does_not_stop_the_others(self):
        poor = self._paid(
            "Poor", "2026-09-01", category_id=self.benefactor.id, chosen_amount=100
        )
        with patch.object(
            type(poor), "_call_dues", _failing_for(poor, type(poor)._call_dues)
        ):
            run = self._run()
            run.action_list()
            with mute_logger(renewal_work.__name__):
                run.action_prepare()
        self.assertEqual(self._rows(run)["Jeanne"][0], "prepared")
        self.assertEqual(self._rows(run)["Poor"][0], "problem")
        row = run.line_ids.filtered(lambda row: row.state == "problem")
        self.assertIn("Out of luck", row.why)
        run.action_retry()
        self.assertEqual(self._rows(run)["Poor"][0], "prepared")
        self.assertEqual(len(run.dues_ids), 2)

    def test_a_price_that_is_missing_is_said_in_the_list(self):
        poor = self._paid(
            "Poor", "2026-09-01", category_id=self.benefactor.id, chosen_amount=100
        )
        poor.chosen_amount = 20
        run = self._run()
        run.action_list()
        row = run.line_ids.filtered(lambda row: row.membership_id == poor)
        self.assertEqual(row.state, "problem")
        self.assertIn("at least", row.why)
        run.action_prepare()
        self.assertEqual(len(run.dues_ids), 1)
        self.assertEqual(row.state, "problem")

    def test_unpaid_calls_that_are_over_are_dropped(self):
        with freeze_time("2025-09-01"):
            old = self._member("Late", "2025-09-01")
            call = old._call_dues(date(2025, 9, 1))
            call.action_call()
        run = self._run()
        run.action_list()
        # A new member still: the entrance fee was never paid.
        self.assertEqual(
            self._rows(run)["Late"], ("due", False, "2027-09-01", "2028-08-31", 70.0)
        )
        run.action_prepare()
        self.assertEqual(call.state, "cancelled")
        self.assertEqual(sorted(run.dues_ids.mapped("amount")), [60.0, 70.0])
        keeping = self._run(drop_over=False)
        keeping.action_list()
        self.assertEqual(self._rows(keeping)["Late"][:2], ("left_out", "open"))

    def test_each_member_with_a_year_of_their_own(self):
        rolling = self._membership_plan("Rolling", [{"unit_price": 40.0}])
        self._paid("Soon", "2026-07-15", rolling)
        self._paid("Far", "2026-12-15", rolling)
        run = self._run(plan_ids=rolling.ids)
        self.assertEqual(str(run.day), "2027-08-31")
        run.action_list()
        rows = self._rows(run)
        self.assertEqual(rows["Soon"], ("due", False, "2027-07-15", "2028-07-14", 40.0))
        self.assertEqual(rows["Far"][:2], ("left_out", "ahead"))

    def test_left_out_by_hand(self):
        run = self._run()
        run.action_list()
        run.line_ids.action_exclude()
        self.assertEqual(run.due_count, 0)
        with self.assertRefused("Nobody is due"):
            run.action_prepare()
        run.line_ids.action_include()
        run.action_prepare()
        with self.assertRefused("before the calls are prepared"):
            run.line_ids.action_exclude()

    def test_who_pays_meanwhile_is_not_called(self):
        run = self._run()
        run.action_list()
        dues = self.jeanne._call_dues(date(2027, 7, 2))
        dues.action_call()
        run.action_prepare()
        self.assertEqual(run.line_ids.state, "left_out")
        self.assertFalse(run.dues_ids)

    def test_many_are_a_job(self):
        for number in range(4):
            self._paid(f"Member {number}", "2026-09-01")
        run = self._run()
        with patch.object(renewal_work, "AT_ONCE", 1):
            run.action_list()
        self.assertEqual((run.state, run.progress), ("listing", 0))
        self.assertEqual(run.progress_text, "0 of 5 members")
        run.action_stop()
        self.assertTrue(run.stopped)
        run.action_continue()
        with self.enter_registry_test_mode():
            self.env.ref("recurring_revenue.cron_renewal").method_direct_trigger()
        self.assertEqual((run.state, run.due_count), ("listed", 5))

    def test_a_plan_is_not_changed_under_way(self):
        run = self._run()
        run.action_list()
        run.day = "2026-09-01"
        self.assertEqual((run.state, run.line_ids.ids), ("draft", []))
        run.day = "2027-09-01"
        run.action_list()
        run.action_prepare()
        with self.assertRefused("once started"):
            run.day = "2026-09-01"
        with self.assertRefused("stays on record"):
            run.unlink()
        with self.assertRefused("is not typed"):
            run.state = "draft"
        with self.assertRefused("is not typed"):
            run.line_ids.amount = 3

    def test_rights(self):
        secretary = new_test_user(
            self.env, "secretary", groups="recurring_revenue.group_secretary"
        )
        run = self._run().with_user(secretary)
        run.action_list()
        run.action_prepare()
        run.action_send()
        self.assertEqual(run.dues_ids.state, "called")
        seller = new_test_user(
            self.env, "seller", groups="recurring_revenue.group_user"
        )
        with self.assertRaises(AccessError):
            run.with_user(seller).read(["name"])

    def test_another_company_sees_nothing(self):
        other = self.env["res.company"].create({"name": "Other"})
        foreigner = new_test_user(
            self.env,
            "foreigner",
            groups="recurring_revenue.group_secretary",
            company_id=other.id,
            company_ids=other.ids,
        )
        run = self._run()
        run.action_list()
        for records in (run, run.line_ids):
            self.assertFalse(
                records.with_user(foreigner).search([("id", "in", records.ids)])
            )
            with self.assertRaises(AccessError):
                records.with_user(foreigner).read(["state"])


def _failing_for(poor, real):
    def call_dues(self, day):
        if poor in self:
            raise ValueError("Out of luck")
        return real(self, day)

    return call_dues
