"""A closing shows what it will book, and stays as the record of what it booked."""

from datetime import date

from odoo import Command
from odoo.tests import freeze_time, new_test_user, tagged

from .common_closing import ClosingCommon


@tagged("post_install", "-at_install")
@freeze_time("2027-02-10")
class TestRevenueClosingRecord(ClosingCommon):
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
