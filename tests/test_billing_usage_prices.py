"""Usage on invoices by every price model and way of adding up."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from odoo.tests import freeze_time, tagged

from ..engine.period import Period
from ..engine.usage import Event, aggregate
from ..models.subscription.usage.usage_query import midnight
from .common_usage import UsageCommon

MAY = Period(date(2026, 5, 1), date(2026, 6, 1))


@tagged("post_install", "-at_install")
@freeze_time("2026-08-20 10:00:00")
class TestUsagePrices(UsageCommon):
    # ------------------------------------------------------------------
    # Price models
    # ------------------------------------------------------------------

    def test_package(self):
        charge = self._usage_charge(
            charge_model="package", package_size=1000, unit_price=5
        )
        sub = self._of(charge, ("2026-05-03", 2001))
        self.assertEqual([row[3] for row in self._usage_rows(sub)], [15.0])
        self.assertEqual(sub.billed_item_ids.move_line_id.quantity, 3)

    def test_graduated_and_volume(self):
        tiers = [(1000, 0.02), (0, 0.01)]
        for model, amount in (("graduated", 25.0), ("volume", 15.0)):
            charge = self._usage_charge(charge_model=model, tiers=tiers)
            sub = self._of(charge, ("2026-05-03", 1500))
            with self.subTest(model):
                self.assertEqual([row[3] for row in self._usage_rows(sub)], [amount])
        text = sub.billed_item_ids.move_line_id.name
        self.assertIn("Used: 1,500 calls", text)
        self.assertIn("1,500 x 0.01", text)

    def test_percentage_of_each_event(self):
        sales = self._meter("Sales", "sales", unit="EUR")
        charge = self._usage_charge(
            sales,
            charge_model="percentage",
            unit_price=2,
            fixed_fee=0.25,
            free_events=1,
            event_maximum=10,
        )
        sub = self._of(
            charge, ("2026-05-03", 500), ("2026-05-05", 100), ("2026-05-04", 900)
        )
        # 500 is free; 900 costs 18.25, at most 10; 100 costs 2.25.
        self.assertEqual([row[3] for row in self._usage_rows(sub)], [12.25])
        text = sub.billed_item_ids.move_line_id.name
        self.assertIn("Used: 1,500 EUR (events: 3)", text)
        self.assertIn("down to the maximum of single events", text)

    def test_commitment_is_trued_up_and_prorated(self):
        """Half of June: 15.00 of 30.00 at least."""
        charge = self._usage_charge(minimum_amount=30)
        plan = self._usage_plan(charge, base=0, alignment="calendar")
        sub = self._subscribe(plan, "2026-06-16")
        self.assertEqual(sub.recurring_amount, 30.0)
        self._record(("2026-06-20", 100), ("2026-07-02", 5000), sub=sub)
        self._bill("2026-08-01")
        self.assertEqual([row[3] for row in self._usage_rows(sub)], [15.0, 50.0])

    def test_cap_and_discount(self):
        charge = self._usage_charge(maximum_amount=20)
        sub = self._subscribe(
            self._usage_plan(charge, base=0), "2026-05-01", lines=[{"discount": 10}]
        )
        self._record(("2026-05-03", 900), ("2026-06-03", 9000), sub=sub)
        self._bill("2026-07-01")
        self.assertEqual([row[3] for row in self._usage_rows(sub)], [8.1, 18.0])

    def test_an_agreed_price_keeps_what_is_included(self):
        plan = self._usage_plan(self._usage_charge(included_quantity=1000), base=0)
        agreed = {"price_unit": 0.005, "price_agreed": True}
        sub = self._subscribe(plan, "2026-05-01", lines=[agreed])
        self._record(("2026-05-03", 3000), sub=sub)
        self._bill("2026-06-01")
        self.assertEqual([row[3] for row in self._usage_rows(sub)], [10.0])

    def test_another_currency(self):
        self.env["res.currency.rate"].create(
            {
                "name": "2026-01-01",
                "rate": 2.0,
                "currency_id": self.dollar.id,
                "company_id": self.company.id,
            }
        )
        charge = self._usage_charge(minimum_amount=5, unit_price=0.01)
        plan = self._usage_plan(charge, base=0)
        sub = self._subscribe(plan, "2026-05-01", currency_id=self.dollar.id)
        self._record(("2026-06-03", 1000), sub=sub)
        self._bill("2026-07-01")
        self.assertEqual([row[3] for row in self._usage_rows(sub)], [10.0, 20.0])

    # ------------------------------------------------------------------
    # Ways of adding up
    # ------------------------------------------------------------------

    def test_maximum_last_and_unique(self):
        events = [
            {"time": "2026-05-03", "quantity": 5, "value": "ann"},
            {"time": "2026-05-20", "quantity": 9, "value": "bob"},
            {"time": "2026-05-28", "quantity": 7, "value": "ann"},
        ]
        for aggregation, quantity in (("maximum", 9), ("last", 7), ("unique", 2)):
            meter = self._meter(aggregation, aggregation, aggregation=aggregation)
            sub = self._of(self._usage_charge(meter, unit_price=1), *events)
            with self.subTest(aggregation):
                self.assertEqual([row[2] for row in self._usage_rows(sub)], [quantity])

    def test_average_over_time_is_carried_into_the_next_month(self):
        """June has 30 days: 10 GB for 15, then 40."""
        disk = self._meter("Disk", "disk", aggregation="time_weighted", unit="GB")
        sub = self._of(
            self._usage_charge(disk, unit_price=1),
            ("2026-05-01", 10),
            ("2026-06-16", 40),
            through="2026-07-01",
        )
        self.assertEqual([row[2] for row in self._usage_rows(sub)], [10, 25])

    def test_half_a_month_of_disk_is_half(self):
        """10 GB from 16 June are 5 GB of June."""
        disk = self._meter("Disk", "disk", aggregation="time_weighted", unit="GB")
        plan = self._usage_plan(
            self._usage_charge(disk, unit_price=1), base=0, alignment="calendar"
        )
        sub = self._subscribe(plan, "2026-06-16")
        self._record({"meter": "disk", "time": "2026-06-16", "quantity": 10}, sub=sub)
        self._bill("2026-08-01")
        self.assertEqual([row[2] for row in self._usage_rows(sub)], [5, 10])

    def test_rounding_of_the_period(self):
        for way, quantity in (("up", 3), ("down", 2), ("half_up", 2)):
            meter = self._meter(way, way, decimals=0, rounding=way)
            sub = self._of(self._usage_charge(meter), ("2026-05-03", 2.2))
            with self.subTest(way):
                self.assertEqual([row[2] for row in self._usage_rows(sub)], [quantity])

    def test_the_query_says_what_the_engine_says(self):
        """Random events over the end of winter time, added up by both."""
        random, zone = Random(7), ZoneInfo("Europe/Paris")
        march = Period(date(2026, 3, 1), date(2026, 4, 1))
        start, end = midnight(march.start, zone), midnight(march.end, zone)
        first = datetime(2026, 2, 1, 0, 0)
        for aggregation in ("sum", "maximum", "last", "unique", "time_weighted"):
            meter = self._meter(aggregation, aggregation, aggregation=aggregation)
            plan = self._usage_plan(self._usage_charge(meter), base=0)
            sub = self._subscribe(plan, "2026-02-01")
            minutes = random.sample(range(80 * 24 * 60), 200)
            events = [
                Event(
                    first + timedelta(minutes=minute),
                    Decimal(random.randrange(100_000)) / 1000,
                    random.choice("abcdefgh"),
                )
                for minute in minutes
            ]
            self._record(
                *(
                    {
                        "meter": aggregation,
                        "time": event.at.isoformat(),
                        "quantity": str(event.quantity),
                        "value": event.value,
                    }
                    for event in events
                ),
                sub=sub,
            )
            before = [event for event in events if event.at < start]
            carried = max(before, key=lambda event: event.at).quantity
            expected = aggregate(aggregation, events, start, end, carried)
            spans = [(1, sub.id, march, march)]
            use = meter._uses(spans, zone)[1, march]
            with self.subTest(aggregation):
                self.assertEqual(use.quantity, meter._round(expected))
