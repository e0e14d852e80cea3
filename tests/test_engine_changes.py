"""What a change is worth: upgrades, cancellations, changes to the past, one ledger."""

from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ..engine.documents import documents
from ..engine.period import Alignment, Interval, Schedule
from ..engine.proration import ShareText
from .common_engine import Ledger, amounts, day, line, monthly, parts, span

APRIL = monthly("2025-04-01")


def april(start, end=None, amount="30", key="line", **terms):
    return line(start, end, amount, key, APRIL, **terms)


@tagged("post_install", "-at_install")
class TestUpgrade(BaseCase):
    """30 a month, started 1 April and billed."""

    def setUp(self):
        super().setUp()
        self.ledger = Ledger()
        self.ledger.bill([april("2025-04-01")], "2025-04-01", document="INV/1")

    def test_quantity_raised_from_1_to_3_on_16_april(self):
        """+30.00 for the rest of the month: 45 charged, 15 credited."""
        lines = [
            april("2025-04-01", "2025-04-16"),
            april("2025-04-16", amount="90", key="three"),
        ]
        items = self.ledger.bill(lines, "2025-04-16")
        self.assertEqual(amounts(items), ["-15.00", "45.00"])
        self.assertEqual(sum(item.amount for item in items), Decimal("30.00"))
        self.assertEqual(parts(items), [("2025-04-16", "2025-05-01")] * 2)
        self.assertEqual([str(item.share) for item in items], ["15/30", "15/30"])
        credit = items[0]
        self.assertEqual(
            (credit.kind, credit.origin, credit.document), ("credit", 1, "INV/1")
        )
        [invoice] = documents(items)
        self.assertEqual(
            (invoice.kind, amounts(invoice.items)), ("invoice", ["-15.00", "45.00"])
        )

    def test_on_the_first_day(self):
        lines = [
            april("2025-04-01", "2025-04-01"),
            april("2025-04-01", None, "90", "b"),
        ]
        items = self.ledger.bill(lines, "2025-04-01")
        self.assertEqual(amounts(items), ["-30.00", "90.00"])

    def test_twice_on_one_day(self):
        """To 3 and then to 2 on 16 April, before billing: the 3 leave no trace."""
        lines = [
            april("2025-04-01", "2025-04-16"),
            april("2025-04-16", "2025-04-16", "90", "three"),
            april("2025-04-16", None, "60", "two"),
        ]
        items = self.ledger.bill(lines, "2025-04-16")
        self.assertEqual(
            [(i.line, str(i.amount)) for i in items],
            [("line", "-15.00"), ("two", "30.00")],
        )

    def test_twice_on_one_day_with_a_bill_between(self):
        first = [
            april("2025-04-01", "2025-04-16"),
            april("2025-04-16", None, "90", "b"),
        ]
        self.ledger.bill(first, "2025-04-16", document="INV/2")
        second = [
            april("2025-04-01", "2025-04-16"),
            april("2025-04-16", "2025-04-16", "90", "b"),
            april("2025-04-16", None, "60", "c"),
        ]
        items = self.ledger.bill(second, "2025-04-16")
        self.assertEqual(amounts(items), ["-45.00", "30.00"])
        self.assertEqual(items[0].document, "INV/2")
        self.assertEqual(self.ledger.total, Decimal("45.00"))

    def test_to_the_past_over_two_periods(self):
        """Known on 20 May, valid since 16 April: both months are put right."""
        self.ledger.bill([april("2025-04-01")], "2025-05-01", document="INV/2")
        lines = [
            april("2025-04-01", "2025-04-16"),
            april("2025-04-16", None, "90", "b"),
        ]
        items = self.ledger.bill(lines, "2025-05-20")
        self.assertEqual(amounts(items), ["-15.00", "45.00", "-30.00", "90.00"])
        self.assertEqual(
            [item.document for item in items], ["INV/1", None, "INV/2", None]
        )
        self.assertEqual(
            [str(item.due) for item in items],
            ["2025-04-16", "2025-04-16", "2025-05-01", "2025-05-01"],
        )

    def test_a_price_that_was_wrong_is_charged_without_a_share(self):
        [item] = self.ledger.bill([april("2025-04-01", amount="40")], "2025-04-20")
        self.assertEqual(str(item.amount), "10.00")
        self.assertEqual(item.part, span("2025-04-01", "2025-05-01"))
        self.assertIsNone(item.share)

    def test_a_price_lowered_is_credited_without_a_share(self):
        [item] = self.ledger.bill([april("2025-04-01", amount="20")], "2025-04-20")
        self.assertEqual((item.kind, str(item.amount)), ("credit", "-10.00"))
        self.assertEqual(item.part, span("2025-04-01", "2025-05-01"))
        self.assertIsNone(item.share)

    def test_a_price_that_becomes_a_discount(self):
        """30 becomes -6: the 30 go back to their invoice, the -6 are new."""
        items = self.ledger.bill([april("2025-04-01", amount="-6")], "2025-04-20")
        self.assertEqual(
            [(i.kind, str(i.amount)) for i in items],
            [("credit", "-30.00"), ("charge", "-6.00")],
        )
        self.assertEqual(
            self.ledger.bill([april("2025-04-01", amount="-6")], "2025-04-20"), ()
        )

    def test_a_price_that_becomes_a_discount_larger_than_itself(self):
        items = self.ledger.bill([april("2025-04-01", amount="-40")], "2025-04-20")
        self.assertEqual(amounts(items), ["-30.00", "-40.00"])

    def test_a_lower_price_gives_no_days_back(self):
        """Cut to 15, at 20 instead of 30 to 10, and on again: half of 20 is missing."""
        cheap = {"amount": "20"}
        self.ledger.bill([april("2025-04-01", "2025-04-16")], "2025-04-10")
        half = april("2025-04-01", "2025-04-16", **cheap)
        [credit] = self.ledger.bill([half], "2025-04-11")
        self.assertEqual(parts([credit]), [("2025-04-01", "2025-04-16")])
        self.assertEqual((str(credit.amount), credit.share), ("-5.00", None))
        [item] = self.ledger.bill([april("2025-04-01", **cheap)], "2025-04-12")
        self.assertEqual(parts([item]), [("2025-04-16", "2025-05-01")])
        self.assertEqual((str(item.amount), str(item.share)), ("10.00", "15/30"))

    def test_an_undivided_period_is_neither_credited_nor_shared(self):
        ledger = Ledger()
        ledger.bill([april("2025-04-01", basis="none")], "2025-04-01")
        cut = april("2025-04-01", "2025-04-16", basis="none")
        self.assertEqual(ledger.bill([cut], "2025-04-16"), ())


