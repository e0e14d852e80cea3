"""Documents in the background that are killed, or made by two workers at once: each is
made and sent once."""

from tools.outside import OutsideCase

MEMBERS = 8
PREPARE = f"""
from odoo.fields import Command
product = env["product.product"].create(
    {{"name": "Dues", "type": "service", "taxes_id": False}})
plan = env["recurring.plan"].create({{"name": "Year", "rr_kind": "membership"}})
plan.draft_version_id.write({{
    "interval_unit": "year", "alignment": "calendar",
    "charge_ids": [Command.create({{
        "name": "Dues", "product_id": product.id, "unit_price": 60}})],
}})
plan.draft_version_id.action_publish()
category = env["recurring.membership.category"].create({{"name": "Member"}})
members = env["recurring.membership"]
for n in range({MEMBERS}):
    partner = env["res.partner"].create({{
        "name": f"Member {{n}}", "email": n != 3 and f"m{{n}}@example.com"}})
    members |= members.create({{
        "partner_id": partner.id, "plan_id": plan.id, "category_id": category.id}})
report = env["ir.actions.report"].create({{
    "name": "Letter", "model": "recurring.membership",
    "report_name": "recurring_revenue.letter",
    "print_report_name": "object.number"}})
template = env["mail.template"].create({{
    "name": "Letter", "model_id": env["ir.model"]._get_id("recurring.membership"),
    "subject": "Letter {{{{ object.number }}}}", "use_default_to": False,
    "partner_to": "{{{{ object.partner_id.id }}}}", "body_html": "<p>Hello</p>"}})
env["recurring.print.run"]._start("Letters", report, members, template)
"""
WORK = """
import time
runs = type(env["recurring.print.run"])
def render(run, records):
    time.sleep(PAUSE)
    return b"%PDF " + records.number.encode()
runs._render_document = render
ARMING
env["recurring.print.run"]._cron_work()
result = len(env["recurring.print.line"].search([("state", "=", "waiting")]))
"""
CRASH_POINTS = [
    ("before the first commit", "crash.before_commit(1)"),
    ("before a document is committed", "crash.before_commit(3)"),
    ("after a document is committed", "crash.after_commit(3)"),
    ("claimed", 'crash.after("recurring.print.run", "_claim_next", 2)'),
    ("document made", 'crash.after("recurring.print.run", "_render_document", 2)'),
    ("e-mail made", 'crash.after("recurring.print.run", "_send_document", 2)'),
    ("line written", 'crash.after("recurring.print.line", "write", 2)'),
    ("before the run is closed", 'crash.before("recurring.print.run", "_finish")'),
    ("run closed, not committed", 'crash.after("recurring.print.run", "_finish")'),
]
FACTS = """
SELECT (SELECT count(*) FROM recurring_print_line WHERE state = 'sent'),
       (SELECT count(*) FROM recurring_print_line WHERE state = 'unsent'),
       (SELECT count(*) FROM mail_mail),
       (SELECT count(DISTINCT m.subject) FROM mail_mail l
          JOIN mail_message m ON m.id = l.mail_message_id),
       (SELECT count(*) FROM ir_attachment
         WHERE res_model = 'recurring.print.line' AND res_field = 'document'),
       (SELECT state FROM recurring_print_run)
"""
EXPECTED = [(MEMBERS - 1, 1, MEMBERS - 1, MEMBERS - 1, MEMBERS, "done")]


def work(arming="", pause=0):
    return WORK.replace("ARMING", arming).replace("PAUSE", str(pause))


class TestPrintCrash(OutsideCase):
    def test_killed_anywhere_then_continued(self):
        """Given 8 letters, when the worker dies at any point and the next one goes on,
        then each member with an address got one e-mail, and each letter is there."""
        prepared = self.database()
        prepared.run(PREPARE)
        for name, arming in CRASH_POINTS:
            with self.subTest(point=name):
                database = self.copy_of(prepared.name)
                database.run(work(arming), killed=True)
                [(sent, _unsent, mails, subjects, _files, _state)] = database.sql(FACTS)
                self.assertEqual((mails, subjects), (sent, sent))
                database.run(work())
                self.assertEqual(database.sql(FACTS), EXPECTED)

    def test_two_workers_at_once(self):
        """Both take what is free; nobody gets two letters."""
        database = self.database()
        database.run(PREPARE)
        both = [database.start(work(pause=0.3)), database.start(work(pause=0.3))]
        self.assertEqual([one.wait().code for one in both], [0, 0])
        database.run(work())
        self.assertEqual(database.sql(FACTS), EXPECTED)
