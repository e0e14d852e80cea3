"""Sales to consumers of other member states: the threshold, and who crosses it."""

from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from .common_tax import GERMAN, TaxCommon


class OssCommon(TaxCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.years = cls.env["recurring.vat.oss.year"]
        cls.company.rr_oss_prepared = True
        cls.company._vat_set_up()
        cls.software = cls._sold("electronic")
        charges = [{"product_id": cls.software.id, "unit_price": 100.0}]
        cls.plan = cls._plan("Software", charges=charges)

    @classmethod
    def _year(cls, opening=0.0, year=2026):
        return cls.years.create(
            {
                "company_id": cls.company.id,
                "year": year,
                "opening_amount": opening,
            }
        )

    @classmethod
    def _consumers(cls, *countries, day="2026-11-01"):
        """Return a subscription of 100.00 a month for a consumer in each country."""
        return [
            cls._subscribe(cls.plan, day, customer=cls._at(country))
            for country in countries
        ]

    def assertTreated(self, subs, *expected):
        """Each subscription's last invoice: its treatment and its VAT."""
        found = []
        for sub in subs:
            move = sub.billed_item_ids.sorted("sequence")[-1:].move_id
            decision = move.invoice_line_ids.rr_vat_decision_id
            found.append((decision.treatment, move.amount_tax))
        self.assertEqual(found, list(expected))


PREVIEW = "odoo.addons.recurring_revenue.models.billing.billing_run_preview"
HOME, GERMANY = ("domestic", 20.0), ("oss", 19.0)


@tagged("post_install", "-at_install")
@freeze_time("2026-11-01")
class TestTaxOss(OssCommon):
    def test_the_invoice_that_crosses_bears_destination_vat(self):
        """9,850 before; 100 more is below, the next 100 crosses: in one batch."""
        year = self._year(9850.0)
        subs = self._consumers("DE", "DE", "SE")
        self._bill("2026-11-01")
        self.assertTreated(subs, HOME, GERMANY, ("oss", 25.0))
        self.assertEqual(str(year.crossed_on), "2026-11-01")
        self.assertEqual(year.total_amount, 10150.0)
        self.assertEqual(year.state, "crossed")
        [activity] = year.activity_ids
        self.assertIn("VAT set-up", activity.note)
        self.assertIn("crossed", activity.note)

    def test_numbers_stay_in_the_order_of_the_sales(self):
        self._year(9850.0)
        subs = self._consumers("DE", "FR", "DE", "FR")
        run = self._bill("2026-11-01")
        self.assertTreated(subs, HOME, HOME, GERMANY, HOME)
        names = [sub.billed_item_ids.move_id.name for sub in subs]
        self.assertEqual(names, sorted(names))
        self.assertEqual(run.invoice_count, 4)

    def test_exactly_the_threshold_is_not_above_it(self):
        year = self._year(9900.0)
        subs = self._consumers("DE")
        self._bill("2026-11-01")
        self.assertTreated(subs, HOME)
        self.assertFalse(year.crossed_on)
        self.assertEqual(year.share, 100.0)
        self.assertEqual(year.state, "near")

    def test_this_year_and_the_next_then_below_again(self):
        self._year(9950.0)
        subs = self._consumers("DE", day="2026-12-01")
        self._bill("2026-12-01")
        self.assertTreated(subs, GERMANY)
        self.assertFalse(self.company._vat_threshold_crossed(_day("2026-11-30")))
        for day, crossed in (
            ("2026-12-01", True),
            ("2027-01-01", True),
            ("2027-12-31", True),
            ("2028-01-01", False),
        ):
            self.assertIs(self.company._vat_threshold_crossed(_day(day)), crossed, day)

    def test_above_in_the_previous_year(self):
        self._year(10000.01, 2025)
        subs = self._consumers("DE")
        self._bill("2026-11-01")
        self.assertTreated(subs, GERMANY)

    def test_only_what_counts_counts(self):
        """Businesses, general services, home and third countries do not count."""
        year = self._year()
        service = self._sold("service")
        goods = self._sold("goods")
        self._invoice(self._at("DE", vat=GERMAN), self.software)
        self._invoice(self._at("FR"), self.software)
        self._invoice(self._at("CH"), self.software)
        self._invoice(self._at("DE"), service)
        self.assertEqual(year.sold_amount, 0.0)
        self._invoice(self._at("DE"), self.software)
        self._invoice(self._at("BE"), goods)
        year.invalidate_recordset()
        self.assertEqual(year.sold_amount, 200.0)

    def test_credit_notes_count_minus(self):
        year = self._year()
        move = self._invoice(self._at("DE"), self.software)
        move._reverse_moves([{"invoice_date": "2026-11-01"}], cancel=True)
        year.invalidate_recordset()
        self.assertEqual(year.sold_amount, 0.0)

    def test_prices_with_tax_count_without(self):
        tax = self.tax_s.copy({"name": "20 TTC", "price_include_override": None})
        tax.price_include_override = "tax_included"
        self.company._vat_set_up()
        year = self._year(9900.0)
        product = self._sold("electronic", 120.0, tax=tax, name="App")
        move = self._invoice(self._at("DE"), product)
        self.assertEqual(move.amount_total, 120.0)
        self.assertFalse(year.crossed_on)
        again = self._invoice(self._at("DE"), product)
        self.assertEqual(again.amount_untaxed, 100.0)
        self.assertEqual(again.amount_total, 119.0)

    def test_drafts_count_for_the_next_sale(self):
        year = self._year(9850.0)
        self.company.rr_invoice_policy = "draft"
        first = self._consumers("DE")
        self._bill("2026-11-01")
        self.assertEqual(year.sold_amount, 0.0)
        second = self._consumers("DE")
        self._bill("2026-11-01")
        self.assertTreated(first + second, HOME, GERMANY)

    def test_by_option_from_its_day_on(self):
        self._regime(day="2026-11-15", oss_option=True)
        early = self._consumers("DE")
        self._bill("2026-11-01")
        late = self._consumers("DE", day="2026-11-15")
        self._bill("2026-11-15")
        self.assertTreated(early, HOME)
        self.assertTreated(late, GERMANY)

    def test_without_rates_the_crossing_sale_waits(self):
        """Nobody is billed with wrong VAT; others are billed."""
        positions = self.env["account.fiscal.position"]
        positions.search([("rr_vat_territory", "=", "DE")]).rr_vat_treatments = False
        year = self._year(9950.0)
        german, french = self._consumers("DE", "FR")
        self._bill("2026-11-01")
        self.assertFalse(german.billed_item_ids)
        self.assertEqual(german.problem_code, "vat_set_up")
        self.assertTreated([french], HOME)
        self.assertFalse(year.crossed_on)

    def test_a_failure_in_the_batch_does_not_change_who_crosses(self):
        self._year(9850.0)
        subs = self._consumers("DE", "FR", "DE")
        broken = subs[1]
        items = type(self.env["recurring.billed.item"])
        append = items._append

        def fail(model, rows):
            if any(row["subscription_id"] == broken.id for row in rows):
                raise ValueError("a module of somebody else")
            return append(model, rows)

        with (
            patch.object(items, "_append", fail),
            self.assertLogs("odoo.addons.recurring_revenue", "WARNING"),
        ):
            self._bill("2026-11-01")
        self.assertFalse(broken.billed_item_ids)
        self.assertTreated([subs[0], subs[2]], HOME, GERMANY)

    def test_the_preview_says_the_same(self):
        self._year(9850.0)
        self._consumers("DE", "DE", "SE")
        run = self.env["recurring.billing.run"].create({"date": "2026-11-01"})
        run.action_preview()
        self.assertEqual(run.preview["company"][1], 64.0)

    def test_the_preview_crosses_between_its_batches(self):
        """Each batch is below by itself; what the ones before it sold counts."""
        self._year(9750.0)
        self._consumers("DE", "DE", "DE", "SE", "FR")
        run = self.env["recurring.billing.run"].create({"date": "2026-11-01"})
        with patch(f"{PREVIEW}.PREVIEW_BATCH", 1):
            run.action_preview()
        # 20 + 20 at home, then 19 and 25 at destination, 20 for the French one.
        self.assertEqual(run.preview["company"][1], 104.0)
        self._bill("2026-11-01")
        billed = self.env["account.move"].search([("rr_run_id", "!=", False)])
        self.assertEqual(sum(billed.mapped("amount_tax")), 104.0)

    def test_the_preview_crosses_with_a_bad_one_in_the_batch(self):
        self._year(9850.0)
        subs = self._consumers("DE", "FR", "DE")
        broken, lines = subs[1], type(self.env["recurring.subscription.line"])
        prepare = lines._prepare_invoice_line

        def fail(line, *args):
            if line.subscription_id == broken:
                raise ValueError("a module of somebody else")
            return prepare(line, *args)

        run = self.env["recurring.billing.run"].create({"date": "2026-11-01"})
        with (
            patch.object(lines, "_prepare_invoice_line", fail),
            self.assertLogs("odoo.addons.recurring_revenue", "WARNING"),
        ):
            run.action_preview()
        self.assertEqual(run.preview["company"][1], 39.0)
        self.assertEqual(run.preview["problem_count"], 1)

    def test_a_preview_leaves_no_decision(self):
        """Evidence is of invoices: who was never invoiced may be deleted."""
        self._year(9850.0)
        subs = self._consumers("DE", "DE")
        run = self.env["recurring.billing.run"].create({"date": "2026-11-01"})
        run.action_preview()
        self.assertEqual(run.preview["company"][1], 39.0)
        self.assertTrue(subs[0].upcoming_table)
        customers = subs[0].partner_id | subs[1].partner_id
        decisions = self.env["recurring.vat.decision"]
        self.assertFalse(decisions.search([("partner_id", "in", customers.ids)]))
        self._bill("2026-11-01")
        self.assertEqual(
            len(decisions.search([("partner_id", "in", customers.ids)])), 2
        )

    def test_opening_amount_found_wrong(self):
        year = self._year(12000.0)
        self.assertEqual(str(year.crossed_on), "2026-01-01")
        year.opening_amount = 2000.0
        self.assertFalse(year.crossed_on)
        self.assertFalse(self.company._vat_threshold_crossed(_day("2026-11-01")))

    def test_the_watch_tells_the_accountant_once(self):
        year = self._year(8000.0)
        self.years._cron_watch()
        self.years._cron_watch()
        [activity] = year.activity_ids
        self.assertIn("Register for OSS", activity.note)
        self.assertEqual(year.state, "near")
        self.assertIn("8,000.00", year._gauge_text())

    def test_gauge(self):
        today = self.env["recurring.today"]
        self.assertEqual(today._gauges(), [])
        self._year(6140.0)
        self._invoice(self._at("DE"), self.software)
        [gauge] = today._gauges()
        self.assertIn("6,240.00", gauge["title"])
        self.assertIn("2026", gauge["title"])
        self.assertEqual((gauge["share"], gauge["tone"]), (62.4, "success"))
        user = new_test_user(self.env, "sales", "recurring_revenue.group_user")
        self.assertEqual(today.with_user(user)._gauges(), [])

    def test_rights_and_companies(self):
        year = self._year(100.0)
        user = new_test_user(
            self.env, "reader", "base.group_user,recurring_revenue.group_user"
        )
        self.assertEqual(year.with_user(user).opening_amount, 100.0)
        with self.assertRaises(AccessError):
            year.with_user(user).opening_amount = 5.0
        other = self.env["res.company"].create({"name": "Elsewhere"})
        hidden = self.years.sudo().create({"company_id": other.id, "year": 2026})
        with self.assertRaises(AccessError):
            hidden.with_user(user).read(["year"])


@tagged("post_install", "-at_install")
class TestTaxOssSetUp(TaxCommon):
    def _position(self, code):
        return self.company._vat_find_position("oss", self._territory(code))

    def _territory(self, code):
        atlas = self.env["recurring.vat.rule"]._book().atlas
        return next(one for one in atlas.territories() if one.code == code)

    @freeze_time("2024-12-15")
    def test_a_rate_that_changes_joins_the_old(self):
        """Slovakia: 20 % until 31 December 2024, then 23 %."""
        self._regime(oss_option=True)
        position = self._position("SK")
        self.assertEqual(set(position.tax_ids.mapped("amount")), {20.0, 23.0})
        self.assertEqual(set(position.map_tax(self.tax_s).mapped("amount")), {20.0})
        with freeze_time("2025-01-02"):
            names = {step.name for step in self.company._vat_set_up(dry=True)}
            self.assertIn("23% OSS SK S", names)
            self.company._vat_set_up()
            self.assertFalse(self.company._vat_set_up(dry=True))
            mapped = position.map_tax(self.tax_s)
            self.assertEqual(mapped.amount, 23.0)
        self.assertEqual(set(position.tax_ids.mapped("amount")), {20.0, 23.0})
        product = self._sold("electronic")
        customer = self._at("SK")
        for day, amount in (("2024-12-15", 20.0), ("2025-01-01", 23.0)):
            with freeze_time(day):
                invoice = self._invoice(customer, product, day=day)
                self.assertEqual(invoice.amount_tax, amount)

    @freeze_time("2026-11-01")
    def test_oss_vat_is_no_domestic_vat(self):
        self._regime(oss_option=True)
        self.assertFalse(self.company._vat_set_up())
        tax = self._position("DE").map_tax(self.tax_s)
        self.assertEqual((tax.amount, tax.tax_scope), (19.0, "service"))
        self.assertEqual(tax.tax_exigibility, "on_invoice")
        lines = tax.invoice_repartition_line_ids + tax.refund_repartition_line_ids
        self.assertFalse(lines.tag_ids)
        account = lines.account_id
        self.assertEqual(len(account), 1)
        self.assertNotIn(account, self.tax_g.invoice_repartition_line_ids.account_id)
        invoice = self._invoice(self._at("DE"), self._sold("electronic"))
        self.assertEqual(invoice.line_ids.filtered("tax_line_id").account_id, account)


def _day(text):
    return fields.Date.to_date(text)
