"""Close the month: the checklist, the preview, the record, and who may do what."""

from datetime import date

from psycopg2.errors import UniqueViolation

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common_revenue import RevenueCommon


@tagged("post_install", "-at_install")
@freeze_time("2027-02-10")
class TestRevenueClosing(RevenueCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.runs = cls.env["recurring.revenue.run"]
        cls.accountant = new_test_user(
            cls.env,
            "rr_closer",
            "account.group_account_user,account.group_account_invoice",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _run(self, month="2027-01"):
        return self.runs.create({"month": f"{month}-15", "company_id": self.company.id})

    def _year(self, day="2026-11-15", amount=1200, **values):
        return self._invoice(day, amount, "2026-11-15", "2027-11-14", **values)

    def _paused(self, day):
        """A subscription of a year from 15 November that is paused from a day on."""
        plan = self._yearly(pause_billing="shift")
        subscription = self._subscribe(plan, "2026-11-15")
        self._bill("2026-11-15")
        with freeze_time(day):
            subscription.action_change("pause", when="now")

    def _checks(self, run):
        return {check["key"]: check for check in run._checks()}

    def _levels(self, run, *keys):
        checks = self._checks(run)
        return [checks[key]["level"] for key in keys]

    def _totals(self, run):
        """What the preview says, by month, account and currency."""
        with run._as_prepared():
            rows = run._preview_sections()[0]["rows"]
        return {
            (row["month"], row["account"], row["currency"]): (
                row["amount"],
                row["amount_currency"],
            )
            for row in rows
        }

    def _posted(self, run):
        """What stands in the entries: the same keys, from the ledger."""
        found = {}
        for line in run.move_ids.line_ids - run.move_ids.line_ids.filtered(
            lambda line: line.account_id == self.deferred
        ):
            key = (line.date.replace(day=1), line.account_id.id, line.currency_id.id)
            amount, own = found.get(key, (0, 0))
            found[key] = (
                round(amount - line.balance, 2),
                round(own - line.amount_currency, 2),
            )
        return found

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

    # ------------------------------------------------------------------
    # Preview
    # ------------------------------------------------------------------

    def test_the_preview_is_what_is_posted(self):
        rates = self.env["res.currency.rate"]
        rates.create({"currency_id": self.dollar.id, "name": "2026-01-01", "rate": 1.3})
        self._year()
        self._year(amount=777.77)
        self._invoice(
            "2026-12-01",
            1000,
            "2026-12-01",
            "2027-03-10",
            currency_id=self.dollar.id,
            partner_id=self._customer("Dollars").id,
        )
        run = self._run()
        expected = self._totals(run)
        self.assertEqual(len(expected), 5)
        customers, number = run._preview_customers()
        self.assertEqual(number, 2)
        run.action_post()
        self.assertEqual(run.state, "done")
        posted = self._posted(run)
        self.assertEqual(
            {key: tuple(map(float, pair)) for key, pair in expected.items()}, posted
        )
        self.assertEqual(
            run.amount, float(sum(amount for _partner, amount in customers))
        )
        booked = run._booked_rows()
        self.assertEqual(
            {
                (row["month"], row["account"], row["currency"]): (
                    float(row["amount"]),
                    float(row["amount_currency"]),
                )
                for row in booked
            },
            posted,
        )

    def test_the_preview_knows_pauses_and_writes_nothing(self):
        self._paused("2026-12-10")
        run = self._run()
        self.env.flush_all()
        self.env.cr.execute("SELECT COUNT(*), SUM(amount) FROM recurring_revenue_slice")
        before = self.env.cr.fetchall()
        expected = {key[0]: float(pair[0]) for key, pair in self._totals(run).items()}
        self.env.cr.execute("SELECT COUNT(*), SUM(amount) FROM recurring_revenue_slice")
        self.assertEqual(self.env.cr.fetchall(), before)
        run.action_post()
        posted = {key[0]: pair[0] for key, pair in self._posted(run).items()}
        self.assertEqual(expected, posted)

    def test_compared_with_the_last_closing(self):
        self._year()
        self._close("2026-12")
        run = self._run()
        self.assertIn("December 2026", run.preview_html)
        self.assertIn("101.92", run.preview_html)
        self.assertIn("as this month", run.preview_html)
        self._year("2027-01-02", 600)
        run.invalidate_recordset()
        self.assertRegex(run.preview_html, r"this month\D+[\d.]+\D+more")

    def test_questions_asked_do_not_grow(self):
        """As many queries for thirty invoices as for two."""
        counts = []
        for number in (2, 28):
            for index in range(number):
                self._year(partner_id=self._customer(f"C{number}{index}").id)
            run = self.runs.new({"month": "2027-01-01", "company_id": self.company.id})
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            run._preview_values()
            counts.append(self.env.cr.sql_log_count - start)
        self.assertLessEqual(max(counts), 22, counts)
        self.assertLessEqual(counts[1], counts[0] + 1, counts)

    # ------------------------------------------------------------------
    # Posted
    # ------------------------------------------------------------------

    def test_the_record_agrees_with_the_ledger(self):
        invoice = self._year()
        self._close("2026-12")
        self._year("2027-01-03", 600)
        self._credit_note(invoice, "2027-01-20", 100, "terminated", "2027-11-01")
        run = self._close("2027-01")
        statement = run._statement()
        self.assertEqual(float(statement["opening"]), 1045.48)
        self.assertEqual(float(statement["billed"]), 600)
        self.assertEqual(float(statement["credited"]), -100)
        self.assertEqual(float(statement["recognised"]), -run.amount)
        self.assertEqual(statement["closing"], statement["ledger"])
        self.assertEqual(
            float(statement["ledger"]), self._balance(self.deferred, "2027-01-31")
        )
        self.assertEqual(statement["difference"], 0)
        self.assertIn("General ledger 487", run.record_html)
        self.assertIn("table-success", run.record_html)

    def test_book_what_came_since(self):
        self._year()
        run = self._close("2027-01")
        self.assertFalse(run.open_count)
        self._year("2027-01-31", 600)
        run.invalidate_recordset()
        self.assertTrue(run.open_count)
        amount = run.amount
        run.action_continue()
        self.assertEqual((run.state, run.open_count), ("done", 0))
        self.assertGreater(run.amount, amount)
        self.assertAgrees("2027-01-31")

    def test_the_last_one_is_taken_back_first(self):
        self._year()
        first = self._close("2026-12")
        last = self._close("2027-01")
        with self.assertRefused("Take back January 2027 first"):
            first.action_undo()
        last.action_undo()
        first.action_undo()
        self.assertEqual(self._balance(self.deferred), 1200)
        self.assertIn("taken back", first.record_html)
        self.assertAgrees()

    def test_nothing_to_book_closes_too(self):
        run = self._run()
        self.assertIn("Nothing is left to recognise", run.preview_html)
        run.action_post()
        self.assertEqual((run.state, run.move_count), ("done", 0))

    def test_locking_is_proposed_not_done(self):
        run = self._close("2027-01")
        self.assertFalse(self.company.fiscalyear_lock_date)
        self.assertFalse(run.with_user(self.accountant).can_lock)
        with self.assertRefused("Only an accounting administrator"):
            run.with_user(self.accountant).action_lock()
        manager = new_test_user(
            self.env,
            "rr_chief",
            "account.group_account_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        run.with_user(manager).action_lock()
        self.assertEqual(self.company.fiscalyear_lock_date, date(2027, 1, 31))
        run.invalidate_recordset()
        self.assertFalse(run.with_user(manager).can_lock)

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
