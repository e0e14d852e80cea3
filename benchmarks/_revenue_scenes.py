"""Contracts of a year whose revenue is deferred: code to run inside Odoo.

Everybody has the same contracts: one service of a year, billed in advance on its first
day, a price of its own for each, PER of them for each customer.
"""

BOOKS = """
START = datetime.date(2025, 1, 1)
ENDS = [
    (START.replace(month=month) + datetime.timedelta(days=31)).replace(day=1)
    - datetime.timedelta(days=1)
    for month in range(1, 13)
]
company = env.company


def make_books(detail="schedule"):
    deferred = env.ref(f"account.{company.id}_pcg_487")
    deferred.reconcile = True
    company.write(
        {
            "rr_deferred_account_id": deferred.id,
            "rr_revenue_journal_id": env["account.journal"]
            .create({"name": "Revenue", "code": "REV", "type": "general"})
            .id,
            "rr_revenue_detail": detail,
        }
    )


def make_policy():
    env["recurring.revenue.policy"].create(
        {
            "company_id": company.id,
            "date_from": "2020-01-01",
            "justification": "Served evenly.",
        }
    )


def bill_all():
    run = env["recurring.billing.run"].create({"date": START})
    run.action_start()
    env.cr.commit()
    env.invalidate_all()
    run._work()
    assert not run.problem_ids, run.problem_ids[:1].message
    return run.invoice_count
"""

# ----------------------------------------------------------------------
# The floor: an entry a month for each invoice, dated ahead
# ----------------------------------------------------------------------

FLOOR = (
    BOOKS
    + """
make_books()
customers = make_customers(SIZE)
income = env["account.account"].search([("account_type", "=", "income")], limit=1)


def entry(number, day):
    amount = round(price(number) / 12, 2)
    return {
        "move_type": "entry",
        "journal_id": company.rr_revenue_journal_id.id,
        "date": day,
        "line_ids": [
            Command.create(
                {
                    "account_id": account.id,
                    "partner_id": customers[number].id,
                    "name": "Revenue",
                    "balance": sign * amount,
                }
            )
            for account, sign in ((company.rr_deferred_account_id, 1), (income, -1))
        ],
    }


def book():
    for position in range(0, SIZE, BATCH):
        numbers = range(position, min(position + BATCH, SIZE))
        moves = env["account.move"].create(
            [entry(number, day) for number in numbers for day in ENDS]
        )
        moves._post(soft=False)
        env.cr.commit()
    return SIZE


result = measured(book)
"""
)

# ----------------------------------------------------------------------
# This addon
# ----------------------------------------------------------------------

MAKE = (
    BOOKS
    + """
seat, _care = make_products()
customers = make_customers(SIZE // PER)
plan = quiet(env["recurring.plan"]).create({"name": "Year", "code": "YEAR"})
plan.draft_version_id.write(
    {
        "interval_unit": "year",
        "charge_ids": [
            Command.create({"name": "Year", "product_id": seat.id, "unit_price": 120})
        ],
    }
)
plan.draft_version_id.action_publish()
subscriptions = quiet(env["recurring.subscription"]).create(
    [
        {
            "partner_id": customers[number // PER].id,
            "plan_id": plan.id,
            "start_date": START,
        }
        for number in range(SIZE)
    ]
)
for number, sub in enumerate(subscriptions):
    sub.line_ids.write({"price_unit": price(number), "price_agreed": True})
subscriptions.action_activate()
make_books()
"""
)

BILL = (
    BOOKS
    + """
if DEFERRED:
    make_policy()
result = measured(bill_all)
"""
)

YEAR = (
    BOOKS
    + """
company.rr_revenue_detail = DETAIL


def close_all():
    for day in ENDS:
        run = env["recurring.revenue.run"].create({"month": day})
        run.action_post()
        while run.state == "running":
            run._work()
        env.cr.commit()
    return SIZE


result = measured(close_all)
account = company.rr_deferred_account_id
[[left]] = env["account.move.line"]._read_group(
    [("account_id", "=", account.id)], [], ["balance:sum"]
)
assert abs(left) < 0.005, left
"""
)

# ----------------------------------------------------------------------
# A month of many
# ----------------------------------------------------------------------

MANY = (
    BOOKS
    + """
make_books()
make_policy()
[partner] = make_customers(1)
income = env["account.account"].search([("account_type", "=", "income")], limit=1)
schedules = env["recurring.revenue.schedule"]
row = {
    "company_id": company.id,
    "kind": "opening",
    "root_id": None,
    "label": "Former contract",
    "move_line_id": None,
    "move_id": None,
    "partner_id": partner.id,
    "subscription_id": None,
    "subscription_line_id": None,
    "plan_id": None,
    "product_id": None,
    "billed_item_id": None,
    "nature_id": None,
    "policy_id": None,
    "treatment": "continuous",
    "method": "month",
    "date_start": START,
    "date_end": START.replace(month=3),
    "booked_on": START - datetime.timedelta(days=1),
    "currency_id": company.currency_id.id,
    "company_currency_id": company.currency_id.id,
    "amount_currency": 20,
    "amount": 20,
    "deferred_account_id": company.rr_deferred_account_id.id,
    "revenue_account_id": income.id,
    "analytic_distribution": None,
    "curve": [["20.00", "2025-01-01", "2025-03-01", "month"]],
    "cause": None,
}
months = {START: (10, 10), START.replace(month=2): (10, 10)}
for position in range(0, SIZE, 10_000):
    count = min(10_000, SIZE - position)
    rows = [dict(row) for _number in range(count)]
    schedules._insert(rows, [months] * count, "opening")
env.cr.commit()
result = {}
"""
)

MONTH_OF_MANY = (
    BOOKS
    + """
env.cr.execute("ANALYZE recurring_revenue_slice, recurring_revenue_schedule")
from odoo.addons.recurring_revenue.models.revenue import recurring_revenue_run

recurring_revenue_run.AT_ONCE = 0  # in the background, whatever the size
run = env["recurring.revenue.run"].create({"month": START})
run.action_post()
env.cr.commit()
env.invalidate_all()


def close():
    while run.state == "running":
        run._work()
    return SIZE


result = measured(close)
assert run.state == "done", run.state
"""
)
