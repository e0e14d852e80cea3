"""Two at once: one customer gets one trial of a family of plans."""

from tools.outside import OutsideCase

PREPARE = """
from odoo.fields import Command
family = env["recurring.plan.family"].create({"name": "Editions"})
product = env["product.product"].create({"name": "Seat", "type": "service"})
company = env["res.partner"].create({"name": "Acme", "is_company": True})
contact = env["res.partner"].create({"name": "Ada", "parent_id": company.id})
free = env["recurring.plan"].create({"name": "Free"})
free.draft_version_id.charge_ids = [
    Command.create({"name": "Free", "product_id": product.id, "unit_price": 0})
]
free.draft_version_id.action_publish()
for name, partner in (("Basic", company), ("Premium", contact)):
    plan = env["recurring.plan"].create({"name": name, "family_id": family.id})
    plan.draft_version_id.write({
        "trial_days": 14,
        "charge_ids": [Command.create({
            "name": name, "product_id": product.id, "unit_price": 10,
        })],
    })
    plan.draft_version_id.action_publish()
    env["recurring.subscription"].create(
        {"partner_id": partner.id, "plan_id": plan.id}
    )
free.upgrade_plan_id = plan
running = env["recurring.subscription"].create(
    {"partner_id": company.id, "plan_id": free.id}
)
running.action_activate()
"""

SUBSCRIPTIONS = """
basic, premium, free = env["recurring.subscription"].search([], order="id")
"""

MEANWHILE = """
import time
from psycopg2.errors import SerializationFailure
from odoo.exceptions import UserError

def trials():
    with env.registry.cursor() as cr:
        cr.execute("SELECT 1 FROM recurring_subscription WHERE trial_start IS NOT NULL")
        return cr.fetchall()

# What is read here is how things stood before the other one started its trial.
print("looking", flush=True)
while not trials():
    time.sleep(0.1)
result = []
for attempt in (1, 2):
    try:
        ACT
        env.flush_all()
        result.append("done")
        break
    except SerializationFailure:
        # Odoo runs the request again, with a new look at the database.
        env.cr.rollback()
        result.append("again")
    except UserError as error:
        result.append(str(error))
        break
"""


class TestTrialRace(OutsideCase):
    def race(self, act):
        """Start a trial while somebody else is about to ``act``; return what came of
        that, and how many trials there are."""
        database = self.database()
        database.run(PREPARE)
        other = database.start(SUBSCRIPTIONS + MEANWHILE.replace("ACT", act))
        other.wait_for("looking")
        database.run(SUBSCRIPTIONS + "basic.action_activate()")
        return other.wait().result, database.value(
            "SELECT count(*) FROM recurring_subscription WHERE trial_start IS NOT NULL"
        )

    def test_two_starts(self):
        result, trials = self.race("premium.action_activate()")
        self.assertEqual(result[0], "again")
        self.assertIn("had a trial already", result[-1])
        self.assertEqual(trials, 1)

    def test_a_start_and_an_upgrade_from_a_free_plan(self):
        """The upgrade is made all the same, without a trial."""
        result, trials = self.race("free.action_upgrade()")
        self.assertEqual((result, trials), (["again", "done"], 1))
