"""Close the month: which one, and the list of what is missing."""

from datetime import date

from psycopg2.errors import UniqueViolation

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common_closing import ClosingCommon


@tagged("post_install", "-at_install")
@freeze_time("2027-02-10")
class TestRevenueClosing(ClosingCommon):
    # ------------------------------------------------------------------
    # Which month
    # ------------------------------------------------------------------

    def test_last_month_is_proposed(self):
        run = self.runs.create({"company_id": self.company.id})
        self.assertEqual(run.month, date(2027, 1, 1))
        self.assertEqual(run.display_name, "January 2027")
        self.assertEqual(run.with_context(lang="fr_FR").display_name, "Janvier 2027")

    def test_the_menu_opens_what_there_is(self):
        runs = self.runs.with_company(self.company)
        action = runs.action_open_closing()
        self.assertFalse(action["res_id"])
        self.assertEqual(action["context"]["default_month"], "2027-01-01")
        run = self._close("2027-01")
        self.assertEqual(runs.action_open_closing()["res_id"], run.id)
        run.action_undo()
        self.assertFalse(runs.action_open_closing()["res_id"])

    def test_one_at_a_time(self):
        self._run()
        with self.assertRaises(ValidationError):
            self._run()
        self._run("2026-12")

    def test_two_never_run(self):
        self._close("2027-01")
        runs = self._run() | self.runs.search([("state", "=", "done")])
        self.env.flush_all()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(
                "UPDATE recurring_revenue_run SET state = 'running' WHERE id = ANY(%s)",
                [runs.ids],
            )

    def test_the_strip_tells_the_months(self):
        self._close("2026-12")
        values = self._run()._months_values()
        states = {month["date"][:7]: month["state"] for month in values["months"]}
        self.assertEqual(len(states), 12)
        self.assertEqual(
            [states[month] for month in ("2026-11", "2026-12", "2027-01")],
            ["caught_up", "done", "draft"],
        )
        self.assertFalse(values["later"])
        old = self.runs.new({"company_id": self.company.id, "month": "2020-01-01"})
        values = old._months_values()
        self.assertTrue(values["later"])
        self.assertIn("2020-01-01", [month["date"] for month in values["months"]])

    # ------------------------------------------------------------------
    # Checklist
    # ------------------------------------------------------------------

    def test_all_is_well(self):
        self._year()
        self._close("2026-12")
        checks = self._run()._checks()
        self.assertEqual({check["level"] for check in checks}, {"ok"})
        self.assertFalse(any(check["button"] for check in checks))

    def test_what_is_not_billed(self):
        self._subscribe(self._yearly(), "2027-01-20")
        self._subscribe(self._yearly(), "2027-02-02")
        check = self._checks(self._run())["billing"]
        self.assertEqual((check["level"], check["count"]), ("warning", 1))
        self.assertEqual(check["action"]["context"]["default_date"], "2027-01-31")

    def test_drafts_up_to_the_end_of_the_month(self):
        self._year("2027-01-31", post=False)
        self._year("2027-02-01", post=False)
        check = self._checks(self._run())["drafts"]
        self.assertEqual(check["count"], 1)
        found = self.env["account.move"].search(check["action"]["domain"])
        self.assertEqual(found.invoice_date, date(2027, 1, 31))

    def test_billing_problems(self):
        bad = self._subscribe(self._yearly(), "2027-01-20", self._customer("Bad"))
        bad.partner_id.active = False
        self._bill("2027-01-20")
        check = self._checks(self._run())["problems"]
        self.assertEqual((check["level"], check["count"]), ("warning", 1))

    def test_credit_notes_to_assign(self):
        subscription = self._subscribe(self._yearly(), "2027-01-20")
        self._bill("2027-01-20")
        note = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": subscription.partner_id.id,
                "invoice_date": "2027-01-25",
                "invoice_line_ids": [
                    Command.create(
                        {"product_id": self._product("Year").id, "price_unit": 10}
                    )
                ],
            }
        )
        note._post(soft=False)
        self.assertEqual(self._checks(self._run())["to_assign"]["count"], 1)

    def test_amounts_without_a_schedule(self):
        self._year()
        income = self.env.ref(f"account.{self.company.id}_pcg_706")
        entry = self.env["account.move"].create(
            {
                "journal_id": self.journal.id,
                "date": "2027-01-05",
                "line_ids": [
                    Command.create({"account_id": income.id, "debit": 70}),
                    Command.create({"account_id": self.deferred.id, "credit": 70}),
                ],
            }
        )
        entry._post(soft=False)
        run = self._run()
        check = self._checks(run)["unexplained"]
        self.assertEqual((check["level"], check["count"]), ("warning", 1))
        self.assertIn("70.00", check["label"])
        found = self.env["account.move.line"].search(check["action"]["domain"])
        self.assertEqual(found.move_id, entry)
        # It keeps nobody from closing, and the record says what is left.
        run.action_post()
        self.assertEqual(run._statement()["difference"], 70)
        self.assertIn("table-danger", run.record_html)

    def test_paused_subscriptions_are_told(self):
        self._paused("2027-01-10")
        check = self._checks(self._run()).get("on_hold")
        self.assertEqual((check["level"], check["count"]), ("info", 1))

    def test_earlier_months_and_locks(self):
        self._year()
        run = self._run()
        self.assertEqual(self._levels(run, "earlier", "lock"), ["info", "ok"])
        self.assertIn("November 2026, December 2026", self._earlier(run))
        self.company.fiscalyear_lock_date = "2027-01-31"
        self.assertEqual(self._levels(run, "lock"), ["info"])
        self.assertIn("02/01/2027", self._checks(run)["lock"]["label"])

    def _earlier(self, run):
        return self._checks(run)["earlier"]["label"]

    def test_what_makes_it_impossible(self):
        run = self._run("2027-02")
        self.assertIn("28", run.obstacle)
        with self.assertRefused("can be closed from then on"):
            run.action_post()
        run = self._run("2027-01")
        self.assertFalse(run.obstacle)
        self.journal.active = False
        run.invalidate_recordset()
        with self.assertRefused("is archived"):
            run.action_post()
        self.company.rr_revenue_journal_id = False
        run.invalidate_recordset()
        self.assertIn("Journal", run.obstacle)
        self.assertFalse(run.preview_html)
        self.assertIn("First choose", run.checks_html)
        action = self._checks(run)["set_up"]["action"]
        self.assertEqual(action["res_model"], "recurring.revenue.set.up")
        # Who may not set it up is told, and gets no button that fails.
        self.assertFalse(
            self._checks(run.with_user(self.accountant))["set_up"]["action"]
        )

    def test_a_check_is_mended_without_keeping_a_closing(self):
        self._year("2027-01-31", post=False)
        before = self.runs.search_count([])
        action = self.runs.get_check_action("drafts", "2027-01-09", self.company.id)
        self.assertEqual(action["res_model"], "account.move")
        self.assertFalse(
            self.runs.get_check_action("none", "2027-01-09", self.company.id)
        )
        self.assertEqual(self.runs.search_count([]), before)
