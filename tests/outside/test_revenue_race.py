"""Two closings at once: each month is recognised once, without an error (law 5)."""

import revenue_books

from tools.outside import OutsideCase

CUSTOMERS = 40


class TestRevenueRace(OutsideCase):
    def assert_recognised_once(self, database):
        facts = revenue_books.facts(database)
        self.assertEqual(facts["open"], facts["ledger"])
        self.assertEqual(facts["booked"], facts["recognised"])
        self.assertEqual(
            database.value(
                "SELECT count(*) FROM recurring_revenue_slice s"
                " WHERE due_month <= '2026-03-01' AND run_id IS NULL"
            ),
            0,
        )
        return facts

    def test_two_workers_at_once(self):
        for detail in ("schedule", "customer"):
            with self.subTest(detail=detail):
                database = self.database()
                database.run(revenue_books.make(CUSTOMERS, detail))
                database.run(
                    'run = env["recurring.revenue.run"].create('
                    '{"month": "2026-03-01"})\n'
                    "from odoo.addons.recurring_revenue.models.revenue import"
                    " recurring_revenue_run as module\n"
                    "module.AT_ONCE = -1\nrun.action_post()"
                )
                code = revenue_books.close("2026-03")
                both = [database.start(code), database.start(code)]
                outcomes = [one.wait() for one in both]
                self.assertEqual([outcome.code for outcome in outcomes], [0, 0])
                self.assert_recognised_once(database)

    def test_a_billing_beside_a_closing(self):
        """An invoice that is posted meanwhile waits for the next closing, or is in."""
        database = self.database()
        database.run(revenue_books.make(CUSTOMERS))
        closing = database.start(revenue_books.close("2026-03"))
        billing = database.start(
            'sub = env["recurring.subscription"].search([], limit=5)\n'
            'sub.action_cancel("now", credit=True)\n'
            'run = env["recurring.billing.run"].create({"date": "2026-03-31"})\n'
            "run.action_start()\nenv.cr.commit()\nrun._work()"
        )
        outcomes = [one.wait() for one in (closing, billing)]
        self.assertEqual([outcome.code for outcome in outcomes], [0, 0])
        facts = revenue_books.facts(database)
        self.assertEqual(facts["open"], facts["ledger"])
