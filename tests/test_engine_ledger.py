"""What people and former systems did: voids, credits by hand, waivers, openings."""

from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ..engine.documents import documents
from ..engine.period import Alignment
from .common_engine import Ledger, amounts, day, line, monthly, parts, span

APRIL = span("2025-04-01", "2025-05-01")
SEAT = line("2025-04-01")
HALF = line("2025-04-01", "2025-04-16")


def kinds(items):
    return [(item.kind, str(item.amount), item.origin) for item in items]


@tagged("post_install", "-at_install")
class TestVoid(BaseCase):
    """A row whose invoice was never issued: the draft was deleted."""

    def setUp(self):
        super().setUp()
        self.ledger = Ledger()
        self.ledger.bill([SEAT], "2025-04-01")
        [self.charge] = self.ledger.rows

    def test_a_voided_charge_is_charged_again_whole(self):
        self.ledger.void(self.charge)
        [item] = self.ledger.bill([SEAT], "2025-04-20")
        self.assertEqual(kinds([item]), [("charge", "30.00", None)])
        self.assertEqual((item.part, str(item.share)), (APRIL, "30/30"))
        self.assertEqual(self.ledger.bill([SEAT], "2025-04-20"), ())

    def test_a_voided_charge_has_nothing_to_credit(self):
        self.ledger.void(self.charge)
        self.assertEqual(self.ledger.bill([], "2025-04-20"), ())
        self.assertEqual(amounts(self.ledger.bill([HALF], "2025-04-20")), ["15.00"])

    def test_a_voided_period_of_zero_is_proposed_again(self):
        free = line("2025-04-01", amount="0")
        ledger = Ledger()
        ledger.bill([free], "2025-04-01")
        ledger.void(ledger.rows[0])
        self.assertEqual(
            kinds(ledger.bill([free], "2025-04-20")), [("charge", "0.00", None)]
        )
        self.assertEqual(ledger.bill([free], "2025-04-20"), ())

    def test_a_draft_lowered_by_hand_is_voided_in_part(self):
        """The rest of 10 is missing again; what stays can be credited."""
        self.ledger.correct(self.charge, "-10")
        self.assertEqual(amounts(self.ledger.bill([SEAT], "2025-04-20")), ["10.00"])
        items = self.ledger.bill([], "2025-04-20")
        self.assertEqual(
            kinds(items), [("credit", "-10.00", 3), ("credit", "-20.00", 1)]
        )

    def test_a_voided_credit_is_credited_again(self):
        self.ledger.bill([HALF], "2025-04-16")
        self.ledger.void(self.ledger.rows[1])
        [item] = self.ledger.bill([HALF], "2025-04-20")
        self.assertEqual(kinds([item]), [("credit", "-15.00", 1)])
        self.assertEqual(parts([item]), [("2025-04-16", "2025-05-01")])

    def test_a_credit_and_then_its_charge_are_voided(self):
        self.ledger.bill([HALF], "2025-04-16")
        self.ledger.void(self.ledger.rows[1])
        self.ledger.void(self.charge)
        self.assertEqual(amounts(self.ledger.bill([HALF], "2025-04-20")), ["15.00"])

    def test_an_invoice_cancelled_under_its_credit_note_is_charged_for_both(self):
        """15 was credited for good; 30 more bring the customer to 15."""
        self.ledger.bill([HALF], "2025-04-16")
        self.ledger.void(self.charge)
        self.assertEqual(amounts(self.ledger.bill([HALF], "2025-04-20")), ["30.00"])
        self.assertEqual(self.ledger.total, Decimal(15))
        self.assertEqual(self.ledger.bill([HALF], "2025-04-20"), ())

    def test_a_credit_keeps_the_nature_of_what_it_corrects(self):
        """Charged with the old taxes, credited with the old taxes."""
        old = line("2025-04-01", nature="20 %")
        ledger = Ledger()
        ledger.bill([old], "2025-04-01")
        items = ledger.bill(
            [line("2025-04-01", amount="-1", nature="0 %")], "2025-04-10"
        )
        self.assertEqual([item.nature for item in items], ["20 %", "0 %"])

    def test_a_void_that_was_undone_counts_again(self):
        self.ledger.void(self.charge)
        self.ledger.void(self.ledger.rows[1])
        self.assertEqual(self.ledger.bill([SEAT], "2025-04-20"), ())
        self.assertEqual(
            kinds(self.ledger.bill([], "2025-04-20")), [("credit", "-30.00", 1)]
        )

    def test_a_period_billed_ahead_and_voided_waits_until_it_is_due(self):
        ledger = Ledger()
        ledger.bill([SEAT], "2025-03-20", days_ahead=15)
        ledger.void(ledger.rows[0])
        self.assertEqual(ledger.bill([SEAT], "2025-03-21"), ())
        self.assertEqual(amounts(ledger.bill([SEAT], "2025-04-01")), ["30.00"])


