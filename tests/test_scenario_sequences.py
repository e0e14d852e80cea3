"""Random lives with all in one: changes, usage, coupons, price revisions, leaving.

What the wizard and the form announce is billed; billed less credited is what was
served, to the cent; the documents are that less what coupons took off.
"""

import random
from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from . import test_subscription_change_sequences as changes

SEEDS = (0, 1, 2, 107, 144, 153, 154, 159)
STEPS = 9
INCLUDED, PRICE = 100, "0.37"

NOTHING = "There is nothing to raise."


@tagged("post_install", "-at_install")
class TestLifeSequences(changes.TestChangeSequences):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = "Europe/Paris"
        cls.meter = cls.env["recurring.meter"].create(
            {"name": "Calls", "code": "calls", "decimals": 0}
        )
        metered = {
            "name": "Calls",
            "role": "usage",
            "meter_id": cls.meter.id,
            "unit_price": float(PRICE),
            "charge_model": "per_unit",
            "included_quantity": INCLUDED,
        }
        cls.metered = cls.env["recurring.plan"]
        for name, price, values in (
            ("Metered", 30.0, {}),
            ("Metered quarter", 80.0, {"interval_count": 3}),
            ("Metered first", 25.0, {"alignment": "calendar"}),
        ):
            charges = [
                {"name": name, "charge_model": "per_unit", "unit_price": price},
                {"name": f"{name} support", "role": "addon", "unit_price": 10.0},
                metered,
            ]
            cls.metered |= cls._plan(name, charges, **values)
        cls.plans |= cls.metered
        cls.coupons = cls.env["recurring.coupon"].create(
            [
                {"kind": "percent", "percent": 20, "duration": "periods"}
                | {"code": "TWENTY", "name": "Twenty", "period_count": 3},
                {"kind": "percent", "percent": 7, "duration": "forever"}
                | {"code": "SEVEN", "name": "Seven"},
                {"kind": "fixed", "amount": 45, "rest": "carries"}
                | {"code": "FIXED", "name": "Fixed", "currency_id": cls.euro.id},
            ]
        )
        cls.coupons.combination = "others"

    def test_billed_less_credited_is_served(self):
        self.done = defaultdict(int)
        for seed in SEEDS:
            with self.subTest(seed=seed), self.env.cr.savepoint() as savepoint:
                self._one_life(random.Random(seed))
                savepoint.rollback()
                self.env.invalidate_all()
        # Refusals are part of a life, but each kind of step does something.
        for kind in ("usage", "late", "coupon", "revision", "cancel", "undo", "plan"):
            self.assertGreater(self.done[kind], 0, dict(self.done))
        self.assertGreater(sum(self.done.values()), len(SEEDS) * STEPS)

    # ------------------------------------------------------------------
    # A life
    # ------------------------------------------------------------------

    def _one_life(self, rng):
        with freeze_time(changes.START):
            plan = rng.choice(rng.choice([self.plans, self.metered]))
            quantity = rng.randint(1, 4)
            sub = self._running(str(changes.START), plan=plan, quantity=quantity)
        today = changes.START
        for _step in range(STEPS):
            today += timedelta(days=rng.randint(0, 40))
            with freeze_time(datetime.combine(today, time(12))):
                sub._advance_lifecycle(self.company, today)
                if rng.random() < 0.6:
                    self._bill(str(today))
                self._random_usage(sub, rng, today)
                self._random_change(sub, rng, today)
                self.assertAnnounced(sub, today)
        self._leave(sub, today, today + timedelta(days=rng.randint(1, 60)))

    def _leave(self, sub, today, end):
        with freeze_time(today):
            self._withdraw_all(sub)
            if sub.state != "closed":
                sub._cancel(end, credit=True)
        for day in (end, end + timedelta(days=400)):
            with freeze_time(day):
                sub._advance_lifecycle(self.company, day)
                self._bill(str(day))
        self.assertNothingLeft(sub, str(day))
        ledger = sum(Decimal(str(row.amount)) for row in sub.billed_item_ids)
        self.assertEqual(ledger, changes.served(sub) + self._used(sub))
        taken = sum(Decimal(str(row.coupon_amount)) for row in sub.billed_item_ids)
        moves = sub.billed_item_ids.move_id
        shown = sum(Decimal(str(move.amount_untaxed_signed)) for move in moves)
        self.assertEqual(shown, ledger - taken)

    def _used(self, sub):
        """What was used costs, counted event by event from the lines alone."""
        total = Decimal(0)
        events = self.env["recurring.usage"].search([("subscription_id", "=", sub.id)])
        lines = sub.line_ids.filtered(lambda line: line.role == "usage")
        used = defaultdict(int)
        for line in lines.sorted(lambda line: (line.start_date, line.id)):
            last = line.bill_until or line.end_date
            start = max(line.start_date, line.bill_from or line.start_date)
            parts = defaultdict(int)
            for event in events:
                if start <= event.day < last:
                    version = line.plan_version_id or sub.plan_version_id
                    whole = changes.period_of(line, version, event.day)
                    parts[whole] += int(event.quantity)
            for whole, quantity in parts.items():
                before = used[line.charge_id, whole]
                after = used[line.charge_id, whole] = before + quantity
                over = max(after - INCLUDED, 0) - max(before - INCLUDED, 0)
                price = Decimal(str(line.price_unit))
                total += (over * price).quantize(changes.CENT, ROUND_HALF_UP)
        return total

    # ------------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------------

    def _random_usage(self, sub, rng, today):
        """Record what was used on a few days, some of them long ago."""
        events = []
        for _number in range(rng.randint(0, 4)):
            day = today - timedelta(days=rng.choice([0, 1, 5, 20, 45]))
            # Half past midnight in Paris is still the day before in UTC.
            moment = datetime.combine(day, time(rng.choice([0, 9, 22]), 30), UTC)
            self.count = getattr(self, "count", 0) + 1
            events.append(
                {
                    "key": f"e{self.count}",
                    "subscription": sub.id,
                    "meter": "calls",
                    "quantity": rng.randint(1, 120),
                    "time": moment.isoformat(),
                }
            )
        for answer in self.env["recurring.usage"].record(events):
            code = answer["code"]
            self.done[{"recorded": "usage"}.get(code, code)] += 1

    def _random_change(self, sub, rng, today):
        kind = rng.choice(["change"] * 5 + ["coupon", "revision", "cancel", "undo"])
        if kind == "change":
            return super()._random_change(sub, rng, today)
        try:
            with self.env.cr.savepoint():
                getattr(self, f"_{kind}")(sub, rng, today)
        except UserError:
            return 0
        self.done[kind] += 1
        return 1

    def _do(self, sub, kind, rng, today, options):
        done = super()._do(sub, kind, rng, today, options)
        self.done[kind] += 1
        return done

    def _coupon(self, sub, rng, today):
        sub.action_apply_coupon(rng.choice(self.coupons).code)

    def _revision(self, sub, rng, today):
        day = today + timedelta(days=rng.randint(0, 60))
        revision = self.env["recurring.price.revision"].create(
            {
                "name": "Dearer",
                "percent": rng.choice([-5, 3, 10]),
                "effective_date": str(day),
            }
        )
        revision.action_prepare()
        revision.action_apply()
        if not revision.line_ids.filtered(lambda row: row.state == "done"):
            raise UserError(NOTHING)

    def _cancel(self, sub, rng, today):
        when = rng.choice(["now", "period_end", "date"])
        last = today + timedelta(days=rng.randint(0, 50))
        sub.action_cancel(when, last_day=last, credit=rng.random() < 0.7)

    def _undo(self, sub, rng, today):
        if sub.state == "closed":
            self._change(sub, "reactivate")
        elif sub.state == "cancelling":
            sub.action_undo_cancel()
        else:
            sub.action_cancel("period_end")
            sub.action_undo_cancel()

    # ------------------------------------------------------------------
    # What was announced
    # ------------------------------------------------------------------

    def _change(self, sub, kind, values=None, **options):
        """Make a change that was looked at before: it does what was shown."""
        shown = sub.preview_change(kind, values, **options)
        change = super()._change(sub, kind, values, **options)
        self.assertEqual(
            (shown["type"], shown["effective_date"], shown["monthly_effect"]),
            (change.type, str(change.effective_date), change.monthly_effect),
        )
        day = max(change.effective_date, date.today())
        if shown["settled_on"] == str(day) and not shown["waiting"]:
            self.assertBilledAsShown(sub, day, shown["billed"])
        return change

    def assertBilledAsShown(self, sub, day, amount):
        with self.env.cr.savepoint() as savepoint, freeze_time(day):
            sub._advance_lifecycle(self.company, day)
            run = self._bill(str(day))
            made = run.move_ids.filtered(
                lambda move: sub in move.line_ids.rr_subscription_id
            )
            self.assertAlmostEqual(
                sum(made.mapped("amount_untaxed_signed")), amount, places=2
            )
            savepoint.rollback()
            self.env.invalidate_all()
