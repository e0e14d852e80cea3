"""A billing run that is killed loses nothing and bills nothing twice (law 5)."""

import portfolio

from tools.outside import OutsideCase

CUSTOMERS = 30
# (name, code that arms the crash)
CRASH_POINTS = [
    ("before the first commit", "crash.before_commit(1)"),
    ("after the first commit", "crash.after_commit(1)"),
    ("before the second batch is committed", "crash.before_commit(4)"),
    ("after the second batch is committed", "crash.after_commit(4)"),
    ("claimed, nothing made", 'crash.after("recurring.billing.run", "_claim", 2)'),
    (
        "before the documents",
        'crash.before("recurring.billing.run", "_make_documents", 2)',
    ),
    (
        "documents made and posted",
        'crash.after("recurring.billing.run", "_make_documents", 2)',
    ),
    ("ledger written", 'crash.after("recurring.billed.item", "_append", 2)'),
    (
        "next dates set",
        'crash.after("recurring.subscription", "_refresh_billing_state", 2)',
    ),
    ("counters written", 'crash.after("recurring.billing.run", "_count_outcome", 2)'),
    ("in the middle of the queries", "crash.before_query(400)"),
    ("before the run is closed", 'crash.before("recurring.billing.run", "_finish")'),
]


class TestBillingCrash(OutsideCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.expected = None

    def test_killed_anywhere_then_continued(self):
        """Given 33 subscriptions, when a run for three months dies at any point and
        the next worker goes on, then the books are those of a run left in peace."""
        prepared = self.database()
        prepared.run(portfolio.make(CUSTOMERS))
        calm = self.copy_of(prepared.name)
        calm.run(portfolio.bill("2026-03-15"))
        expected = portfolio.facts(calm)
        self.assertEqual(expected["invoices"], 30)
        self.assertEqual(expected["rows"], 33 * 3)
        for name, arming in CRASH_POINTS:
            with self.subTest(point=name):
                database = self.copy_of(prepared.name)
                database.run(portfolio.bill("2026-03-15", arming), killed=True)
                self.assert_consistent(portfolio.facts(database))
                again = database.run(portfolio.bill("2026-03-15"))
                self.assertEqual(again.result["state"], "done")
                self.assertEqual(portfolio.facts(database), expected)
                self.assertEqual(
                    database.value(
                        "SELECT sum(invoice_count) FROM recurring_billing_batch"
                    ),
                    expected["invoices"],
                )

    def assert_consistent(self, facts):
        """What a dead process left: each invoice line with its row, none twice."""
        self.assertEqual(facts["drafts"], 0)
        self.assertEqual(facts["twice"], 0)
        self.assertEqual(facts["lines_without_row"], 0)
        self.assertEqual(facts["rows_without_invoice"], 0)
        self.assertEqual(facts["untaxed"], facts["billed"])
