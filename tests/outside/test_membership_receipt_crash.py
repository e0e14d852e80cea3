"""Receipts killed in the middle, or issued by several at once: numbers without a gap,
no gift certified twice."""

import receipt_gifts

from tools.outside import OutsideCase

DONORS = 17
RECEIPT = "recurring.tax.receipt"
CAMPAIGN = "recurring.receipt.campaign"
CRASH_POINTS = [
    ("before the first commit", "crash.before_commit(1)"),
    ("after the first batch", "crash.after_commit(2)"),
    ("before the second batch is committed", "crash.before_commit(3)"),
    ("claimed, no number", f'crash.after("{CAMPAIGN}", "_claim", 2)'),
    ("number taken", 'crash.after("recurring.tax.receipt.counter", "_take", 2)'),
    ("issued, not noted", f'crash.after("{RECEIPT}", "_issue", 3)'),
    ("in the middle of the queries", "crash.before_query(90)"),
    ("before it is closed", f'crash.before("{CAMPAIGN}", "_finish")'),
]
GIFT_BY_GIFT = """
from psycopg2 import errors
for gift_id in env["recurring.contribution"].search([], order="id desc").ids:
    for attempt in range(50):
        try:
            gift = env["recurring.contribution"].browse(gift_id)
            if not gift.receipt_id:
                env["recurring.tax.receipt"]._issue_for(gift)
            env.cr.commit()
            break
        except errors.SerializationFailure:
            env.cr.rollback()
"""
TWO_TRIES = """
from odoo.addons.recurring_revenue.models.membership import receipts
receipts.receipt_campaign_work.ATTEMPTS = 2
"""


class TestReceiptCrash(OutsideCase):
    def prepared(self):
        database = self.database()
        database.run(receipt_gifts.make(DONORS))
        return database

    def assert_whole(self, database):
        self.assertEqual(
            receipt_gifts.facts(database),
            {
                "numbers": list(range(1, DONORS + 1)),
                "amount": sum(10 + number for number in range(DONORS)),
                "gifts": DONORS,
                "counter": DONORS,
                "wrong": 0,
            },
        )

    def test_killed_anywhere_then_continued(self):
        prepared = self.prepared()
        campaign = prepared.run(receipt_gifts.START).result
        for name, arming in CRASH_POINTS:
            with self.subTest(point=name):
                database = self.copy_of(prepared.name)
                database.run(receipt_gifts.work(campaign, arming), killed=True)
                facts = receipt_gifts.facts(database)
                count = len(facts["numbers"])
                self.assertEqual(facts["numbers"], list(range(1, count + 1)))
                self.assertEqual(facts["counter"] or 0, count)
                self.assertEqual(facts["wrong"], 0)
                again = database.run(receipt_gifts.work(campaign))
                self.assertEqual(again.result, "done")
                self.assert_whole(database)

    def test_two_workers_of_one_campaign(self):
        database = self.prepared()
        campaign = database.run(receipt_gifts.START).result
        code = receipt_gifts.work(campaign)
        self.at_once(database, code, code)
        self.assert_whole(database)

    def test_two_campaigns_at_once(self):
        database = self.prepared()
        first = database.run(receipt_gifts.START).result
        second = database.run(receipt_gifts.START).result
        self.at_once(database, receipt_gifts.work(first), receipt_gifts.work(second))
        self.assert_whole(database)
        outcomes = database.sql(
            "SELECT outcome, count(*) FROM recurring_receipt_campaign_row"
            " GROUP BY 1 ORDER BY 1"
        )
        self.assertEqual(dict(outcomes), {"issued": DONORS, "nothing": DONORS})

    def test_a_campaign_beside_single_receipts(self):
        """A batch that lost against a single receipt gets its turn the next time,
        however fast others issue."""
        database = self.prepared()
        campaign = database.run(receipt_gifts.START).result
        self.at_once(database, receipt_gifts.work(campaign, TWO_TRIES), GIFT_BY_GIFT)
        self.assert_whole(database)

    def at_once(self, database, *codes):
        running = [database.start(code) for code in codes]
        outcomes = [one.wait() for one in running]
        self.assertEqual([outcome.code for outcome in outcomes], [0] * len(codes))
