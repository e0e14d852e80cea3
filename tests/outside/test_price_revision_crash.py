"""A price revision that is killed goes on where it was: each price once, or not yet."""

from tools.outside import OutsideCase

SUBSCRIPTIONS = 12
PREPARE = f"""
from datetime import date
from odoo.fields import Command
product = env["product.product"].create({{"name": "Seat", "type": "service"}})
plan = env["recurring.plan"].create({{"name": "Month", "code": "MONTH"}})
plan.version_ids.write({{
    "charge_ids": [Command.create({{"product_id": product.id, "unit_price": 30}})],
}})
plan.version_ids.action_publish()
for n in range({SUBSCRIPTIONS}):
    partner = env["res.partner"].create(
        {{"name": f"Customer {{n}}", "email": f"c{{n}}@example.com"}}
    )
    env["recurring.subscription"].create({{
        "partner_id": partner.id, "plan_id": plan.id, "start_date": "2090-01-01",
    }}).action_activate()
revision = env["recurring.price.revision"].create({{
    "name": "Prices", "percent": 10, "effective_date": "2090-03-01",
}})
revision.action_prepare()
"""
APPLY = """
from odoo.addons.recurring_revenue.models.subscription import revisions
revisions.price_revision_work.AT_ONCE = 0
env["recurring.price.revision"].search([]).action_apply()
"""
WITHDRAW = APPLY.replace("action_apply", "action_withdraw")
WORK = """
revisions = type(env["recurring.price.revision"])
batch = revisions._treat_next
revisions._treat_next = lambda revision, task: batch(revision, task, 5)
ARMING
env["recurring.price.revision"]._cron_work()
"""
CRASH_POINTS = [
    ("before the first commit", "crash.before_commit(1)"),
    ("before the second batch is committed", "crash.before_commit(3)"),
    ("after the second batch is committed", "crash.after_commit(3)"),
    (
        "a change made, its row not yet",
        'crash.before("recurring.price.revision.line", "_conclude", 7)',
    ),
    ("in the middle of the queries", "crash.before_query(120)"),
    ("before the job is closed", 'crash.before("recurring.price.revision", "_finish")'),
]
FACTS = """
SELECT (SELECT count(*) FROM recurring_change WHERE type = 'price_revision'
           AND state = 'scheduled'),
       (SELECT count(DISTINCT subscription_id) FROM recurring_change
         WHERE type = 'price_revision' AND state = 'scheduled'),
       (SELECT count(*) FROM recurring_subscription_line
         WHERE price_unit = 33 AND (end_date IS NULL OR end_date > start_date)),
       (SELECT count(*) FROM recurring_subscription_line
         WHERE price_unit = 30 AND end_date IS NULL),
       (SELECT count(*) FROM recurring_price_revision_line WHERE state = 'STATE'),
       (SELECT state FROM recurring_price_revision)
"""


class TestPriceRevisionCrash(OutsideCase):
    def test_killed_anywhere_then_continued(self):
        """Given 12 prices in batches of 5, when the job dies at any point and the next
        worker goes on, then each subscription has one change and one new price."""
        prepared = self.database()
        prepared.run(PREPARE)
        prepared.run(APPLY)
        count = SUBSCRIPTIONS
        for name, arming in CRASH_POINTS:
            with self.subTest(point=name):
                database = self.copy_of(prepared.name)
                database.run(WORK.replace("ARMING", arming), killed=True)
                again = 'env["recurring.price.revision"]._cron_work()'
                database.run(WORK.replace("ARMING", "") + again)
                facts = database.sql(FACTS.replace("STATE", "done"))
                self.assertEqual(facts, [(count, count, count, 0, count, "applied")])

    def test_withdrawn_and_killed(self):
        prepared = self.database()
        prepared.run(PREPARE)
        prepared.run(APPLY)
        prepared.run(WORK.replace("ARMING", ""))
        prepared.run(WITHDRAW)
        prepared.run(WORK.replace("ARMING", "crash.before_commit(3)"), killed=True)
        prepared.run(WORK.replace("ARMING", ""))
        facts = prepared.sql(FACTS.replace("STATE", "withdrawn"))
        expected = (0, 0, 0, SUBSCRIPTIONS, SUBSCRIPTIONS, "withdrawn")
        self.assertEqual(facts, [expected])
