"""Amounts earned over their service: worked examples, then properties."""

from datetime import timedelta
from decimal import Decimal
from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.errors import RecognitionError
from ..engine.period import Period
from ..engine.recognition import Curve, Segment, is_deferred
from .common_engine import CENT, YEN, day, reproducible, span

YEAR = span("2023-01-01", "2024-01-01")


def sold(amount, period=YEAR, method="day", rounding=CENT):
    return Curve.of(Decimal(amount), period, method, rounding)


def texts(curve):
    """The slices as a reader of the ledger sees them."""
    return {str(month)[:7]: str(amount) for month, amount in curve.slices().items()}


@tagged("post_install", "-at_install")
class TestRecognition(BaseCase):
    def test_a_year_from_the_middle_of_november(self):
        curve = sold("1200.00", span("2026-11-15", "2027-11-15"))
        found = texts(curve)
        self.assertEqual(len(found), 13)
        self.assertEqual((found["2026-11"], found["2026-12"]), ("52.60", "101.92"))
        self.assertEqual(str(curve.deferred_on(day("2026-12-31"))), "1045.48")
        self.assertEqual(found["2027-11"], "46.03")

    def test_a_calendar_year_by_day_and_by_month(self):
        by_day = texts(sold("1200.00"))
        self.assertEqual((by_day["2023-01"], by_day["2023-02"]), ("101.92", "92.05"))
        by_month = sold("1200.00", method="month")
        self.assertEqual(set(texts(by_month).values()), {"100.00"})
        self.assertEqual(str(by_month.earned_before(day("2023-09-01"))), "800.00")
        self.assertEqual(str(by_month.deferred_on(day("2023-08-31"))), "400.00")

    def test_thirds_and_twelfths(self):
        to_date = list(accumulate(sold("1000.00", method="month").slices().values()))
        self.assertEqual(
            [str(amount) for amount in to_date],
            "83.33 166.67 250.00 333.33 416.67 500.00"
            " 583.33 666.67 750.00 833.33 916.67 1000.00".split(),
        )
        quarter = sold("345.96", span("2023-01-01", "2023-04-01"), "month")
        self.assertEqual(set(texts(quarter).values()), {"115.32"})

    def test_ten_cents_over_a_year(self):
        slices = sold("0.10", method="month").slices().values()
        self.assertEqual(sum(slices), Decimal("0.10"))
        self.assertTrue(all(amount >= 0 for amount in slices))

    def test_parts_of_months_by_their_days(self):
        """From the 16th of January to the 15th of April: half, 1, 1, half."""
        found = texts(sold("300.00", span("2023-01-17", "2023-04-16"), "month"))
        self.assertEqual(
            found,
            # 15/31, 1, 1 and 15/30 of 2.983871 months.
            {
                "2023-01": "48.65",
                "2023-02": "100.54",
                "2023-03": "100.54",
                "2023-04": "50.27",
            },
        )

    def test_whole_months(self):
        """The month in which it starts counts, the one in which it ends does not."""
        found = texts(sold("1200", span("2026-11-15", "2027-11-15"), "full_month"))
        self.assertEqual(
            list(found),
            [f"2026-{n}" for n in (11, 12)] + [f"2027-{n:02}" for n in range(1, 11)],
        )
        self.assertEqual(set(found.values()), {"100.00"})
        days = texts(sold("10", span("2026-11-15", "2026-11-20"), "full_month"))
        self.assertEqual(days, {"2026-11": "10.00"})

    def test_at_once(self):
        fee = sold("50.00", span("2026-11-15", "2027-11-15"), "point")
        self.assertEqual(texts(fee), {"2026-11": "50.00"})

    def test_cut_off_of_three_contracts(self):
        """2,400 billed: 2,250 belong to the time after January."""
        deferred = [
            sold(amount, span(start, end), "month").deferred_on(day("2023-01-31"))
            for amount, start, end in (
                ("1200", "2023-01-01", "2024-01-01"),
                ("600", "2023-01-01", "2024-01-01"),
                ("600", "2023-02-01", "2024-02-01"),
            )
        ]
        self.assertEqual(sum(deferred), Decimal(2250))

    def test_what_needs_no_schedule(self):
        month = span("2026-11-01", "2026-12-01")
        self.assertFalse(is_deferred(month, day("2026-11-30")))
        self.assertFalse(is_deferred(month, day("2026-12-01")))
        self.assertTrue(is_deferred(month, day("2026-10-31")))
        self.assertTrue(is_deferred(span("2026-11-15", "2026-12-15"), month.start))

    def test_unknown_method(self):
        with self.assertRaisesRegex(RecognitionError, "weekly"):
            sold("10", method="weekly")


