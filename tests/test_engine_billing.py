"""What is charged when: the calendar cases of billing, without a change of mind."""

from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ..engine.billing import difference, proposed
from ..engine.documents import documents
from ..engine.errors import BillingError
from ..engine.period import Alignment, Interval, Schedule
from ..engine.proration import ShareText
from .common_engine import CENT, YEN, Ledger, amounts, day, line, monthly, parts

ON_THE_15TH = Alignment.day_of_month(15)


def billed(lines, through, rounding=CENT, **options):
    return proposed(lines, day(through), rounding, **options)


@tagged("post_install", "-at_install")
class TestInAdvance(BaseCase):
    def test_a_period_is_charged_on_its_first_day(self):
        seat = line("2025-01-31")
        self.assertEqual(billed([seat], "2025-01-30"), ())
        [item] = billed([seat], "2025-01-31")
        self.assertEqual(str(item.amount), "30.00")
        self.assertEqual(item.part, item.whole)
        self.assertEqual(item.due, day("2025-01-31"))
        self.assertEqual(item.share, ShareText(28, 28, "actual"))

    def test_monthly_from_31_january_never_drifts(self):
        items = billed([line("2025-01-31")], "2025-04-30")
        self.assertEqual(
            [str(item.part.start) for item in items],
            ["2025-01-31", "2025-02-28", "2025-03-31", "2025-04-30"],
        )

    def test_catch_up_of_three_missed_months(self):
        """Three period lines, dated each, in one invoice or three by choice."""
        items = billed([line("2025-01-01")], "2025-03-20")
        self.assertEqual(amounts(items), ["30.00", "30.00", "30.00"])
        self.assertEqual(
            parts(items),
            [
                ("2025-01-01", "2025-02-01"),
                ("2025-02-01", "2025-03-01"),
                ("2025-03-01", "2025-04-01"),
            ],
        )
        [invoice] = documents(items)
        self.assertEqual(len(invoice.items), 3)
        self.assertEqual(
            [len(invoice.items) for invoice in documents(items, per_period=True)],
            [1, 1, 1],
        )

    def test_billed_days_ahead(self):
        seat = line("2025-02-01")
        self.assertEqual(billed([seat], "2025-01-16", days_ahead=15), ())
        [item] = billed([seat], "2025-01-17", days_ahead=15)
        self.assertEqual(item.due, day("2025-01-17"))
        self.assertEqual(str(item.part.start), "2025-02-01")

    def test_a_line_that_starts_inside_a_period(self):
        """3 x 30 from 16 April on: 15 of 30 days, due on the day it starts."""
        april = monthly("2025-04-01")
        seats = line("2025-04-16", amount="90", schedule=april)
        self.assertEqual(billed([seats], "2025-04-15"), ())
        [item] = billed([seats], "2025-04-16")
        self.assertEqual(str(item.amount), "45.00")
        self.assertEqual(item.share, ShareText(15, 30, "actual"))
        self.assertEqual(item.due, day("2025-04-16"))

    def test_a_line_that_ends_on_a_boundary(self):
        items = billed([line("2025-01-01", "2025-03-01")], "2025-12-31")
        self.assertEqual(amounts(items), ["30.00", "30.00"])

    def test_a_line_that_ends_inside_a_period(self):
        items = billed([line("2025-01-01", "2025-02-15")], "2025-12-31")
        self.assertEqual(amounts(items), ["30.00", "15.00"])

    def test_a_line_without_a_day_claims_nothing(self):
        """A change that was replaced on the same day."""
        for end in ("2025-01-10", "2025-01-09"):
            self.assertEqual(billed([line("2025-01-10", end)], "2025-12-31"), ())

    def test_a_price_of_zero_counts_as_billed(self):
        ledger = Ledger()
        free = line("2025-01-01", amount="0")
        self.assertEqual(amounts(ledger.bill([free], "2025-01-01")), ["0.00"])
        self.assertEqual(ledger.bill([free], "2025-01-31"), ())

    def test_a_discount_is_a_negative_charge(self):
        items = billed([line("2025-01-01", "2025-01-16", "-5")], "2025-01-01")
        self.assertEqual([items[0].kind, str(items[0].amount)], ["charge", "-2.42"])

    def test_items_come_by_date_then_in_the_order_of_the_lines(self):
        schedule = monthly("2025-01-01")
        lines = [
            line("2025-01-01", key=key, schedule=schedule)
            for key in ("base", "add-on", "another")
        ]
        items = billed(lines, "2025-02-01")
        self.assertEqual(
            [(item.line, item.due.month) for item in items],
            [(terms.key, month) for month in (1, 2) for terms in lines],
        )

    def test_closed_history_is_left_out(self):
        seat = line("2020-01-01")
        items = billed([seat], "2025-03-01", closed_before=day("2025-02-10"))
        self.assertEqual(
            [str(i.part.start) for i in items], ["2025-02-01", "2025-03-01"]
        )

    def test_two_lines_with_one_key_are_refused(self):
        with self.assertRaises(BillingError):
            billed([line("2025-01-01"), line("2025-02-01")], "2025-03-01")

    def test_a_timing_that_does_not_exist_is_refused(self):
        with self.assertRaises(BillingError):
            line("2025-01-01", timing="sometimes")


