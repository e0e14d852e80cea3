"""The demo's company, catalog, customers and portfolio: `./dev demo` plays the rest."""

import doctest
from datetime import date

from odoo.tests import TransactionCase, tagged

from ..demo import clock, company, portfolio
from ..demo.catalog import Catalog
from ..demo.clock import Calendar, on
from ..demo.customers import ALL, Customers
from ..demo.sales import DRAFTS, STARTS, Sales


@tagged("post_install", "-at_install")
class TestDemo(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))
        cls.calendar = Calendar(date(2026, 11, 20))
        cls.users = company.set_up(cls.env, cls.calendar)
        cls.catalog = Catalog(cls.env, cls.calendar).set_up()

    def setUp(self):
        super().setUp()
        self.customers = Customers(self.env, self.catalog, self.users)

    def test_calendar(self):
        """Thirteen months, the last cut off at today."""
        self.assertEqual(self.calendar.first(0), date(2025, 11, 1))
        self.assertEqual(self.calendar.last(12), date(2026, 11, 30))
        self.assertEqual(self.calendar.day(3, 31), date(2026, 2, 28))
        self.assertEqual(self.calendar.day(12, 25), date(2026, 11, 20))

    def test_examples(self):
        """The examples in the demo's own texts hold."""
        for module in (clock, company):
            self.assertFalse(doctest.testmod(module).failed)

    def test_catalog_is_on_sale(self):
        """Every plan is published, and the dearer seat is sold from its day on."""
        plans = self.catalog.plans.values()
        self.assertEqual({plan.state for plan in plans}, {"published"})
        team = self.catalog.plans["team"]
        prices = [
            team._version_at(day).charge_ids[0].unit_price
            for day in (date(2026, 5, 31), date(2026, 6, 1))
        ]
        self.assertEqual(prices, [18.0, 19.0])

    def test_customers_are_valid(self):
        """Odoo takes every VAT number, and each customer has a part in the story."""
        partners = [self.customers[key] for key in ALL]
        self.assertEqual(len({partner.id for partner in partners}), len(ALL))

    def test_portfolio(self):
        """The import takes every contract but the mistyped one."""
        job = portfolio.take_over(self.env, self.calendar, self.customers)
        self.assertEqual((job.imported_count, job.problem_count), (35, 1))

    def test_portfolio_of_other_days(self):
        """The demo may be built on any day: a first of a month, a 29 February."""
        for today in (date(2027, 1, 1), date(2028, 2, 29), date(2027, 9, 30)):
            with self.subTest(today), self.env.cr.savepoint() as savepoint:
                customers = Customers(self.env, self.catalog, self.users)
                job = portfolio.take_over(self.env, Calendar(today), customers)
                self.assertEqual((job.imported_count, job.problem_count), (35, 1))
                savepoint.rollback()
                self.env.invalidate_all()

    def test_doors(self):
        """A form and a quotation start subscriptions, a draft waits."""
        sales = Sales(self.env, self.catalog, self.customers)
        day = date(2026, 3, 3)
        for door in ("form", "order"):
            sales.start(next(start for start in STARTS if start.door == door), day)
        states = [sub.state for sub in sales.subscriptions.values()]
        with on(day):
            states.append(sales.draft(DRAFTS[0], day).state)
        self.assertEqual(states, ["active", "active", "draft"])
