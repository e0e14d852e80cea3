"""What of a payment is a gift, and the reduction of tax: worked examples."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.gifts import Band, CounterpartRule, Payment, reduction
from .common_engine import reproducible

RULE = CounterpartRule(Decimal("0.25"), Decimal(73))
AMOUNTS = st.decimals(0, 5000, places=2)


def paid(*rows):
    return [Payment(Decimal(amount), Decimal(back)) for amount, back in rows]


@tagged("post_install", "-at_install")
class TestGifts(BaseCase):
    def test_dues_with_a_counterpart(self):
        for amount, back, eligible in ((100, 20, 100), (100, 30, 0), (400, 80, 0)):
            self.assertEqual(RULE.eligible(paid((amount, back))), [eligible])
        self.assertEqual(RULE.eligible(paid((292, 73))), [292])
        self.assertEqual(RULE.eligible(paid(("291.99", 73))), [0])

    def test_over_a_year_of_one_donor(self):
        # Each alone would pass; together what came back is worth more than 73.
        self.assertEqual(RULE.eligible(paid((200, 40), (200, 40))), [0, 0])
        # One alone would not pass; together a quarter is not exceeded.
        self.assertEqual(RULE.eligible(paid((30, 10), (100, 10))), [30, 100])

    def test_gifts_without_counterpart_count_and_do_not_help(self):
        self.assertEqual(RULE.eligible(paid((100, 30), (500, 0))), [0, 500])

    def test_reduction_by_bands(self):
        aid = (Band(Decimal("0.75"), Decimal(2000)), Band(Decimal("0.66")))
        self.assertEqual(reduction(Decimal(2500), aid), Decimal(1830))
        self.assertEqual(reduction(Decimal(2000), aid), Decimal(1500))
        firm = (Band(Decimal("0.60"), Decimal(2_000_000)), Band(Decimal("0.40")))
        self.assertEqual(reduction(Decimal(3_000_000), firm), Decimal(1_600_000))
        self.assertEqual(reduction(Decimal("0.01"), aid), Decimal("0.01"))
        self.assertEqual(reduction(Decimal(0), aid), 0)

    @reproducible
    @given(st.lists(st.tuples(AMOUNTS, AMOUNTS), max_size=6))
    def test_all_or_nothing(self, rows):
        payments = paid(*rows)
        found = RULE.eligible(payments)
        with_back = {
            part
            for part, payment in zip(found, payments, strict=True)
            if payment.counterpart and part != payment.amount
        }
        self.assertLessEqual(with_back, {Decimal(0)})
        for part, payment in zip(found, payments, strict=True):
            if not payment.counterpart:
                self.assertEqual(part, payment.amount)

    @reproducible
    @given(AMOUNTS, AMOUNTS)
    def test_more_gifts_never_reduce_less(self, one, more):
        bands = (Band(Decimal("0.75"), Decimal(1000)), Band(Decimal("0.66")))
        self.assertLessEqual(reduction(one, bands), reduction(one + more, bands))
