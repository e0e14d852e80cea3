"""What a charge costs: price scales, price lists, currencies, and the calculator."""

from datetime import date
from decimal import Decimal

from odoo import Command
from odoo.tests import Form, tagged

from ..engine.rating import rate
from .common import RecurringCommon

DAY = date(2026, 3, 1)


@tagged("post_install", "-at_install")
class TestCatalogPrice(RecurringCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._product("Licence", 99.0)
        cls.charge = cls._plan(
            charges=[
                {
                    "product_id": cls.product.id,
                    "charge_model": "per_unit",
                    "unit_price": 30.0,
                }
            ]
        ).current_version_id.charge_ids
        cls.dollar.rate_ids.unlink()
        cls.euro.rate_ids.unlink()

    def _dollar_rate(self, day, rate):
        self.env["res.currency.rate"].create(
            {
                "currency_id": self.dollar.id,
                "name": day,
                "rate": rate,
                "company_id": self.company.id,
            }
        )

    def _pricelist(self, currency=None, **rule):
        return self.env["product.pricelist"].create(
            {
                "name": "Friends",
                "currency_id": (currency or self.euro).id,
                "item_ids": [Command.create(rule)] if rule else [],
            }
        )

    # ------------------------------------------------------------------
    # Price lists
    # ------------------------------------------------------------------

    def test_plan_price_without_a_price_list(self):
        none = self.env["product.pricelist"]
        price, source = self.charge._price_for(none, self.euro, DAY, 1)
        self.assertEqual((price, source), (Decimal("30"), "Pro, version 1"))

    def test_price_list_without_a_rule_leaves_the_plan_price(self):
        """Not the product's sales price of 99.00, which Odoo would answer."""
        price, source = self.charge._price_for(self._pricelist(), self.euro, DAY, 1)
        self.assertEqual((price, source), (Decimal("30"), "Pro, version 1"))

    def test_rule_for_the_product_wins(self):
        pricelist = self._pricelist(
            applied_on="1_product",
            product_tmpl_id=self.product.product_tmpl_id.id,
            compute_price="fixed",
            fixed_price=25.5,
        )
        price, source = self.charge._price_for(pricelist, self.euro, DAY, 1)
        self.assertEqual((price, source), (Decimal("25.5"), "Price list Friends"))

    def test_rule_for_everything_takes_its_share_of_the_product_price(self):
        pricelist = self._pricelist(
            applied_on="3_global", compute_price="percentage", percent_price=10
        )
        price, _source = self.charge._price_for(pricelist, self.euro, DAY, 1)
        self.assertEqual(price, Decimal("89.1"))

    def test_rule_by_quantity_and_date(self):
        pricelist = self._pricelist(
            applied_on="1_product",
            product_tmpl_id=self.product.product_tmpl_id.id,
            compute_price="fixed",
            fixed_price=20,
            min_quantity=5,
            date_start="2026-03-01 00:00:00",
        )
        before = date(2026, 2, 28)
        for quantity, day, expected in [(4, DAY, 30), (5, DAY, 20), (5, before, 30)]:
            with self.subTest(quantity=quantity, day=day):
                price, _source = self.charge._price_for(
                    pricelist, self.euro, day, quantity
                )
                self.assertEqual(price, expected)

    # ------------------------------------------------------------------
    # Currencies
    # ------------------------------------------------------------------

    def test_plan_price_converted_at_the_rate_of_the_day(self):
        self._dollar_rate("2026-01-01", 1.1)
        self._dollar_rate("2026-03-01", 1.0825)
        none = self.env["product.pricelist"]
        price, source = self.charge._price_for(none, self.dollar, DAY, 1)
        self.assertEqual(price, Decimal("32.48"))  # 30 x 1.0825 = 32.475
        self.assertEqual(source, "Pro, version 1, converted from EUR at 1.0825")
        price, _source = self.charge._price_for(none, self.dollar, date(2026, 2, 28), 1)
        self.assertEqual(price, Decimal("33.00"))

    def test_missing_rate_is_named(self):
        self._dollar_rate("2026-03-02", 1.1)
        none = self.env["product.pricelist"]
        with self.assertRefused("exchange rate of USD for 03/01/2026"):
            self.charge._price_for(none, self.dollar, DAY, 1)

    def test_missing_rate_behind_a_price_list_is_named(self):
        """10 % off a price in euro, on a price list in dollars without a rate."""
        pricelist = self._pricelist(
            self.dollar,
            applied_on="3_global",
            compute_price="percentage",
            percent_price=10,
        )
        with self.assertRefused("exchange rate of USD"):
            self.charge._price_for(pricelist, self.dollar, DAY, 1)

    def test_missing_rate_behind_a_chain_of_price_lists_is_named(self):
        base = self._pricelist()
        pricelist = self._pricelist(
            self.dollar,
            applied_on="3_global",
            compute_price="percentage",
            base="pricelist",
            base_pricelist_id=base.id,
            percent_price=10,
        )
        with self.assertRefused("exchange rate of USD"):
            self.charge._price_for(pricelist, self.dollar, DAY, 1)

    def test_fixed_price_in_its_own_currency_needs_no_rate(self):
        pricelist = self._pricelist(
            self.dollar,
            applied_on="3_global",
            compute_price="fixed",
            fixed_price=35,
        )
        price, _source = self.charge._price_for(pricelist, self.dollar, DAY, 1)
        self.assertEqual(price, Decimal("35"))
        with self.assertRefused("exchange rate of USD"):
            self.charge._price_for(pricelist, self.euro, DAY, 1)

    def test_fine_prices_keep_their_decimals(self):
        calls = self._plan(
            charges=[{"charge_model": "per_unit", "unit_price": 0.0035}]
        ).current_version_id.charge_ids
        self._dollar_rate("2026-01-01", 1.1)
        none = self.env["product.pricelist"]
        price, _source = calls._price_for(none, self.dollar, DAY, 1)
        self.assertEqual(price, Decimal("0.003850"))
        self.assertEqual(calls._engine_terms().unit_price, Decimal("0.0035"))
        self.assertEqual(calls.price_text, "0.0035\xa0€ each, per month")

    # ------------------------------------------------------------------
    # Price scales
    # ------------------------------------------------------------------

    def _scale(self, model, tiers, **values):
        charge = {"name": "Seat", "charge_model": model, "tiers": tiers, **values}
        return self._plan(charges=[charge]).current_version_id.charge_ids

    def test_graduated_and_volume(self):
        """12 seats at 5.00 up to 10 and 4.00 beyond: 58.00, or 48.00 by volume."""
        tiers = [(0, 4), (10, 5)]
        for model, amount in [("graduated", 58), ("volume", 48)]:
            with self.subTest(model=model):
                terms = self._scale(model, tiers)._engine_terms()
                self.assertEqual(rate(terms, Decimal(12)).amount, amount)

    def test_included_units_and_minimum(self):
        """3 included, then 5.00 each, at least 20.00."""
        terms = self._plan(
            charges=[
                {
                    "charge_model": "per_unit",
                    "unit_price": 5,
                    "included_quantity": 3,
                    "minimum_amount": 20,
                }
            ]
        ).current_version_id.charge_ids._engine_terms()
        for quantity, amount in [(2, 20), (7, 20), (8, 25)]:
            with self.subTest(quantity=quantity):
                self.assertEqual(rate(terms, Decimal(quantity)).amount, amount)

    def test_stored_prices_are_exact(self):
        charge = self._scale("graduated", [(1.1, 0.1, 0.3), (0, 1234567.891234)])
        charge.invalidate_recordset()
        tiers = charge._engine_terms().tiers
        self.assertEqual(tiers[0].up_to, Decimal("1.1"))
        self.assertEqual(tiers[0].unit_price, Decimal("0.1"))
        self.assertEqual(tiers[0].flat_fee, Decimal("0.3"))
        self.assertEqual(tiers[1].unit_price, Decimal("1234567.891234"))

    def test_scale_is_the_price_whatever_unit_price_is_given(self):
        charge = self._scale("graduated", [(10, 5), (0, 4)])
        pricelist = self._pricelist(
            applied_on="3_global", compute_price="fixed", fixed_price=1
        )
        price, source = charge._price_for(pricelist, self.euro, DAY, 12)
        self.assertEqual((price, source), (0, "Price scale of Pro, version 1"))
        terms = charge._engine_terms(unit_price=price)
        self.assertEqual(rate(terms, Decimal(12)).amount, 58)

    def test_scale_in_another_currency(self):
        charge = self._scale("graduated", [(10, 5), (0, 4)], minimum_amount=10)
        self._dollar_rate("2026-01-01", 1.1)
        factor = charge._price_factor(self.dollar, DAY)
        terms = charge._engine_terms(factor=factor)
        self.assertEqual(rate(terms, Decimal(12)).amount, Decimal("63.8"))
        self.assertEqual(terms.minimum, Decimal("11"))

    def test_given_price_replaces_the_plans(self):
        terms = self.charge._engine_terms(unit_price=Decimal("27.50"))
        self.assertEqual(rate(terms, Decimal(2)).amount, 55)

    # ------------------------------------------------------------------
    # Texts
    # ------------------------------------------------------------------

    def test_price_list_as_the_customer_reads_it(self):
        plan = self._plan(
            charges=[
                {"name": "Licence", "unit_price": 30},
                {
                    "name": "Seat",
                    "charge_model": "graduated",
                    "tiers": [(10, 5), (50, 4.5), (0, 4, 20)],
                },
                {"name": "Support", "role": "addon", "unit_price": 20},
                {"name": "Set-up", "role": "one_off", "unit_price": 100},
            ]
        )
        self.assertEqual(
            plan.price_summary.replace("\xa0", " "),
            "Licence – 30.00 € per month\n"
            "Seat – 1-10: 5.00 € each; 11-50: 4.50 € each; "
            "beyond: 4.00 € each plus 20.00 €, per month\n"
            "Support (optional) – 20.00 € per month\n"
            "Set-up – 100.00 € once",
        )

    def test_tax_included_is_said(self):
        tax = self.env["account.tax"].create(
            {
                "name": "10 % included",
                "amount": 10,
                "type_tax_use": "sale",
                "price_include_override": "tax_included",
            }
        )
        product = self._product(taxes_id=[Command.set(tax.ids)])
        charge = self._plan(
            charges=[{"product_id": product.id, "unit_price": 11}]
        ).current_version_id.charge_ids
        self.assertTrue(charge.tax_included)
        self.assertIn("tax included", charge.price_text)
        self.assertFalse(self.charge.tax_included)

    def test_name_of_a_charge_follows_its_product_in_each_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        product = self._product("Seat")
        product.with_context(lang="fr_FR").name = "Poste"
        charge = self._plan(
            charges=[{"product_id": product.id}]
        ).current_version_id.charge_ids
        self.assertEqual(charge.name, "Seat")
        self.assertEqual(charge.with_context(lang="fr_FR").name, "Poste")

    # ------------------------------------------------------------------
    # The calculator of the form
    # ------------------------------------------------------------------

    def _invoices(self, version, start, quantity=0.0):
        version.calc_start = start
        if quantity:
            version.calc_quantity = quantity
        return [
            (due.isoformat(), str(sum(item.amount for item in items)))
            for due, items in version._calculator_invoices()
        ]

    def test_calculator_of_12_seats_from_10_march(self):
        """1st of the month, 22 of 31 days in March; set-up with the first invoice."""
        version = self._plan(
            publish=False,
            charges=[
                {
                    "name": "Seat",
                    "charge_model": "graduated",
                    "tiers": [(10, 5), (0, 4)],
                },
                {"name": "Support", "role": "addon", "unit_price": 20},
                {"name": "Set-up", "role": "one_off", "unit_price": 100},
            ],
            alignment="day_of_month",
            alignment_day=1,
        ).draft_version_id
        self.assertEqual(
            self._invoices(version, date(2026, 3, 10), 12),
            [
                ("2026-03-10", "141.16"),  # 58 x 22 / 31 = 41.16, + 100
                ("2026-04-01", "58.00"),
                ("2026-05-01", "58.00"),
                ("2026-06-01", "58.00"),
            ],
        )

    def test_calculator_in_arrears_until_the_term_ends(self):
        version = self._plan(
            timing="arrears", term_count=2, term_unit="month"
        ).current_version_id
        self.assertEqual(
            self._invoices(version, date(2026, 1, 31)),
            [("2026-02-28", "30.00"), ("2026-03-31", "30.00")],
        )

    def test_calculator_days_ahead(self):
        version = self._plan(days_ahead=10).current_version_id
        first = self._invoices(version, date(2026, 3, 15))[0]
        self.assertEqual(first, ("2026-03-05", "30.00"))

    def test_calculator_follows_the_form(self):
        version = self._plan(
            publish=False, charges=[{"charge_model": "per_unit", "unit_price": 7}]
        ).draft_version_id
        with Form(version) as form:
            form.calc_start = date(2026, 3, 10)
            form.calc_quantity = 3
            self.assertIn("21.00", form.calc_result)
            form.interval_count = 3
            form.calc_quantity = 5
            self.assertIn("06/09/2026", form.calc_result)
            self.assertIn("35.00", form.calc_result)

    def test_calculator_on_a_published_version_changes_nothing(self):
        version = self._plan(
            charges=[{"charge_model": "per_unit", "unit_price": 7}]
        ).current_version_id
        with Form(version) as form:
            form.calc_quantity = 3
            self.assertIn("21.00", form.calc_result)

    def test_calculator_of_conditions_that_do_not_fit(self):
        version = self._plan(
            publish=False, interval_unit="week", alignment="day_of_month"
        ).draft_version_id
        self.assertIn("do not fit together", version.calc_result)
