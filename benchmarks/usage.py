"""Usage recorded and rated: this addon's method beside Odoo's bare `create`.

    ./dev bench usage

100,000 events of 1,000 subscriptions come through `recurring.usage.record` in batches
of 10,000, about 2 % of which were recorded before; beside it the same rows
by `create`, which works out their company and day as `record` does, and on which
nothing is checked, answered or compared. `create` is slow:
it is measured on 10,000 rows, in calls of 1,000, and counted per row. Both take turns
in fresh processes on fresh copies of one database, and the median of their ratios
counts. Then what was used by all subscriptions is rated. What must hold:

- an event by `record` at most 0.25 of a row by `create`
- rating 1,000 subscriptions takes one grouped query per meter (there are two)

RR_BENCH_TIMES sets the repetitions (3), RR_BENCH_EVENTS the number of events.
"""

import os
from decimal import Decimal

import _contenders as contenders

from tools import bench
from tools.machine import say

SIZE = 1000
EVENTS = int(os.environ.get("RR_BENCH_EVENTS", 100_000))
ROWS = min(EVENTS, 10_000)
TIMES = int(os.environ.get("RR_BENCH_TIMES", 3))
EVERY = 53  # each of so many events was recorded before
WANTED = 0.25

MAKE = """
START = datetime.date(2026, 5, 1)
meters = env["recurring.meter"].create(
    [
        {"name": "Calls", "code": "calls", "decimals": 0},
        {"name": "Disk", "code": "disk", "aggregation": "maximum"},
    ]
)
seat, _care = make_products()
plan = quiet(env["recurring.plan"]).create({"name": "Metered", "code": "METERED"})
plan.draft_version_id.charge_ids = [
    Command.create({"name": "Seat", "product_id": seat.id, "unit_price": 30}),
    *(
        Command.create(
            {
                "name": meter.name,
                "product_id": seat.id,
                "role": "usage",
                "meter_id": meter.id,
                "charge_model": "per_unit",
                "unit_price": 0.01,
            }
        )
        for meter in meters
    ),
]
plan.draft_version_id.action_publish()
subscriptions = quiet(env["recurring.subscription"]).create(
    [
        {"partner_id": partner.id, "plan_id": plan.id, "start_date": START}
        for partner in make_customers(SIZE)
    ]
)
subscriptions.action_activate()
"""

EVENTS_OF = """
FIRST = datetime.datetime(2026, 5, 1, 8)
subscriptions = env["recurring.subscription"].search([], order="id")
meters = env["recurring.meter"].search([], order="id")


def moment(number):
    return FIRST + datetime.timedelta(seconds=number * 24 * 86_400 // EVENTS)


def event(number):
    # Some were recorded before.
    known = number - 40 if number % EVERY == EVERY - 1 else number
    return {
        "key": f"event-{known}",
        "subscription": names[known // 2 % len(names)],
        "meter": ("calls", "disk")[known % 2],
        "quantity": 1 + known % 7,
        "time": moment(known).isoformat() + "Z",
    }
"""

RECORD = (
    EVENTS_OF
    + """
names = subscriptions.mapped("name")
usage = env["recurring.usage"]
usage.record([event(EVENTS)])  # what a process reads once
env.cr.commit()
batches = [
    [event(number) for number in range(first, min(first + 10_000, EVENTS))]
    for first in range(0, EVENTS, 10_000)
]
counts = {}
begin = time.perf_counter()
for batch in batches:
    for answer in usage.record(batch):
        counts[answer["code"]] = counts.get(answer["code"], 0) + 1
    env.cr.commit()
seconds = time.perf_counter() - begin

env.invalidate_all()
lines = subscriptions.line_ids.filtered(lambda line: line.role == "usage")
for line in lines:
    line._open_spans(datetime.date(2026, 5, 31))
    line.charge_id.meter_id.decimals, line.company_id._rr_zone()
before = env.cr.sql_log_count
begin = time.perf_counter()
uses = lines._uses(datetime.date(2026, 5, 31))
rating = time.perf_counter() - begin
queries = env.cr.sql_log_count - before
result = {
    "seconds": seconds / EVENTS,
    "counts": counts,
    "rating": rating,
    "queries": queries,
    "rated": len(uses),
    "used": str(sum(use.quantity for line in uses.values() for use in line.values())),
    "peak": peak_memory(),
}
"""
)

CREATE = (
    EVENTS_OF
    + """
rows = [
    {
        "key": f"row-{number}",
        "subscription_id": subscriptions[number // 2 % len(subscriptions)].id,
        "meter_id": meters[number % 2].id,
        "quantity": 1 + number % 7,
        "time": moment(number),
    }
    for number in range(ROWS + 1000)
]
usage = env["recurring.usage"]
usage.create(rows[ROWS:])
env.cr.commit()
begin = time.perf_counter()
for first in range(0, ROWS, 1000):
    usage.create(rows[first : first + 1000])
    env.cr.commit()
result = {"seconds": (time.perf_counter() - begin) / ROWS}
"""
)


def measured(portfolio, script):
    with bench.database(portfolio.name) as database:
        code = contenders.code(script, EVENTS=EVENTS, ROWS=ROWS, EVERY=EVERY)
        return database.run(code, timeout=3600).result


def check(found):
    """Each event was answered, each known one found out."""
    known = EVENTS // EVERY
    wanted = {"recorded": EVENTS - known, "duplicate": known}
    assert found["counts"] == wanted, (found["counts"], wanted)
    assert found["rated"] == 2 * SIZE, found["rated"]
    assert Decimal(found["used"]) == used(), (found["used"], used())


def used():
    """What was used in all: the calls of each subscription in sum, its most disk."""
    calls, disk = 0, {}
    numbers = range(EVENTS + 1)
    for number in {n - 40 if n % EVERY == EVERY - 1 else n for n in numbers}:
        quantity = 1 + number % 7
        if number % 2:
            owner = number // 2 % SIZE
            disk[owner] = max(disk.get(owner, 0), quantity)
        else:
            calls += quantity
    return calls + sum(disk.values())


def main():
    record, create = [], []
    with bench.database(bench.prepared()) as portfolio:
        portfolio.run(contenders.code(MAKE, SIZE=SIZE), timeout=3600)
        for _number in range(TIMES):
            create.append(measured(portfolio, CREATE))
            record.append(measured(portfolio, RECORD))
            check(record[-1])
            say(
                f"  record {record[-1]['seconds'] * 1e6:.1f} µs an event, create "
                f"{create[-1]['seconds'] * 1e6:.1f} µs a row; rated in "
                f"{record[-1]['rating']:.2f} s with {record[-1]['queries']} queries, "
                f"{record[-1]['peak']:.0f} MB"
            )
    ratio = bench.median(
        [
            one["seconds"] / other["seconds"]
            for one, other in zip(record, create, strict=True)
        ]
    )
    queries = max(found["queries"] for found in record)
    bench.close(
        "usage",
        good=ratio <= WANTED and queries <= 2,
        ratio=f"{ratio:.3f}",
        record_us=f"{bench.median([found['seconds'] for found in record]) * 1e6:.1f}",
        create_us=f"{bench.median([found['seconds'] for found in create]) * 1e6:.1f}",
        events=EVENTS,
        create_rows=ROWS,
        rating_s=f"{bench.median([found['rating'] for found in record]):.2f}",
        rating_queries=queries,
    )


if __name__ == "__main__":
    main()
