"""Figures of the law on gifts by date, and the basis on which receipts are issued."""

from datetime import date
from decimal import Decimal

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..engine.gifts import Payment, reduction
from .common import RecurringCommon


@tagged("post_install", "-at_install")
class TestReceiptRules(RecurringCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rules = cls.env["recurring.receipt.rule"]

    def test_reduction_of_gifts_to_an_aid_organisation(self):
        for day, amount, found in (
            (date(2026, 6, 1), 2500, 1830),
            (date(2025, 10, 14), 2500, 1830),
            (date(2025, 10, 13), 2500, 1740),
        ):
            bands = self.rules._bands("rate_200_aid", "FR", day)
            self.assertEqual(reduction(Decimal(amount), bands), found, day)

    def test_reduction_of_a_company(self):
        bands = self.rules._bands("rate_238_bis", "FR", date(2025, 6, 1))
        self.assertEqual(reduction(Decimal(2_500_000), bands), 1_400_000)

    def test_reduction_of_the_wealth_tax_has_an_end(self):
        """75 %, at most 50,000 EUR a year."""
        bands = self.rules._bands("rate_978", "FR", date(2025, 6, 1))
        found = [reduction(Decimal(gifts), bands) for gifts in (1000, 66667, 100000)]
        self.assertEqual(
            [str(one) for one in found], ["750.00", "50000.00", "50000.00"]
        )

    def test_counterpart_of_2025(self):
        rule = self.rules._counterpart_rule("FR", date(2025, 12, 31))
        for amount, back, eligible in ((100, 20, 100), (100, 30, 0), (400, 80, 0)):
            payment = Payment(Decimal(amount), Decimal(back))
            self.assertEqual(rule.eligible([payment]), [eligible])

    def test_the_figure_of_2026_is_marked(self):
        [row] = self.rules._rows("counterpart_ceiling", "FR", date(2026, 1, 1))
        self.assertFalse(row.confirmed)
        row.write({"value": 76, "confirmed": True})
        self.assertEqual(row.origin, "changed")
        rule = self.rules._counterpart_rule("FR", date(2026, 1, 1))
        self.assertEqual(rule.ceiling, 76)

    def test_a_newer_figure_counts(self):
        self.rules.create(
            {
                "code": "rate_200",
                "country": "FR",
                "valid_from": "2027-01-01",
                "value": 0.7,
                "source": "A law to come",
            }
        )
        for day, rate in ((date(2026, 12, 31), "0.66"), (date(2027, 1, 1), "0.7")):
            [band] = self.rules._bands("rate_200", "FR", day)
            self.assertEqual(band.rate, Decimal(rate))

    def test_nothing_known(self):
        for country, day in (("XX", date(2026, 1, 1)), ("FR", date(1999, 1, 1))):
            with self.assertRefused("add the figure first"):
                self.rules._rows("rate_200", country, day)

    def test_basis_by_date(self):
        model = self.env["recurring.gift.basis"]
        self.assertFalse(model._on(self.company, date(2026, 1, 1)))
        first = model.create(
            {
                "basis": "general_interest",
                "object": "Music for all",
                "date_from": "2020-01-01",
                "date_to": "2025-12-31",
                "reason": "Ruling of the tax office of 3 March 2019",
            }
        )
        values = {"basis": "public_utility", "object": "Music", "reason": "Decree"}
        with self.assertRefused("end it first", ValidationError):
            model.create({**values, "date_from": "2025-12-31"})
        second = model.create({**values, "date_from": "2026-01-01"})
        for day, found in (
            (date(2019, 12, 31), model),
            (date(2025, 12, 31), first),
            (date(2026, 1, 1), second),
            (date(2036, 1, 1), second),
        ):
            self.assertEqual(model._on(self.company, day), found)
        with self.assertRefused("Name the law", ValidationError):
            second.basis = "other"
