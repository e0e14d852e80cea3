"""A small portfolio and the questions that every crash and race test asks of it."""

MAKE = """
from odoo.fields import Command
Env = env(context=dict(env.context, tracking_disable=True))
product = Env["product.product"].create({"name": "Seat", "type": "service"})
plan = Env["recurring.plan"].create({"name": "Seats", "code": "SEATS"})
version = plan.draft_version_id
version.write({
    "charge_ids": [Command.create({
        "name": "Seat", "product_id": product.id,
        "charge_model": "per_unit", "unit_price": 10,
    })],
})
version.action_publish()
partners = Env["res.partner"].create([
    {"name": "Customer %03d" % n, "country_id": env.ref("base.fr").id}
    for n in range(CUSTOMERS)
])
for n, partner in enumerate(partners):
    for grouped in range(2 if n % 10 == 0 else 1):
        sub = Env["recurring.subscription"].create({
            "partner_id": partner.id, "plan_id": plan.id, "start_date": "2026-01-01",
            "invoice_grouping": "customer" if n % 10 == 0 else "subscription",
        })
        sub.line_ids.write({"quantity": 1 + n % 7})
        sub.action_activate()
"""

CONTINUE = """
runs = env["recurring.billing.run"]
run = runs.search([("state", "=", "running"), ("date", "=", "DATE")], limit=1)
"""

BILL = """
if not run:
    run = env["recurring.billing.run"].create({"date": "DATE"})
    run.action_start()
    env.cr.commit()
run._work(batch=7)
result = {"invoices": run.invoice_count, "state": run.state}
"""

WORK = """
run = env["recurring.billing.run"].search([("state", "=", "running")], limit=1)
run._work(SHARD, SHARDS, batch=5)
result = run.state
"""


def make(customers):
    return MAKE.replace("CUSTOMERS", str(customers))


def bill(date, arming=""):
    """Return the code that bills up to ``date``, going on with a run that was begun;
    ``arming`` sets a crash point."""
    return arming + (CONTINUE + BILL).replace("DATE", date)


def bill_in_a_run_of_its_own(date):
    """Return the code that starts a new run, whatever others are doing."""
    return "run = None" + BILL.replace("DATE", date)


def facts(database):
    """Return what the books say: documents, ledger and how they agree."""
    one = database.value
    return {
        "invoices": one(
            "SELECT count(*) FROM account_move WHERE move_type = 'out_invoice'"
        ),
        "drafts": one("SELECT count(*) FROM account_move WHERE state = 'draft'"),
        "untaxed": one("SELECT sum(amount_untaxed) FROM account_move"),
        "rows": one("SELECT count(*) FROM recurring_billed_item"),
        "billed": one("SELECT sum(amount) FROM recurring_billed_item"),
        "twice": one(
            "SELECT count(*) FROM (SELECT 1 FROM recurring_billed_item"
            " GROUP BY line_id, whole_start HAVING count(*) > 1) twice"
        ),
        "rows_without_invoice": one(
            "SELECT count(*) FROM recurring_billed_item WHERE move_line_id IS NULL"
        ),
        "lines_without_row": one(
            "SELECT count(*) FROM account_move_line l"
            " WHERE l.rr_subscription_id IS NOT NULL AND NOT EXISTS ("
            "SELECT 1 FROM recurring_billed_item i WHERE i.move_line_id = l.id)"
        ),
        "gaps": one(
            "SELECT max(sequence_number) - count(*) FROM account_move"
            " WHERE move_type = 'out_invoice' AND state = 'posted'"
        ),
    }
