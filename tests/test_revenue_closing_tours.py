"""In the browser: closing a month, a schedule, a credit note that says why."""

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged

from .common_revenue import RevenueCommon


@tagged("post_install", "-at_install")
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
            lang="en_US",
        )
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
        )
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
        url = f"/odoo/action-account.action_move_out_invoice_type/{invoice.id}"
        self.start_tour(url, "rr_credit_cause", login="rr_closer")
        [note] = invoice.reversal_move_ids
        self.assertEqual((note.state, note.rr_credit_cause), ("posted", "terminated"))
        self.assertEqual(self._schedule(note).cause, "terminated")
