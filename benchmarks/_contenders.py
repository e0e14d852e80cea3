"""Who is measured, and the portfolio that each of them bills: code to run inside Odoo.

Every contender bills the same invoices: two services with 20 % VAT, a distinct price
for each customer, some for a part of the month. Only the billing is measured, in a
fresh process; `result` holds seconds, documents, queries and the peak of the memory.
"""

PRELUDE = """
import datetime
import time
from pathlib import Path

from odoo.fields import Command

MONTH = datetime.date(2026, 11, 1)
DAY = datetime.date(2026, 11, 30)
BATCH = 100


def peak_memory():
    status = Path("/proc/self/status").read_text()
    line = next(row for row in status.splitlines() if row.startswith("VmHWM"))
    return round(int(line.split()[1]) / 1024, 1)


def price(number):
    return round(10 + number * 0.07, 2)


def starts_within_the_month(number):
    return number % 10 == 7


def share(number):
    return 16 / 30 if starts_within_the_month(number) else 1  # from the 15th on


def quiet(records):
    return records.with_context(tracking_disable=True, mail_create_nosubscribe=True)


def make_products():
    # OCA subscription_oca bills no product without an income account of its own
    journal = env["account.journal"].search([("type", "=", "sale")], limit=1)
    return quiet(env["product.product"]).create(
        [
            {
                "name": name,
                "type": "service",
                "list_price": 30,
                "property_account_income_id": journal.default_account_id.id,
            }
            for name in ("Seat", "Care")
        ]
    )


def make_customers(size):
    france = env.ref("base.fr")
    return quiet(env["res.partner"]).create(
        [
            {
                "name": f"Customer {number:05}",
                "country_id": france.id,
                "is_company": True,
                "customer_rank": 1,  # not the first invoice of their life
            }
            for number in range(size)
        ]
    )


def known(model, name):
    return env[model].search([("name", "=like", name + "%")], order="name, id")


def posted_in_batches(moves):
    for position in range(0, len(moves), BATCH):
        moves[position : position + BATCH]._post(soft=False)
        env.cr.commit()


def measured(bill):
    queries, cpu = env.cr.sql_log_count, time.process_time()
    start = time.perf_counter()
    moves = bill()
    env.cr.commit()
    seconds = time.perf_counter() - start
    return {
        "seconds": seconds,
        "cpu": time.process_time() - cpu,
        "documents": moves,
        "queries": env.cr.sql_log_count - queries,
        "peak": peak_memory(),
    }
"""

# ----------------------------------------------------------------------
# The floor: what Odoo itself takes for these invoices
# ----------------------------------------------------------------------

MAKE_FLOOR = """
make_products()
make_customers(SIZE)
"""

FLOOR = """
products = known("product.product", "Seat") + known("product.product", "Care")
customers = known("res.partner", "Customer")
moves = env["account.move"].with_context(tracking_disable=not CHATTER)


def values(number):
    factor = share(number)
    return {
        "move_type": "out_invoice",
        "partner_id": customers[number].id,
        "invoice_date": DAY,
        "invoice_line_ids": [
            Command.create(
                {
                    "product_id": product.id,
                    "name": f"{product.name}, 1 to 30 November 2026",
                    "quantity": 1,
                    "price_unit": round(amount * factor, 2),
                }
            )
            for product, amount in zip(products, (price(number), 5.0))
        ],
    }


def bill():
    for position in range(0, SIZE, BATCH):
        made = moves.create([values(n) for n in range(position, position + BATCH)])
        if DRAFTS_FIRST:
            env.cr.commit()
        made._post(soft=False)
        env.cr.commit()
    return SIZE


result = measured(bill)
"""

# ----------------------------------------------------------------------
# This addon
# ----------------------------------------------------------------------

MAKE_ADDON = """
products = make_products()
customers = make_customers(SIZE)
plan = quiet(env["recurring.plan"]).create({"name": "Seats", "code": "SEATS"})
plan.draft_version_id.write(
    {
        "alignment": "day_of_month",
        "alignment_day": 1,
        "first_period": "prorate",
        "charge_ids": [
            Command.create(
                {
                    "name": product.name,
                    "product_id": product.id,
                    "charge_model": "per_unit",
                    "unit_price": amount,
                }
            )
            for product, amount in zip(products, (30, 5))
        ],
    }
)
plan.draft_version_id.action_publish()


def start_of(number):
    if starts_within_the_month(number):
        return MONTH.replace(day=15)
    return MONTH.replace(year=2023) if number % 10 == 3 else MONTH


subscriptions = quiet(env["recurring.subscription"]).create(
    [
        {"partner_id": partner.id, "plan_id": plan.id, "start_date": start_of(number)}
        for number, partner in enumerate(customers)
    ]
)
for number, sub in enumerate(subscriptions):
    sub.line_ids[0].write({"price_unit": price(number), "price_agreed": True})
subscriptions.action_activate()
env.flush_all()

# three years of history, as billed items of the months before
rows = []
old = subscriptions.filtered(lambda sub: sub.start_date < MONTH)
months = [
    datetime.date(2023 + (10 + n) // 12, (10 + n) % 12 + 1, 1) for n in range(37)
]
for sub in old:
    natures = sub.line_ids._natures()
    for line in sub.line_ids:
        for start, end in zip(months, months[1:]):
            rows.append(
                {
                    "subscription_id": sub.id,
                    "line_id": line.id,
                    "kind": "opening",
                    "date_start": start,
                    "date_end": end,
                    "whole_start": start,
                    "whole_end": end,
                    "quantity": line.quantity,
                    "amount": line.price_unit,
                    "price_basis": line.price_basis,
                    "partner_id": sub.partner_id.id,
                    "company_id": sub.company_id.id,
                    "currency_id": sub.currency_id.id,
                    "product_id": line.product_id.id,
                    "opening_ref": "former system",
                }
            )
env["recurring.billed.item"]._append(rows)
old._refresh_billing_state(datetime.date(2026, 10, 31))
result = {"due": 0, "rows": len(rows)}
"""