@tagged("post_install", "-at_install")
class TestRecognitionEvents(BaseCase):
    def test_ended_after_ninety_days_whatever_the_start(self):
        for start, end, stop in (
            ("2023-01-01", "2024-01-01", "2023-04-01"),
            ("2022-08-17", "2023-08-17", "2022-11-15"),
            ("2024-03-01", "2025-03-01", "2024-05-30"),
        ):
            curve = sold("1200.00", span(start, end))
            ended = curve.ended(day(stop), Decimal("904.11"))
            self.assertEqual(str(ended.amount), "295.89")
            self.assertEqual(str(ended.deferred_on(day(stop))), "0.00")
            before = curve.earned_before(day(stop))
            self.assertEqual(ended.earned_before(day(stop)), before)

    def test_ended_with_less_given_back_than_was_left(self):
        """What the customer does not get back is earned on the day."""
        ended = sold("1200.00", method="month").ended(day("2023-04-01"), Decimal(800))
        self.assertEqual(texts(ended)["2023-04"], "100.00")
        self.assertEqual(str(ended.amount), "400.00")

    def test_ended_within_a_month_by_whole_months(self):
        """April has begun: it is earned, and 800 of 1,200 are left."""
        curve = sold("1200.00", method="full_month")
        ended = curve.ended(day("2023-04-15"), Decimal(800))
        self.assertEqual(len(texts(ended)), 4)
        self.assertEqual(ended.amount, 400)

    def test_another_price_from_a_day_on(self):
        changed = sold("1200.00", method="month").changed(day("2023-07-01"), 300)
        found = texts(changed)
        self.assertEqual((found["2023-06"], found["2023-07"]), ("100.00", "150.00"))
        self.assertEqual(changed.amount, 1500)
        late = sold("1200.00", method="month").changed(day("2024-02-10"), Decimal(-50))
        self.assertEqual(texts(late)["2024-02"], "-50.00")

    def test_a_rebate_for_what_was_served(self):
        corrected = sold("1200.00", method="month").corrected(
            day("2023-05-10"), Decimal("-40")
        )
        found = texts(corrected)
        self.assertEqual((found["2023-05"], found["2023-06"]), ("60.00", "100.00"))

    def test_a_wrong_amount(self):
        mended = sold("1200.00", method="month").mended(Decimal(-120))
        self.assertEqual(set(texts(mended).values()), {"90.00"})

    def test_a_pause_shifts_what_is_left(self):
        paused = sold("1200.00", method="month").paused(
            span("2023-04-01", "2023-06-01")
        )
        found = texts(paused)
        self.assertNotIn("2023-04", found)
        self.assertNotIn("2023-05", found)
        self.assertEqual(paused.amount, 1200)
        self.assertEqual(str(paused.earned_before(day("2023-06-01"))), "300.00")
        self.assertEqual(list(found)[-1], "2024-03")

    def test_a_pause_within_a_month(self):
        paused = sold("365.00").paused(span("2023-01-11", "2023-01-21"))
        self.assertEqual(texts(paused)["2023-01"], "21.00")
        self.assertEqual(texts(paused)["2024-01"], "10.00")

    def test_one_event_after_another(self):
        """Paused, dearer, ended: what was earned before each stays."""
        curve = sold("1200.00", method="month")
        curve = curve.paused(span("2023-03-01", "2023-04-01"))
        curve = curve.changed(day("2023-06-01"), Decimal("80.00"))
        self.assertEqual(curve.amount, 1280)
        before = curve.earned_before(day("2023-08-01"))
        curve = curve.ended(day("2023-08-01"), Decimal(500))
        self.assertEqual(curve.earned_before(day("2023-08-01")), before)
        self.assertEqual(curve.amount, 780)


