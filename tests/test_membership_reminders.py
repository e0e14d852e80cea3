"""Reminders before, at and after the end: once each, and not when it is settled."""

from datetime import date
from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common_membership import MembershipCommon


@tagged("post_install", "-at_install")
@freeze_time("2027-09-10")
class TestMembershipReminders(MembershipCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.season.action_usual_reminders()
        cls.season.action_usual_reminders()  # adds nothing
        cls.jeanne = cls._paid("Jeanne", "2026-09-01")
        cls.jeanne.partner_id.email = "jeanne@example.com"
        cls.notices = cls.env["recurring.renewal.notice"]

    @classmethod
    def _paid(cls, name, day, **values):
        with freeze_time(day):
            member = cls._member(name, day, **values)
            cls._pay(member._call_dues(date.fromisoformat(day)), day)
        return member

    @classmethod
    def _pay(cls, dues, day):
        dues.action_call()
        dues.line_ids._mark_paid(date.fromisoformat(day))

    def _due(self, day):
        """Return [(name, basis, days)] of what goes out on a day."""
        reminders = self.env["recurring.renewal.reminder"]
        return sorted(
            (
                self.env["recurring.membership"].browse(member).partner_id.name,
                reminders.browse(reminder).basis,
                reminders.browse(reminder).days,
            )
            for reminder, member, _line in reminders._due(
                self.company, date.fromisoformat(day)
            )
        )

    def _send(self, day):
        with freeze_time(day):
            return self.notices._queue(self.company, date.fromisoformat(day))

    def _mails(self):
        return self.env["mail.mail"].search(
            [("model", "=", "recurring.membership")], order="id"
        )

    def test_before_on_and_after_the_end(self):
        for day, expected in (
            ("2027-07-31", []),
            ("2027-08-01", [("Jeanne", "end", -30)]),
            ("2027-08-07", [("Jeanne", "end", -30)]),  # missed: caught up for a week
            ("2027-08-08", []),
            ("2027-08-31", [("Jeanne", "end", 0)]),
            ("2027-09-15", [("Jeanne", "end", 15)]),
            ("2028-03-01", []),
        ):
            self.assertEqual(self._due(day), expected, day)

    def test_once_each(self):
        self.assertEqual(self._send("2027-08-02"), 1)
        self.assertEqual(self._send("2027-08-02"), 0)
        self.assertEqual(self._send("2027-08-03"), 0)
        self.assertEqual(self._send("2027-08-31"), 1)
        self.assertEqual(self.jeanne.rr_notice_ids.mapped("days"), [0, -30])
        self.assertEqual(len(self._mails()), 2)
        first = self._mails()[0]
        self.assertEqual(first.state, "outgoing")
        self.assertIn("08/31/2027", first.body_html)
        self.assertIn("Jeanne", first.body_html)
        self.assertIn("today is the last day", self._mails()[1].body_html)
        one = self.jeanne.rr_notice_ids[0]
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            with self.env.cr.savepoint():
                self.notices._record(
                    one.reminder_id,
                    [(self.jeanne, one.dues_line_id)],
                    date.today(),
                    "queued",
                )

    def test_it_stops_when_it_is_settled(self):
        with freeze_time("2027-08-10"):
            dues = self.jeanne._call_dues(date(2027, 8, 10))
            dues.action_call()
        self.assertEqual(self._due("2027-08-31"), [("Jeanne", "end", 0)])
        dues.line_ids._mark_paid(date(2027, 8, 20))
        self.assertEqual(self._due("2027-08-31"), [])
        dues.line_ids._mark_unpaid()
        self.assertEqual(self._due("2027-08-31"), [("Jeanne", "end", 0)])
        dues.action_cancel()
        self.jeanne._depart("resigned_on", date(2027, 9, 1), "Moved away")
        self.assertEqual(self._due("2027-08-31"), [])
        self.jeanne._undo_departure()
        self.assertEqual(self._due("2027-08-31"), [("Jeanne", "end", 0)])
        self.jeanne._depart("excluded_on", date(2027, 6, 1), "Quarrel")
        self.assertEqual(self._due("2027-08-31"), [])
        self.jeanne._undo_departure()
        self.jeanne.lifetime_from = "2027-07-01"
        self.assertEqual(self._due("2027-08-31"), [])

    def test_a_call_that_is_not_paid(self):
        with freeze_time("2027-05-01"):
            paul = self._member("Paul", "2027-05-01")
            dues = paul._call_dues(date(2027, 5, 1))
            dues.action_call()
        # Without a date to pay by: thirty days, and ten more.
        self.assertEqual(self._due("2027-06-09"), [])
        self.assertEqual(self._due("2027-06-10"), [("Paul", "due", 10)])
        dues.due_on = "2027-05-15"
        self.assertEqual(self._due("2027-05-25"), [("Paul", "due", 10)])
        paul.partner_id.email = "paul@example.com"
        self.assertEqual(self._send("2027-05-25"), 1)
        [mail] = self._mails()
        self.assertIn(dues.name, mail.body_html)
        self.assertIn("30.00", mail.body_html)
        dues.line_ids._mark_paid(date(2027, 5, 26))
        self.assertEqual(self._due("2027-05-26"), [])

    def test_a_household_gets_one_mail(self):
        self._paid("Paul", "2026-09-01", payer_id=self.jeanne.partner_id.id)
        self.assertEqual(self._send("2027-08-01"), 2)
        [mail] = self._mails()
        self.assertIn("Jeanne", mail.body_html)
        self.assertIn("Paul", mail.body_html)

    def test_in_the_language_of_who_pays(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.jeanne.partner_id.lang = "fr_FR"
        self._send("2027-08-01")
        self.assertIn("31/08/2027", self._mails().body_html)

    def test_without_an_address(self):
        self.jeanne.partner_id.email = False
        self._send("2027-08-01")
        self.assertEqual(self.jeanne.rr_notice_ids.outcome, "no_email")
        self.assertFalse(self._mails())

    def test_one_that_fails_does_not_stop_the_others(self):
        paul = self._paid("Paul", "2026-09-01")
        paul.partner_id.email = "paul@example.com"
        real = type(paul)._reminder

        def failing(self):
            if self.partner_id.name == "Paul":
                raise ValueError("Out of luck")
            return real(self)

        with (
            patch.object(type(paul), "_reminder", failing),
            mute_logger(
                "odoo.addons.recurring_revenue.models.membership.renewals"
                ".recurring_renewal_notice",
                "odoo.addons.mail.models.mail_render_mixin",
            ),
        ):
            self._send("2027-08-01")
        self.assertEqual(paul.rr_notice_ids.outcome, "failed")
        self.assertEqual(self.jeanne.rr_notice_ids.outcome, "queued")

    def test_the_daily_action(self):
        with self.enter_registry_test_mode(), freeze_time("2027-08-31"):
            cron = self.env.ref("recurring_revenue.cron_renewal_reminder")
            cron.method_direct_trigger()
        self.assertEqual(self.jeanne.rr_notice_ids.outcome, "queued")

    def test_preview_and_rights(self):
        secretary = new_test_user(
            self.env, "secretary", groups="recurring_revenue.group_secretary"
        )
        preview = self.env["recurring.reminder.preview"].with_user(secretary)
        with freeze_time("2027-08-31"):
            rows = preview.browse(preview.action_preview()["domain"][0][2])
            self.assertEqual(rows.membership_id, self.jeanne)
            self.assertEqual(rows.email, "jeanne@example.com")
            self.assertFalse(self.jeanne.rr_notice_ids)
            rows.action_queue()
            self.assertEqual(self.jeanne.rr_notice_ids.days, 0)
        with self.assertRefused("is not typed"):
            self.jeanne.rr_notice_ids.with_user(secretary).outcome = "failed"
        seller = new_test_user(
            self.env, "seller", groups="recurring_revenue.group_user"
        )
        with self.assertRaises(AccessError):
            self.notices.with_user(seller).search([])
        with self.assertRefused("archive it instead"):
            self.jeanne.rr_notice_ids.reminder_id.unlink()

    def test_an_imported_member_without_mails_of_the_past(self):
        """Reminders set up late write to nobody who lapsed long before."""
        self._paid("Old", "2023-09-01")
        self.assertEqual(self._due("2027-09-15"), [("Jeanne", "end", 15)])
