from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.billing import BilledRow, LineTerms, difference
from ..engine.period import Alignment, Interval, Schedule

CENT = Decimal("0.01")
YEARLY = Schedule(Interval(1, "year"), Alignment.anniversary(), date(2025, 5, 1))
MONTHLY = Schedule(Interval(1, "month"), Alignment.anniversary(), date(2025, 5, 1))
TURN = date(2025, 8, 1)
BEFORE, AFTER = "5.5 %", "20 %"


def energy(amount=240, schedule=YEARLY, turns=((TURN, AFTER),), **terms):
    return LineTerms(
        "energy",
        date(2025, 5, 1),
        terms.pop("end", None),
        Decimal(amount),
        schedule,
        nature=BEFORE,
        turns=turns,
        **terms,
    )


def booked(items, rows=()):
    """Return the ledger after the items were written."""
    rows = list(rows)
    for item in items:
        rows.append(
            BilledRow(
                len(rows) + 1,
                item.line,
                item.whole,
                item.part,
                item.amount,
                item.kind,
                item.origin,
                item.document,
                item.nature,
            )
        )
    return rows


def said(items):
    return [
        (item.kind, item.nature, str(item.part.start), item.part.days, item.amount)
        for item in items
    ]


@tagged("post_install", "-at_install")
class TestTurns(BaseCase):
    def test_a_year_that_straddles_the_day(self):
        """240.00 for May 2025 to April 2026: 92 days at 5.5 %, 273 at 20 %."""
        items = difference([energy()], [], date(2025, 5, 1), CENT)
        self.assertEqual(
            said(items),
            [
                ("charge", BEFORE, "2025-05-01", 92, Decimal("60.49")),
                ("charge", AFTER, "2025-08-01", 273, Decimal("179.51")),
            ],
        )
        self.assertEqual(str(items[0].share), "92/365")
        rows = booked(items)
        self.assertFalse(difference([energy()], rows, date(2025, 6, 1), CENT))

    def test_billed_before_the_change_was_known(self):
        """The days from August on are credited at 5.5 % and charged at 20 %."""
        rows = booked(difference([energy(turns=())], [], date(2025, 5, 1), CENT))
        items = difference([energy()], rows, date(2025, 7, 10), CENT)
        self.assertEqual(
            said(items),
            [
                ("credit", BEFORE, "2025-08-01", 273, Decimal("-179.51")),
                ("charge", AFTER, "2025-08-01", 273, Decimal("179.51")),
            ],
        )
        self.assertEqual(items[0].origin, 1)
        rows = booked(items, rows)
        self.assertFalse(difference([energy()], rows, date(2025, 7, 11), CENT))

    def test_periods_on_either_side_are_whole(self):
        items = difference([energy(30, MONTHLY)], [], date(2025, 8, 1), CENT)
        self.assertEqual(
            [item.nature for item in items], [BEFORE, BEFORE, BEFORE, AFTER]
        )
        self.assertEqual({item.amount for item in items}, {Decimal(30)})

    def test_cancelled_after_it_was_parted(self):
        """What is given back is the newest service, with its own rate."""
        rows = booked(difference([energy()], [], date(2025, 5, 1), CENT))
        line = energy(end=date(2025, 11, 1))
        items = difference([line], rows, date(2025, 10, 20), CENT)
        self.assertEqual([item.nature for item in items], [AFTER])
        # 184 of 365 days stay
        self.assertEqual(items[0].amount, Decimal("120.99") - 240)
        rows = booked(items, rows)
        self.assertFalse(difference([line], rows, date(2025, 10, 20), CENT))

    def test_another_nature_is_left_alone(self):
        """The customer moved since: what was billed so stays so."""
        rows = booked(difference([energy(turns=())], [], date(2025, 5, 1), CENT))
        rows = [replace(row, nature="elsewhere") for row in rows]
        self.assertFalse(difference([energy()], rows, date(2025, 7, 10), CENT))

    def test_turned_back(self):
        """A change that was withdrawn: what was billed by it goes back."""
        rows = booked(difference([energy()], [], date(2025, 5, 1), CENT))
        line = energy(turns=((TURN, AFTER), (TURN, BEFORE)))
        items = difference([line], rows, date(2025, 6, 1), CENT)
        self.assertEqual(
            said(items),
            [
                ("credit", AFTER, "2025-08-01", 273, Decimal("-179.51")),
                ("charge", BEFORE, "2025-08-01", 273, Decimal("179.51")),
            ],
        )
        self.assertFalse(
            difference([line], booked(items, rows), date(2025, 6, 1), CENT)
        )

    def test_two_turns(self):
        turns = ((TURN, AFTER), (date(2026, 1, 1), "21 %"))
        items = difference([energy(turns=turns)], [], date(2025, 5, 1), CENT)
        self.assertEqual([item.part.days for item in items], [92, 153, 120])
        self.assertEqual(sum(item.amount for item in items), 240)

    @given(
        amount=st.decimals(min_value=1, max_value=5000, places=2),
        known=st.integers(min_value=0, max_value=400),
        turn=st.integers(min_value=-30, max_value=420),
        end=st.none() | st.integers(min_value=1, max_value=500),
        schedule=st.sampled_from([YEARLY, MONTHLY]),
    )
    def test_whenever_it_is_known_each_day_ends_with_its_own_rate(
        self, amount, known, turn, end, schedule
    ):
        """Billed before and after the change is known: the total is the same as if it
        had always been known, and so is what stands at each rate, to the cents of
        rounding; a further run finds nothing."""
        start = date(2025, 5, 1)
        day = start + timedelta(days=turn)
        known_on = start + timedelta(days=known)
        last = start + timedelta(days=550)
        stop = end and start + timedelta(days=end)
        plain = energy(amount, schedule, turns=(), end=stop)
        line = replace(plain, turns=((day, AFTER),))
        rows = booked(difference([plain], [], known_on, CENT))
        rows = booked(difference([line], rows, known_on, CENT), rows)
        rows = booked(difference([line], rows, last, CENT), rows)
        self.assertFalse(difference([line], rows, last, CENT))
        always = difference([line], [], last, CENT)
        self.assertEqual(
            sum(row.amount for row in rows), sum(item.amount for item in always)
        )
        for nature in (BEFORE, AFTER):
            stands = sum(row.amount for row in rows if row.nature == nature)
            wanted = sum(item.amount for item in always if item.nature == nature)
            self.assertLessEqual(abs(stands - wanted), CENT * 20)