@tagged("post_install", "-at_install")
class TestWaiver(BaseCase):
    """April was charged, 30, and a bookkeeper wrote a credit note by hand."""

    def setUp(self):
        super().setUp()
        self.ledger = Ledger()
        self.ledger.bill([SEAT], "2025-04-01", document="INV/1")
        [self.charge] = self.ledger.rows

    def test_a_credited_period_does_not_come_back_by_itself(self):
        self.ledger.credit_by_hand(self.charge, 30)
        self.assertEqual(self.ledger.bill([SEAT], "2025-04-20"), ())

    def test_without_a_waiver_it_does(self):
        self.ledger.correct(self.charge, "-30", "credit")
        [item] = self.ledger.bill([SEAT], "2025-04-20")
        self.assertEqual((str(item.amount), item.part), ("30.00", APRIL))
        self.assertEqual(str(item.share), "30/30")

    def test_bill_again(self):
        waiver = self.ledger.credit_by_hand(self.charge, 30)
        self.ledger.correct(waiver, "-30")
        self.assertEqual(
            kinds(self.ledger.bill([SEAT], "2025-04-20")), [("charge", "30.00", None)]
        )
        self.assertEqual(self.ledger.bill([SEAT], "2025-04-20"), ())

    def test_what_the_customer_has_back_already_is_not_credited_twice(self):
        """Cancelled at half after a full credit: the waiver shrinks, no credit."""
        waiver = self.ledger.credit_by_hand(self.charge, 30)
        items = self.ledger.bill([HALF], "2025-04-16")
        self.assertEqual(kinds(items), [("waiver", "-15.00", waiver.key)])
        self.assertEqual([document.kind for document in documents(items)], ["none"])
        self.assertEqual(self.ledger.bill([HALF], "2025-04-16"), ())
        # What is still waived, 15, may be billed again.
        self.ledger.correct(waiver, "-15")
        self.assertEqual(amounts(self.ledger.bill([HALF], "2025-04-20")), ["15.00"])

    def test_a_credit_after_a_partial_credit(self):
        """10 were given back by hand; a removal gives back the other 20."""
        waiver = self.ledger.credit_by_hand(self.charge, 10)
        items = self.ledger.bill([], "2025-04-16")
        self.assertEqual(
            kinds(items), [("waiver", "-10", waiver.key), ("credit", "-20.00", 1)]
        )
        self.assertEqual(items[1].document, "INV/1")
        self.assertEqual(self.ledger.total, 0)
        self.assertEqual(self.ledger.bill([], "2025-04-16"), ())

    def test_a_waiver_that_was_taken_back_is_no_waiver(self):
        waiver = self.ledger.credit_by_hand(self.charge, 30)
        self.ledger.correct(waiver, "-30")
        self.ledger.bill([SEAT], "2025-04-20")
        items = self.ledger.bill([HALF], "2025-04-20")
        self.assertEqual(kinds(items), [("credit", "-15.00", 5)])

    def test_a_waived_discount(self):
        rebate = line("2025-04-01", amount="-6")
        ledger = Ledger()
        ledger.bill([rebate], "2025-04-01")
        waiver = ledger.credit_by_hand(ledger.rows[0], -6)
        self.assertEqual(
            kinds(ledger.bill([], "2025-04-16")), [("waiver", "6.00", waiver.key)]
        )

    def test_a_stray_row_is_neither_credited_nor_charged(self):
        """20 that belong to no charge: nothing was billed that could be credited."""
        self.ledger.correct(self.charge, "-30", "credit")
        self.ledger.add("line", APRIL, APRIL, Decimal(20), "credit")
        self.assertEqual(self.ledger.bill([HALF], "2025-04-20"), ())

    def test_never_more_than_what_was_billed_and_not_yet_credited(self):
        """25 of 30 credited by hand, and 25 more on a row that nobody billed."""
        self.ledger.correct(self.charge, "-25", "credit")
        self.ledger.add("line", APRIL, APRIL, Decimal(25), "waiver")
        items = self.ledger.bill([], "2025-04-20")
        self.assertEqual(kinds(items), [("waiver", "-25", 3), ("credit", "-5.00", 1)])
        self.ledger.add("line", APRIL, APRIL, Decimal(8), "waiver", 1)
        self.ledger.correct(self.ledger.rows[-1], "-8")
        self.assertEqual(self.ledger.bill([], "2025-04-20"), ())