days = st.dates(day("2019-01-01"), day("2031-12-31"))
periods = st.builds(
    lambda start, length: Period(start, start + timedelta(days=length)),
    days,
    st.integers(1, 1500),
)
methods = st.sampled_from(["day", "month", "full_month", "point"])
roundings = st.sampled_from([CENT, YEN, Decimal("0.05"), Decimal("0.001")])


@st.composite
def curves(draw):
    rounding = draw(roundings)
    amount = draw(st.integers(-(10**7), 10**7)) * rounding
    return Curve.of(amount, draw(periods), draw(methods), rounding)


def past(curve, at):
    """The months before that of a day, to the cent."""
    return {
        month: amount
        for month, amount in curve.slices().items()
        if month < at.replace(day=1)
    }


@tagged("post_install", "-at_install")
class TestRecognitionProperties(BaseCase):
    @reproducible
    @given(curves())
    def test_slices_sum_and_keep_their_sign(self, curve):
        slices = curve.slices()
        self.assertEqual(sum(slices.values()), curve.amount)
        signs = {amount > 0 for amount in slices.values()}
        self.assertLessEqual(signs, {curve.amount > 0})
        self.assertEqual(list(slices), sorted(slices))

    @reproducible
    @given(curves(), st.integers(0, 1600))
    def test_slices_to_date_are_what_is_earned(self, curve, ahead):
        start = curve.segments[0].period.start
        month = (start + timedelta(days=ahead)).replace(day=1)
        to_date = sum(amount for own, amount in curve.slices().items() if own < month)
        self.assertEqual(to_date, curve.earned_before(month))

    @reproducible
    @given(curves(), st.data())
    def test_events_keep_the_past_and_add_up(self, curve, data):
        """After any events: billed less credited = earned + deferred, and no event
        changes what was earned before its day."""
        billed = curve.amount
        at = curve.segments[0].period.start
        for _event in range(data.draw(st.integers(1, 4))):
            at += timedelta(days=data.draw(st.integers(0, 300)))
            before, months = curve.earned_before(at), past(curve, at)
            delta = data.draw(st.integers(-(10**5), 10**5)) * curve.rounding
            kind = data.draw(st.sampled_from(["changed", "corrected", "paused"]))
            if kind == "paused":
                end = at + timedelta(days=data.draw(st.integers(1, 90)))
                curve = curve.paused(Period(at, end))
                self.assertEqual(curve.earned_before(end), before)
            else:
                curve = getattr(curve, kind)(at, delta)
                billed += delta
            self.assertEqual(curve.earned_before(at), before)
            self.assertEqual(past(curve, at), months)
            self.assertEqual(curve.amount, billed)
            self.assertEqual(Curve.from_data(curve.data(), curve.rounding), curve)
        before, credited = curve.earned_before(at), billed - curve.earned_before(at)
        ended, months = curve.ended(at, credited), past(curve, at)
        self.assertEqual(past(ended, at), months)
        self.assertEqual(ended.earned_before(at), before)
        self.assertEqual(sum(ended.slices().values()), billed - credited)
        self.assertEqual(ended.deferred_on(at), ended.amount - before)

    @reproducible
    @given(periods, methods, days)
    def test_shares_grow_from_nothing_to_all(self, period, method, at):
        segment = Segment(Decimal(1), period, method)
        self.assertEqual(segment.share_before(period.start), 0)
        self.assertLessEqual(segment.share_before(at), 1)
        later = at + timedelta(days=17)
        self.assertLessEqual(segment.share_before(at), segment.share_before(later))
        self.assertEqual(segment.share_before(period.end), 1)
