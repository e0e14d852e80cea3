"""Random sequences of changes: what was announced is billed, and billed less credited
is what was served, to the cent."""

import random
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from dateutil.relativedelta import relativedelta

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common_changes import ChangeCommon

CENT = Decimal("0.01")
START = date(2026, 1, 31)
SEEDS = range(24)
STEPS = 8


@tagged("post_install", "-at_install")
class TestChangeSequences(ChangeCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.announced = 0
        cls.plans = cls.pro
        for name, price, values in (
            ("Max", 62.0, {}),
            ("Year", 299.0, {"interval_unit": "year"}),
            ("Quarter", 75.5, {"interval_count": 3, "change_anchor": "keep"}),
            ("Shift", 31.0, {"pause_billing": "shift"}),
            ("First", 44.4, {"alignment": "calendar"}),
        ):
            product = cls._product(f"{name} seat")
            cls.plans |= cls._plan_of_seats(name, price, product, **values)

    def test_billed_less_credited_is_served(self):
        done = 0
        for seed in SEEDS:
            with self.subTest(seed=seed), self.env.cr.savepoint() as savepoint:
                done += self._one_life(random.Random(seed))
                savepoint.rollback()
                self.env.invalidate_all()
        # Refusals are part of a life, but most steps do something.
        self.assertGreater(done, len(SEEDS) * STEPS // 2)

    def _one_life(self, rng):
        """Change, bill and go on; cancel with credit; compare with the days served."""
        with freeze_time(START):
            sub = self._running(
                str(START), plan=rng.choice(self.plans), quantity=rng.randint(1, 4)
            )
        today, done = START, 0
        for _step in range(STEPS):
            today += timedelta(days=rng.randint(0, 40))
            with freeze_time(today):
                sub._advance_lifecycle(self.company, today)
                if rng.random() < 0.6:
                    self._bill(str(today))
                done += self._random_change(sub, rng, today)
                self.assertAnnounced(sub, today)
        end = today + timedelta(days=rng.randint(1, 60))
        with freeze_time(today):
            self._withdraw_all(sub)
            sub._cancel(end, credit=True)
        with freeze_time(end):
            sub._advance_lifecycle(self.company, end)
            self._bill(str(end))
            self._bill(str(end + timedelta(days=400)))
        billed = Decimal(str(round(sum(sub.billed_item_ids.mapped("amount")), 2)))
        self.assertEqual(billed, served(sub))
        self.assertNothingLeft(sub, str(end + timedelta(days=400)))
        return done

    def _random_change(self, sub, rng, today):
        kind = rng.choice(
            [
                "quantity",
                "price",
                "plan",
                "addon",
                "pause",
                "resume",
                "postpone",
                "anchor",
            ]
        )
        options = rng.choice(
            [
                {},
                {"when": "period_end"},
                {"proration": "none"},
                {"proration": "next"},
                {
                    "when": "date",
                    "date": str(today + timedelta(days=rng.randint(-20, 50))),
                },
            ]
        )
        try:
            with self.env.cr.savepoint():
                self._do(sub, kind, rng, today, options)
        except UserError:
            return 0
        return 1

    def _change(self, sub, kind, values=None, **options):
        """Change as announced: what the comparison shows is what is then billed."""
        shown = sub.preview_change(kind, values or {}, **options)
        change = super()._change(sub, kind, values, **options)
        self.assertEqual(
            (change.type, str(change.effective_date)),
            (shown["type"], shown["effective_date"]),
        )
        day = max(change.effective_date, date.today())
        self.announced += 1
        # Not each: it is what takes the time of this test.
        if self.announced % 3 == 0 and shown["settled_on"] == str(day):
            self.assertBilledAsShown(sub, day, shown["billed"])
        return change

    def assertBilledAsShown(self, sub, day, amount):
        with self.env.cr.savepoint() as savepoint, freeze_time(day):
            sub._advance_lifecycle(self.company, day)
            made = self._invoices_of(sub, self._bill(str(day)))
            billed = sum(made.mapped("amount_untaxed_signed"))
            self.assertAlmostEqual(billed, amount, places=2)
            savepoint.rollback()
            self.env.invalidate_all()

    def _invoices_of(self, sub, run):
        return run.move_ids.filtered(
            lambda move: sub in move.line_ids.rr_subscription_id
        )

    def _do(self, sub, kind, rng, today, options):
        until = str(today + timedelta(days=rng.randint(60, 120)))
        lines = sub._lines_on(today)
        line = lines[:1]
        if kind == "quantity":
            self._quantity(sub, rng.randint(1, 6), line=line, **options)
        elif kind == "price":
            rows = [{"line_id": line.id, "price_unit": rng.randint(100, 9999) / 100}]
            self._change(sub, "lines", {"lines": rows}, **options)
        elif kind == "plan":
            plan = rng.choice(self.plans)
            self._change(sub, "plan", {"plan_id": plan.id}, **options)
        elif kind == "addon":
            addon = lines.filtered(lambda line: line.role == "addon")[:1]
            if addon:
                self._change(sub, "addon_remove", {"line_id": addon.id}, **options)
            else:
                charge = sub._version_on(today).charge_ids.filtered(
                    lambda charge: charge.role == "addon"
                )
                self._change(sub, "addon_add", {"charge_id": charge.id}, **options)
        elif kind == "pause":
            values = {"until": until} if rng.random() < 0.7 else {}
            self._change(sub, "pause", values, **options)
        elif kind == "resume":
            self._change(sub, "resume")
        elif kind == "postpone":
            self._change(sub, "postpone", {"until": until})
        else:
            self._change(sub, "anchor", {"day": rng.randint(1, 31)})

    def _withdraw_all(self, sub):
        for change in sub.change_ids.sorted("id", reverse=True):
            if change.state == "scheduled" and not change.details.get("of"):
                try:
                    with self.env.cr.savepoint():
                        change.action_withdraw()
                except UserError:
                    continue  # a later change builds on it: it ends with the rest

    def assertAnnounced(self, sub, today):
        """The next invoice that the form shows is what billing then makes."""
        expected = sub._expected(today, today + timedelta(days=200))[:1]
        if not expected:
            return
        [row] = expected
        with self.env.cr.savepoint() as savepoint, freeze_time(row.day):
            sub._advance_lifecycle(self.company, row.day)
            made = self._invoices_of(sub, self._bill(str(row.day)))
            self.assertAlmostEqual(
                sum(made.mapped("amount_untaxed_signed")), row.untaxed, places=2
            )
            savepoint.rollback()
            self.env.invalidate_all()


def served(sub):
    """What the days of service cost, counted day by day from the lines alone."""
    total = Decimal(0)
    for line in sub.line_ids:
        last = line.bill_until or line.end_date
        day = max(line.start_date, line.bill_from or line.start_date)
        version = line.plan_version_id or sub.plan_version_id
        days = {}
        while day < last:
            start, end = period_of(line, version, day)
            days[start, end] = days.get((start, end), 0) + 1
            day += timedelta(days=1)
        amount = Decimal(str(line.quantity)) * Decimal(str(line.price_unit))
        if line.charge_id.charge_model == "flat":
            amount = Decimal(str(line.price_unit))
        for (start, end), count in days.items():
            part = amount * count / (end - start).days
            total += part.quantize(CENT, ROUND_HALF_UP)
    return total


def period_of(line, version, day):
    """The whole period that holds a day, found by stepping from the anchor."""
    count = version.interval_count * (12 if version.interval_unit == "year" else 1)
    anchor = line.grid_anchor or line.grid_start or line.subscription_id.start_date
    if version.alignment == "calendar":
        anchor = date(2020, 1, 1)
    number = 0
    while anchor + relativedelta(months=count * number) > day:
        number -= 1
    while anchor + relativedelta(months=count * (number + 1)) <= day:
        number += 1
    return (
        anchor + relativedelta(months=count * number),
        anchor + relativedelta(months=count * (number + 1)),
    )
