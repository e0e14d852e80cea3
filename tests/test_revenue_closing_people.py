"""Who is told of closings, who may close, and what others see of revenue."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from .common_closing import ClosingCommon


@tagged("post_install", "-at_install")
@freeze_time("2027-02-10")
class TestRevenueClosingPeople(ClosingCommon):
    # ------------------------------------------------------------------
    # Today
    # ------------------------------------------------------------------

    def _sections(self):
        today = self.env["recurring.today"].with_user(self.accountant)
        found = today.with_company(self.company).get_today()["sections"]
        return {section["id"]: section for section in found}

    def test_today_reminds_from_the_third_day(self):
        self._year()
        with freeze_time("2027-02-02"):
            self.assertNotIn("not_closed", self._sections())
        section = self._sections()["not_closed"]
        self.assertEqual(section["entries"][0]["title"], "January 2027")
        self.assertIn("256.44", section["entries"][0]["detail"])
        self.assertEqual(section["action"]["context"]["default_month"], "2027-01-01")
        self._close("2027-01")
        self.assertNotIn("not_closed", self._sections())

    def test_today_tells_what_stopped(self):
        self._year()
        run = self._run()
        run._set_state(("draft",), "running")
        run.action_stop()
        sections = self._sections()
        self.assertIn("closing_stopped", sections)
        self.assertNotIn("not_closed", sections)

    # ------------------------------------------------------------------
    # Rights
    # ------------------------------------------------------------------

    def test_an_accountant_closes(self):
        self._year()
        run = self.runs.with_user(self.accountant).create(
            {"month": "2027-01-01", "company_id": self.company.id}
        )
        self.assertTrue(run.checks_html and run.preview_html)
        run.action_post()
        self.assertEqual((run.state, run.user_id), ("done", self.accountant))
        run.action_undo()
        self.assertEqual(run.state, "undone")

    def test_others_only_look(self):
        self._year()
        run = self._run()
        reader = new_test_user(
            self.env,
            "rr_looker",
            "account.group_account_readonly",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        seen = run.with_user(reader)
        self.assertTrue(seen.checks_html and seen.preview_html)
        with self.assertRefused("Only an accountant"):
            seen.action_post()
        with self.assertRaises(AccessError):
            self.runs.with_user(reader).create({"company_id": self.company.id})

    def test_sales_see_their_own_schedules(self):
        seller, other = (
            new_test_user(
                self.env,
                login,
                "recurring_revenue.group_user",
                company_id=self.company.id,
                company_ids=[Command.set(self.company.ids)],
            )
            for login in ("rr_seller", "rr_other")
        )
        subscription = self._subscribe(self._yearly(), "2026-11-15")
        subscription.user_id = seller
        self._bill("2026-11-15")
        self._year()
        self._close("2026-12")
        schedules = self.env["recurring.revenue.schedule"]
        own = schedules.with_user(seller).search([])
        self.assertEqual(own.subscription_id, subscription)
        self.assertEqual(own.deferred, 1045.48)
        self.assertFalse(schedules.with_user(other).search([]))
        self.assertFalse(
            self.env["recurring.revenue.slice"].with_user(other).search([])
        )
        with self.assertRaises(AccessError):
            self.runs.with_user(seller).search([])
        with self.assertRaises(AccessError):
            self.runs.with_user(seller).get_check_action(
                "drafts", "2027-01-01", self.company.id
            )
        seen = subscription.with_user(seller)
        self.assertEqual((seen.amount_deferred, seen.amount_earned), (1045.48, 154.52))

    def test_another_company(self):
        self._year()
        run = self._run()
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "rr_stranger",
            "account.group_account_user,account.group_account_invoice",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        runs = self.runs.with_user(stranger)
        self.assertFalse(runs.search([("id", "=", run.id)]))
        with self.assertRaises(AccessError):
            runs.get_check_action("drafts", "2027-01-01", self.company.id)
        with self.assertRaises(AccessError):
            runs.browse(run.id).action_post()
        self.assertIn("No policy", runs.create({"month": "2027-01-01"}).obstacle)

    # ------------------------------------------------------------------
    # Credit notes by hand
    # ------------------------------------------------------------------

    def test_a_credit_note_has_to_say_why(self):
        invoice = self._year()
        note = self._credit_note(invoice, "2027-01-20", post=False)
        self.assertTrue(note.rr_must_say_why)
        note.rr_credit_cause = "error"
        note._post(soft=False)
        self.assertFalse(note.rr_must_say_why)
        plain = self._invoice("2027-01-05", 50)
        self.assertFalse(
            self._credit_note(plain, "2027-01-20", post=False).rr_must_say_why
        )
        self.assertEqual(invoice.rr_amount_deferred, 0)

    def test_screens_of_a_schedule(self):
        invoice = self._year()
        self._close("2026-12")
        self._credit_note(invoice, "2027-01-20", 100, "terminated", "2027-11-01")
        root = self._schedule(invoice)
        credit = root.family_ids - root
        self.assertTrue(root.is_root and root.is_open)
        self.assertFalse(credit.is_root)
        self.assertEqual(credit.action_open_root()["res_id"], root.id)
        self.assertTrue(credit.cause_text.startswith("The contract ends"))
        self.assertEqual(root.entry_count, 2)
        self.assertEqual(root.action_open_invoice()["res_id"], invoice.id)
        schedules = self.env["recurring.revenue.schedule"]
        mine = [("id", "in", root.ids)]
        self.assertEqual(schedules.search([("is_open", "=", True), *mine]), root)
        self._close("2027-01")
        self.assertFalse(schedules.search([("is_open", "=", False), *mine]))
        run = self.runs.search([("state", "=", "done")], order="id", limit=1)
        entry = run.move_ids[:1]
        self.assertEqual(entry.action_rr_open_closing()["res_id"], run.id)
        self.assertEqual(len(run.action_open_entries()["domain"]), 1)
