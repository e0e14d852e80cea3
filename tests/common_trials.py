"""What the tests of trials share: plans with a trial, days that come."""

from odoo import fields
from odoo.tests import freeze_time

from .common_changes import ChangeCommon

SETUP = {"name": "Set-up", "role": "one_off", "unit_price": 50.0}


class TrialCommon(ChangeCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tried = cls._trial_plan("Tried")

    @classmethod
    def _trial_plan(cls, name, charges=None, plan=None, **version):
        return cls._plan(
            name,
            charges or [{"unit_price": 30.0}, dict(SETUP)],
            plan=plan,
            **{"trial_days": 14, **version},
        )

    def _day_comes(self, sub, day):
        """Let the daily job of a day run."""
        with freeze_time(day):
            sub._advance_lifecycle(self.company, self._day(day))

    def _invoices_to_come(self, sub, count=3):
        today = fields.Date.context_today(sub)
        shown = sub._planned()
        expected = shown._expected(today, shown._preview_until(today))
        return [(str(row.day), row.untaxed) for row in expected[:count]]
