"""In the browser: from the roll-forward to the entry."""

from odoo.tests import HttpCase, freeze_time, new_test_user, tagged

from .common_revenue_reports import RevenueReportCommon


@tagged("post_install", "-at_install")
class TestRevenueReportTours(RevenueReportCommon, HttpCase):
    @freeze_time("2027-01-15 10:00:00")
    def test_rollforward(self):
        new_test_user(
            self.env, "rr_accountant", "account.group_account_manager", lang="en_US"
        )
        self._invoice("2026-11-15", 1200, "2026-11-15", "2027-11-14")
        self._close("2026-12")
        self.start_tour("/odoo/today", "rr_revenue_rollforward", login="rr_accountant")
