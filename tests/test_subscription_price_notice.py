"""Telling customers: once each, in time, in their language; who cannot be told."""

from datetime import date

from odoo.tests import freeze_time, tagged

from .common_revision import RevisionCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestRevisionNotice(RevisionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reachable = cls._customer("Ada", email="ada@example.com")
        cls.template = cls.env.ref("recurring_revenue.mail_template_price_revision")

    def _mails(self, sub):
        return self.env["mail.mail"].search(
            [("model", "=", "recurring.subscription"), ("res_id", "in", sub.ids)]
        )

    def _tell(self, day, revision):
        with freeze_time(day), self._in_batches(revision):
            self.Revision._cron_notices()

    def test_so_many_days_before_and_once(self):
        sub = self._running(customer=self.reachable, quantity=2)
        revision = self._revision(reason="Our costs rose.")
        revision.action_announce()
        self.assertEqual(revision.state, "announced")
        self.assertFalse(self._mails(sub))
        self._tell("2026-05-31", revision)
        self.assertFalse(self._mails(sub))
        self._tell("2026-06-01", revision)
        mail = self._mails(sub)
        self.assertEqual((len(mail), mail.state), (1, "outgoing"))
        self.assertEqual(mail.recipient_ids, self.reachable)
        self.assertEqual(
            mail.subject, f"Your subscription {sub.name}: new prices from 07/01/2026"
        )
        body = mail.body_html.replace("\xa0", " ")
        self.assertIn("Pro seat: 30.00 € → 33.00 €", body)
        self.assertIn("Our costs rose.", body)
        row = self._row(revision, sub)
        self.assertEqual((row.notice, revision.told_count), ("queued", 1))
        self._tell("2026-06-01", revision)
        self._tell("2026-06-15", revision)
        self.assertEqual(self._mails(sub), mail)
        with self.assertRefused("announced already"):
            revision.action_announce()

    def test_at_once_where_the_day_is_near(self):
        sub = self._running(customer=self.reachable)
        revision = self._revision(notice_days=80, effective_date="2026-07-05")
        # from 1 August: told from 13 May on
        self.assertEqual(str(self._row(revision, sub).effective_date), "2026-08-01")
        revision.action_announce()
        self.assertFalse(self._mails(sub))
        near = self._revision(notice_days=76)
        near.action_announce()
        self.assertEqual(len(self._mails(sub)), 1)

    def test_applied_first_and_announced_then(self):
        sub = self._running(customer=self.reachable)
        revision = self._revision()
        revision.action_apply()
        revision.action_announce()
        self.assertEqual(revision.state, "applied")
        self._tell("2026-06-01", revision)
        self.assertEqual(len(self._mails(sub)), 1)

    def test_nobody_is_told_of_what_is_withdrawn_or_left_out(self):
        one = self._running(customer=self.reachable)
        two = self._running(customer=self.reachable)
        three = self._running(
            customer=self.reachable, price_guarantee_until="2026-12-31"
        )
        revision = self._revision()
        self._row(revision, two).action_exclude()
        revision.action_announce()
        revision.action_withdraw()
        self._tell("2026-06-01", revision)
        self.assertFalse(self._mails(one | two | three))
        other = self._revision()
        self._row(other, two).action_exclude()
        other.action_announce()
        self._tell("2026-06-01", other)
        self.assertEqual(len(self._mails(one)), 1)
        self.assertFalse(self._mails(two | three))

    def test_an_e_mail_that_waits_is_taken_back(self):
        one = self._running(customer=self.reachable)
        revision = self._revision()
        revision.action_announce()
        revision.action_apply()
        self._tell("2026-06-01", revision)
        mail = self._mails(one)
        message = mail.mail_message_id
        self.assertEqual(revision.told_count, 1)
        with freeze_time("2026-06-02"):
            revision.action_withdraw()
        self.assertFalse(mail.exists() | self._mails(one))
        self.assertFalse(message.exists())
        self.assertEqual(self._row(revision, one).notice, "recalled")
        self.assertEqual(revision.told_count, 0)

    def test_an_e_mail_that_was_sent_is_said_to_be(self):
        one = self._running(customer=self.reachable)
        two = self._running(customer=self._customer("Bob", email="bob@example.com"))
        revision = self._revision()
        revision.action_announce()
        revision.action_apply()
        self._tell("2026-06-01", revision)
        self._mails(one).state = "sent"
        with freeze_time("2026-06-02"):
            revision.action_withdraw()
        self.assertTrue(self._mails(one))
        self.assertFalse(self._mails(two))
        self.assertEqual(self._row(revision, one).notice, "queued")
        self.assertEqual(revision.told_count, 1)
        self.assertIn("1 customers were told already", revision.message_ids[0].body)

    def test_one_change_withdrawn_takes_its_e_mail_back(self):
        one = self._running(customer=self.reachable)
        two = self._running(customer=self.reachable)
        revision = self._revision()
        revision.action_apply()
        revision.action_announce()
        self._tell("2026-06-01", revision)
        self._row(revision, one).change_id.action_withdraw()
        self.assertFalse(self._mails(one))
        self.assertEqual(len(self._mails(two)), 1)

    def test_nobody_is_told_of_what_was_overtaken(self):
        """Another plan, another price, the end: nothing is announced that is not to
        come, whether the revision was applied before or not."""
        team = self._plan_of_seats("Team", 50.0)
        for applied in (True, False):
            subs = [self._running(customer=self.reachable) for _number in range(5)]
            moved, agreed, cancelled, more, kept = subs
            revision = self._revision()
            revision.action_announce()
            if applied:
                revision.action_apply()
            self._change(moved, "plan", {"plan_id": team.id}, when="now")
            rows = [{"line_id": agreed.line_ids[:1].id, "price_unit": 20.0}]
            self._change(agreed, "lines", {"lines": rows})
            if applied:
                # Also of the price that was to come.
                line = agreed.line_ids.filtered(lambda line: not line.end_date)
                rows = [{"line_id": line.id, "price_unit": 20.0}]
                self._change(
                    agreed, "lines", {"lines": rows}, when="date", date="2026-07-01"
                )
            cancelled.action_cancel(when="period_end")
            self._quantity(more, 4)
            self._tell("2026-06-01", revision)
            told = [sub for sub in subs if self._mails(sub)]
            self.assertEqual(told, [more, kept])
            state = "withdrawn" if applied else "problem"
            for sub in (moved, agreed, cancelled):
                self.assertEqual(self._row(revision, sub).state, state)
            self.assertIn("another plan", self._row(revision, moved).why)
            self.assertIn("ends before", self._row(revision, cancelled).why)

    def test_who_has_no_e_mail_is_listed(self):
        sub = self._running()
        other = self._running(customer=self.reachable)
        revision = self._revision()
        self.assertEqual(revision.no_email_count, 1)
        revision.action_announce()
        self._tell("2026-06-01", revision)
        self.assertFalse(self._mails(sub))
        self.assertEqual(len(self._mails(other)), 1)
        self.assertEqual(self._row(revision, sub).notice, "no_email")
        self.assertEqual((revision.no_email_count, revision.told_count), (1, 1))
        action = revision.action_open_no_email()
        rows = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(rows.subscription_id, sub)

    def test_who_gets_the_invoices_is_told_in_their_place(self):
        address = self._customer(
            "Billing", type="invoice", parent_id=self.customer.id, email="b@example.com"
        )
        sub = self._running(partner_invoice_id=address.id)
        self.assertEqual(sub._revision_recipient(), address)

    def test_in_the_customer_s_language(self):
        self.template.with_context(
            lang="fr_FR"
        ).subject = "Nouveaux prix au {{ object._revision_notice()['day'] }}"
        self.reachable.lang = "fr_FR"
        sub = self._running(customer=self.reachable)
        revision = self._revision(reason="Our costs rose.")
        revision.with_context(lang="fr_FR").reason = "Nos coûts ont augmenté."
        revision.action_announce()
        self._tell("2026-06-01", revision)
        mail = self._mails(sub)
        self.assertEqual(mail.subject, "Nouveaux prix au 01/07/2026")
        self.assertIn("30,00", mail.body_html)
        self.assertIn("Nos coûts ont augmenté.", mail.body_html)

    def test_a_notice_that_would_come_too_late(self):
        self._running(customer=self.reachable)
        revision = self._revision()
        with freeze_time("2026-06-02"), self.assertRefused("in less than 30 days"):
            revision.action_announce()
        revision = self._revision(notice_days=30, timing="renewal")
        row = revision.line_ids[:1]
        self.assertGreaterEqual(row.effective_date, date(2026, 5, 16))

    def test_a_scale_names_its_quantity(self):
        plan = self._plan(
            "Team",
            [{"name": "Seats", "charge_model": "volume", "tiers": [(0, 5.0)]}],
        )
        sub = self._subscribe(
            plan, "2026-04-01", self.reachable, lines=[{"quantity": 4}]
        )
        row = self._row(self._revision(), sub)
        self.assertEqual(
            row._notice_text().replace("\xa0", " "),
            "Seats, for 4: 20.00 € → 22.00 € before tax",
        )
        flat = self._plan("Flat", [{"name": "Flat", "unit_price": 10.0}])
        sub = self._subscribe(flat, "2026-04-01", self.reachable)
        row = self._row(self._revision(), sub)
        self.assertEqual(
            row._notice_text().replace("\xa0", " "),
            "Flat: 10.00 € → 11.00 € per month before tax",
        )
