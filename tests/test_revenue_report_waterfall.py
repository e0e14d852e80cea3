"""The waterfall, billed and earned, and the months to pivot: exact figures."""

from odoo.tests import freeze_time, tagged

from .common_revenue_reports import RevenueReportCommon


@tagged("post_install", "-at_install")
@freeze_time("2028-01-15")
class TestRevenueWaterfall(RevenueReportCommon):
    def test_by_month(self):
        """Deferred on 31 December 1,045.48, by the months that earn it."""
        self._invoice("2026-11-15", 1200, "2026-11-15", "2027-11-14")
        self._close("2026-12")
        report = self._report("waterfall", date="2026-12-31")
        self.assertEqual(self._row(report, "total", "amount"), (1045.48,))
        self.assertEqual(
            self._row(report, "2027-01-01", "amount", "left"), (101.92, 943.56)
        )
        self.assertEqual(self._row(report, "2027-11-01", "left"), (0,))
        self.assertEqual(len(self._table(report)), 12)
        found = self._opened(report, "2027-02-01", "amount")
        self.assertEqual(found.mapped("amount"), [92.05])
        everything = self._opened(report, "total", "amount")
        self.assertEqual(round(sum(everything.mapped("amount")), 2), 1045.48)

    def test_as_of_a_day(self):
        """Another day shows what was booked by then, whatever came later."""
        self._invoice("2026-11-15", 1200, "2026-11-15", "2027-11-14")
        self._close("2026-12")
        before = self._report("waterfall", date="2026-11-30")
        self.assertEqual(self._row(before, "total", "amount"), (1147.40,))
        self.assertEqual(self._row(before, "2026-12-01", "amount"), (101.92,))
        earlier = self._report("waterfall", date="2026-11-14")
        self.assertTrue(earlier.is_empty)
        self._invoice("2026-12-20", 120, "2027-01-01", "2027-12-31")
        self.assertEqual(self._row(before, "total", "amount"), (1147.40,))

    def test_due_and_not_booked(self):
        self._invoice("2026-11-15", 1200, "2026-11-15", "2027-11-14")
        report = self._report("waterfall", date="2026-12-31")
        self.assertEqual(self._row(report, "late", "amount", "left"), (154.52, 1045.48))
        self.assertEqual(report.waiting, 154.52)
        found = self._opened(report, "late", "amount")
        self.assertEqual(sorted(found.mapped("amount")), [52.60, 101.92])

    def test_by_customer(self):
        other = self._customer("Bravo")
        self._invoice("2026-11-15", 1200, "2026-11-15", "2027-11-14")
        self._invoice(
            "2026-12-01", 2400, "2026-12-01", "2028-11-30", partner_id=other.id
        )
        self._close("2026-12")
        report = self._report("waterfall", date="2026-12-31", split_by="customer")
        mine = self._row(report, str(self.customer.id), "late", "2027-01-01", "all")
        self.assertEqual(mine, (0, 101.92, 1045.48))
        self.assertEqual(
            self._row(report, str(other.id), "2027-12-01", "later", "all"),
            (101.78, 1099.86, 2298.22),
        )
        table = self._table(report)
        for cells in table.values():
            parts = [amount for key, amount in cells.items() if key != "all"]
            self.assertEqual(sum(parts), cells["all"])
        self.assertEqual(float(table["total"]["all"]), 3343.70)
        self.assertEqual(3343.70, self._balance(self.deferred, "2026-12-31"))
        found = self._opened(report, str(other.id), "later")
        self.assertEqual(round(sum(found.mapped("amount")), 2), 1099.86)
        self.assertEqual(found.partner_id, other)

    def test_cut_off(self):
        self.env["recurring.revenue.policy"].search(
            [("company_id", "=", self.company.id)]
        ).treatment = "cut_off"
        self._invoice("2026-11-15", 1200, "2026-11-15", "2027-11-14")
        report = self._report("waterfall", date="2026-12-31")
        self.assertEqual(self._row(report, "total", "amount"), (1045.48,))
        self.assertEqual(report.waiting, 0)

    # ------------------------------------------------------------------
    # Billed and earned
    # ------------------------------------------------------------------

    def test_billed_and_earned(self):
        """Billed in March for the year; a month's hosting afterwards; one at once."""
        self._invoice("2026-03-10", 1200, "2026-01-01", "2026-12-31")
        self._invoice("2026-03-05", 50, "2026-02-01", "2026-02-28")
        self._invoice("2026-03-06", 7)
        self._close("2026-04")
        report = self._report("earned", first="2026-01-01", last="2026-04-01")
        columns = ("billed", "served", "booked", "deferred", "accrued")
        self.assertEqual(
            self._row(report, "2026-01-01", *columns), (0, 101.92, 0, 0, 0)
        )
        self.assertEqual(
            self._row(report, "2026-02-01", *columns), (0, 92.05 + 50, 0, 0, 0)
        )
        self.assertEqual(
            self._row(report, "2026-03-01", *columns),
            (1257, 101.92 + 7, 295.89 + 57, 904.11, 0),
        )
        self.assertEqual(
            self._row(report, "2026-04-01", *columns), (0, 98.63, 98.63, 805.48, 0)
        )
        self.assertEqual(
            self._row(report, "total", "billed", "served", "booked"),
            (1257, 451.52, 451.52),
        )
        billed = self._opened(report, "2026-03-01", "billed")
        self.assertEqual(round(-sum(billed.mapped("balance")), 2), 1257)
        served = self._opened(report, "2026-01-01", "served")
        self.assertEqual(served.mapped("amount"), [101.92])
        deferred = self._opened(report, "2026-04-01", "deferred")
        self.assertEqual(round(sum(deferred.mapped("amount")), 2), 805.48)

    def test_accrued(self):
        """What the account of invoices to issue shows at the end of each month."""
        accrued = self.env.ref(f"account.{self.company.id}_pcg_4181")
        self.company.rr_accrued_account_id = accrued
        income = self.env["account.account"].search(
            [("account_type", "=", "income")], limit=1
        )
        self._entry("2026-01-31", (accrued, 240.0), (income, -240.0))
        self._entry("2026-02-01", (accrued, -240.0), (income, 240.0))
        report = self._report("earned", first="2026-01-01", last="2026-02-01")
        self.assertEqual(self._row(report, "2026-01-01", "accrued"), (240,))
        self.assertEqual(self._row(report, "2026-02-01", "accrued"), (0,))
        items = self._opened(report, "2026-01-01", "accrued")
        self.assertEqual(items.mapped("balance"), [240])

    # ------------------------------------------------------------------
    # Months to pivot
    # ------------------------------------------------------------------

    def test_months_of_schedules(self):
        plan = self._yearly()
        self._subscribe(plan, "2026-11-15")
        self._bill("2026-11-15")
        self._close("2026-11")
        report = self.env["recurring.revenue.report"]
        groups = report._read_group([], ["state", "plan_id"], ["amount:sum", "__count"])
        self.assertEqual(
            [
                (state, name, round(total, 2), count)
                for state, name, total, count in groups
            ],
            [("booked", plan, 52.60, 1), ("open", plan, 1147.40, 12)],
        )
        [one] = report.search([("state", "=", "booked")])
        self.assertEqual(one.move_id.rr_revenue_run_id, one.run_id)
        self.assertEqual(one.partner_id, self.customer)
        self.assertEqual(one.account_id.internal_group, "income")
        self.assertEqual(
            (str(one.month), str(one.booked_on)), ("2026-11-01", "2026-11-30")
        )
        self.assertEqual(one.action_open_entry()["res_id"], one.move_id.id)

    def test_pivot_by_customer_names_each_in_one_reading(self):
        self._invoice("2026-11-15", 1200, "2026-11-15", "2027-11-14")
        other = self.customer.copy({"name": "Another customer"})
        self._invoice(
            "2026-11-15", 600, "2026-11-15", "2027-11-14", partner_id=other.id
        )
        report = self.env["recurring.revenue.report"]
        report.formatted_read_group([], ["partner_id"], ["amount:sum"])
        self.env.invalidate_all()
        with self.assertQueryCount(2):  # the sums, the names
            groups = report.formatted_read_group([], ["partner_id"], ["amount:sum"])
        self.assertEqual(
            [(group["partner_id"], group["amount:sum"]) for group in groups],
            [
                ((self.customer.id, "Acme"), 1200.0),
                ((other.id, "Another customer"), 600.0),
            ],
        )
        sets = report.formatted_read_grouping_sets(
            [], [[], ["partner_id"]], ["amount:sum"]
        )
        self.assertEqual(sets[1], groups)
        self.assertEqual(sets[0][0]["amount:sum"], 1800.0)
        [first] = report.formatted_read_group(
            [], ["partner_id"], ["amount:sum"], limit=1
        )
        self.assertEqual(first, groups[0])
        self.assertEqual(
            report.search_count(groups[1]["__extra_domain"]),
            report.search_count([("partner_id", "=", other.id)]),
        )

    @freeze_time("2026-12-10")
    def test_filters(self):
        self._invoice("2026-11-15", 1200, "2026-11-15", "2027-11-14")
        self._invoice("2026-12-01", 3600, "2026-12-01", "2029-11-30")
        view = self.env["recurring.revenue.report"].get_view(view_type="search")
        for name, count in (("this_year", 3), ("next_months", 24), ("open", 49)):
            domain = self._filter(view["arch"], name)
            found = self.env["recurring.revenue.report"].search(domain)
            self.assertEqual(len(found), count, (name, found.mapped("month")))

    def _filter(self, arch, name):
        from lxml import etree

        from odoo.tools.safe_eval import safe_eval

        [node] = etree.fromstring(arch).xpath(f"//filter[@name='{name}']")
        return safe_eval(node.get("domain"))
