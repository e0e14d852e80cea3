"""Imported while a trial runs, or in the middle of the plan's price phases."""

from datetime import date

from odoo import Command
from odoo.tests import freeze_time, tagged

from .common_import import ImportCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-20")
class TestImportTrials(ImportCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        phases = [Command.create({"periods": 6, "price": 9.95})]
        setup = {
            "product_id": cls.product.id,
            "name": "Set-up",
            "unit_price": 50,
            "role": "one_off",
        }
        cls.ramp = cls._plan(
            "RAMP", 19.95, {"phase_ids": phases}, [setup], trial_days=14
        )
        cls.ends = cls._plan("ENDS", 30, trial_days=14, trial_after="end")

    def _trial_row(self, **values):
        return self._row(
            plan="RAMP",
            start_date="2026-11-16",
            billed_through="",
            trial_last_day="2026-11-30",
            **values,
        )

    def test_a_trial_that_runs(self):
        sub = self._import(self._trial_row())
        self.assertRecordValues(
            sub,
            [
                {
                    "state": "trial",
                    "trial_start": date(2026, 11, 16),
                    "trial_end": date(2026, 12, 1),
                    "next_billing_date": date(2026, 12, 1),
                    "trial_version_id": self.ramp.current_version_id.id,
                }
            ],
        )
        sub = sub.with_user(self.env.ref("base.user_admin"))
        expected = sub._expected(date(2026, 11, 20), date(2027, 6, 1))
        self.assertEqual(
            [(str(row.day), row.untaxed) for row in (expected[0], *expected[5:])],
            [("2026-12-01", 59.95), ("2027-05-01", 9.95), ("2027-06-01", 19.95)],
        )
        sub._advance_lifecycle(self.company, date(2026, 12, 1))
        self.assertEqual(
            (sub.state, sub.trial_converted_on), ("active", date(2026, 12, 1))
        )

    def test_a_trial_that_ends_unless_converted(self):
        values = {**self._trial_row(), "plan": "ENDS"}
        sub = self._import(values)
        self.assertEqual(
            (sub.state, sub.end_date, sub.next_billing_date),
            ("trial", date(2026, 12, 1), False),
        )
        sub._advance_lifecycle(self.company, date(2026, 12, 1))
        self.assertEqual(sub.state, "closed")

    def test_in_the_middle_of_the_phases(self):
        """Started 1 July, billed through October: two periods of six are left."""
        sub = self._import(
            self._row(plan="RAMP", start_date="2026-07-01", billed_through="2026-10-31")
        )
        self.assertEqual((sub.state, sub.trial_end), ("active", False))
        first, last = sub.line_ids.sorted("start_date")
        self.assertEqual(
            [(first.price_unit, first.end_date), (last.price_unit, last.end_date)],
            [(9.95, date(2027, 1, 1)), (19.95, False)],
        )
        self.assertEqual(last.previous_line_id, first)
        self.assertEqual(sub.billed_item_ids.mapped("amount"), [9.95])
        expected = sub._expected(date(2026, 11, 20), date(2027, 1, 1))
        self.assertEqual(
            [(str(row.day), row.untaxed) for row in expected],
            [("2026-11-20", 9.95), ("2026-12-01", 9.95), ("2027-01-01", 19.95)],
        )

    def test_prepaid_beyond_a_phase(self):
        """Prepaid from November to January: 2 x 9.95, then 19.95."""
        sub = self._import(
            self._row(
                plan="RAMP",
                start_date="2026-07-01",
                billed_through="2027-01-31",
                period_start="2026-11-01",
            )
        )
        self.assertEqual(
            sub.billed_item_ids.sorted("date_start").mapped("amount"),
            [9.95, 9.95, 19.95],
        )
        self.assertEqual(sub.next_billing_date, date(2027, 2, 1))

    def test_phases_over_or_a_price_agreed(self):
        over = self._row(
            plan="RAMP", start_date="2025-07-01", billed_through="2026-10-31"
        )
        agreed = {
            **over,
            "external_ref": "C-2",
            "start_date": "2026-07-01",
            "price": "15",
        }
        subs = self._import({**over, "price": ""}, agreed)
        self.assertEqual(subs.mapped("line_ids.price_unit"), [19.95, 15.0])

    def test_what_is_refused(self):
        row = {**self._trial_row(), "trial_last_day": "2026-11-10"}
        self.assertIn("before the start", str(self._problems(**row)))
        row = {**row, "start_date": "2026-11-01"}
        self.assertIn("The trial is over", str(self._problems(**row)))
        row = {**self._trial_row(), "billed_through": "2026-11-18"}
        self.assertIn("nothing was billed yet", str(self._problems(**row)))
        row = {**self._trial_row(), "last_day": "2026-12-31"}
        self.assertIn("with its end at the latest", str(self._problems(**row)))
