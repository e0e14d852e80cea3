"""Usage on invoices: after the period, late, corrected, by every price model."""

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
class TestUsageBilling(UsageCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls._usage_plan()
        cls.sub = cls._subscribe(cls.plan, "2026-05-01")

    def _of(self, charge, *events, through="2026-06-01"):
        """Return a subscription by usage alone, from 1 May, with events billed."""
        sub = self._subscribe(self._usage_plan(charge, base=0), "2026-05-01")
        rows = [
            event
            if isinstance(event, dict)
            else {"time": event[0], "quantity": event[1]}
            for event in events
        ]
        code = self.env["recurring.meter"].browse(charge["meter_id"]).code
        self._record(*({"meter": code, **row} for row in rows), sub=sub)
        self._bill(through)
        return sub

    # ------------------------------------------------------------------
    # The usual month
    # ------------------------------------------------------------------

    def test_billed_with_the_next_month(self):
        self._bill("2026-05-01")
        self._record(("2026-05-03", 1200), ("2026-05-31T21:59:59Z", 34))
        self._record(("2026-05-31T22:00:00Z", 500))
        self._bill("2026-06-01")
        self.assertEqual(self._usage_rows(), [("charge", "2026-05-01", 1234, 2.34)])
        [invoice] = self.sub.billed_item_ids.move_id.sorted("id")[-1:]
        self.assertEqual(
            invoice.invoice_line_ids.mapped("price_subtotal"), [30.0, 2.34]
        )
        usage_line = invoice.invoice_line_ids[1]
        self.assertEqual(
            usage_line.name.splitlines(),
            [
                "API calls",
                "05/01/2026 - 05/31/2026",
                "Used: 1,234 calls",
                "1,000 included",
                "234 x 0.01\N{NO-BREAK SPACE}€ = 2.34\N{NO-BREAK SPACE}€",
            ],
        )
        self.assertEqual(str(usage_line.deferred_start_date), "2026-05-01")
        self.assertEqual(str(usage_line.deferred_end_date), "2026-05-31")
        self.assertNothingLeft(self.sub, "2026-06-01")

    def test_a_plain_price_stands_on_the_line(self):
        sub = self._of(self._usage_charge(), ("2026-05-03", 1234))
        line = sub.billed_item_ids.move_line_id
        self.assertEqual((line.quantity, line.price_unit), (1234, 0.01))
        self.assertEqual(line.price_subtotal, 12.34)
        self.assertEqual(line.name.splitlines()[-1], "Used: 1,234 calls")

    def test_nothing_used_makes_no_line(self):
        self._bill("2026-06-01")
        self.assertEqual(self._usage_rows(), [("charge", "2026-05-01", 0, 0.0)])
        lines = self.sub.billed_item_ids.move_line_id
        self.assertEqual(len(lines), 2)
        self.assertEqual(self.sub.next_billing_date, date(2026, 7, 1))

    def test_usage_alone_makes_a_plan(self):
        plan = self._usage_plan(self._usage_charge(), base=0, name="As you go")
        sub = self._subscribe(plan, "2026-05-01")
        self.assertEqual(sub.next_billing_date, date(2026, 6, 1))
        self.assertEqual(sub.recurring_amount, 0)

    # ------------------------------------------------------------------
    # Late and corrected
    # ------------------------------------------------------------------

    def _billed_may(self, quantity=1200):
        self._record(("2026-05-03", quantity))
        with freeze_time("2026-06-02 10:00:00"):
            self._bill("2026-06-01")

    @freeze_time("2026-06-10 10:00:00")
    def test_late_usage_comes_with_the_next_invoice(self):
        self._billed_may()
        self.assertEqual(self._record(("2026-05-30", 50)), ["late"])
        self.assertTrue(self.env["recurring.usage"].search([("late", "=", True)]))
        self.assertEqual(self.sub.next_billing_date, date(2026, 7, 1))
        self._record(("2026-06-03", 1100))
        self._bill("2026-07-01")
        self.assertEqual(
            self._usage_rows(),
            [
                ("charge", "2026-05-01", 1200, 2.0),
                ("charge", "2026-05-01", 1250, 0.5),
                ("charge", "2026-06-01", 1100, 1.0),
            ],
        )
        texts = list(self._invoice_texts().values())
        [late] = [text for text in texts if "Late usage" in text]
        self.assertEqual(
            late.splitlines(),
            [
                "API calls",
                "Late usage of 05/01/2026 - 05/31/2026",
                "Used: 1,250 calls",
                "1,000 included",
                "250 x 0.01\N{NO-BREAK SPACE}€ = 2.50\N{NO-BREAK SPACE}€",
                "less what was billed before: 2.00\N{NO-BREAK SPACE}€",
            ],
        )
        self.assertNothingLeft(self.sub, "2026-07-01")

    @freeze_time("2026-06-10 10:00:00")
    def test_a_cancelled_event_is_credited_and_no_more_than_was_billed(self):
        self._billed_may()
        event = self.env["recurring.usage"].search([])
        event.action_cancel()
        self.assertEqual(event.state, "cancelled")
        self._bill("2026-07-01")
        self.assertEqual(
            self._usage_rows(),
            [
                ("charge", "2026-05-01", 1200, 2.0),
                ("credit", "2026-05-01", 0, -2.0),
                ("charge", "2026-06-01", 0, 0.0),
            ],
        )
        self.assertNothingLeft(self.sub, "2026-07-01")
        self._record(("2026-05-30", -5000))
        self._bill("2026-08-01")
        self.assertEqual(sum(row[3] for row in self._usage_rows()), 0)

    @freeze_time("2026-06-10 10:00:00")
    def test_a_correction_within_what_is_included_changes_nothing(self):
        self._billed_may(900)
        self._record(("2026-05-20", -100))
        self._bill("2026-07-01")
        self.assertEqual([row[3] for row in self._usage_rows()], [0, 0])

    @freeze_time("2026-06-20 10:00:00")
    def test_late_usage_of_what_is_closed_is_billed(self):
        self._record(("2026-05-03", 1100))
        self.sub._cancel(date(2026, 6, 1), credit=True)
        self._bill("2026-06-01")
        self.env["recurring.subscription"]._advance_lifecycle(
            self.company, date(2026, 6, 2)
        )
        self.assertEqual(self.sub.state, "closed")
        self.assertEqual(self._record(("2026-05-31", 30)), ["late"])
        self.assertEqual(self.sub.state, "cancelling")
        self._bill("2026-06-20")
        self.assertEqual([row[3] for row in self._usage_rows()], [1.0, 0.3])
        self.env["recurring.subscription"]._advance_lifecycle(
            self.company, date(2026, 6, 21)
        )
        self.assertEqual(self.sub.state, "closed")

    @freeze_time("2026-06-10 10:00:00")
    def test_an_event_that_the_billing_did_not_see_is_found_at_night(self):
        """Two transactions at one time: neither sees the other."""
        self._billed_may()
        self.sub._reopen_from(date(2026, 6, 1))
        self._record(("2026-05-30", 50))
        self.env.flush_all()
        self.env.cr.execute("UPDATE recurring_usage SET late = FALSE")
        self.env.cr.execute(
            "UPDATE recurring_subscription SET settled_through = '2026-06-01'"
            " WHERE id = %s",
            [self.sub.id],
        )
        self.env.invalidate_all()
        self.assertNothingLeft(self.sub, "2026-06-10")
        usage = self.env["recurring.usage"]
        with freeze_time(self.env.cr.now()):
            usage._sweep_unseen(self.company, self.env.cr.now().date())
        [item] = self.sub._difference(date(2026, 6, 10))[self.sub.id]
        self.assertEqual(str(item.amount), "0.50")

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

    # ------------------------------------------------------------------
    # Explained, and cheap
    # ------------------------------------------------------------------

    def test_why(self):
        self._record(("2026-05-03", 1200))
        self._bill("2026-06-01")
        row = self.sub.billed_item_ids.filtered(lambda r: r.line_id.role == "usage")
        texts = row._why_texts()
        self.assertIn("Used: 1,200 calls", texts)
        self.assertIn("1,000 included", texts)

    def test_one_query_rates_a_portfolio(self):
        """Forty subscriptions cost the queries of four, on two meters."""
        disk = self._meter("Disk", "disk", aggregation="time_weighted")
        plan = self._usage_plan(self._usage_charge(), self._usage_charge(disk))
        subs = self.env["recurring.subscription"].union(
            *(self._subscribe(plan, "2026-05-01") for _number in range(40))
        )
        self._record(("2026-05-03", 5), sub=subs[0])
        self.env.flush_all()
        counts = []
        for some in (subs[:4], subs):
            self.env.invalidate_all()
            lines = some.line_ids.filtered(lambda line: line.role == "usage")
            for line in lines:  # what every billing has read already
                line._open_spans(date(2026, 8, 20))
                line.charge_id.meter_id.read()
                line.company_id._rr_zone()
            before = self.env.cr.sql_log_count
            uses = lines._uses()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts, [2, 2])
        self.assertEqual(uses[self._usage_lines(subs[0])[0].id][MAY].quantity, 5)

    def test_a_plan_without_usage_asks_nothing_of_it(self):
        sub = self._subscribe(self._plan("Flat"), "2026-05-01")
        sub._engine_lines()
        self.env.flush_all()
        with self.assertQueryCount(0):
            self.assertEqual(sub.line_ids._uses(), {})