@tagged("post_install", "-at_install")
class TestInArrears(BaseCase):
    def test_a_period_is_charged_when_it_is_over(self):
        seat = line("2025-01-31", timing="arrears")
        self.assertEqual(billed([seat], "2025-02-27", days_ahead=10), ())
        [item] = billed([seat], "2025-02-28")
        self.assertEqual((item.due, str(item.amount)), (day("2025-02-28"), "30.00"))

    def test_a_line_that_ends_inside_a_period_is_due_when_it_ends(self):
        seat = line("2025-04-01", "2025-04-16", timing="arrears")
        self.assertEqual(billed([seat], "2025-04-15"), ())
        [item] = billed([seat], "2025-04-16")
        self.assertEqual((item.due, str(item.amount)), (day("2025-04-16"), "15.00"))

    def test_a_line_that_comes_back_waits_for_the_end_of_its_period(self):
        """Billed on leaving, reactivated the next day: the rest is due in May."""
        ledger = Ledger()
        ledger.bill([line("2025-04-01", "2025-04-16", timing="arrears")], "2025-04-16")
        back = line("2025-04-01", timing="arrears")
        self.assertEqual(ledger.bill([back], "2025-04-17"), ())
        [item] = ledger.bill([back], "2025-05-01")
        self.assertEqual(parts([item]), [("2025-04-16", "2025-05-01")])
        self.assertEqual(str(item.amount), "15.00")


@tagged("post_install", "-at_install")
class TestOnce(BaseCase):
    def test_a_set_up_fee_is_charged_on_its_day_and_not_prorated(self):
        fee = line(
            "2025-01-10",
            amount="99",
            timing="once",
            schedule=monthly("2025-01-10", ON_THE_15TH),
            stub="skip",
        )
        ledger = Ledger()
        self.assertEqual(ledger.bill([fee], "2025-01-09"), ())
        [item] = ledger.bill([fee], "2025-01-10")
        self.assertEqual((str(item.amount), item.part.days), ("99.00", 1))
        self.assertEqual(ledger.bill([fee], "2026-01-10"), ())

    def test_a_cancellation_later_keeps_it_and_a_withdrawal_gives_it_back(self):
        ledger = Ledger()
        ledger.bill([line("2025-01-10", amount="99", timing="once")], "2025-01-10")
        cancelled = line("2025-01-10", "2025-03-01", amount="99", timing="once")
        self.assertEqual(ledger.bill([cancelled], "2025-03-01"), ())
        withdrawn = line("2025-01-10", "2025-01-10", amount="99", timing="once")
        self.assertEqual(amounts(ledger.bill([withdrawn], "2025-03-01")), ["-99.00"])

    def test_a_fee_that_moves_to_another_day(self):
        for other_day in ("2025-01-05", "2025-01-15"):
            ledger = Ledger()
            fee = line("2025-01-10", amount="99", timing="once")
            ledger.bill([fee], "2025-01-10")
            moved = line(other_day, amount="99", timing="once")
            items = ledger.bill([moved], "2025-01-20")
            self.assertEqual(sorted(amounts(items)), ["-99.00", "99.00"])
            self.assertEqual(ledger.bill([moved], "2025-01-20"), ())

    def test_closed_history_holds_no_fee(self):
        fee = line("2025-01-10", timing="once")
        closed = {"closed_before": day("2025-01-11")}
        self.assertEqual(billed([fee], "2025-02-01", **closed), ())


