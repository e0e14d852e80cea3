"""A closing that is killed loses nothing and recognises nothing twice (law 5)."""

import revenue_books

from tools.outside import OutsideCase

CUSTOMERS = 24
RUN = "recurring.revenue.run"
CRASH_POINTS = [
    ("before the first commit", "crash.before_commit(1)"),
    ("after the first commit", "crash.after_commit(1)"),
    ("before the second batch is committed", "crash.before_commit(4)"),
    ("after the second batch is committed", "crash.after_commit(4)"),
    ("claimed, nothing booked", f'crash.after("{RUN}", "_claim", 2)'),
    ("entry posted", f'crash.after("{RUN}", "_book_entry", 2)'),
    ("slices marked", f'crash.after("{RUN}", "_mark", 2)'),
    ("lines matched", 'crash.after("recurring.revenue.schedule", "_match", 2)'),
    ("in the middle of the queries", "crash.before_query(150)"),
    ("before it is closed", f'crash.before("{RUN}", "_finish")'),
]


class TestRevenueCrash(OutsideCase):
    def test_killed_anywhere_then_continued(self):
        """24 contracts, January and February: the books are those of a calm closing."""
        prepared = self.database()
        prepared.run(revenue_books.make(CUSTOMERS))
        calm = self.copy_of(prepared.name)
        calm.run(revenue_books.close("2026-02"))
        expected = revenue_books.facts(calm)
        self.assertEqual(expected["schedules"], CUSTOMERS)
        self.assertEqual(expected["open"], expected["ledger"])
        for name, arming in CRASH_POINTS:
            with self.subTest(point=name):
                database = self.copy_of(prepared.name)
                database.run(revenue_books.close("2026-02", arming), killed=True)
                self.assert_consistent(revenue_books.facts(database))
                again = database.run(revenue_books.close("2026-02"))
                self.assertEqual(again.result["state"], "done")
                self.assertEqual(revenue_books.facts(database), expected)

    def test_killed_while_billing(self):
        """Invoice, ledger and schedule are there together, or none of them."""
        database = self.database()
        database.run(
            revenue_books.make(CUSTOMERS).replace(
                "run._work()",
                'crash.after("recurring.revenue.schedule", "_insert", 1); run._work()',
            ),
            killed=True,
        )
        facts = revenue_books.facts(database)
        self.assertEqual(facts["schedules"], 0)
        self.assertEqual(
            database.value("SELECT count(*) FROM recurring_billed_item"), 0
        )
        database.run('env["recurring.billing.run"].search([])._work()')
        facts = revenue_books.facts(database)
        self.assertEqual(facts["schedules"], CUSTOMERS)
        self.assertEqual(facts["open"], facts["ledger"])

    def assert_consistent(self, facts):
        self.assertEqual(facts["drafts"], 0)
        self.assertEqual(facts["open"], facts["ledger"])
        self.assertEqual(facts["booked"] or 0, facts["recognised"] or 0)
        self.assertEqual(facts["residual"], facts["ledger"])
        self.assertEqual(facts["without_line"], 0)