@tagged("post_install", "-at_install")
class TestCancellation(BaseCase):
    def test_annual_1200_cancelled_after_90_of_365_days(self):
        """-904.11 = 295.89 - 1,200."""
        year = Schedule(Interval(1, "year"), Alignment.anniversary(), day("2025-01-01"))
        ledger = Ledger()
        ledger.bill([line("2025-01-01", amount="1200", schedule=year)], "2025-01-01")
        cut = line("2025-01-01", "2025-04-01", "1200", schedule=year)
        [item] = ledger.bill([cut], "2025-04-01")
        self.assertEqual((item.kind, str(item.amount)), ("credit", "-904.11"))
        self.assertEqual(item.share, ShareText(275, 365, "actual"))
        self.assertEqual(item.part, span("2025-04-01", "2026-01-01"))

    def test_at_the_end_of_the_period_nothing_is_owed(self):
        ledger = Ledger()
        ledger.bill([april("2025-04-01")], "2025-04-20")
        self.assertEqual(
            ledger.bill([april("2025-04-01", "2025-05-01")], "2025-06-01"), ()
        )

    def test_for_a_future_day_the_credit_comes_at_once(self):
        ledger = Ledger()
        ledger.bill([april("2025-04-01")], "2025-04-01")
        [item] = ledger.bill([april("2025-04-01", "2025-04-25")], "2025-04-10")
        self.assertEqual((str(item.amount), str(item.due)), ("-6.00", "2025-04-10"))

    def test_of_a_period_billed_ahead(self):
        ledger = Ledger()
        ledger.bill([april("2025-04-01")], "2025-04-20", days_ahead=15)
        self.assertEqual(ledger.total, Decimal(60))
        self.assertEqual(ledger.bill([april("2025-04-01")], "2025-04-20"), ())
        [item] = ledger.bill(
            [april("2025-04-01", "2025-05-01")], "2025-04-21", days_ahead=15
        )
        self.assertEqual(parts([item]), [("2025-05-01", "2025-06-01")])
        self.assertEqual((str(item.amount), str(item.share)), ("-30.00", "31/31"))

    def test_a_removed_line_is_credited_whole(self):
        ledger = Ledger()
        ledger.bill([april("2025-04-01", amount="30")], "2025-05-01")
        items = ledger.bill([], "2025-05-10")
        self.assertEqual(amounts(items), ["-30.00", "-30.00"])
        self.assertEqual(ledger.bill([], "2026-05-10"), ())

    def test_a_discount_goes_back_with_what_it_reduced(self):
        ledger = Ledger()
        lines = [april("2025-04-01"), april("2025-04-01", None, "-6", "rebate")]
        ledger.bill(lines, "2025-04-01", document="INV/1")
        cut = [
            april("2025-04-01", "2025-04-16"),
            april("2025-04-01", "2025-04-16", "-6", "rebate"),
        ]
        items = ledger.bill(cut, "2025-04-16")
        self.assertEqual(
            [(i.kind, str(i.amount)) for i in items],
            [("credit", "-15.00"), ("credit", "3.00")],
        )
        [note] = documents(items)
        self.assertEqual(
            (note.kind, note.origin, len(note.items)), ("credit_note", "INV/1", 2)
        )

    def test_taken_back_and_meant_again(self):
        """Cut to 15, back to 30, cut to 10: each step is the difference."""
        ledger = Ledger()
        whole, half = april("2025-04-01"), april("2025-04-01", "2025-04-16")
        third = april("2025-04-01", "2025-04-11")
        ledger.bill([whole], "2025-04-01")
        self.assertEqual(amounts(ledger.bill([half], "2025-04-10")), ["-15.00"])
        [again] = ledger.bill([whole], "2025-04-10")
        self.assertEqual((again.kind, str(again.amount)), ("charge", "15.00"))
        self.assertEqual(parts([again]), [("2025-04-16", "2025-05-01")])
        self.assertEqual(str(again.share), "15/30")
        items = ledger.bill([third], "2025-04-11")
        self.assertEqual(
            [(str(i.amount), i.origin, str(i.part.start)) for i in items],
            [("-5.00", 1, "2025-04-11"), ("-15.00", 3, "2025-04-16")],
        )
        self.assertEqual(ledger.total, Decimal(10))

    def test_a_start_that_moves_gives_the_first_days_back(self):
        """Billed in two halves, the first half is not served: it is credited."""
        ledger = Ledger()
        ledger.bill([april("2025-04-01", "2025-04-16")], "2025-04-01", document="A")
        ledger.bill([april("2025-04-01")], "2025-04-16", document="B")
        self.assertEqual(amounts(ledger.rows), ["15.00", "15.00"])
        [item] = ledger.bill([april("2025-04-16")], "2025-04-20")
        self.assertEqual((item.document, str(item.amount)), ("A", "-15.00"))
        self.assertEqual(parts([item]), [("2025-04-01", "2025-04-16")])

    def test_a_start_that_moves_and_a_price_that_falls_share_no_days(self):
        """The first period in full for less: no count of days explains the credit."""
        before = monthly("2024-12-15", Alignment.day_of_month(15))
        after = monthly("2025-01-01", Alignment.day_of_month(15))
        ledger = Ledger()
        ledger.bill([line("2024-12-15", schedule=before, stub="full")], "2024-12-15")
        later = line("2025-01-01", amount="20", schedule=after, stub="full")
        [item] = ledger.bill([later], "2025-01-01")
        self.assertEqual((str(item.amount), item.share), ("-10.00", None))
        self.assertEqual(parts([item]), [("2024-12-15", "2025-01-01")])

    def test_closed_months_keep_their_price(self):
        ledger = Ledger()
        ledger.bill([april("2025-04-01")], "2025-06-01")
        dearer = april("2025-04-01", amount="40")
        items = ledger.bill([dearer], "2025-06-01", closed_before=day("2025-05-01"))
        self.assertEqual(amounts(items), ["10.00", "10.00"])
        self.assertEqual(
            parts(items), [("2025-05-01", "2025-06-01"), ("2025-06-01", "2025-07-01")]
        )

    def test_a_schedule_that_moves_credits_the_old_grid_and_charges_the_new(self):
        ledger = Ledger()
        ledger.bill([april("2025-04-01")], "2025-04-01")
        moved = line(
            "2025-04-01", schedule=monthly("2025-04-01", Alignment.day_of_month(15))
        )
        items = ledger.bill([moved], "2025-04-01")
        self.assertEqual(amounts(items), ["13.55", "-30.00"])  # 14 of 31 days
        self.assertEqual(ledger.bill([moved], "2025-04-01"), ())


@tagged("post_install", "-at_install")
class TestYen(BaseCase):
    def test_parts_of_a_period_never_add_up_to_more_than_it_costs(self):
        """1,000 yen cut to 10, 20 and 30 days: rounded to date, not bit by bit."""
        ledger = Ledger(Decimal(1))
        for end, amount in (
            ("2025-04-11", "333"),
            ("2025-04-21", "334"),
            (None, "333"),
        ):
            [item] = ledger.bill([april("2025-04-01", end, "1000")], "2025-04-10")
            self.assertEqual(str(item.amount), amount)
        self.assertEqual(ledger.total, 1000)
