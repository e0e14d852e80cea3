"""Two billings at once decide the VAT of one customer: one record, no error."""

from tempfile import TemporaryDirectory

from tools.outside import OutsideCase

PREPARE = """
from odoo.fields import Command
Env = env(context=dict(env.context, tracking_disable=True))
company = env.company
company.write({
    "country_id": env.ref("base.fr").id, "zip": "44000", "vat": "FR40303265045",
    "rr_vat_decides": True, "rr_invoice_policy": "posted",
})
company._vat_set_up()
product = Env["product.product"].create({
    "name": "Software", "type": "service",
    "taxes_id": [Command.set(
        env.ref("account.%s_tva_normale_encaissement" % company.id).ids)],
})
plan = Env["recurring.plan"].create({"name": "Software", "code": "SOFT"})
plan.draft_version_id.write({"charge_ids": [Command.create({
    "name": "Software", "product_id": product.id, "unit_price": 100})]})
plan.draft_version_id.action_publish()
partner = Env["res.partner"].create(
    {"name": "Customer", "country_id": env.ref("base.fr").id})
for n in range(8):
    Env["recurring.subscription"].create({
        "partner_id": partner.id, "plan_id": plan.id, "start_date": "2026-03-15",
        "invoice_grouping": "subscription",
    }).action_activate()
"""

# Both have decided before either has written: each waits for the other's file.
BILL = """
import pathlib, time
from odoo.addons.recurring_revenue.models.tax.recurring_vat_decision import (
    RecurringVatDecision as Decision)
kept, mine, other = Decision._kept, pathlib.Path("OWN"), pathlib.Path("OTHER")
def meet(self, values):
    mine.touch()
    for _turn in range(500):
        if other.exists():
            break
        time.sleep(0.02)
    return kept(self, values)
Decision._kept = meet
run = env["recurring.billing.run"].create({"date": "2026-03-15"})
run.action_start()
env.cr.commit()
run._work(batch=1)
result = len(run.problem_ids)
"""


class TestVatDecisionRace(OutsideCase):
    def test_one_record(self):
        database = self.database()
        database.run(PREPARE)
        folder = self.enterContext(TemporaryDirectory())
        names = [f"{folder}/one", f"{folder}/two"]
        workers = [
            database.start(BILL.replace("OWN", own).replace("OTHER", other))
            for own, other in (names, reversed(names))
        ]
        outcomes = [worker.wait() for worker in workers]
        self.assertEqual([outcome.code for outcome in outcomes], [0, 0])
        self.assertEqual([outcome.result for outcome in outcomes], [0, 0])
        posted = "SELECT count(*) FROM account_move WHERE state = 'posted'"
        self.assertEqual(database.value(posted), 8)
        kept = "SELECT count(*) FROM recurring_vat_decision"
        self.assertEqual(database.value(kept), 1)
