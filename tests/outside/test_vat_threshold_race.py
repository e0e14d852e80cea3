"""Two billings at once, and only one of their sales fits below the threshold."""

from tools.outside import OutsideCase

PREPARE = """
from odoo.fields import Command
Env = env(context=dict(env.context, tracking_disable=True))
company = env.company
company.write({
    "country_id": env.ref("base.fr").id, "zip": "44000", "vat": "FR40303265045",
    "rr_vat_decides": True, "rr_oss_prepared": True, "rr_invoice_policy": "posted",
})
company._vat_set_up()
Env["recurring.vat.oss.year"].create({"year": 2026, "opening_amount": 9850})
product = Env["product.product"].create({
    "name": "Software", "type": "service",
    "rr_vat_nature_id": env.ref("recurring_revenue.vat_nature_electronic").id,
    "taxes_id": [Command.set(
        env.ref("account.%s_tva_normale_encaissement" % company.id).ids)],
})
plan = Env["recurring.plan"].create({"name": "Software", "code": "SOFT"})
plan.draft_version_id.write({"charge_ids": [Command.create({
    "name": "Software", "product_id": product.id, "unit_price": 100})]})
plan.draft_version_id.action_publish()
for n in range(CONSUMERS):
    partner = Env["res.partner"].create(
        {"name": "Consumer %s" % n, "country_id": env.ref("base.de").id})
    Env["recurring.subscription"].create({
        "partner_id": partner.id, "plan_id": plan.id, "start_date": "2026-03-15",
    }).action_activate()
"""

BILL = """
run = env["recurring.billing.run"].create({"date": "2026-03-15"})
run.action_start()
env.cr.commit()
print("ready", flush=True)
run._work(batch=BATCH)
result = run.state
"""

SOLD = """
SELECT d.treatment, sum(-l.balance) FROM account_move_line l
  JOIN recurring_vat_decision d ON d.id = l.rr_vat_decision_id
 WHERE l.parent_state = 'posted' GROUP BY 1
"""


class TestVatThresholdRace(OutsideCase):
    def bill_twice_at_once(self, consumers, batch):
        database = self.database()
        database.run(PREPARE.replace("CONSUMERS", str(consumers)))
        code = BILL.replace("BATCH", str(batch))
        outcomes = [one.wait() for one in [database.start(code), database.start(code)]]
        self.assertEqual([outcome.code for outcome in outcomes], [0, 0])
        return database

    def test_only_one_sale_stays_at_home(self):
        """9,850 sold, two workers bill 100 each: one at 20 %, the other crosses."""
        database = self.bill_twice_at_once(2, 1)
        self.assertEqual(
            {name: int(amount) for name, amount in database.sql(SOLD)},
            {"domestic": 100, "oss": 100},
        )
        self.assertEqual(
            str(database.value("SELECT crossed_on FROM recurring_vat_oss_year")),
            "2026-03-15",
        )

    def test_many_batches(self):
        """12 sales in batches of two by two workers: still one below the threshold."""
        database = self.bill_twice_at_once(12, 2)
        self.assertEqual(
            {name: int(amount) for name, amount in database.sql(SOLD)},
            {"domestic": 100, "oss": 1100},
        )
        drafts = database.value("SELECT count(*) FROM account_move WHERE state='draft'")
        self.assertEqual(drafts, 0)
