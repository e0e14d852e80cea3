from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.interval import Interval
from ..engine.metrics import monthly_amount, yearly_amount


@tagged("post_install", "-at_install")
class TestEngineMetrics(BaseCase):
    def test_the_trade_s_conventions(self):
        for amount, interval, monthly in [
            ("30", Interval(1, "month"), "30"),
            ("90", Interval(3, "month"), "30"),
            ("180", Interval(6, "month"), "30"),
            ("360", Interval(1, "year"), "30"),
            ("720", Interval(2, "year"), "30"),
            ("12", Interval(1, "week"), "52"),
            ("24", Interval(2, "week"), "52"),
            ("12", Interval(1, "day"), "365"),
        ]:
            with self.subTest(interval):
                found = monthly_amount(Decimal(amount), interval)
                self.assertEqual(found, Decimal(monthly))

    @given(
        st.decimals(0, 10**6, places=2),
        st.integers(1, 36),
        st.sampled_from(["day", "week", "month", "year"]),
    )
    def test_a_longer_period_makes_the_month_cheaper(self, amount, count, unit):
        one = monthly_amount(amount, Interval(1, unit))
        several = monthly_amount(amount * count, Interval(count, unit))
        self.assertAlmostEqual(one, several, places=12)
        twelve = yearly_amount(amount, Interval(1, "month"))
        self.assertEqual(twelve, amount * 12)
