"""Random lives with closings in between: what is deferred in the schedules is what
stands on the deferred account, and billed less credited is recognised plus deferred."""

import random
from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from . import test_subscription_change_sequences as changes
from .common_revenue import RevenueCommon

SEEDS = range(12)
STEPS = 9
CAUSES = ("terminated", "modification", "past", "error", None)


class NothingToDo(Exception):
    """There is nothing yet that this step could be done to."""


@tagged("post_install", "-at_install")
class TestRevenueSequences(RevenueCommon, changes.TestChangeSequences):
    def test_billed_less_credited_is_served(self):
        """The name of the inherited test: this is what it means for the books."""
        self.steps = dict.fromkeys(
            ("close", "credit", "undo", "change", "draft", "slices"), 0
        )
        for seed in SEEDS:
            with self.subTest(seed=seed), self.env.cr.savepoint() as savepoint:
                self._one_life(random.Random(seed))
                savepoint.rollback()
                self.env.invalidate_all()
        for name, count in self.steps.items():
            self.assertGreater(count, 3, (name, self.steps))

    def _one_life(self, rng):
        self._policy("2026-01-01", method=rng.choice(["day", "month", "full_month"]))
        self.company.rr_revenue_detail = rng.choice(["schedule", "customer"])
        with freeze_time(changes.START):
            sub = self._running(
                str(changes.START),
                plan=rng.choice(self.plans),
                quantity=rng.randint(1, 4),
            )
        today = changes.START
        for _step in range(STEPS):
            today += timedelta(days=rng.randint(5, 45))
            with freeze_time(today):
                sub._advance_lifecycle(self.company, today)
                if rng.random() < 0.7:
                    self._bill(str(today))
                self._step(sub, rng, today)
                self.assertBooksAgree()
        with freeze_time(today):
            self._withdraw_all(sub)
            sub._cancel(today + timedelta(days=10), credit=True)
        end = today + timedelta(days=11)
        with freeze_time(end):
            sub._advance_lifecycle(self.company, end)
            self._bill(str(end))
            self.assertBooksAgree()
        with freeze_time("2034-01-15"):
            self._close("2033-12")
        self.assertBooksAgree()
        self.assertEqual(self._balance(self.deferred), 0)
        self.steps["slices"] += self.env["recurring.revenue.slice"].search_count([])

    def _step(self, sub, rng, today):
        kinds = ["change", "change", "close", "close", "credit", "draft", "more"]
        kind = rng.choice(kinds)
        if kind == "more":
            kind = rng.choice(["undo", "credit"])
        try:
            with self.env.cr.savepoint():
                getattr(self, f"_random_{kind}")(sub, rng, today)
        except (UserError, NothingToDo):
            return
        self.steps[kind] += 1

    def _random_close(self, sub, rng, today):
        month = today.replace(day=1) - timedelta(days=rng.choice([1, 1, 40]))
        self._close(str(month)[:7])

    def _random_undo(self, sub, rng, today):
        last = self.env["recurring.revenue.run"].search(
            [("state", "=", "done")], limit=1
        )
        if not last:
            raise NothingToDo
        last.action_undo()

    def _invoices(self, sub):
        return sub.billed_item_ids.move_id.filtered(
            lambda move: (
                move.state == "posted"
                and move.move_type == "out_invoice"
                and move.amount_untaxed
            )
        )

    def _random_credit(self, sub, rng, today):
        invoices = self._invoices(sub)
        if not invoices:
            raise NothingToDo
        invoice = rng.choice(invoices)
        credit = self._credit_note(
            invoice,
            str(today),
            cause=rng.choice(CAUSES),
            since=str(today - timedelta(days=rng.randint(0, 40))),
            post=False,
        )
        if rng.random() < 0.6:
            for line in credit.invoice_line_ids:
                line.price_unit = line.price_unit * rng.choice([0.25, 0.5, 0.9])
        credit.action_post()

    def _random_draft(self, sub, rng, today):
        """Back to draft, and posted again."""
        moves = sub.billed_item_ids.move_id.filtered(lambda own: own.state == "posted")
        if not moves:
            raise NothingToDo
        move = moves.sorted("id")[-1]
        move.button_draft()
        self.assertBooksAgree()
        move.action_post()

    def assertBooksAgree(self):
        self.assertAgrees()
        slices = self.env["recurring.revenue.slice"].search([])
        schedules = self.env["recurring.revenue.schedule"].search([])
        for schedule in schedules:
            self.assertEqual(
                round(sum(schedule.slice_ids.mapped("amount")), 2),
                round(schedule.amount, 2),
            )
        booked = slices.filtered("run_id")
        left = slices - booked
        billed = round(sum(schedules.mapped("amount")), 2)
        done = round(sum(booked.mapped("amount")), 2)
        self.assertEqual(billed, round(done + sum(left.mapped("amount")), 2))
        for run in booked.run_id:
            self.assertEqual(run.state in ("done", "undone"), True)
