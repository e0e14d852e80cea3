"""Random trials with phases: free until the day agreed, then billed as announced."""

import random
from datetime import date, timedelta
from decimal import Decimal

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common_trials import TrialCommon
from .test_subscription_change_sequences import served

START = date(2026, 1, 31)
SEEDS = range(10)


@tagged("post_install", "-at_install")
class TestTrialSequences(TrialCommon):
    def test_free_first_then_billed_as_announced_and_served(self):
        done = 0
        for seed in SEEDS:
            with self.subTest(seed=seed), self.env.cr.savepoint() as savepoint:
                done += self._one_trial(random.Random(seed), f"Plan {seed}")
                savepoint.rollback()
                self.env.invalidate_all()
        self.assertGreater(done, len(SEEDS))

    def _random_plan(self, rng, name):
        phases = [
            Command.create({"sequence": number, "periods": rng.randint(1, 3), **price})
            for number, price in enumerate(
                rng.sample(
                    [
                        {"price": 9.95},
                        {"price_type": "discount", "discount": 50},
                        {"price_type": "discount", "discount": 100},
                    ],
                    rng.randint(0, 2),
                )
            )
        ]
        charge = {
            "name": name,
            "charge_model": "per_unit",
            "unit_price": rng.choice([19.95, 31.0, 44.4]),
            "phase_ids": phases,
        }
        return self._trial_plan(
            name,
            [charge],
            trial_days=rng.randint(1, 70),
            trial_after=rng.choice(["convert", "convert", "payment", "end"]),
            trial_reminder_days=0,
            alignment=rng.choice(["anniversary", "calendar"]),
            days_ahead=rng.choice([0, 0, 12]),
        )

    def _one_trial(self, rng, name):
        plan = self._random_plan(rng, name)
        today, done = START, 0
        with freeze_time(today):
            sub = self._subscribe(
                plan, str(today), lines=[{"quantity": rng.randint(1, 3)}]
            )
        for _step in range(6):
            today += timedelta(days=rng.randint(0, 25))
            with freeze_time(today):
                sub._advance_lifecycle(self.company, today)
                self._bill(str(today))
                self.assertFreeUntil(sub)
                done += self._random_step(sub, rng, today)
                self.assertFreeUntil(sub)
                self.assertAnnounced(sub, today)
        end = today + timedelta(days=rng.randint(30, 200))
        with freeze_time(end):
            sub._advance_lifecycle(self.company, end)
            self._bill(str(end))
            if sub.state == "active":
                sub._cancel(end, credit=True)
            sub._advance_lifecycle(self.company, end)
            self._bill(str(end))
        billed = Decimal(str(round(sum(sub.billed_item_ids.mapped("amount")), 2)))
        if sub.trial_converted_on:
            self.assertFreeUntil(sub)
            self.assertEqual(billed, served(sub))
        else:
            self.assertFalse(sub.billed_item_ids)
        return done

    def _random_step(self, sub, rng, today):
        kind = rng.choice(["convert", "extend", "quantity", "quantity", "nothing"])
        try:
            with self.env.cr.savepoint():
                if kind == "convert":
                    sub.action_convert_trial()
                elif kind == "extend":
                    sub.action_extend_trial(today + timedelta(days=rng.randint(1, 40)))
                elif kind == "quantity":
                    line = sub._lines_on(today)[:1]
                    self._quantity(sub, rng.randint(1, 6), line=line)
        except UserError:
            return 0
        return 1

    def assertFreeUntil(self, sub):
        """No day before the first paid one stands in the ledger."""
        first = sub.trial_converted_on or sub.trial_end
        days = sub.billed_item_ids.mapped("date_start")
        self.assertTrue(all(day >= first for day in days), (first, days))

    def assertAnnounced(self, sub, today):
        """The next invoice that is shown is what the billing of its day makes."""
        expected = sub._expected(today, today + timedelta(days=120))[:1]
        if not expected:
            return
        [row] = expected
        with self.env.cr.savepoint() as savepoint, freeze_time(row.day):
            sub._advance_lifecycle(self.company, row.day)
            run = self._bill(str(row.day))
            mine = sub.billed_item_ids.filtered(lambda item: item.run_id == run)
            self.assertAlmostEqual(sum(mine.mapped("amount")), row.untaxed, places=2)
            savepoint.rollback()
            self.env.invalidate_all()
