"""Balances, bridge and remaining obligations by IFRS 15: figures and their sums."""

import io
from datetime import date

import openpyxl

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from .common_revenue_ifrs import IfrsCommon

CAUSES = ("timing", "setup", "free", "allocation", "modification")


@tagged("post_install", "-at_install")
@freeze_time("2026-01-01")
class TestIfrsReports(IfrsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._policy("2020-02-01", method="month")

    def _report(self, kind, day, **values):
        report = self.env["recurring.revenue.ifrs.report"].create(
            {"kind": kind, "date_to": day, "company_id": self.company.id, **values}
        )
        report.action_compute()
        return report

    def _line(self, report, sub):
        return report.line_ids.filtered(lambda line: line.subscription_id == sub)

    def _balances(self, sub, day):
        line = self._line(self._report("balances", day), sub)
        return line.receivable, line.contract_asset, line.contract_liability

    def _pay(self, move, day):
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create({"payment_date": day})._create_payments()

    def assertBridges(self, report):
        """Statutory and causes are IFRS, of each contract and in total."""
        for line in report.line_ids:
            causes = sum(line[name] for name in CAUSES)
            self.assertAlmostEqual(line.statutory + causes, line.ifrs, 2)
            self.assertAlmostEqual(
                line.deferred - causes - line.netted,
                line.contract_liability - line.contract_asset,
                2,
            )
        amounts = report.figure_ids.mapped("amount")
        self.assertAlmostEqual(sum(amounts[:6]), amounts[6], 2)
        self.assertAlmostEqual(sum(amounts[7:14]), amounts[14], 2)

    # ------------------------------------------------------------------
    # Balances
    # ------------------------------------------------------------------

    def test_an_invoice_in_advance_is_no_receivable(self):
        """February, invoiced in January, due in February: the customer may leave."""
        plan = self._plan(days_ahead=10)
        sub = self._subscribe(plan, "2026-01-01")
        self._bill("2026-01-01")
        sub.payment_term_id = self.env.ref("account.account_payment_term_30days")
        with freeze_time("2026-01-25"):
            self._bill("2026-01-25")
            first, second = sub.billed_item_ids.move_id.sorted("invoice_date")
            self.assertEqual(str(second.invoice_date_due), "2026-02-24")
            self.assertEqual(self._balances(sub, "2026-01-31"), (30, 0, 0))
            self._pay(first, "2026-01-26")
            self.assertEqual(self._balances(sub, "2026-01-31"), (0, 0, 0))
            line = self._line(self._report("bridge", "2026-01-31"), sub)
            self.assertEqual((line.deferred, line.netted), (30, 30))
        with freeze_time("2026-02-02"):
            self._pay(second, "2026-02-02")
            # As of January it was not paid, and nobody was bound.
            self.assertEqual(self._balances(sub, "2026-01-31"), (0, 0, 0))
            self.assertEqual(self._balances(sub, "2026-02-28"), (0, 0, 0))

    def test_a_year_that_binds(self):
        """Invoiced for the year: owed whatever happens, and served by the month."""
        sub = self._subscribe(self._yearly(), "2026-01-01")
        self._bill("2026-01-01")
        with freeze_time("2026-02-05"):
            self.assertEqual(self._balances(sub, "2026-01-31"), (1200, 0, 1100))
            self._pay(sub.billed_item_ids.move_id, "2026-02-05")
            self.assertEqual(self._balances(sub, "2026-01-31"), (1200, 0, 1100))
            self.assertEqual(self._balances(sub, "2026-02-28"), (0, 0, 1000))

    def test_free_months_are_a_contract_asset(self):
        sub = self._free_months()
        with freeze_time("2026-02-05"):
            self._bill("2026-02-01")
            self.assertEqual(self._balances(sub, "2026-01-31"), (0, 100, 0))
            self.assertEqual(self._balances(sub, "2026-02-28"), (0, 200, 0))

    def _free_months(self):
        plan = self._plan(
            "Year",
            [
                {
                    "name": "Service",
                    "unit_price": 120.0,
                    "product_id": self._product("Service").id,
                    "phase_ids": [Command.create({"periods": 2, "price": 0.0})],
                }
            ],
            term_count=12,
            term_unit="month",
            renewal="automatic",
        )
        sub = self._subscribe(plan, "2026-01-01")
        self._bill("2026-01-01")
        return sub

    # ------------------------------------------------------------------
    # Bridge
    # ------------------------------------------------------------------

    def _portfolio(self):
        """A bundle for a year with a set-up, free months, and one modified."""
        charges = [
            {
                "name": name,
                "unit_price": price,
                "stand_alone_price": alone,
                "product_id": self._product(name).id,
                **more,
            }
            for name, price, alone, more in (
                ("Base", 100.0, 100.0, {}),
                ("Training", 50.0, 200.0, {"role": "one_off"}),
                ("Set-up", 240.0, 0.0, {"role": "one_off", "rr_obligation": "grouped"}),
            )
        ]
        plan = self._plan(
            "Full", charges, term_count=12, term_unit="month", renewal="automatic"
        )
        bundle = self._subscribe(plan, "2026-01-01")
        free = self._free_months()
        seats = self._subscribe(self._yearly(), "2026-01-01")
        self._bill("2026-01-01")
        return bundle, free, seats

    def test_bridge(self):
        bundle, free, seats = self._portfolio()
        with freeze_time("2026-02-03"):
            self._bill("2026-02-01")
            self._close("2026-01")
            seats.action_change(
                "lines",
                {"lines": [{"line_id": seats.line_ids.id, "price_unit": 600.0}]},
            )
            self._bill("2026-02-03")
            report = self._report("bridge", "2026-02-28")
        self.assertBridges(report)
        line = self._line(report, bundle)
        # 1,490 in all; alone 1,640: the training is worth 200 of them.
        self.assertEqual(line.statutory, 490)
        self.assertEqual(line.setup, -200)
        self.assertEqual(
            line.ifrs, round(1490 * 200 / 1640 + 1490 * 1440 / 1640 / 6, 2)
        )
        line = self._line(report, free)
        # The books spread free months too; January is closed.
        self.assertEqual(
            (line.statutory, line.timing, line.free, line.ifrs), (100, 0, 100, 200)
        )
        self.assertTrue(report.figure_ids[0].action_open()["domain"])
        months = report.line_ids[0].action_open_months()
        rows = self.env[months["res_model"]].search(months["domain"])
        self.assertAlmostEqual(sum(rows.mapped("amount")), report.line_ids[0].ifrs, 2)

    # ------------------------------------------------------------------
    # Remaining performance obligations
    # ------------------------------------------------------------------

    def test_remaining_obligations(self):
        long = self._plan(
            "Long",
            [{"unit_price": 10.0, "product_id": self._product("Long").id}],
            term_count=3,
            term_unit="year",
            renewal="automatic",
        )
        sub = self._subscribe(long, "2026-01-01")
        month = self._subscribe(self._plan(), "2026-01-15")
        with freeze_time("2026-02-01"):
            report = self._report("rpo", "2026-01-31")
            line = self._line(report, sub)
            self.assertEqual(
                (line.within_one, line.within_two, line.beyond, line.remaining),
                (120, 120, 110, 350),
            )
            # 14 days of February of a month that binds until the 14th.
            self.assertEqual(self._line(report, month).remaining, 14.31)
            self.assertEqual(report.figure_ids[-1].amount, 364.31)
            short = self._report("rpo", "2026-01-31", skip_short=True)
            self.assertEqual(short.line_ids.subscription_id, sub)
            self.assertIn("121a", short.method_text)

    # ------------------------------------------------------------------
    # Files and rights
    # ------------------------------------------------------------------

    def test_xlsx_and_print(self):
        self._portfolio()
        with freeze_time("2026-02-03"):
            for kind in ("balances", "bridge", "rpo"):
                report = self._report(kind, "2026-01-31")
                book = openpyxl.load_workbook(io.BytesIO(report._xlsx()))
                figures, contracts = book.worksheets
                self.assertIn("as of", figures["A2"].value)
                self.assertEqual(figures["B4"].value, report.figure_ids[0].amount)
                self.assertEqual(contracts.max_row, len(report.line_ids) + 2)
                self.assertEqual(contracts.cell(contracts.max_row, 1).value, "Total")
                total = contracts.cell(contracts.max_row, 4).value
                column = report._columns()[3]
                self.assertAlmostEqual(total, sum(report.line_ids.mapped(column)), 2)
                html = self.env["ir.actions.report"]._render_qweb_html(
                    "recurring_revenue.report_ifrs", report.ids
                )[0]
                self.assertIn("IFRS 15", html.decode())

    def test_a_month_to_come_is_refused(self):
        with self.assertRefused("has begun"):
            self._report("rpo", "2026-02-01")

    def test_other_company(self):
        sub = self._subscribe(self._yearly(), "2026-01-01")
        self._measure()
        other = self.env["res.company"].create({"name": "Other"})
        user = new_test_user(
            self.env,
            "foreigner",
            "account.group_account_readonly",
            context={},
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        reports = self.env["recurring.revenue.ifrs.report"].with_user(user)
        mine = reports.create({"kind": "rpo", "date_to": date(2026, 1, 1)})
        mine.action_compute()
        self.assertFalse(mine.line_ids)
        foreign = self.env["recurring.revenue.ifrs.report"].create(
            {"kind": "rpo", "date_to": "2026-01-01", "company_id": self.company.id}
        )
        with self.assertRaises(AccessError):
            foreign.with_user(user).action_compute()
        contracts = self.env["recurring.revenue.contract"].with_user(user)
        self.assertFalse(contracts.search([]))
        self.assertTrue(self._line(self._report("rpo", "2026-01-01"), sub))

    def test_rights(self):
        sub = self._subscribe(self._yearly(), "2026-01-01")
        self._measure()
        contract = self._contracts(sub)
        reader = new_test_user(
            self.env, "reader", "account.group_account_readonly", context={}
        )
        self.assertEqual(contract.with_user(reader).obligation_ids.allocated, 1200)
        report = self.env["recurring.revenue.ifrs.report"].with_user(reader)
        one = report.create({"kind": "rpo", "date_to": date(2026, 1, 1)})
        one.action_compute()
        self.assertTrue(one.line_ids)
        seller = new_test_user(
            self.env, "seller", "recurring_revenue.group_user", context={}
        )
        with self.assertRaises(AccessError):
            contract.with_user(seller).read(["price"])
        with self.assertRaises(AccessError):
            report.with_user(seller).create({"kind": "rpo"})