@tagged("post_install", "-at_install")
class TestFirstPeriod(BaseCase):
    """Monthly on day 15, starting 1 January: the first period has 14 of 31 days."""

    def first(self, stub, through="2025-01-15", start="2025-01-01", end=None, **terms):
        schedule = monthly("2025-01-01", ON_THE_15TH)
        seat = line(start, end, "31", schedule=schedule, stub=stub, **terms)
        return billed([seat], through)

    def test_prorated(self):
        items = self.first("prorate")
        self.assertEqual(amounts(items), ["14.00", "31.00"])
        self.assertEqual(items[0].share, ShareText(14, 31, "actual"))
        self.assertEqual(parts(items)[0], ("2025-01-01", "2025-01-15"))
        self.assertEqual(str(items[0].whole.start), "2024-12-15")

    def test_in_full(self):
        items = self.first("full")
        self.assertEqual(amounts(items), ["31.00", "31.00"])
        self.assertEqual(items[0].share, ShareText(14, 14, "actual"))

    def test_in_full_pays_once_also_when_the_line_changes_in_it(self):
        before = self.first("full", end="2025-01-08")
        after = self.first("full", start="2025-01-08")
        self.assertEqual(amounts(before), ["15.50"])
        self.assertEqual(amounts(after), ["15.50", "31.00"])

    def test_free(self):
        items = self.first("free")
        self.assertEqual(amounts(items), ["0.00", "31.00"])
        self.assertEqual(items[0].share, ShareText(0, 31, "actual"))

    def test_skipped(self):
        items = self.first("skip")
        self.assertEqual(amounts(items), ["31.00"])
        self.assertEqual(parts(items), [("2025-01-15", "2025-02-15")])

    def test_skipped_in_arrears_and_ended_before_the_first_boundary(self):
        self.assertEqual(self.first("skip", "2025-02-01", timing="arrears"), ())
        self.assertEqual(self.first("skip", "2025-02-01", end="2025-01-10"), ())

    def test_undivided(self):
        items = self.first("prorate", basis="none")
        self.assertEqual(amounts(items), ["31.00", "31.00"])

    def test_the_policy_is_for_the_first_period_of_the_subscription_only(self):
        """An add-on that joins in February pays its days whatever the policy."""
        for stub in ("full", "free", "skip"):
            items = self.first(stub, "2025-02-05", start="2025-02-01")
            self.assertEqual(amounts(items), ["14.00"])

    def test_what_was_served_before_the_subscription_is_no_first_period(self):
        """A line from before the start pays every day, also where the stub is free."""
        for stub, amounts_ in (
            ("full", ["17.57", "31.00"]),  # 17 of 30 days, then all of 31
            ("free", ["17.57", "0.00"]),
        ):
            items = self.first(stub, "2025-01-14", start="2024-11-28")
            self.assertEqual(amounts(items), amounts_)

    def test_a_first_period_that_is_whole_knows_no_policy(self):
        for stub in ("prorate", "full", "free", "skip"):
            items = billed([line("2025-01-31", stub=stub)], "2025-01-31")
            self.assertEqual(amounts(items), ["30.00"])


