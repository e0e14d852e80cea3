"""In the browser: revenue recognition is set up, and existing books are taken over."""

from odoo import Command
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged
from .test_revenue_set_up import SetUpCase
@tagged("post_install", "-at_install")
@freeze_time("2026-04-15 10:00:00")
class TestRevenueClosingTours(SetUpCase, HttpCase):
    def test_set_up(self):
        user = new_test_user(
            self.env,
            "rr_tour_accountant",
            "account.group_account_manager,account.group_account_user",
            lang="en_US",
        )
        self._invoice("2025-11-15", 1200.0, "2025-11-15", "2026-11-14")
        income = self.env.ref(f"account.{self.company.id}_pcg_707_account")
        journal = self.env["account.journal"].search(
            [("type", "=", "general")], limit=1
        entry = self.env["account.move"].create(
            {
                "date": "2025-12-31",
                "journal_id": journal.id,
                "line_ids": [
                    Command.create({"account_id": self.deferred.id, "credit": 1000}),
                    Command.create({"account_id": income.id, "debit": 1000}),
                ],
            }
        entry._post(soft=False)
        self.start_tour("/odoo/revenue-set-up", "rr_revenue_set_up", login=user.login)
        opening = self.env["account.move"].search([("rr_revenue_opening", "!=", False)])
        self.assertEqual(opening.state, "posted")
        self.assertEqual(
            sorted((line.account_id.code, line.balance) for line in opening.line_ids),
            [("110000", 45.48), ("487000", -45.48)],
        self.assertAgrees("2026-01-01")
"""In the browser: closing a month, a schedule, a credit note that says why."""
from dateutil.relativedelta import relativedelta
from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged
from .common_revenue import RevenueCommon
class TestRevenueClosingTours(RevenueCommon, HttpCase):
    """On the real calendar: the browser's day and the server's are the same."""
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = new_test_user(
            cls.env,
            "rr_closer",
            "recurring_revenue.group_billing,account.group_account_user,"
            "account.group_account_invoice,base.group_partner_manager",
        cls.last = fields.Date.today().replace(day=1) - relativedelta(months=1)
        cls.customer = cls._customer("Tour Customer")
        first = cls.last + relativedelta(days=3)
        cls.period = (first, first + relativedelta(years=1, days=-1))
    def _year(self, day, post=True):
        return self._invoice(day, 1200, *self.period, post=post)
    def test_close_a_month(self):
        self._year(self.last)
        self._year(self.last, post=False)
        self.patch(
            type(self.env["recurring.today"]),
            "_closing_first_day",
            lambda today: 1,
        self.start_tour("/odoo/today", "rr_close_month", login="rr_closer")
        run = self.env["recurring.revenue.run"].search([("state", "=", "undone")])
        self.assertEqual((run.month, run.user_id), (self.last, self.accountant))
        self.assertEqual(self._balance(self.deferred), 1200)
    def test_a_schedule(self):
        subscription = self._subscribe(self._yearly(), self.last, self.customer)
        self._bill(self.last)
        [invoice] = subscription.billed_item_ids.move_id
        self._close(str(self.last)[:7])
        url = f"/odoo/action-account.action_move_out_invoice_type/{invoice.id}"
        self.start_tour(url, "rr_schedule", login="rr_closer")
    def test_a_credit_note_says_why(self):
        invoice = self._year(self.last)
        self.start_tour(url, "rr_credit_cause", login="rr_closer")
        [note] = invoice.reversal_move_ids
        self.assertEqual((note.state, note.rr_credit_cause), ("posted", "terminated"))
        self.assertEqual(self._schedule(note).cause, "terminated")
