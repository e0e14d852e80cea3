"""One month billed: this addon beside Odoo's own floor and two peers.

    ./dev bench billing

The floor is `account.move.create` in batches of 100 followed by `_post`, with the
default chatter. Floor and addon take turns, so that the machine's other work hits both
alike; every repetition is a fresh process on a fresh copy of the database, and the
median counts. What must hold, per invoice:

- this addon, its own rows included, at most 0.50 of the floor; 0.80 on the standard way
- with VAT decided by rules at most 1.05 of without
- 4,000 subscriptions at most 1.1 of what 1,000 cost, with less than 100 MB more memory
- at most 6 queries, 8 on the standard way

RR_BENCH_TIMES sets the repetitions (3), RR_BENCH_PEERS=0 leaves the peers out.
"""

import os
from dataclasses import dataclass, field

import _contenders as contenders

from tools import bench
from tools.machine import say

SMALL, LARGE, PEER = 1000, 4000, 300
TIMES = int(os.environ.get("RR_BENCH_TIMES", 3))
WITH_PEERS = os.environ.get("RR_BENCH_PEERS") != "0"


@dataclass
class Contender:
    """Somebody who bills: the code that makes a portfolio, and the code that bills."""

    name: str
    make: str
    bill: str
    size: int
    names: dict = field(default_factory=dict)
    modules: tuple = ()
    with_addon: bool = False
    results: list = field(default_factory=list)

    @property
    def portfolio(self):
        return (self.make, self.size)

    def make_portfolio(self, stack):
        """Return the name of a database that holds what is to be billed."""
        template = bench.prepared(
            self.modules, peers=bool(self.modules), with_addon=self.with_addon
        )
        database = stack.enter_context(
            bench.database(template, peers=bool(self.modules))
        )
        database.run(contenders.code(self.make, SIZE=self.size))
        return database

    def measure(self, portfolio):
        """Bill a copy of the portfolio once, and keep what it took."""
        with bench.database(portfolio.name, peers=bool(self.modules)) as database:
            script = contenders.code(self.bill, SIZE=self.size, **self.names)
            found = database.run(script, timeout=3600).result
        assert found["documents"] == self.size, (self.name, found)
        self.results.append(found)
        say(
            f"  {self.name:<22} {self.size:>5}  {self.last('seconds'):6.2f} ms "
            f"({self.last('cpu'):.2f} of Python)  "
            f"{self.last('queries') / 1000:.1f} queries  {found['peak']:.0f} MB"
        )

    def last(self, key):
        return 1000 * self.results[-1][key] / self.size

    def median(self, key):
        return bench.median([found[key] for found in self.results])

    @property
    def per_invoice(self):
        """Milliseconds per invoice, the median."""
        return 1000 * self.median("seconds") / self.size

    @property
    def python(self):
        """Milliseconds of this process per invoice, without PostgreSQL's: steadier."""
        return 1000 * self.median("cpu") / self.size

    @property
    def queries(self):
        return self.median("queries") / self.size


def floor(name, **names):
    names = {"CHATTER": True, "DRAFTS_FIRST": False, **names}
    return Contender(name, contenders.MAKE_FLOOR, contenders.FLOOR, SMALL, names)


def addon(name, size, fast, vat=False):
    return Contender(
        name,
        contenders.MAKE_ADDON,
        contenders.ADDON,
        size,
        {"FAST": fast, "SHARD": 0, "SHARDS": 1, "VAT": vat},
        with_addon=True,
    )


def peer(name, make, bill):
    return Contender(name, make, bill, PEER, modules=(name,))


def main():
    from contextlib import ExitStack

    base = floor("floor")
    drafts = floor("floor, drafts first", DRAFTS_FIRST=True)
    bare = floor("floor without chatter", CHATTER=False)
    fast = addon("complete lines", SMALL, fast=True)
    standard = addon("standard way", SMALL, fast=False)
    large = addon("complete lines", LARGE, fast=True)
    ruled = addon("VAT by rules", SMALL, fast=True, vat=True)
    peers = [
        peer("contract", contenders.MAKE_CONTRACT, contenders.CONTRACT),
        peer(
            "subscription_oca",
            contenders.MAKE_SUBSCRIPTION_OCA,
            contenders.SUBSCRIPTION_OCA,
        ),
    ]
    runners = [base, fast, ruled, standard, large, bare, drafts]
    runners += peers if WITH_PEERS else []
    with ExitStack() as stack:
        portfolios = {}
        for contender in runners:
            if contender.portfolio not in portfolios:
                made = contender.make_portfolio(stack)
                portfolios[contender.portfolio] = made
        for _number in range(TIMES):
            for contender in runners:
                contender.measure(portfolios[contender.portfolio])
    report(base, runners)
    others = peers if WITH_PEERS else []
    close(base, fast, ruled, standard, large, bare, drafts, others)


def report(base, runners):
    say(
        "\n  contender               size  ms each   Python  of the floor  queries   MB"
    )
    for one in runners:
        say(
            f"  {one.name:<22} {one.size:>5} {one.per_invoice:>8.2f} {one.python:>8.2f}"
            f" {one.per_invoice / base.per_invoice:>13.2f} {one.queries:>8.1f}"
            f" {one.median('peak'):>4.0f}"
        )


def close(base, fast, ruled, standard, large, bare, drafts, peers):
    """Print the closing line; fail where a target is missed."""
    ratio = fast.per_invoice / base.per_invoice
    slow = standard.per_invoice / base.per_invoice
    growth = large.per_invoice / fast.per_invoice
    vat = ruled.per_invoice / fast.per_invoice
    memory = large.median("peak") - fast.median("peak")
    targets = (
        ratio <= 0.50,
        large.per_invoice / base.per_invoice <= 0.50,
        slow <= 0.80,
        growth <= 1.1,
        vat <= 1.05,
        memory < 100,
        fast.queries <= 6,
        standard.queries <= 8,
    )
    values = {
        "floor_ms": f"{base.per_invoice:.2f}",
        "fast_ms": f"{fast.per_invoice:.2f}",
        "ratio": f"{ratio:.3f}",
        "ratio_python": f"{fast.python / base.python:.3f}",
        "ratio_4000": f"{large.per_invoice / base.per_invoice:.3f}",
        "standard": f"{slow:.3f}",
        "growth": f"{growth:.3f}",
        "vat": f"{vat:.3f}",
        "memory_mb": f"{memory:.0f}",
        "queries": f"{fast.queries:.1f}",
        "queries_standard": f"{standard.queries:.1f}",
        "floor_without_chatter": f"{bare.per_invoice / base.per_invoice:.2f}",
        "floor_drafts_first": f"{drafts.per_invoice / base.per_invoice:.2f}",
    }
    for other in peers:
        values[other.name] = f"{other.per_invoice / base.per_invoice:.2f}"
    bench.close("billing", good=all(targets), **values)


if __name__ == "__main__":
    main()
