"""Two workers on one portfolio and one journal, against one worker alone.

    ./dev bench parallel

Both are processes of their own, as the two scheduled actions are; both start at the
same moment, and the later end counts. Two must be at least 1.4 times as fast as one on
the fast way and 1.55 times on the standard way, without an error and without a gap in
the invoice numbers. Medians of 5 (RR_BENCH_TIMES), one and two taking turns.
"""

import os
import tempfile
from pathlib import Path

import _contenders as contenders

from tools import bench
from tools.machine import say

SIZE = 800
TIMES = int(os.environ.get("RR_BENCH_TIMES", 5))
WANTED = {"fast": 1.4, "standard": 1.55}


def seconds_with(portfolio, workers, fast):
    """Bill a copy of the portfolio with so many workers; check it, return seconds."""
    with (
        bench.database(portfolio.name) as database,
        tempfile.TemporaryDirectory() as folder,
    ):
        database.run(contenders.code(contenders.START_RUN, FAST=fast))
        go = Path(folder) / "go"
        running = [
            database.start(
                contenders.code(
                    contenders.WORKER, GO=str(go), SHARD=shard, SHARDS=workers
                )
            )
            for shard in range(workers)
        ]
        for process in running:
            process.wait_for("ready")
        go.touch()
        outcomes = [process.wait(timeout=1800) for process in running]
        for outcome in outcomes:
            assert not outcome.code, outcome.log[-3000:]
        check(database)
    ends = [outcome.result["end"] for outcome in outcomes]
    return max(ends) - min(outcome.result["start"] for outcome in outcomes)


def check(database):
    """Everything is billed once, posted, and numbered without a gap."""
    ((made, numbers, gap),) = database.sql(
        "SELECT count(*), count(DISTINCT sequence_number),"
        " max(sequence_number) - min(sequence_number) + 1 - count(*)"
        " FROM account_move WHERE move_type = 'out_invoice' AND state = 'posted'"
    )
    assert (made, numbers, gap) == (SIZE, SIZE, 0), (made, numbers, gap)
    problems = database.value("SELECT count(*) FROM recurring_billing_problem")
    assert not problems, f"{problems} problems"


def main():
    speed = {}
    with bench.database(bench.prepared()) as portfolio:
        portfolio.run(contenders.code(contenders.MAKE_ADDON, SIZE=SIZE))
        for way, fast in (("fast", True), ("standard", False)):
            times = {1: [], 2: []}
            for _number in range(TIMES):
                for workers, found in times.items():
                    found.append(seconds_with(portfolio, workers, fast))
                say(f"  {way:<8} one {times[1][-1]:.2f} s, two {times[2][-1]:.2f} s")
            speed[way] = bench.median(times[1]) / bench.median(times[2])
    bench.close(
        "parallel",
        good=all(speed[way] >= WANTED[way] for way in WANTED),
        **{way: f"{factor:.2f}" for way, factor in speed.items()},
        gaps=0,
        errors=0,
    )


if __name__ == "__main__":
    main()
