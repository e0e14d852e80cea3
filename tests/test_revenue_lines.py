"""What becomes of a line: by its nature, and of lines that nobody would expect."""

from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.tests import freeze_time, mute_logger, tagged

from .common_revenue import RevenueCommon


@tagged("post_install", "-at_install")
@freeze_time("2028-01-15")
class TestRevenueNatures(RevenueCommon):
    def _with_set_up(self, **version):
        """Return the schedules of a year's subscription with a set-up fee of 120."""
        fee = self._product("Set-up", rr_revenue_nature_id=self._nature_id("setup"))
        plan = self._plan(
            "Year",
            [
                {"unit_price": 1200.0, "product_id": self._product("Year").id},
                {"unit_price": 120.0, "product_id": fee.id, "role": "one_off"},
            ],
            interval_unit="year",
            **version,
        )
        sub = self._subscribe(plan, "2026-01-01")
        self._bill("2026-01-01")
        schedules = self._schedule(sub.billed_item_ids.move_id)
        return sub, schedules.filtered(lambda own: own.product_id == fee)

    def _nature_id(self, code):
        return self._revenue_nature(code).id

    def test_a_set_up_fee_over_the_term(self):
        self._policy(nature="setup", method="month", spread="term")
        sub, schedule = self._with_set_up(term_count=24, term_unit="month")
        self.assertEqual(str(sub.term_end), "2028-01-01")
        self.assertEqual(set(self._months(schedule).values()), {5.0})
        self.assertEqual(len(self._months(schedule)), 24)
        self._close("2026-12")
        self.assertEqual(schedule.deferred, 60)
        self.assertAgrees()

    def test_a_set_up_fee_over_a_customers_life(self):
        self._policy(nature="setup", method="month", spread="life", life_months=48)
        _sub, schedule = self._with_set_up()
        self.assertEqual(set(self._months(schedule).values()), {2.5})
        self.assertEqual(str(schedule.last_day), "2029-12-31")

    def test_a_service_that_is_rendered_at_once(self):
        """A training in March, invoiced in January, is earned in March."""
        self._policy(nature="one_off", method="point")
        product = self._product("Day", rr_revenue_nature_id=self._nature_id("one_off"))
        invoice = self._invoice(
            "2026-01-10", 900, "2026-03-10", "2026-03-12", post=False
        )
        invoice.invoice_line_ids.product_id = product
        invoice.invoice_line_ids.price_unit = 900
        invoice.action_post()
        self.assertEqual(self._months(self._schedule(invoice)), {"2026-03": 900})

    def test_as_invoiced(self):
        self._policy(nature="service", treatment="invoiced")
        invoice = self._invoice("2026-01-10", 1200, "2026-01-01", "2026-12-31")
        self.assertFalse(self._schedule(invoice))
        self.assertEqual(self._balance(self.deferred), 0)

    def test_a_policy_from_a_day_on(self):
        """By day until June, by month afterwards: what was booked stays."""
        self._policy("2026-06-01", method="month")
        old = self._schedule(
            self._invoice("2026-05-31", 1200, "2026-06-01", "2027-05-31")
        )
        new = self._schedule(
            self._invoice("2026-06-01", 1200, "2026-06-01", "2027-05-31")
        )
        self.assertEqual((old.method, new.method), ("day", "month"))
        self.assertEqual(self._months(new)["2026-06"], 100)
        self.assertEqual(self._months(old)["2026-06"], 98.63)


@tagged("post_install", "-at_install")
@freeze_time("2028-01-15")
class TestRevenueOddLines(RevenueCommon):
    def test_ten_years(self):
        invoice = self._invoice("2026-01-01", 1000, "2026-01-01", "2035-12-31")
        months = self._months(self._schedule(invoice))
        self.assertEqual(len(months), 120)
        self.assertEqual(round(sum(months.values()), 2), 1000)

    def test_an_end_before_its_start(self):
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
            self._invoice("2026-01-01", 100, "2026-02-01", "2026-01-01")

    def test_half_a_period_is_none(self):
        invoice = self._invoice("2026-01-01", 100, None, "2026-12-31")
        self.assertFalse(self._schedule(invoice))

    def test_nothing_and_less_than_nothing(self):
        """A line of zero has no schedule; a negative one takes from each month."""
        invoice = self._invoice(
            "2026-01-01", 1200, "2026-01-01", "2026-12-31", post=False
        )
        product = self._product("Gift")
        invoice.invoice_line_ids = [
            Command.create(
                {
                    "product_id": product.id,
                    "price_unit": price,
                    "deferred_start_date": "2026-01-01",
                    "deferred_end_date": "2026-12-31",
                }
            )
            for price in (0, -365)
        ]
        invoice.action_post()
        schedules = self._schedule(invoice).sorted("amount")
        self.assertEqual(schedules.mapped("amount"), [-365, 1200])
        self.assertEqual(self._months(schedules[0])["2026-02"], -28)
        run = self._close("2026-02")
        self.assertEqual(run.amount, 134.97)
        self.assertAgrees()

    def test_some_lines_and_not_others(self):
        invoice = self._invoice(
            "2026-01-01", 1200, "2026-01-01", "2026-12-31", post=False
        )
        invoice.invoice_line_ids = [
            Command.create({"product_id": self._product("Day").id, "price_unit": 100})
        ]
        invoice.action_post()
        self.assertEqual(self._balance(self.deferred), 1200)
        self.assertEqual(len(self._schedule(invoice)), 1)

    def test_two_companies_with_different_policies(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.env.user.company_ids |= other
        self.env["account.chart.template"].try_loading("fr", other, install_demo=False)
        chart = f"account.{other.id}_"
        deferred = self.env.ref(f"{chart}pcg_487")
        deferred.reconcile = True
        journal = self.env["account.journal"].create(
            {
                "name": "Revenue",
                "code": "REV",
                "type": "general",
                "company_id": other.id,
            }
        )
        other.write(
            {
                "rr_deferred_account_id": deferred.id,
                "rr_revenue_journal_id": journal.id,
            }
        )
        self._policy(company_id=other.id, method="month")
        here = self._invoice("2026-01-01", 1200, "2026-01-01", "2026-12-31")
        self.env = self.env(
            context=dict(
                self.env.context, allowed_company_ids=[other.id, self.company.id]
            )
        )
        there = (
            self.env["account.move"]
            .with_company(other)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.customer.id,
                    "invoice_date": "2026-01-01",
                    "company_id": other.id,
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "product_id": self._product("There").id,
                                "price_unit": 1200,
                                "tax_ids": [],
                                "deferred_start_date": "2026-01-01",
                                "deferred_end_date": "2026-12-31",
                            }
                        )
                    ],
                }
            )
        )
        there.action_post()
        self.assertEqual(self._months(self._schedule(here))["2026-01"], 101.92)
        self.assertEqual(self._months(self._schedule(there))["2026-01"], 100)
        run = self._close("2026-01", other)
        self.assertEqual(run.amount, 100)
        self.assertEqual(run.move_ids.company_id, other)
        self.assertEqual(self._schedule(here).recognised, 0)
