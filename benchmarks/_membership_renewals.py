"""Members who renew and where members stand: code to run inside Odoo.

Everybody has the same plan, seasons from September on; every fifth is in the household
of the one before. Members and their last season are written by SQL: they are the
scenery, what is measured is the campaign and the question where everybody stands.
"""

from tools import bench
from tools.machine import say

PRELUDE = """
import datetime
import time

from odoo.fields import Command

quiet = env(context=dict(env.context, tracking_disable=True))
DAY = datetime.date(2026, 9, 1)


def measured(work):
    env.flush_all()
    env.invalidate_all()
    queries, start = env.cr.sql_log_count, time.perf_counter()
    done = work()
    env.flush_all()
    return {
        "seconds": time.perf_counter() - start,
        "queries": env.cr.sql_log_count - queries,
        "done": done,
    }
"""

MAKE = """
product = quiet["product.product"].create(
    {"name": "Dues", "type": "service", "taxes_id": [Command.clear()]})
plan = quiet["recurring.plan"].create({"name": "Season", "rr_kind": "membership"})
plan.draft_version_id.write(
    {
        "interval_unit": "year",
        "alignment": "season",
        "alignment_month": "9",
        "charge_ids": [
            Command.create(
                {"name": "Dues", "product_id": product.id, "unit_price": 60}
            )
        ],
    }
)
plan.draft_version_id.action_publish()
category = quiet["recurring.membership.category"].create({"name": "Member"})
names = [{"name": "Member", "email": "member@example.com"}]
model = quiet["res.partner"].create(names)
env.flush_all()
values = {
    "plan": plan.id,
    "category": category.id,
    "charge": plan.current_version_id.charge_ids.id,
    "company": env.company.id,
    "currency": env.company.currency_id.id,
    "size": SIZE,
    "paid": PAID,
}
execute = env.cr.execute
execute("SELECT MAX(id) FROM res_partner")
values["base"] = env.cr.fetchone()[0]
execute(
    "INSERT INTO res_partner (name, complete_name, email, active, type, company_id,"
    " autopost_bills)"
    " SELECT 'Member ' || n, 'Member ' || n, 'm' || n || '@example.com', TRUE,"
    " 'contact', NULL, 'ask' FROM generate_series(1, %(size)s) n",
    values,
)
execute(
    "INSERT INTO recurring_membership (company_id, number, partner_id, plan_id,"
    " category_id, payer_id, joined_on, votes, call_count)"
    " SELECT %(company)s, LPAD(n::text, 6, '0'), p.id, %(plan)s, %(category)s,"
    " CASE WHEN n %% 5 = 0 THEN p.id - 1 ELSE p.id END, '2025-09-01', 1, 0"
    " FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS n FROM res_partner"
    " WHERE id > %(base)s) p",
    values,
)
execute(
    "INSERT INTO recurring_dues (name, company_id, currency_id, payer_id, plan_id,"
    " state, called_on, amount, is_invoiced)"
    " SELECT 'OLD/' || id, %(company)s, %(currency)s, payer_id, %(plan)s, 'called',"
    " '2025-09-01', 60, FALSE FROM recurring_membership",
    values,
)
execute(
    "INSERT INTO recurring_dues_line (dues_id, company_id, membership_id, kind,"
    " charge_id, category_id, date_start, date_end, grace_until, amount,"
    " is_cancelled, paid_on, counts_on)"
    " SELECT d.id, %(company)s, m.id, 'dues', %(charge)s, %(category)s,"
    " '2025-09-01', '2026-09-01', '2026-10-01', 60, FALSE,"
    " CASE WHEN m.id %% 10 < %(paid)s THEN DATE '2025-09-01' END,"
    " CASE WHEN m.id %% 10 < %(paid)s THEN DATE '2025-09-01' END"
    " FROM recurring_membership m"
    " JOIN recurring_dues d ON d.name = 'OLD/' || m.id",
    values,
)
env.cr.commit()
execute("ANALYZE")
env.registry.clear_cache()
env.invalidate_all()
result = env["recurring.membership"].search_count([])
"""

CAMPAIGN = """
from unittest.mock import patch

from odoo.addons.recurring_revenue.models.membership.renewals import renewal_work

run = env["recurring.renewal.run"].create({"day": "2026-09-01"})
result = {}
with patch.object(renewal_work, "AT_ONCE", -1):
    for name, press in (
        ("list", run.action_list),
        ("prepare", run.action_prepare),
        ("send", run.action_send),
    ):
        press()
        env.cr.commit()
        result[name] = measured(run._work)
calls = run.dues_ids
result["calls"] = len(calls)
result["called"] = len(calls.filtered(lambda dues: dues.state == "called"))
result["members"] = len(run.line_ids)
"""

STATES = """
members = env["recurring.membership"].search([])
members.flush_recordset()


def ask():
    states = members._states_on(datetime.date(2026, 9, 15))
    found = {}
    for state, _end in states.values():
        found[state] = found.get(state, 0) + 1
    return found


result = measured(ask)
"""


def run(database, script, size=0, paid=10):
    text = "\n".join((PRELUDE, f"SIZE, PAID = {size}, {paid}", script))
    return database.run(text, timeout=3600).result


def measure_campaign(template, size):
    """Return what a campaign for ``size`` members takes, task by task."""
    with bench.database(template) as database:
        assert run(database, MAKE, size) == size
        found = run(database, CAMPAIGN, size)
    assert found["members"] == size, found
    assert found["calls"] == found["called"] == size - size // 5, found
    for task in ("list", "prepare", "send"):
        took = found[task]
        say(
            f"  {task:<10} {size:>7} members  {1000 * took['seconds'] / size:7.2f} ms"
            f" each  {took['queries'] / size:6.2f} queries"
        )
    return found


def measure_states(template, size):
    """Return what asking where ``size`` members stand takes."""
    with bench.database(template) as database:
        assert run(database, MAKE, size, paid=8) == size
        found = run(database, STATES, size)
    assert sum(found["done"].values()) == size, found
    say(
        f"  states     {size:>7} members  {found['seconds']:7.2f} s  "
        f"{found['queries']} query"
    )
    return found
