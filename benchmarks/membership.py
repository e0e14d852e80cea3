"""Renewals, standings and tax receipts of a large association.

    ./dev bench membership

What must hold:

- a campaign for 10,000 members, listed, prepared, called and told: at most 12 queries
  for each member
- where 100,000 members stand on a day: one query
- what ``_membership_receipts`` measures: 5,000 annual receipts issued without PDF, at
  most 12 queries each

RR_BENCH_MEMBERS sets the members of the campaign, RR_BENCH_STANDING those who are asked
about, RR_BENCH_RECEIPTS the receipts.
"""

import importlib.util
import os

import _membership_renewals as renewals

from tools import bench

MEMBERS = int(os.environ.get("RR_BENCH_MEMBERS", 10_000))
STANDING = int(os.environ.get("RR_BENCH_STANDING", 100_000))
RECEIPTS = int(os.environ.get("RR_BENCH_RECEIPTS", 5_000))
MOST = 12  # queries for each member or receipt


def main():
    template = bench.prepared()
    campaign = renewals.measure_campaign(template, MEMBERS)
    states = renewals.measure_states(template, STANDING)
    queries = {
        task: campaign[task]["queries"] / MEMBERS
        for task in ("list", "prepare", "send")
    }
    figures = {
        **{f"{task}_queries": f"{count:.2f}" for task, count in queries.items()},
        "prepare_ms": f"{1000 * campaign['prepare']['seconds'] / MEMBERS:.2f}",
        "states_queries": states["queries"],
        "states_s": f"{states['seconds']:.2f}",
    }
    good = sum(queries.values()) <= MOST and states["queries"] == 1
    if importlib.util.find_spec("_membership_receipts"):
        import _membership_receipts as receipts  # noqa: PLC0415

        issued = receipts.measure_receipts(template, RECEIPTS)
        each = issued["queries"] / RECEIPTS
        figures["receipt_queries"] = f"{each:.2f}"
        good = good and each <= MOST
    bench.close("membership", good=good, **figures)


if __name__ == "__main__":
    main()
