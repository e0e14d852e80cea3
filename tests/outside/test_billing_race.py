"""Two billings at once: each period once, no gap in the numbers, no error (law 5)."""

import portfolio

from tools.outside import OutsideCase

CUSTOMERS = 40


class TestBillingRace(OutsideCase):
    def prepare(self):
        database = self.database()
        database.run(portfolio.make(CUSTOMERS))
        return database

    def assert_billed_once(self, database):
        facts = portfolio.facts(database)
        self.assertEqual(facts["rows"], 44 * 3)
        self.assertEqual(facts["invoices"], 40)
        self.assertEqual(facts["twice"], 0)
        self.assertEqual(facts["drafts"], 0)
        self.assertEqual(facts["gaps"], 0)
        self.assertEqual(facts["untaxed"], facts["billed"])

    def test_two_runs_at_the_same_moment(self):
        """Two people press the button of two runs for the same date at once."""
        database = self.prepare()
        code = portfolio.bill_in_a_run_of_its_own("2026-03-15")
        both = [database.start(code), database.start(code)]
        outcomes = [one.wait() for one in both]
        self.assertEqual([outcome.code for outcome in outcomes], [0, 0])
        self.assert_billed_once(database)
        self.assertEqual(sum(o.result["invoices"] for o in outcomes), 40)

    def test_two_workers_of_one_run(self):
        """The two scheduled actions share one run."""
        database = self.prepare()
        database.run(
            'env["recurring.billing.run"].create({"date": "2026-03-15"}).action_start()'
        )
        workers = [
            database.start(
                portfolio.WORK.replace("SHARDS", "2").replace("SHARD", str(shard))
            )
            for shard in (0, 1)
        ]
        outcomes = [worker.wait() for worker in workers]
        self.assertEqual([outcome.code for outcome in outcomes], [0, 0])
        self.assert_billed_once(database)
        self.assertEqual(
            database.value("SELECT state FROM recurring_billing_run"), "done"
        )

    def test_the_same_share_twice(self):
        """A worker restarted while its twin still works: both take what is free."""
        database = self.prepare()
        database.run(
            'env["recurring.billing.run"].create({"date": "2026-03-15"}).action_start()'
        )
        code = portfolio.WORK.replace("SHARDS", "1").replace("SHARD", "0")
        outcomes = [one.wait() for one in [database.start(code), database.start(code)]]
        self.assertEqual([outcome.code for outcome in outcomes], [0, 0])
        self.assert_billed_once(database)