@tagged("post_install", "-at_install")
class TestCurrencies(BaseCase):
    def test_yen_have_no_decimals(self):
        stub = line("2025-01-02", amount="1000", schedule=monthly("2025-01-01"))
        self.assertEqual(amounts(billed([stub], "2025-01-02", YEN)), ["968"])

    def test_a_currency_of_five_cents(self):
        stub = line("2025-01-02", amount="10", schedule=monthly("2025-01-01"))
        [item] = billed([stub], "2025-01-02", Decimal("0.05"))
        self.assertEqual(str(item.amount), "9.70")  # 9.677

    def test_an_amount_with_more_decimals_is_rounded_once(self):
        seat = line("2025-01-01", amount="10.0049", schedule=monthly("2025-01-01"))
        self.assertEqual(amounts(billed([seat], "2025-01-01")), ["10.00"])
        ledger = Ledger()
        ledger.bill([seat], "2025-01-01")
        self.assertEqual(ledger.bill([seat], "2025-01-20"), ())

    def test_less_than_half_a_cent_counts_as_billed(self):
        ledger = Ledger()
        tiny = line("2025-01-01", amount="0.004")
        self.assertEqual(amounts(ledger.bill([tiny], "2025-01-01")), ["0.00"])
        self.assertEqual(ledger.bill([tiny], "2025-01-01"), ())


@tagged("post_install", "-at_install")
class TestSchedules(BaseCase):
    def test_a_grid_of_last_days_that_starts_in_february(self):
        schedule = monthly("2025-02-10", Alignment.last_day())
        items = billed(
            [line("2025-02-10", amount="31", schedule=schedule)], "2025-03-31"
        )
        self.assertEqual(
            parts(items),
            [
                ("2025-02-10", "2025-02-28"),
                ("2025-02-28", "2025-03-31"),
                ("2025-03-31", "2025-04-30"),
            ],
        )
        self.assertEqual(amounts(items), ["19.93", "31.00", "31.00"])  # 18 of 28

    def test_a_season_joined_in_january(self):
        year = Schedule(Interval(1, "year"), Alignment.season(9, 1), day("2025-01-20"))
        dues = line("2025-01-20", amount="120", schedule=year)
        items = billed([dues], "2025-09-01")
        self.assertEqual(items[0].share, ShareText(224, 365, "actual"))
        self.assertEqual(amounts(items), ["73.64", "120.00"])

    def test_weeks(self):
        week = Schedule(Interval(1, "week"), Alignment.calendar(), day("2025-01-01"))
        items = billed([line("2025-01-01", amount="7", schedule=week)], "2025-01-13")
        self.assertEqual(amounts(items), ["5.00", "7.00", "7.00"])

    def test_lines_of_one_subscription_may_have_grids_of_their_own(self):
        yearly = Schedule(
            Interval(1, "year"), Alignment.anniversary(), day("2025-01-01")
        )
        lines = [
            line("2025-01-01", key="seat"),
            line("2025-01-01", key="domain", amount="12", schedule=yearly),
        ]
        self.assertEqual(
            amounts(billed(lines, "2025-03-01")), ["30.00", "12.00", "30.00", "30.00"]
        )

    def test_thirty_days_in_february(self):
        seat = line("2025-02-16", schedule=monthly("2025-02-01"), basis="thirty")
        self.assertEqual(amounts(billed([seat], "2025-02-16")), ["15.00"])

    def test_the_ledger_decides_not_the_caller(self):
        """difference with an empty ledger is what is proposed."""
        seat = line("2025-01-01")
        self.assertEqual(
            difference([seat], [], day("2025-03-01"), CENT),
            billed([seat], "2025-03-01"),
        )
