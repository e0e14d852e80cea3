"""A company with yearly contracts, and what its books say of deferred revenue."""

MAKE = """
from odoo.fields import Command
Env = env(context=dict(env.context, tracking_disable=True))
company = env.company
account = env.ref("account.%s_pcg_487" % company.id)
account.reconcile = True
company.write({
    "rr_deferred_account_id": account.id,
    "rr_revenue_journal_id": env["account.journal"].create(
        {"name": "Revenue", "code": "REV", "type": "general"}).id,
    "rr_revenue_detail": "DETAIL",
})
env["recurring.revenue.policy"].create({
    "company_id": company.id, "date_from": "2020-01-01", "justification": "Even."})
product = Env["product.product"].create({"name": "Year", "type": "service"})
plan = Env["recurring.plan"].create({"name": "Years", "code": "YEARS"})
version = plan.draft_version_id
version.write({
    "interval_unit": "year",
    "charge_ids": [Command.create({
        "name": "Year", "product_id": product.id, "unit_price": 1200})],
})
version.action_publish()
partners = Env["res.partner"].create([
    {"name": "Customer %03d" % n, "country_id": env.ref("base.fr").id}
    for n in range(CUSTOMERS)
])
for n, partner in enumerate(partners):
    sub = Env["recurring.subscription"].create({
        "partner_id": partner.id, "plan_id": plan.id, "start_date": "2026-01-10"})
    sub.line_ids.write({"price_unit": 1200 + n / 100})
    sub.action_activate()
run = env["recurring.billing.run"].create({"date": "2026-01-10"})
run.action_start()
env.cr.commit()
run._work()
"""

CONTINUE = """
runs = env["recurring.revenue.run"]
run = runs.search([("month", "=", "MONTH-01"), ("state", "=", "running")], limit=1)
"""

# Always by the worker, in small batches, whatever the number of slices.
CLOSE = """
from unittest.mock import patch
from odoo.addons.recurring_revenue.models.revenue import recurring_revenue_run
if not run:
    run = env["recurring.revenue.run"].create({"month": "MONTH-01"})
    with patch.object(recurring_revenue_run, "AT_ONCE", -1):
        run.action_post()
    env.cr.commit()
run._work(7)
result = {"state": run.state, "amount": run.amount}
"""


def make(customers, detail="schedule"):
    return MAKE.replace("CUSTOMERS", str(customers)).replace("DETAIL", detail)


def close(month, arming=""):
    """Return the code that closes a month, going on with a run that was begun."""
    return arming + (CONTINUE + CLOSE).replace("MONTH", month)


def close_anew(month):
    """Return the code that starts a closing of its own, whatever others do."""
    return "run = None" + CLOSE.replace("MONTH", month)


def facts(database):
    """Return what the books say of deferred revenue, and how it agrees."""
    one = database.value
    deferred = "SELECT rr_deferred_account_id FROM res_company WHERE id = 1"
    return {
        "schedules": one("SELECT count(*) FROM recurring_revenue_schedule"),
        "open": one(
            "SELECT sum(amount) FROM recurring_revenue_slice WHERE run_id IS NULL"
        ),
        "booked": one(
            "SELECT sum(amount) FROM recurring_revenue_slice WHERE run_id IS NOT NULL"
        ),
        "ledger": one(
            "SELECT sum(-balance) FROM account_move_line"
            f" WHERE account_id = ({deferred})"
        ),
        "recognised": one(
            "SELECT sum(l.balance) FROM account_move_line l"
            " JOIN account_move m ON m.id = l.move_id"
            " WHERE m.rr_revenue_run_id IS NOT NULL"
            f" AND l.account_id = ({deferred})"
        ),
        "drafts": one("SELECT count(*) FROM account_move WHERE state = 'draft'"),
        "residual": one(
            "SELECT sum(-amount_residual) FROM account_move_line"
            f" WHERE account_id = ({deferred})"
        ),
        "without_line": one(
            "SELECT count(*) FROM recurring_revenue_slice"
            " WHERE run_id IS NOT NULL AND move_line_id IS NULL"
        ),
    }
