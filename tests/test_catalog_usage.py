"""Charges by usage, packages and percentages: texts, checks, the calculator."""

from datetime import date

from psycopg2.errors import UniqueViolation

from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .common_usage import UsageCommon

EURO = "\N{NO-BREAK SPACE}€"


@tagged("post_install", "-at_install")
class TestCatalogUsage(UsageCommon):
    def _text(self, **charge):
        plan = self._plan(charges=[charge], publish=False)
        return plan.draft_version_id.charge_ids.price_text

    def _assert_refused(self, sentence, *charges):
        version = self._plan(charges=charges, publish=False).draft_version_id
        with self.assertRefused(sentence):
            version.action_publish()

    def test_texts(self):
        calls = self._usage_charge
        cases = [
            (
                calls(included_quantity=1000, unit_price=0.0035),
                f"1,000 calls included, then 0.0035{EURO} each, per month",
            ),
            (
                calls(charge_model="package", package_size=1000, unit_price=5),
                f"5.00{EURO} for each 1,000 calls begun, per month",
            ),
            (
                {"charge_model": "package", "package_size": 10, "unit_price": 50},
                f"50.00{EURO} for each 10 begun, per month",
            ),
            (
                calls(
                    charge_model="percentage",
                    unit_price=2.5,
                    fixed_fee=0.25,
                    event_minimum=0.5,
                    event_maximum=25,
                    free_events=10,
                    included_quantity=100,
                ),
                f"100.00{EURO} included, then 2.5 % plus 0.25{EURO} each (at least "
                f"0.50{EURO} each, at most 25.00{EURO} each, the first 10 free), per "
                "month",
            ),
            (
                calls(minimum_amount=20, maximum_amount=500),
                f"0.01{EURO} each, at least 20.00{EURO}, at most 500.00{EURO}, per "
                "month",
            ),
        ]
        for charge, text in cases:
            with self.subTest(text):
                self.assertEqual(self._text(**charge), text)

    def test_refusals_each_with_its_sentence(self):
        calls, base = self._usage_charge, {"unit_price": 30}
        seats = self._meter("Seats", "seats", aggregation="maximum")
        old = self._meter("Old", "old", active=False)
        cases = [
            ([calls(meter_id=False)], "choose the meter"),
            ([calls(old)], "the meter Old is archived"),
            ([calls(charge_model="flat")], "a fixed price does not count usage"),
            (
                [calls(seats, charge_model="percentage")],
                "the meter Seats must count the sum",
            ),
            ([calls(), calls()], "two charges bill the meter API calls"),
            ([calls(threshold_percents="eighty")], "write the percentages"),
            ([calls(threshold_percents="0")], "write the percentages"),
            ([calls(threshold_percents="80")], "nothing is reached"),
            ([calls(hard_limit=True)], "nothing is reached"),
            ([calls(charge_model="package")], "A package holds more than 0 units."),
            (
                [calls(minimum_amount=20, maximum_amount=10)],
                "The maximum 10.0 is below the minimum 20.0.",
            ),
            (
                [base, {"charge_model": "percentage", "free_events": 1}],
                "limits of single events need a charge by usage",
            ),
        ]
        for charges, sentence in cases:
            with self.subTest(sentence):
                self._assert_refused(sentence, *charges)

    def test_a_percentage_of_what_a_line_says(self):
        """1.5 % of 100,000 under management, every month, at least 500."""
        plan = self._plan(
            charges=[
                {
                    "charge_model": "percentage",
                    "unit_price": 1.5,
                    "default_quantity": 100_000,
                    "minimum_amount": 500,
                }
            ]
        )
        sub = self._subscribe(plan, "2026-05-01")
        self.assertEqual(sub.recurring_amount, 1500)
        self._bill("2026-05-01")
        self.assertEqual(sub.billed_item_ids.amount, 1500)

    def test_packages_of_seats(self):
        charge = {"charge_model": "package", "package_size": 10, "unit_price": 50}
        sub = self._subscribe(
            self._plan(charges=[charge]), "2026-05-01", lines=[{"quantity": 21}]
        )
        self.assertEqual(sub.recurring_amount, 150)

    # ------------------------------------------------------------------
    # Meters
    # ------------------------------------------------------------------

    def test_a_code_stands_for_one_meter_of_a_company(self):
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            self._meter("Other", "calls")

    def test_a_code_is_proposed(self):
        with Form(self.env["recurring.meter"]) as form:
            form.name = "Active Users"
            self.assertEqual(form.code, "active_users")

    def test_how_a_sold_meter_counts_stays(self):
        self._usage_plan()
        self.calls.name = "Calls of the API"
        self.calls.decimals = 0
        with self.assertRaises(UserError):
            self.calls.aggregation = "maximum"

    def test_plans_of_a_meter(self):
        plan = self._usage_plan()
        self.assertEqual(self.calls.plan_count, 1)
        self.assertEqual(self.calls.action_open_plans()["domain"][0][2], plan.ids)

    # ------------------------------------------------------------------
    # The calculator
    # ------------------------------------------------------------------

    @freeze_time("2026-05-01")
    def test_the_calculator_takes_seats_and_usage(self):
        """12 seats at 30.00 in advance, 14,000 calls of which 10,000 are included."""
        plan = self._plan(
            charges=[
                {"charge_model": "per_unit", "unit_price": 30.0},
                self._usage_charge(included_quantity=10_000, default_quantity=10_000),
            ],
            publish=False,
        )
        with Form(plan.draft_version_id) as form:
            form.calc_quantity = 12
            self.assertIn(f"360.00{EURO}", form.calc_result)
            self.assertNotIn("400.00", form.calc_result)
            [row] = form.calc_usage
            self.assertEqual((row["name"], row["unit"]), ("API calls", "calls"))
            form.calc_usage = [{**row, "quantity": 14_000}]
            self.assertIn(f"400.00{EURO}", form.calc_result)

    @freeze_time("2026-09-20 10:00:00")
    def test_the_calculator_says_what_is_billed(self):
        """Every price model, seats and usage, from the middle of a month."""
        tiers = [(1000, 0.02), (0, 0.01)]
        cases = [
            {"included_quantity": 1000},
            {"minimum_amount": 31},
            {"minimum_amount": 31, "minimum_prorated": False},
            {"maximum_amount": 7},
            {"charge_model": "graduated", "tiers": tiers},
            {"charge_model": "volume", "tiers": tiers},
            {"charge_model": "package", "package_size": 400, "unit_price": 5},
            {"charge_model": "percentage", "unit_price": 2, "fixed_fee": 0.25},
            {"charge_model": "percentage", "unit_price": 2, "included_quantity": 300}
            | {"event_maximum": 20},
        ]
        for terms in cases:
            with self.subTest(terms):
                self._assert_calculated(self._usage_charge(**terms))
        for terms in cases[4:8]:
            with self.subTest(terms):
                self._assert_calculated(
                    {"unit_price": 3.0, "role": "base", **terms}, quantity=1234
                )

    def _assert_calculated(self, charge, quantity=None):
        plan = self._plan(charges=[charge], alignment="calendar", publish=False)
        version = plan.draft_version_id
        with Form(version) as form:
            form.calc_start = date(2026, 5, 11)
            if quantity:
                form.calc_quantity = quantity
            else:
                [row] = form.calc_usage
                form.calc_usage = [{**row, "quantity": 1234}]
            shown = form.calc_result
        version.action_publish()
        sub = self._subscribe(
            plan, "2026-05-11", lines=[{"quantity": quantity}] if quantity else None
        )
        if not quantity:
            days = ("2026-05-31", "2026-06-01", "2026-07-31", "2026-08-03")
            self._record(*((day, 1234) for day in days), sub=sub)
        for day in ("2026-05-11", "2026-06-01", "2026-07-01", "2026-08-01"):
            made = self._bill(day).move_ids.filtered(
                lambda move: sub in move.line_ids.rr_subscription_id
            )
            for amount in made.mapped("amount_untaxed"):
                self.assertIn(f"{amount:,.2f}{EURO}", shown)
        self.assertTrue(sub.billed_item_ids.move_id)
