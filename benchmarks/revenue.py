"""Revenue of annual invoices recognised month by month, beside Odoo's own entries.

    ./dev bench revenue

The floor is what Odoo's own deferral does: for each annual invoice twelve entries of
two lines, dated ahead, created 100 invoices at a time and posted. This addon writes a
schedule while it bills and closes twelve months. Fresh processes on fresh copies of
one database take turns, and the median counts. What must hold, per annual invoice:

- schedule and twelve closings, a line for each invoice: at most 0.25 of the floor
- the same with a line for each customer: at most 0.03
- billing with schedules at most 1.05 of billing without
- 100,000 open slices of a month: in batches, less than 100 MB more than for 10,000
- every report over 200,000 slices at most 2 times the bare SQL that it needs

RR_BENCH_TIMES sets the repetitions (3), RR_BENCH_MANY the size of the large month,
RR_BENCH_SLICES those of the reports.
"""

import os
from contextlib import ExitStack

import _contenders as contenders
import _revenue_reports as reports
import _revenue_scenes as scenes

from tools import bench
from tools.machine import say

SIZE, FLOOR_SIZE, PER = 2000, 200, 20
MANY = int(os.environ.get("RR_BENCH_MANY", 100_000))
FEW = MANY // 10
SLICES = int(os.environ.get("RR_BENCH_SLICES", 200_000))
TIMES = int(os.environ.get("RR_BENCH_TIMES", 3))


class Measure:
    """What one part took, repetition by repetition, in milliseconds per invoice."""

    def __init__(self):
        self.each = {}
        self.peak = {}

    def add(self, name, size, found):
        assert found["documents"] == size, (name, found)
        self.each.setdefault(name, []).append(1000 * found["seconds"] / size)
        self.peak[name] = found["peak"]
        say(
            f"  {name:<28} {size:>7}  {self.each[name][-1]:8.3f} ms each  "
            f"{found['queries'] / size:6.2f} queries  {found['peak']:.0f} MB"
        )

    def median(self, name):
        return bench.median(self.each[name])


def run(database, script, size, **names):
    code = contenders.code(script, SIZE=size, **names)
    return database.run(code, timeout=3600).result


def measure_year(measure, made):
    """Bill a portfolio without and with schedules, then close its year in both ways."""
    with bench.database(made.name) as database:
        found = run(database, scenes.BILL, SIZE, DEFERRED=False)
        measure.add("billing, no schedule", SIZE, found)
    with bench.database(made.name) as billed:
        found = run(billed, scenes.BILL, SIZE, DEFERRED=True)
        measure.add("billing with schedules", SIZE, found)
        for detail in ("schedule", "customer"):
            with bench.database(billed.name) as database:
                found = run(database, scenes.YEAR, SIZE, DETAIL=detail)
                measure.add(f"twelve closings by {detail}", SIZE, found)


def measure_many(measure, template):
    for size in (FEW, MANY):
        with bench.database(template) as database:
            run(database, scenes.MANY, size)
            found = run(database, scenes.MONTH_OF_MANY, size)
            measure.add(f"a month of {size} slices", size, found)


def measure_reports(template):
    """Return ``{report: what it takes of the bare SQL}``."""
    with bench.database(template) as database:
        script = reports.FILL + reports.MEASURE
        code = contenders.code(script, SIZE=SLICES)
        found = database.run(code, timeout=3600).result
    for name, (report, sql) in found.items():
        say(f"  {name:<28} {1000 * report:8.0f} ms  bare SQL {1000 * sql:8.0f} ms")
    return {name: report / sql for name, (report, sql) in found.items()}


def main():
    template = bench.prepared()
    measure = Measure()
    with ExitStack() as stack:
        made = stack.enter_context(bench.database(template))
        run(made, scenes.MAKE, SIZE, PER=PER)
        for _number in range(TIMES):
            with bench.database(template) as database:
                found = run(database, scenes.FLOOR, FLOOR_SIZE)
                measure.add("floor: twelve entries", FLOOR_SIZE, found)
            measure_year(measure, made)
    measure_many(measure, template)
    close(measure, measure_reports(template))


def close(measure, ratios_of_reports):
    """Print the closing line; fail where a target is missed."""
    floor = measure.median("floor: twelve entries")
    bare = measure.median("billing, no schedule")
    deferred = measure.median("billing with schedules")
    building = max(deferred - bare, 0)
    ratios = {
        name: (building + measure.median(f"twelve closings by {detail}")) / floor
        for name, detail in (("detailed", "schedule"), ("grouped", "customer"))
    }
    memory = (
        measure.peak[f"a month of {MANY} slices"]
        - measure.peak[f"a month of {FEW} slices"]
    )
    targets = (
        ratios["detailed"] <= 0.25,
        ratios["grouped"] <= 0.03,
        deferred / bare <= 1.05,
        memory < 100,
        max(ratios_of_reports.values()) <= 2,
    )
    bench.close(
        "revenue",
        good=all(targets),
        floor_ms=f"{floor:.1f}",
        detailed=f"{ratios['detailed']:.3f}",
        grouped=f"{ratios['grouped']:.3f}",
        billing=f"{deferred / bare:.3f}",
        memory_mb=f"{memory:.0f}",
        slice_ms=f"{measure.median(f'a month of {MANY} slices'):.2f}",
        reports=f"{max(ratios_of_reports.values()):.2f}",
    )


if __name__ == "__main__":
    main()
