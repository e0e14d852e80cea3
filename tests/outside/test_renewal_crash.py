"""A renewal campaign that is killed calls nobody twice and forgets nobody (law 5)."""

from tools.outside import OutsideCase

MEMBERS = 24
RUN = "recurring.renewal.run"
MAKE = """
from odoo.fields import Command
Env = env(context=dict(env.context, tracking_disable=True))
product = Env["product.product"].create(
    {"name": "Dues", "type": "service", "taxes_id": False})
plan = Env["recurring.plan"].create({"name": "Season", "rr_kind": "membership"})
plan.draft_version_id.write({
    "interval_unit": "year", "alignment": "season", "alignment_month": "9",
    "charge_ids": [Command.create({
        "name": "Dues", "product_id": product.id, "unit_price": 60})],
})
plan.draft_version_id.action_publish()
category = Env["recurring.membership.category"].create({"name": "Member"})
partners = Env["res.partner"].create([
    {"name": "Member %03d" % n, "email": "m%s@example.com" % n}
    for n in range(MEMBERS)
])
Env["recurring.membership"].create([
    {"partner_id": partner.id, "plan_id": plan.id, "category_id": category.id,
     "joined_on": "2026-09-01",
     "payer_id": (partners[n - 1] if n % 6 == 5 else partner).id}
    for n, partner in enumerate(partners)
])
"""
CAMPAIGN = """
from unittest.mock import patch
from odoo.addons.recurring_revenue.models.membership.renewals import renewal_work
runs = env["recurring.renewal.run"]
run = runs.search([], limit=1) or runs.create({"day": "2026-09-01"})
with patch.object(renewal_work, "AT_ONCE", -1):
    for state, press in (
        ("draft", run.action_list), ("listed", run.action_prepare),
        ("prepared", run.action_send),
    ):
        if run.state == state:
            press()
            env.cr.commit()
        if run.state in renewal_work.WORKING:
            run._work(5)
result = {"state": run.state}
"""
CRASH_POINTS = [
    ("in the middle of the list", "crash.before_commit(5)"),
    ("calls prepared, not noted", f'crash.after("{RUN}", "_amounts_of", 34)'),
    ("in the middle of preparing", f'crash.after("{RUN}", "_prepare_rows", 2)'),
    ("called, not committed", f'crash.after("{RUN}", "_call", 2)'),
    ("before it is finished", f'crash.before("{RUN}", "_finish", 3)'),
]


def facts(database):
    one = database.value
    return {
        "calls": one("SELECT count(*) FROM recurring_dues"),
        "called": one("SELECT count(*) FROM recurring_dues WHERE state = 'called'"),
        "lines": one("SELECT count(*) FROM recurring_dues_line"),
        "members": one("SELECT count(DISTINCT membership_id) FROM recurring_dues_line"),
        "mails": one(
            "SELECT count(*) FROM mail_mail m JOIN mail_message s"
            " ON s.id = m.mail_message_id WHERE s.model = 'recurring.dues'"
        ),
        "rows": one("SELECT count(*) FROM recurring_renewal_line"),
    }


class TestRenewalCrash(OutsideCase):
    def test_killed_anywhere_then_continued(self):
        prepared = self.database()
        prepared.run(MAKE.replace("MEMBERS", str(MEMBERS)))
        expected = {
            "calls": 20,
            "called": 20,
            "lines": MEMBERS,
            "members": MEMBERS,
            "mails": 20,
            "rows": MEMBERS,
        }
        for name, arming in CRASH_POINTS:
            with self.subTest(point=name):
                database = self.copy_of(prepared.name)
                database.run(f"{arming}\n{CAMPAIGN}", killed=True)
                found = facts(database)
                self.assertEqual(found["lines"], found["members"])
                again = database.run(CAMPAIGN)
                self.assertEqual(again.result["state"], "done")
                self.assertEqual(facts(database), expected)

    def test_two_campaigns_at_once(self):
        """Both prepare the same members: each is called once, without an error."""
        database = self.database()
        database.run(MAKE.replace("MEMBERS", str(MEMBERS)))
        database.run(
            'run = {"day": "2026-09-01"}\n'
            'for one in env["recurring.renewal.run"].create([run, run]):\n'
            "    one.action_list()"
        )
        code = """
from unittest.mock import patch
from odoo.addons.recurring_revenue.models.membership.renewals import renewal_work
run = env["recurring.renewal.run"].search([], order="id")[NUMBER]
with patch.object(renewal_work, "AT_ONCE", -1):
    run.action_prepare()
env.cr.commit()
run._work(3)
"""
        both = [database.start(code.replace("NUMBER", str(n))) for n in range(2)]
        self.assertEqual([one.wait().code for one in both], [0, 0])
        found = facts(database)
        self.assertEqual((found["lines"], found["members"]), (MEMBERS, MEMBERS))
        self.assertEqual(found["calls"], 20)