@tagged("post_install", "-at_install")
class TestOpening(BaseCase):
    """The former system billed April, at the price of that time."""

    def setUp(self):
        super().setUp()
        self.ledger = Ledger()

    def test_it_is_not_billed_again_whatever_our_price(self):
        self.ledger.opening("line", APRIL, "27.90")
        self.assertEqual(self.ledger.bill([SEAT], "2025-04-20"), ())
        self.assertEqual(amounts(self.ledger.bill([SEAT], "2025-05-01")), ["30.00"])

    def test_a_cancelled_subscription_gets_its_share_back(self):
        """15 of 30 days of what the former system billed, without an invoice."""
        self.ledger.opening("line", APRIL, "27.90")
        items = self.ledger.bill([HALF], "2025-04-16")
        self.assertEqual(kinds(items), [("credit", "-13.95", 1)])
        self.assertEqual(str(items[0].share), "15/30")
        [note] = documents(items)
        self.assertEqual((note.kind, note.origin), ("credit_note", None))
        self.assertEqual(self.ledger.bill([HALF], "2025-05-01"), ())

    def test_an_upgrade_credits_the_old_price_and_charges_the_new(self):
        self.ledger.opening("line", APRIL, "27.90")
        raised = line("2025-04-16", None, "90", "three", monthly("2025-04-01"))
        items = self.ledger.bill([HALF, raised], "2025-04-16")
        self.assertEqual(amounts(items), ["-13.95", "45.00"])

    def test_a_prepaid_year_off_our_grid(self):
        """Paid to 15 October elsewhere, monthly on the first here."""
        year = span("2024-10-15", "2025-10-15")
        self.ledger.opening("line", year, "365")
        seat = line("2024-10-15", amount="31", schedule=monthly("2025-09-01"))
        items = self.ledger.bill([seat], "2025-10-31")
        self.assertEqual(parts(items), [("2025-10-15", "2025-11-01")])
        self.assertEqual((amounts(items), str(items[0].share)), (["17.00"], "17/31"))
        self.assertEqual(items[0].due, day("2025-10-15"))

    def test_a_prepaid_year_is_cut(self):
        year = span("2024-10-15", "2025-10-15")
        self.ledger.opening("line", year, "365")
        cut = line("2024-10-15", "2025-10-05", "31", schedule=monthly("2025-09-01"))
        [item] = self.ledger.bill([cut], "2025-10-05")
        self.assertEqual(
            (kinds([item]), str(item.share)), ([("credit", "-10.00", 1)], "10/365")
        )

    def test_a_line_that_starts_when_the_former_billing_ends(self):
        self.ledger.opening("line", APRIL, "27.90")
        seat = line("2025-05-01")
        self.assertEqual(self.ledger.bill([seat], "2025-04-20"), ())
        self.assertEqual(amounts(self.ledger.bill([seat], "2025-05-01")), ["30.00"])
        cut = line("2025-05-01", "2025-04-16")
        self.assertEqual(
            amounts(self.ledger.bill([cut], "2025-05-01")), ["-13.95", "-30.00"]
        )

    def test_a_part_of_a_month(self):
        """Billed elsewhere through 10 April: the other 20 days are ours."""
        self.ledger.opening("line", APRIL, "10", span("2025-04-01", "2025-04-11"))
        self.assertEqual(self.ledger.bill([SEAT], "2025-04-10"), ())
        [item] = self.ledger.bill([SEAT], "2025-04-11")
        self.assertEqual((str(item.amount), str(item.share)), ("20.00", "20/30"))
        self.assertEqual(parts([item]), [("2025-04-11", "2025-05-01")])

    def test_a_part_of_a_month_is_cut(self):
        """5 of the 10 days that were billed elsewhere are not served."""
        self.ledger.opening("line", APRIL, "10", span("2025-04-01", "2025-04-11"))
        [item] = self.ledger.bill([line("2025-04-01", "2025-04-06")], "2025-04-06")
        self.assertEqual((str(item.amount), str(item.share)), ("-5.00", "5/10"))

    def test_some_days_in_the_middle(self):
        """The days around them make one item, due like any other."""
        middle = span("2025-04-11", "2025-04-16")
        cases = {
            ("advance", "actual"): ("25.00", "25/30", "2025-04-01"),
            ("arrears", "actual"): ("25.00", "25/30", "2025-05-01"),
            ("advance", "none"): ("30.00", "1/1", "2025-04-01"),
        }
        for (timing, basis), expected in cases.items():
            ledger = Ledger()
            ledger.opening("line", middle, "5")
            seat = line("2025-04-01", "2025-05-01", timing=timing, basis=basis)
            [item] = ledger.bill([seat], "2025-05-01")
            found = (str(item.amount), str(item.share), str(item.due))
            self.assertEqual(found, expected)
            self.assertEqual(item.part, APRIL)

    def test_a_removed_line_gives_all_of_it_back(self):
        self.ledger.opening("line", APRIL, "27.90")
        self.assertEqual(amounts(self.ledger.bill([], "2025-04-10")), ["-27.90"])

    def test_a_cancellation_taken_back_charges_the_rest_again(self):
        self.ledger.opening("line", APRIL, "30")
        self.ledger.bill([HALF], "2025-04-10")
        [item] = self.ledger.bill([SEAT], "2025-04-10")
        self.assertEqual(
            (kinds([item]), str(item.share)), ([("charge", "15.00", None)], "15/30")
        )

    def test_an_opening_entered_by_mistake_is_voided(self):
        opening = self.ledger.opening("line", APRIL, "27.90")
        self.ledger.void(opening)
        self.assertEqual(amounts(self.ledger.bill([SEAT], "2025-04-10")), ["30.00"])

    def test_an_opening_corrected_in_part_is_right_at_the_rest(self):
        opening = self.ledger.opening("line", APRIL, "27.90")
        self.ledger.correct(opening, "-2.90")
        self.assertEqual(self.ledger.bill([SEAT], "2025-04-10"), ())
        self.assertEqual(amounts(self.ledger.bill([HALF], "2025-04-10")), ["-12.50"])

    def test_a_set_up_fee_billed_elsewhere(self):
        fee = line("2025-04-01", amount="99", timing="once")
        self.ledger.opening("line", span("2025-04-01", "2025-04-02"), "80")
        self.assertEqual(self.ledger.bill([fee], "2025-05-01"), ())

    def test_odd_cents_of_the_former_system_are_left_alone(self):
        self.ledger.opening("line", APRIL, "27.895")
        self.assertEqual(self.ledger.bill([SEAT], "2025-04-20"), ())

    def test_a_prepaid_period_on_last_days(self):
        ends = monthly("2025-01-31", Alignment.last_day())
        seat = line("2025-01-31", schedule=ends)
        self.ledger.opening("line", span("2025-01-31", "2025-02-28"), "30")
        self.assertEqual(
            parts(self.ledger.bill([seat], "2025-02-28")),
            [("2025-02-28", "2025-03-31")],
        )

    def test_nothing_is_rounded_twice(self):
        self.ledger.opening("line", APRIL, "27.90")
        self.ledger.bill([HALF], "2025-04-16")
        self.assertEqual(self.ledger.total, Decimal("13.95"))
