"""Usage of a period in which the subscription changes: included and billed once."""

from odoo.tests import freeze_time, tagged

from .common_usage import UsageCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-08-20 10:00:00")
class TestUsageOfChanges(UsageCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls._usage_plan()
        cls.sub = cls._subscribe(cls.plan, "2026-05-01")

    def test_an_upgrade_rates_each_plan_on_its_own_days(self):
        plus = self._usage_plan(
            self._usage_charge(unit_price=0.005), base=60.0, name="Plus"
        )
        with freeze_time("2026-05-16 10:00:00"):
            self._bill("2026-05-01")
            self._record(("2026-05-15T21:59:59Z", 1500), ("2026-05-15T22:00:00Z", 200))
            self.sub.action_change("plan", {"plan_id": plus.id})
        self._bill("2026-06-01")
        self.assertEqual(
            self._usage_rows(),
            [
                ("charge", "2026-05-01", 1500, 5.0),
                ("charge", "2026-05-16", 200, 1.0),
            ],
        )
        self.assertNothingLeft(self.sub, "2026-06-01")

    def test_a_pause_bills_what_was_used_around_it(self):
        charge = self._usage_charge(minimum_amount=31)
        sub = self._subscribe(self._usage_plan(charge, base=0), "2026-05-01")
        with freeze_time("2026-05-11 10:00:00"):
            sub.action_change("pause", {"until": "2026-05-21"})
        self._record(("2026-05-03", 2000), sub=sub)
        self._bill("2026-06-01")
        # 21 days owe 21.00; 20.00 were used in the first ten.
        self.assertEqual([row[3] for row in self._usage_rows(sub)], [20.0, 1.0])

    def _split(self, charge, *events):
        """Return a subscription with another discount from 16 May on, billed."""
        sub = self._subscribe(self._usage_plan(charge, base=0), "2026-05-01")
        code = self.env["recurring.meter"].browse(charge["meter_id"]).code
        self._record(*({"meter": code, **event} for event in events), sub=sub)
        with freeze_time("2026-05-16 10:00:00"):
            rows = [{"line_id": self._usage_lines(sub).id, "discount": 10}]
            sub.action_change("lines", {"lines": rows}, when="now")
        self._bill("2026-06-01")
        return sub

    def test_a_change_within_a_period_does_not_include_or_cap_twice(self):
        events = [
            {"time": f"2026-05-{day}", "quantity": 900} for day in ("03", "15", "20")
        ]
        for terms, amounts in (
            ({"included_quantity": 2000}, [0, 6.3]),
            ({"maximum_amount": 20}, [18.0, 1.8]),
            ({"maximum_amount": 10}, [10.0, 0]),
        ):
            sub = self._split(self._usage_charge(**terms), *events)
            with self.subTest(terms):
                rows = self._usage_rows(sub)
                self.assertEqual([row[3] for row in sorted(rows, key=str)], amounts)
                self.assertNothingLeft(sub, "2026-06-01")

    def test_the_second_half_of_a_period_says_what_the_first_used(self):
        events = [{"time": f"2026-05-{day}", "quantity": 900} for day in ("03", "20")]
        sub = self._split(self._usage_charge(included_quantity=1000), *events)
        text = list(self._invoice_texts(sub).values())[-1]
        self.assertEqual(
            text.splitlines(),
            [
                "API calls",
                "05/16/2026 - 05/31/2026",
                "Used: 900 calls",
                "With the days before in this period: 1,800",
                "1,000 included",
                "800 x 0.01\N{NO-BREAK SPACE}€ = 8.00\N{NO-BREAK SPACE}€",
                "less 10 %",
            ],
        )
        self.assertEqual([row[3] for row in self._usage_rows(sub)][0], 7.2)

    def test_late_usage_before_a_change_is_shared_too(self):
        """It takes units that the second half had used freely."""
        sub = self._split(
            self._usage_charge(included_quantity=1000),
            {"time": "2026-05-20", "quantity": 900},
        )
        self.assertEqual(
            self._record(("2026-05-03", 300), sub=sub), ["late"], self.answers
        )
        self._bill("2026-07-01")
        rows = [row[::3] for row in self._usage_rows(sub) if row[3]]
        self.assertEqual(rows, [("charge", 1.8)])
        self.assertNothingLeft(sub, "2026-07-01")

    def test_levels_are_billed_once_in_a_period(self):
        """Ten users all May are ten, on whichever lines; half a month of disk half."""
        events = [
            {"time": "2026-05-01", "quantity": 10, "value": "ann"},
            {"time": "2026-05-18", "quantity": 10, "value": "ann"},
        ]
        for aggregation, amounts in (
            ("maximum", [20, 0]),
            ("last", [20, 0]),
            ("unique", [2, 0]),
            ("time_weighted", [9.68, 9.29]),
        ):
            meter = self._meter(aggregation, aggregation, aggregation=aggregation)
            sub = self._split(self._usage_charge(meter, unit_price=2), *events)
            with self.subTest(aggregation):
                rows = sorted(self._usage_rows(sub), key=lambda row: row[1])
                self.assertEqual([row[3] for row in rows], amounts)
