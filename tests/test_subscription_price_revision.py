"""A price revision: from the list to what is billed."""

from datetime import date

from odoo.tests import freeze_time, tagged

from .common_revision import RevisionCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestPriceRevision(RevisionCommon):
    def test_ten_percent_from_a_date(self):
        """30.00 a seat until June, 33.00 from July on; nothing of June moves."""
        sub = self._running(billed="2026-04-01", quantity=2)
        revision = self._revision()
        self.assertEqual(revision.state, "prepared")
        self.assertRow(revision, sub, 30.0, 33.0, "2026-07-01", monthly=6.0)
        self.assertEqual(self._row(revision, sub).yearly_effect, 72.0)
        self.assertEqual(len(sub.line_ids), 1)  # the list alone changes nothing
        revision.action_apply()
        self.assertEqual(revision.state, "applied")
        change = sub.change_ids.sorted("id")[-1]
        self.assertEqual(
            (change.type, change.state, change.revision_id, change.monthly_effect),
            ("price_revision", "scheduled", revision, 6.0),
        )
        self.assertEqual(change.revision_name, "Prices 2026")
        self.assertEqual(
            change.what_text.replace("\xa0", " "),
            "Prices 2026 – Pro seat: 30.00 € → 33.00 €",
        )
        self.assertEqual(change.display_name, "Price revision")
        self.assertEqual(change.effective_date, date(2026, 7, 1))
        self.assertEqual(self.charged(sub, "2026-06-30"), 120.0)  # May and June
        self.assertEqual(self.charged(sub, "2026-07-01"), 66.0)
        self.assertNothingLeft(sub, "2026-07-31")

    def test_a_price_that_is_not_agreed_stays_the_plan_s(self):
        sub = self._running(billed="2026-04-01")
        self._applied()
        line = sub.line_ids.sorted("start_date")[-1]
        self.assertFalse(line.price_agreed)
        self.assertIn("Prices 2026", line.price_source)

    def test_within_a_period_it_waits_for_the_next(self):
        sub = self._running(billed="2026-04-01")
        revision = self._revision(effective_date="2026-07-10")
        self.assertRow(revision, sub, 30.0, 33.0, "2026-08-01")

    def test_what_is_billed_stays_billed(self):
        """Paid for a year: the next year is dearer, no credit note before."""
        year = self._plan_of_seats("Year", 365.0, interval_unit="year")
        sub = self._running("2026-01-01", "2026-01-01", year)
        revision = self._applied()
        self.assertEqual(str(self._row(revision, sub).effective_date), "2027-01-01")
        self.assertDue(sub, "2026-12-31", [])
        self.assertDue(
            sub, "2027-01-01", [("charge", "2027-01-01", "2027-12-31", 401.5)]
        )

    def test_at_each_one_s_renewal(self):
        """With a term at its end, without as from a date."""
        term = self._plan_of_seats(
            "Term", 30.0, term_count=1, term_unit="year", renewal="automatic"
        )
        one = self._running("2025-11-15", plan=term)
        other = self._running("2026-04-01", billed="2026-04-01")
        ends = self._plan_of_seats("Once", 30.0, term_count=1, term_unit="year")
        last = self._running("2026-01-01", plan=ends)
        revision = self._revision(timing="renewal")
        self.assertRow(revision, one, 30.0, 33.0, "2026-11-15")
        self.assertRow(revision, other, 30.0, 33.0, "2026-07-01")
        self.assertLeftOut(revision, last, "ends", "last day 12/31/2026")

    def test_discounts_stay(self):
        """33.00 less 20 %: 26.40."""
        sub = self._subscribe(self.pro, "2026-04-01", lines=[{"discount": 20}])
        self._bill("2026-06-01")
        revision = self._applied()
        self.assertEqual(self._row(revision, sub).monthly_effect, 2.4)
        self.assertEqual(self.charged(sub, "2026-07-01"), 26.4)

    def test_by_an_amount(self):
        sub = self._running(billed="2026-06-01", quantity=3)
        revision = self._applied(method="amount", amount=1.25)
        self.assertEqual(self._row(revision, sub).new_price, 31.25)
        self.assertEqual(self.charged(sub, "2026-07-01"), 93.75)

    def test_rounded_and_limited(self):
        sub = self._running()
        revision = self._revision(percent=3.3, rounding_step=0.5)
        self.assertRow(revision, sub, 30.0, 31.0, "2026-07-01")
        revision = self._revision(percent=8, has_cap=True, cap_percent=5)
        self.assertRow(revision, sub, 30.0, 31.5, "2026-07-01")
        revision = self._revision(percent=1, has_floor=True, floor_percent=2)
        self.assertRow(revision, sub, 30.0, 30.6, "2026-07-01")

    def test_a_fine_price_keeps_its_decimals(self):
        plan = self._plan(
            "Calls",
            [{"charge_model": "per_unit", "unit_price": 0.0035, "name": "Call"}],
        )
        sub = self._subscribe(plan, "2026-04-01", lines=[{"quantity": 10000}])
        revision = self._applied()
        self.assertEqual(self._row(revision, sub).new_price, 0.0039)
        self._bill("2026-06-01")
        self.assertEqual(self.charged(sub, "2026-07-01"), 39.0)

    def test_a_price_with_tax(self):
        """12.00 with tax rises to 12.60 with tax: 10.50 before tax."""
        product = self._product("Box", 12.0, taxes_id=[(6, 0, self.tax_included.ids)])
        plan = self._plan("Box", [{"product_id": product.id, "unit_price": 12.0}])
        sub = self._subscribe(plan, "2026-04-01")
        self._bill("2026-06-01")
        self._applied(percent=5)
        self._bill("2026-07-01")
        invoice = sub.billed_item_ids.sorted("sequence")[-1].move_id
        self.assertEqual((invoice.amount_untaxed, invoice.amount_total), (10.5, 12.6))

    def test_a_foreign_currency(self):
        """The dollar's price rises in dollars, whatever the rate of the day."""
        self.env["res.currency.rate"].create(
            {
                "currency_id": self.dollar.id,
                "company_id": self.company.id,
                "name": "2026-01-01",
                "rate": 1.1,
            }
        )
        sub = self._running(currency_id=self.dollar.id)
        self.assertEqual(sub.line_ids.price_unit, 33.0)
        self._bill("2026-06-01")
        amount = self._revision(method="amount", amount=5)
        self.assertLeftOut(amount, sub, "currency", "USD")
        revision = self._applied()
        self.assertIn("$", revision.totals_text)
        self.assertEqual(self.charged(sub, "2026-07-01"), 36.3)

    def test_several_lines_are_one_change(self):
        sub = self._running()
        self._change(sub, "addon_add", {"charge_id": self.addon.id})
        self.assertEqual(sub.recurring_amount, 40.0)
        revision = self._applied()
        rows = self._row(revision, sub)
        self.assertEqual(sorted(rows.mapped("new_price")), [11.0, 33.0])
        self.assertEqual(len(rows.change_id), 1)
        self._bill("2026-06-01")
        self.assertEqual(self.charged(sub, "2026-07-01"), 44.0)
