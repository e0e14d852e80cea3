"""Two at once: the last use of a coupon and its amount are taken once."""

import portfolio

from tools.outside import OutsideCase

CUSTOMERS = 20

COUPON = """
env["recurring.coupon"].create({
    "code": "LAST", "name": "Last", "kind": "fixed", "amount": 15, "rest": "carries",
    "max_uses": MAX_USES, "max_uses_per_customer": 0,
})
"""

APPLY_SLOWLY = """
import time
sub = env["recurring.subscription"].search([], order="id", limit=1)
sub.action_apply_coupon("LAST")
env.flush_all()
print("applied", flush=True)
time.sleep(6)
result = "applied"
"""

APPLY_MEANWHILE = """
from psycopg2.errors import SerializationFailure
from odoo.exceptions import UserError
sub = env["recurring.subscription"].search([], order="id desc", limit=1)
for attempt in (1, 2):
    try:
        sub.action_apply_coupon("LAST")
        result = "applied too"
        break
    except SerializationFailure:
        # Odoo runs the request again, with a new look at the database.
        env.cr.rollback()
    except UserError as error:
        # On the second attempt; on the first where this process started late.
        result = str(error)
        break
"""


class TestCouponRace(OutsideCase):
    def prepare(self, max_uses):
        database = self.database()
        database.run(portfolio.make(CUSTOMERS))
        database.run(COUPON.replace("MAX_USES", str(max_uses)))
        return database

    def test_the_last_use(self):
        database = self.prepare(max_uses=1)
        first = database.start(APPLY_SLOWLY)
        first.wait_for("applied")
        second = database.start(APPLY_MEANWHILE)
        self.assertEqual(first.wait().result, "applied")
        self.assertIn("used up", second.wait().result)
        self.assertEqual(database.value("SELECT count(*) FROM recurring_coupon_use"), 1)

    def test_two_billings_use_an_amount_once(self):
        database = self.prepare(max_uses=0)
        database.run(
            'subscriptions = env["recurring.subscription"].search([])\n'
            'subscriptions.action_apply_coupon("LAST", "2026-01-01")'
        )
        code = portfolio.bill_in_a_run_of_its_own("2026-03-15")
        both = [database.start(code), database.start(code)]
        self.assertEqual([one.wait().code for one in both], [0, 0])
        subscriptions = database.value("SELECT count(*) FROM recurring_subscription")
        taken = "SELECT count(*) FROM (SELECT use_id FROM recurring_coupon_redemption"
        taken += " GROUP BY use_id HAVING sum(amount) = 15) used"
        self.assertEqual(database.value(taken), subscriptions)
        self.assertEqual(
            database.value("SELECT sum(amount_untaxed) FROM account_move"),
            database.value("SELECT sum(amount) FROM recurring_billed_item")
            - 15 * subscriptions,
        )
