"""A line that ends by a change to come gives back on that day, not before."""

from datetime import date
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ..engine.billing import BilledRow, LineTerms, difference
from ..engine.period import Alignment, Interval, Period, Schedule
from ..engine.preview import next_due, settled_through, upcoming

CENT = Decimal("0.01")
YEAR = Schedule(Interval(1, "year"), Alignment.anniversary(), date(2026, 1, 1))
JULY = date(2026, 7, 1)
WHOLE = Period(date(2026, 1, 1), date(2027, 1, 1))


@tagged("post_install", "-at_install")
class TestEngineCreditDue(BaseCase):
    """365.00 are billed for 2026; from 1 July on another line costs 730.00 a year."""

    def setUp(self):
        super().setUp()
        self.row = BilledRow(1, "old", WHOLE, WHOLE, Decimal(365))
        self.lines = [
            LineTerms(
                "old",
                date(2026, 1, 1),
                JULY,
                Decimal(365),
                YEAR,
                credit_due=JULY,
            ),
            LineTerms("new", JULY, None, Decimal(730), YEAR),
        ]

    def _due(self, day):
        items = difference(self.lines, [self.row], day, CENT)
        return [(item.kind, item.amount) for item in items]

    def test_both_on_the_day_of_the_change(self):
        self.assertEqual(self._due(date(2026, 6, 30)), [])
        self.assertEqual(
            self._due(JULY), [("credit", Decimal(-184)), ("charge", Decimal(368))]
        )

    def test_the_next_billing_is_that_day(self):
        due = next_due(self.lines, [self.row], date(2026, 4, 16), CENT)
        self.assertEqual(due, JULY)
        # Also where nothing new comes after: only the credit is to come.
        due = next_due(self.lines[:1], [self.row], date(2026, 4, 16), CENT)
        self.assertEqual(due, JULY)

    def test_a_whole_period_billed_ahead_waits_too(self):
        row = BilledRow(
            2,
            "old",
            Period(date(2027, 1, 1), date(2028, 1, 1)),
            Period(date(2027, 1, 1), date(2028, 1, 1)),
            Decimal(365),
        )
        due = next_due(self.lines[:1], [self.row, row], date(2026, 4, 16), CENT)
        self.assertEqual(due, JULY)
        items = difference(self.lines[:1], [self.row, row], JULY, CENT)
        self.assertEqual(sum(item.amount for item in items), Decimal(-184 - 365))

    def test_the_preview_shows_it_on_its_day(self):
        shown = upcoming(
            self.lines, [self.row], date(2026, 4, 16), date(2026, 12, 1), CENT
        )
        [(day, items)] = shown
        self.assertEqual(day, JULY)
        self.assertEqual([item.due for item in items], [JULY, JULY])

    def test_history_stays_open_until_then(self):
        closed = settled_through(self.lines, [self.row], date(2026, 6, 30), CENT)
        self.assertIsNone(closed)

    def test_without_it_too_much_is_given_back_at_once(self):
        self.lines = [LineTerms("old", date(2026, 1, 1), JULY, Decimal(365), YEAR)]
        self.assertEqual(self._due(date(2026, 4, 16)), [("credit", Decimal(-184))])
