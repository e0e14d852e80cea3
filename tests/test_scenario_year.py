"""A customer's year, month by month, as the accountant would tell it."""

from datetime import date

from odoo.tests import freeze_time, tagged

from .common_billing import BillingCommon


@tagged("post_install", "-at_install")
class TestScenarioYear(BillingCommon):
    def assertInvoiced(self, run, untaxed):
        signed = sum(run.move_ids.mapped("amount_untaxed_signed"))
        self.assertEqual((round(signed, 2), run.problem_count), (untaxed, 0))

    def test_a_year_of_seats(self):
        """Acme takes 3 seats on 31 January, is held in April, buys a training in June,
        nearly leaves in August, leaves on 10 November and gets its days back."""
        plan = self._plan(
            charges=[
                {"name": "Seat", "unit_price": 20, "charge_model": "per_unit"},
                {"name": "Set-up", "unit_price": 99, "role": "one_off"},
            ]
        )
        with freeze_time("2025-01-31"):
            sub = self._subscribe(plan, "2025-01-31", lines=[{"quantity": 3}])
            self.assertInvoiced(self._bill("2025-01-31"), 159.0)
        with freeze_time("2025-02-28"):
            self.assertInvoiced(self._bill("2025-02-28"), 60.0)
        with freeze_time("2025-03-31"):
            self.assertInvoiced(self._bill("2025-03-31"), 60.0)
            self.assertInvoiced(self._bill("2025-03-31"), 0.0)
        with freeze_time("2025-04-30"):
            sub.action_hold("Waits for its purchase order")
            self.assertInvoiced(self._bill("2025-04-30"), 0.0)
        with freeze_time("2025-05-31"):
            sub.action_release()
            # April and May are caught up, dated each.
            run = self._bill("2025-05-31")
            self.assertInvoiced(run, 120.0)
            self.assertEqual(
                run.move_ids.invoice_line_ids.mapped("deferred_start_date"),
                [date(2025, 4, 30), date(2025, 5, 31)],
            )
        with freeze_time("2025-06-12"):
            training = self._product("Training", 450)
            sub.action_add_one_off(training, 450, date(2025, 6, 12))
            self.assertEqual(sub.next_billing_date, date(2025, 6, 12))
            self.assertInvoiced(self._bill("2025-06-12"), 450.0)
        with freeze_time("2025-08-05"):
            self.assertInvoiced(self._bill("2025-08-05"), 120.0)
            sub._cancel(date(2025, 8, 31), credit=True)
            self.assertEqual(sub.state, "cancelling")
            self.assertEqual(sub.next_billing_date, False)
        with freeze_time("2025-08-20"):
            sub.action_undo_cancel()
            self.assertEqual(sub.state, "active")
            self.assertEqual(sub.next_billing_date, date(2025, 8, 31))
        with freeze_time("2025-10-31"):
            self.assertInvoiced(self._bill("2025-10-31"), 180.0)
        with freeze_time("2025-11-10"):
            sub._cancel(date(2025, 11, 11), credit=True)
            # Billed 31 October to 29 November, 30 days; 19 of them come back.
            self.assertInvoiced(self._bill("2025-11-10"), -38.0)
            self.assertEqual(sub.billed_through, date(2025, 11, 11))
        with freeze_time("2025-12-31"):
            self.assertInvoiced(self._bill("2025-12-31"), 0.0)
            self.env["recurring.subscription"]._advance_lifecycle(
                self.company, date(2025, 12, 31)
            )
        self.assertEqual(sub.state, "closed")
        # 9 months of 60, October's 11 of 30 days, the set-up and the training.
        self.assertEqual(
            sum(sub.billed_item_ids.mapped("amount")), 540.0 + 22.0 + 99.0 + 450.0
        )
        self.assertEqual(
            sorted(sub.change_ids.mapped("type")),
            ["cancel", "cancel", "close", "hold", "one_off", "release", "start",
             "undo_cancel"],
        )  # fmt: skip

    def test_a_season_of_an_association(self):
        """Dues of 120 for the season from 1 September; joining on 1 March costs half
        a year by days, and the term renews by itself."""
        plan = self._plan(
            "Season",
            charges=[{"unit_price": 120}],
            interval_unit="year",
            alignment="season",
            alignment_day=1,
            alignment_month="9",
            term_count=1,
            term_unit="year",
            renewal="automatic",
        )
        with freeze_time("2026-03-01"):
            sub = self._subscribe(plan, "2026-03-01")
            # 184 of 365 days
            self.assertInvoiced(self._bill("2026-03-01"), 60.49)
        with freeze_time("2026-09-01"):
            self.assertInvoiced(self._bill("2026-09-01"), 120.0)
        with freeze_time("2027-03-01"):
            self.env["recurring.subscription"]._advance_lifecycle(
                self.company, date(2027, 3, 1)
            )
            self.assertEqual(sub.term_end, date(2028, 3, 1))
            self.assertInvoiced(self._bill("2027-03-01"), 0.0)
        self.assertEqual(sub.billed_through, date(2027, 9, 1))

    def test_a_leap_day(self):
        """Yearly from 29 February 2024: 28 February in common years, then the 29th."""
        plan = self._plan(charges=[{"unit_price": 366}], interval_unit="year")
        with freeze_time("2028-03-01"):
            sub = self._subscribe(plan, "2024-02-29")
            self.assertInvoiced(self._bill("2028-02-29"), 5 * 366.0)
        self.assertEqual(
            [str(row.date_start) for row in sub.billed_item_ids.sorted("sequence")],
            ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"],
        )
