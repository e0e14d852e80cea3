"""What changes cost: a long and changeful history, and a run with changes in it.

    ./dev bench changes

1. Proposing the difference for a subscription with five years of history and 40
   changes, beside one with neither, both read anew from the database: at most 3 times.
2. Billing 1,000 subscriptions of which every tenth changed within the period, beside
   the same run without changes: at most 1.3 times.

Medians of 3 (RR_BENCH_TIMES), the two taking turns.
"""

import os

import _contenders as contenders

from tools import bench
from tools.machine import say

SIZE = 1000
TIMES = int(os.environ.get("RR_BENCH_TIMES", 3))
MOST = {"history": 3.0, "run": 1.3}

HISTORY = """
product = make_products()[0]
customers = make_customers(2)
plan = quiet(env["recurring.plan"]).create({"name": "Seats", "code": "SEATS"})
plan.draft_version_id.write(
    {
        "charge_ids": [
            Command.create(
                {
                    "name": product.name,
                    "product_id": product.id,
                    "charge_model": "per_unit",
                    "unit_price": 30,
                }
            )
        ]
    }
)
plan.draft_version_id.action_publish()
old, new = quiet(env["recurring.subscription"]).create(
    [
        {"partner_id": partner.id, "plan_id": plan.id, "start_date": start}
        for partner, start in zip(
            customers, (datetime.date(2021, 11, 1), datetime.date(2026, 11, 1))
        )
    ]
)
(old | new).action_activate()
for number in range(40):
    day = datetime.date(2022, 1, 10) + datetime.timedelta(days=40 * number)
    line = old.line_ids.filtered(lambda line: not line.end_date)
    rows = [{"line_id": line.id, "quantity": 2 + number % 7}]
    old.action_change("lines", {"lines": rows}, when="date", date=str(day))
run = env["recurring.billing.run"].create({"date": MONTH})
run.action_start()
env.cr.commit()
run._work()
env.cr.commit()
assert len(old.line_ids) == 41 and not run.problem_ids
result = {"old": old.id, "new": new.id, "rows": len(old.billed_item_ids)}
"""

DIFFERENCE = """
day = datetime.date(2026, 12, 1)
times = {}
for sub_id in (OLD, NEW):
    sub = env["recurring.subscription"].browse(sub_id)
    found = []
    for _turn in range(60):
        env.invalidate_all()
        start = time.perf_counter()
        [item] = sub._difference(day)[sub_id]
        found.append(time.perf_counter() - start)
    times[sub_id] = sorted(found)[len(found) // 2]
result = {"old": times[OLD], "new": times[NEW]}
"""

BILL_MONTH = """
run = env["recurring.billing.run"].create({"date": DAY})
run.action_start()
env.cr.commit()
run._work()
env.cr.commit()
assert not run.problem_ids and run.invoice_count == SIZE, run.invoice_count
result = run.invoice_count
"""

CHANGE_SOME = """
subs = env["recurring.subscription"].search([], order="id")
for sub in subs[::10]:
    line = sub.line_ids.sorted("id")[0]
    rows = [{"line_id": line.id, "quantity": 2}]
    quiet(sub).action_change(
        "lines", {"lines": rows}, when="date", date="2026-11-20", proration="next"
    )
env.cr.commit()
result = len(subs[::10])
"""

NEXT_MONTH = """
env.company.rr_complete_lines = True
run = env["recurring.billing.run"].create({"date": datetime.date(2026, 12, 1)})
run.action_start()
env.cr.commit()
env.invalidate_all()


def bill():
    run._work()
    return run.invoice_count


result = measured(bill)
assert not run.problem_ids, run.problem_ids[:1].message
assert run.invoice_count == SIZE, run.invoice_count
billed = env["recurring.billed.item"]
result["rows"] = billed.search_count([("run_id", "=", run.id)])
"""


def history():
    """Return how many times longer the difference takes with a history."""
    with bench.database(bench.prepared()) as database:
        made = database.run(contenders.code(HISTORY)).result
        ratios = []
        for _number in range(TIMES):
            times = database.run(
                contenders.code(DIFFERENCE, OLD=made["old"], NEW=made["new"])
            ).result
            ratios.append(times["old"] / times["new"])
            say(
                f"  difference: {times['old'] * 1000:.2f} ms with 40 changes and "
                f"{made['rows']} rows, {times['new'] * 1000:.2f} ms with none"
            )
    return bench.median(ratios)


def run_with_changes():
    """Return how many times longer a run takes of which a tenth has changed."""
    seconds, rows = {"plain": [], "changed": []}, {}
    with (
        bench.database(bench.prepared()) as plain,
    ):
        plain.run(contenders.code(contenders.MAKE_ADDON, SIZE=SIZE))
        plain.run(contenders.code(BILL_MONTH, SIZE=SIZE))
        with bench.database(plain.name) as changed:
            changed.run(contenders.code(CHANGE_SOME))
            for _number in range(TIMES):
                for name, portfolio in (("plain", plain), ("changed", changed)):
                    with bench.database(portfolio.name) as copy:
                        found = copy.run(contenders.code(NEXT_MONTH, SIZE=SIZE)).result
                    seconds[name].append(found["seconds"])
                    rows[name] = found["rows"]
                # The changes are billed, not passed over.
                assert rows["changed"] >= rows["plain"] + SIZE // 10, rows
                say(
                    f"  run: {seconds['changed'][-1]:.2f} s with changes, "
                    f"{seconds['plain'][-1]:.2f} s without"
                )
    return bench.median(seconds["changed"]) / bench.median(seconds["plain"])


def main():
    ratios = {"history": history(), "run": run_with_changes()}
    bench.close(
        "changes",
        good=all(ratios[name] <= MOST[name] for name in MOST),
        **{name: f"{ratio:.2f}" for name, ratio in ratios.items()},
    )


if __name__ == "__main__":
    main()
