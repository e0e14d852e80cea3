"""The examples of the trade, on entries that are posted (periods inclusive)."""

from odoo.tests import freeze_time, tagged

from .common_revenue import RevenueCommon


@tagged("post_install", "-at_install")
@freeze_time("2028-01-15")
class TestRevenueExamples(RevenueCommon):
    def _monthly(self, amount, first, last, months):
        """What is recognised to date at the end of each month."""
        self._policy("2021-01-01", method="month")
        invoice = self._invoice(first, amount, first, last)
        income = invoice.invoice_line_ids.rr_revenue_account_id
        found = []
        for month in months:
            self._close(month)
            found.append(self._balance(income, self._month_end(month)))
            self.assertAgrees()
        self.assertTrue(invoice.invoice_line_ids.reconciled)
        self.assertEqual(self._balance(self.deferred), 0)
        return found

    def _month_end(self, month):
        run = self.env["recurring.revenue.run"].search(
            [("month", "=", f"{month}-01")], limit=1
        )
        return str(run.last_day)

    def _year(self, year):
        return [f"{year}-{month:02}" for month in range(1, 13)]

    def test_a_calendar_year_by_month(self):
        """1,200: 100 each, 800 recognised and 400 deferred at the end of August."""
        self._policy("2021-01-01", method="month")
        invoice = self._invoice("2023-01-01", 1200, "2023-01-01", "2023-12-31")
        income = invoice.invoice_line_ids.rr_revenue_account_id
        self._close("2023-08")
        self.assertEqual(self._balance(income, "2023-01-31"), 100)
        self.assertEqual(self._balance(income, "2023-08-31"), 800)
        self.assertEqual(self._balance(self.deferred, "2023-08-31"), 400)

    def test_a_calendar_year_by_day(self):
        invoice = self._invoice("2023-01-01", 1200, "2023-01-01", "2023-12-31")
        income = invoice.invoice_line_ids.rr_revenue_account_id
        self._close("2023-02")
        self.assertEqual(self._balance(income, "2023-01-31"), 101.92)
        self.assertEqual(self._balance(income, "2023-02-28"), 193.97)

    def test_a_thousand_over_twelve_months(self):
        self.assertEqual(
            self._monthly(1000, "2026-01-01", "2026-12-31", self._year(2026)),
            [
                *(83.33, 166.67, 250, 333.33, 416.67, 500),
                *(583.33, 666.67, 750, 833.33, 916.67, 1000),
            ],
        )

    def test_three_months(self):
        self.assertEqual(
            self._monthly(345.96, "2026-01-01", "2026-03-31", self._year(2026)[:3]),
            [115.32, 230.64, 345.96],
        )

    def test_ten_cents_over_twelve_months(self):
        to_date = self._monthly(0.10, "2026-01-01", "2026-12-31", self._year(2026))
        self.assertEqual(to_date, sorted(to_date))
        self.assertEqual((to_date[0], to_date[-1]), (0.01, 0.10))
