"""A preview in the background that is killed, or given up while it works."""

import portfolio

from tools.outside import OutsideCase

CUSTOMERS = 9
START = """
from odoo.addons.recurring_revenue.models.billing import billing_run_preview as module
Run = env["recurring.billing.run"]
at_once = Run.create({"date": "2026-03-15"})
at_once.action_preview()
module.AT_ONCE = 0
run = Run.create({"date": "2026-03-15"})
run.action_preview()
result = [at_once.id, run.id]
"""
WORK = """
from odoo.addons.recurring_revenue.models.billing import billing_run_preview as module
run = env["recurring.billing.run"].browse(%s)
%s
run._preview_work(batch=2)
result = run.state
"""
GIVE_UP = """
Run = type(run)
original = Run._add_to_preview
def given_up_meanwhile(run, sums, groups):
    result = original(run, sums, groups)
    if sums["done"] > 4:
        with env.registry.cursor() as other:
            run.with_env(run.env(cr=other)).action_stop_preview()
    return result
Run._add_to_preview = given_up_meanwhile
"""


class TestBillingPreviewCrash(OutsideCase):
    def prepare(self):
        """Return (database, a preview made at once, one to be worked off)."""
        database = self.database()
        database.run(portfolio.make(CUSTOMERS))
        return database, *database.run(START).result

    def facts(self, database, run):
        """Return what a preview adds up, without when and in which steps."""
        return database.value(
            "SELECT preview - 'made_at' - 'documents' FROM"
            " (SELECT preview::jsonb AS preview FROM recurring_billing_run"
            f" WHERE id = {run}) sums"
        )

    def test_killed_goes_on_where_it_was(self):
        database, at_once, run = self.prepare()
        database.run(WORK % (run, "crash.after_commit(3)"), killed=True)
        of_run = f"FROM recurring_billing_run WHERE id = {run}"
        self.assertEqual(database.value(f"SELECT state {of_run}"), "previewing")
        reached = database.value(f"SELECT (preview->>'done')::int {of_run}")
        self.assertGreater(reached, 0)
        self.assertLess(reached, CUSTOMERS)
        again = database.run(WORK % (run, ""))
        self.assertEqual(again.result, "draft")
        self.assertEqual(self.facts(database, run), self.facts(database, at_once))
        self.assertFalse(database.value("SELECT count(*) FROM account_move"))
        self.assertFalse(database.value("SELECT count(*) FROM recurring_billed_item"))

    def test_given_up_while_it_works(self):
        """The worker sees that somebody was faster, and leaves the run alone."""
        database, _at_once, run = self.prepare()
        # That PostgreSQL refuses the late write is logged, and wanted.
        ended = database.run(WORK % (run, GIVE_UP), may_fail=True)
        self.assertEqual(ended.code, 0, ended.log)
        self.assertEqual(ended.result, "draft")
        self.assertIsNone(
            database.value(
                f"SELECT preview FROM recurring_billing_run WHERE id = {run}"
            )
        )
