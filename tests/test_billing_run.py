"""The life of a billing run: started, stopped, continued, at night, and by whom."""

from datetime import date
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common_billing import BillingCommon


class Clock:
    """Stands for the scheduled action's time: commits nothing, and can run out."""

    def __init__(self, batches=None):
        self.batches = batches
        self.calls = []

    def __call__(self, run, treated, remaining=None):
        self.calls.append((treated, remaining))
        if treated and self.batches is not None:
            self.batches -= 1
            return float(self.batches)
        return float("inf")


@tagged("post_install", "-at_install")
class TestBillingRun(BillingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls._plan("Pro", [{"unit_price": 100.0}])

    def _portfolio(self, count, start="2026-10-01"):
        subscriptions = self.env["recurring.subscription"]
        for number in range(count):
            customer = self._customer(f"Customer {number}")
            subscriptions |= self._subscribe(self.plan, start, customer)
        return subscriptions

    def _run(self, day="2026-10-15", **values):
        return self.env["recurring.billing.run"].create({"date": day, **values})

    def _work(self, run, clock=None, **options):
        with patch.object(
            type(run),
            "_commit_batch",
            lambda *args, **kw: (clock or Clock())(*args, **kw),
        ):
            return run._work(**options)

    def _invoices(self, subscriptions):
        return (
            self.env["account.move.line"]
            .search([("rr_subscription_id", "in", subscriptions.ids)])
            .move_id
        )

    # ------------------------------------------------------------------
    # Start, stop, continue
    # ------------------------------------------------------------------

    def test_records_who_when_how_and_what(self):
        self._portfolio(3)
        run = self._run()
        self.assertEqual((run.state, run.due_count), ("draft", 3))
        self.assertEqual(run.start_label, "Bill 3 subscriptions")
        run.action_start()
        self.assertEqual((run.state, run.subscription_total), ("running", 3))
        self.assertTrue(self._work(run))
        self.assertEqual(run.state, "done")
        self.assertEqual(
            (run.subscription_done, run.invoice_count, run.credit_note_count),
            (3, 3, 0),
        )
        self.assertEqual(
            (run.amount_untaxed, run.amount_tax, run.amount_total), (300.0, 60.0, 360.0)
        )
        self.assertEqual(run.user_id, self.env.user)
        self.assertTrue(run.started_at <= run.ended_at)
        self.assertEqual(run.parameters["invoices"], "posted")
        self.assertEqual(
            run.parameters_text,
            "Invoices posted at once, dated the day of the billing, "
            "not sent by e-mail.",
        )
        self.assertEqual(
            (run.progress, run.progress_text), (100.0, "3 of 3 subscriptions")
        )
        self.assertEqual(len(run.move_ids), 3)
        self.assertEqual(
            run.action_open_invoices()["domain"][0], ("rr_run_id", "=", run.id)
        )
        self.assertEqual(run.mapped("move_ids.state"), ["posted"] * 3)

    def test_pressed_twice_is_refused_and_bills_once(self):
        subscriptions = self._portfolio(2)
        run = self._run()
        run.action_start()
        with self.assertRefused("is “Running”: this is not possible now"):
            run.action_start()
        self._work(run)
        with self.assertRefused("is “Done”: this is not possible now"):
            run.action_start()
        self.assertEqual(len(self._invoices(subscriptions)), 2)

    def test_two_runs_of_the_same_day_bill_once(self):
        subscriptions = self._portfolio(2)
        first, second = self._run(), self._run()
        first.action_start()
        second.action_start()
        self._work(first)
        self._work(second)
        self.assertEqual((first.invoice_count, second.invoice_count), (2, 0))
        self.assertEqual((first.state, second.state), ("done", "done"))
        self.assertEqual(len(self._invoices(subscriptions)), 2)

    def test_stopped_keeps_what_was_billed_and_continues(self):
        subscriptions = self._portfolio(5)
        run = self._run()
        run.action_start()
        # Time runs out after one batch of two: the worker leaves, the run goes on.
        self.assertFalse(self._work(run, Clock(batches=1), batch=2))
        self.assertEqual((run.state, run.subscription_done), ("running", 2))
        run.action_stop()
        self.assertTrue(self._work(run, batch=2))
        self.assertEqual((run.state, run.invoice_count), ("stopped", 2))
        with self.assertRefused("is “Stopped”"):
            run.action_start()
        run.action_continue()
        self.assertEqual(run.subscription_total, 5)
        self._work(run, batch=2)
        self.assertEqual((run.state, run.invoice_count), ("done", 5))
        self.assertEqual(len(self._invoices(subscriptions)), 5)
        self.assertEqual(run.amount_untaxed, 500.0)

    def test_works_in_batches_that_are_committed(self):
        self._portfolio(5)
        run = self._run()
        run.action_start()
        clock = Clock()
        self._work(run, clock, batch=2)
        self.assertEqual(
            [treated for treated, _left in clock.calls if treated], [2, 2, 1]
        )
        self.assertEqual(
            clock.calls[0], (0, 5), "the scheduled action knows what is left"
        )

    def test_workers_share_what_is_due(self):
        subscriptions = self._portfolio(6)
        run = self._run()
        run.action_start()
        self._work(run, shard=0, shards=2)
        first = run.subscription_done
        self._work(run, shard=1, shards=2)
        self.assertEqual((run.state, run.subscription_done), ("done", 6))
        self.assertLessEqual(first, 6)
        self.assertEqual(len(self._invoices(subscriptions)), 6)

    def test_scheduled_actions_work_it_off(self):
        self._portfolio(2)
        run = self._run()
        run.action_start()
        with self.enter_registry_test_mode():
            self.env.ref(
                "recurring_revenue.cron_billing_worker_1"
            ).method_direct_trigger()
            self.env.ref(
                "recurring_revenue.cron_billing_worker_2"
            ).method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((run.state, run.invoice_count), ("done", 2))

    def test_started_stays_on_record(self):
        run = self._run()
        run.action_start()
        with self.assertRefused("stays on record"):
            run.unlink()
        with self.assertRefused("keeps its date and company"):
            run.date = "2026-12-31"
        self._run().unlink()

    def test_nothing_due_says_when(self):
        self._portfolio(2)
        run = self._run("2026-09-30")
        self.assertFalse(run.due_count)
        self.assertEqual(
            run.nothing_due,
            "Nothing is due up to 09/30/2026. The next billing is on 10/01/2026: "
            "2 subscriptions.",
        )

    def test_counts_credit_notes_and_what_needs_no_invoice(self):
        leaver, free = (
            self._portfolio(1),
            self._subscribe(self._plan("Free", [{"unit_price": 0.0}]), "2026-10-01"),
        )
        self._bill("2026-10-01")
        leaver._cancel(date(2026, 10, 11), credit=True)
        run = self._bill("2026-11-01")
        self.assertEqual(
            (run.invoice_count, run.credit_note_count, run.zero_count), (0, 1, 1)
        )
        self.assertEqual(run.amount_untaxed, -67.74, "21 of 31 days of 100.00")
        self.assertEqual(free.billed_through, date(2026, 12, 1))

    def test_drafts_by_setting(self):
        self.company.rr_invoice_policy = "draft"
        self._portfolio(2)
        run = self._bill("2026-10-15")
        self.assertEqual(set(run.move_ids.mapped("state")), {"draft"})
        self.assertIn("Invoices left as drafts to check", run.parameters_text)
        self.assertEqual(run.amount_untaxed, 200.0)

    # ------------------------------------------------------------------
    # At night
    # ------------------------------------------------------------------

    def test_night_starts_a_run_for_each_company_that_wants_one(self):
        # The scheduled action commits after each company; here nothing may.
        cron = self.registry["ir.cron"]
        self.patch(cron, "_commit_progress", lambda *args, **kwargs: float("inf"))
        subscriptions = self._portfolio(1, str(fields.Date.today()))
        runs = self.env["recurring.billing.run"]
        known = runs.search([])
        runs._cron_nightly()
        self.assertEqual(runs.search([]), known, "nobody asked for it")
        self.company.rr_nightly_billing = True
        runs._cron_nightly()
        run = runs.search([]) - known
        self.assertEqual((run.company_id, run.nightly), (self.company, True))
        self._work(run)
        self.assertEqual(len(self._invoices(subscriptions)), 1)
        runs._cron_nightly()
        self.assertEqual(runs.search([]), known | run, "nothing due, no empty run")

    # ------------------------------------------------------------------
    # Rights
    # ------------------------------------------------------------------

    def test_only_a_billing_officer_bills(self):
        self._portfolio(1)
        run = self._run()
        seller = new_test_user(self.env, "rr_seller", "recurring_revenue.group_user")
        accountant = new_test_user(
            self.env, "rr_reader", "account.group_account_readonly,base.group_user"
        )
        for user in (seller, accountant):
            for press in ("action_start", "action_preview"):
                with self.assertRefused("Only a billing officer can bill"):
                    getattr(run.with_user(user), press)()
            with self.assertRaises(AccessError):
                self.env["recurring.billing.run"].with_user(user).create({})
            self.assertEqual(run.with_user(user).state, "draft", "they may read it")

    def test_a_billing_officer_previews_bills_and_reads(self):
        self._portfolio(2)
        officer = new_test_user(
            self.env, "rr_officer", "recurring_revenue.group_billing"
        )
        run = (
            self.env["recurring.billing.run"]
            .with_user(officer)
            .create({"date": "2026-10-15"})
        )
        run.action_preview()
        self.assertIn("200.00", run.preview_html)
        run.action_start()
        self.assertEqual(run.user_id, officer)
        self._work(run)
        self.assertEqual((run.state, run.invoice_count), ("done", 2))
        self.assertTrue(run.action_open_invoices())

    def test_a_seller_does_not_read_the_others_customers(self):
        self._portfolio(1)
        run = self._run()
        run.action_preview()
        seller = new_test_user(self.env, "rr_seller", "recurring_revenue.group_user")
        with self.assertRaises(AccessError):
            run.with_user(seller).read(["preview"])
        with self.assertRaises(AccessError):
            run.with_user(seller).read(["preview_html"])
        self.assertTrue(run.with_user(seller).progress_text)

    def test_another_company_is_invisible_and_not_billed(self):
        mine = self._portfolio(1)
        other = self.env["res.company"].create({"name": "Other"})
        run = self._run(company_id=other.id)
        self.assertFalse(run.due_count)
        officer = new_test_user(
            self.env, "rr_officer", "recurring_revenue.group_billing"
        )
        officer.company_ids = [Command.set(self.company.ids)]
        self.assertNotIn(
            run, self.env["recurring.billing.run"].with_user(officer).search([])
        )
        with self.assertRaises(AccessError):
            run.with_user(officer).action_start()
        run.action_start()
        self._work(run)
        self.assertEqual((run.state, run.subscription_done), ("done", 0))
        self.assertFalse(self._invoices(mine))