ADDON = """
env.company.rr_complete_lines = FAST
if VAT:
    env.company.write({"zip": "75001", "rr_vat_decides": True})
    env.company._vat_set_up()
run = env["recurring.billing.run"].create({"date": DAY})
run.action_start()
env.cr.commit()
assert run.subscription_total == SIZE, run.subscription_total
env.invalidate_all()


def bill():
    run._work(SHARD, SHARDS)
    return run.invoice_count


result = measured(bill)
assert not run.problem_ids, run.problem_ids[:1].message
"""

WORKER = """
run = env["recurring.billing.run"].search([("state", "=", "running")])
customers = known("res.partner", "Customer")
env.invalidate_all()
env.cr.commit()
print("ready", flush=True)
while not Path(GO).exists():
    time.sleep(0.005)
start = time.time()
run._work(SHARD, SHARDS)
env.cr.commit()
result = {"start": start, "end": time.time()}
"""

START_RUN = """
env.company.rr_complete_lines = FAST
run = env["recurring.billing.run"].create({"date": DAY})
run.action_start()
"""

# ----------------------------------------------------------------------
# Peers: OCA contract and OCA subscription_oca
# ----------------------------------------------------------------------

MAKE_CONTRACT = """
products = make_products()
env["contract.contract"].with_context(tracking_disable=True).create(
    [
        {
            "name": f"Contract {number:05}",
            "partner_id": partner.id,
            "contract_line_ids": [
                Command.create(
                    {
                        "product_id": product.id,
                        "name": product.name + " #START# - #END#",
                        "quantity": 1,
                        "price_unit": round(amount * share(number), 2),
                        "recurring_rule_type": "monthly",
                        "recurring_interval": 1,
                        "date_start": MONTH,
                        "recurring_next_date": MONTH,
                    }
                )
                for product, amount in zip(products, (price(number), 5.0))
            ],
        }
        for number, partner in enumerate(make_customers(SIZE))
    ]
)
"""

CONTRACT = """
def bill():
    env["contract.contract"].cron_recurring_create_invoice(DAY)
    env.cr.commit()
    moves = env["account.move"].search([("move_type", "=", "out_invoice")])
    posted_in_batches(moves)
    return len(moves)


result = measured(bill)
"""

MAKE_SUBSCRIPTION_OCA = """
products = make_products()
template = env["sale.subscription.template"].create(
    {"name": "Monthly", "code": "M", "invoicing_mode": "draft"}
)
pricelist = env["product.pricelist"].create({"name": "Euro"})
stage = env["sale.subscription.stage"].search([("type", "=", "in_progress")], limit=1)
made = env["sale.subscription"].with_context(tracking_disable=True).create(
    [
        {
            "partner_id": partner.id,
            "template_id": template.id,
            "pricelist_id": pricelist.id,
            "sale_subscription_line_ids": [
                Command.create(
                    {
                        "product_id": product.id,
                        "name": product.name,
                        "product_uom_qty": 1,
                        "price_unit": round(amount * share(number), 2),
                        "discount": 0,
                    }
                )
                for product, amount in zip(products, (price(number), 5.0))
            ],
        }
        for number, partner in enumerate(make_customers(SIZE))
    ]
)
made.write({"stage_id": stage.id})
made.write({"recurring_next_date": datetime.date.today()})
"""

SUBSCRIPTION_OCA = """
def bill():
    env["sale.subscription"].cron_subscription_management()
    env.cr.commit()
    moves = env["account.move"].search([("move_type", "=", "out_invoice")])
    posted_in_batches(moves)
    return len(moves)


result = measured(bill)
"""


def code(text, **names):
    """Return the text as a script, after the prelude and with these names defined."""
    assignments = "\n".join(f"{name} = {value!r}" for name, value in names.items())
    return "\n".join((PRELUDE, assignments, text))
