"""An import that is killed goes on where it was: no row lost, none twice."""

from tools.outside import OutsideCase

ROWS = 24
UPLOAD = f"""
from odoo.fields import Command
product = env["product.product"].create({{"name": "Service", "type": "service"}})
plan = env["recurring.plan"].create({{"name": "Month", "code": "MONTH"}})
plan.version_ids.write({{
    "charge_ids": [Command.create({{"product_id": product.id, "unit_price": 30}})],
}})
plan.version_ids.action_publish()
lines = ["external_ref,customer_name,plan,start_date,billed_through"]
lines += [
    f"C-{{n}},Customer {{n}},MONTH,2026-01-01,2026-10-31" for n in range({ROWS})
]
from odoo.addons.recurring_revenue.models.subscription.imports import import_job
import_job.AT_ONCE = 0
job = env["recurring.import"]._upload(
    "\\n".join(lines).encode(), "f.csv", env.company
)
job.action_import()
"""
WORK = """
imports = type(env["recurring.import"])
batch = imports._import_next
imports._import_next = lambda job: batch(job, 5)
ARMING
env["recurring.import"]._cron_import()
"""
CRASH_POINTS = [
    ("before the first commit", "crash.before_commit(1)"),
    ("before the second batch is committed", "crash.before_commit(3)"),
    ("after the second batch is committed", "crash.after_commit(3)"),
    ("customers made", 'crash.after("res.partner", "create", 2)'),
    ("subscriptions made", 'crash.after("recurring.subscription", "create", 3)'),
    ("ledger written", 'crash.after("recurring.billed.item", "_append", 2)'),
    ("in the middle of the queries", "crash.before_query(150)"),
    ("before the job is closed", 'crash.before("recurring.import", "_finish")'),
]
FACTS = """
SELECT (SELECT count(*) FROM recurring_subscription),
       (SELECT count(DISTINCT external_ref) FROM recurring_subscription),
       (SELECT count(*) FROM recurring_billed_item WHERE kind = 'opening'),
       (SELECT sum(amount) FROM recurring_billed_item),
       (SELECT count(*) FROM res_partner WHERE ref LIKE 'C-%'),
       (SELECT count(*) FROM recurring_change WHERE type = 'import'),
       (SELECT count(*) FROM recurring_import_row WHERE state = 'imported'),
       (SELECT state FROM recurring_import)
"""


class TestImportCrash(OutsideCase):
    def test_killed_anywhere_then_continued(self):
        """Given 24 rows in batches of 5, when the job dies at any point and the next
        worker goes on, then each row is one subscription with one opening of 30."""
        prepared = self.database()
        prepared.run(UPLOAD)
        for name, arming in CRASH_POINTS:
            with self.subTest(point=name):
                database = self.copy_of(prepared.name)
                database.run(WORK.replace("ARMING", arming), killed=True)
                database.run(WORK.replace("ARMING", ""))
                expected = (ROWS, ROWS, ROWS, 30 * ROWS, ROWS, ROWS, ROWS, "done")
                self.assertEqual(database.sql(FACTS), [expected])
