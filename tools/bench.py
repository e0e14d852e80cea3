"""./dev bench: side by side with peers, and what the scripts in benchmarks/ need.

    from tools import bench

    name = bench.prepared(modules=["contract"], peers=True)   # a template, made once
    with bench.database(name) as database:                   # a copy, dropped after
        times = database.run("... result = {'seconds': 1.5, 'peak': peak_memory()}")
    bench.close("billing", good=ratio <= 0.5, ratio=f"{ratio:.2f}")

`database` is what tests in tests/outside use: run, start, odoo, sql (tools/outside.py).
"""

import contextlib
import itertools
import os
import shutil
import statistics
import subprocess
import sys

from . import database as databases
from . import templates
from .machine import (
    REPOSITORY,
    Problem,
    cache,
    clone_folder,
    digest,
    locked,
    run,
    say,
    step,
)
from .python_env import REQUIREMENTS, uv, uv_environment

FOLDER = REPOSITORY / "benchmarks"
NUMBERS = itertools.count(1)


def run_all(workshop, names):
    """Run the named scripts; 1 when one of them misses its target."""
    known = sorted(path.stem for path in FOLDER.glob("[a-z]*.py"))
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        what = f"There is no benchmark {', '.join(unknown)}. " if unknown else ""
        raise Problem(f"{what}Benchmarks: {', '.join(known) or 'none yet'}.")
    databases.drop_abandoned(workshop.server, _prefix())
    environment = workshop.environment(PYTHONUNBUFFERED="1")
    environment["PYTHONPATH"] += os.pathsep + str(REPOSITORY)
    codes = []
    for name in names:
        command = [workshop.python, FOLDER / f"{name}.py"]
        say(f"- Benchmark {name}")
        result = subprocess.run(command, env=environment, cwd=REPOSITORY, check=False)
        codes.append(result.returncode)
    return 1 if any(codes) else 0


def close(name, good=True, **values):
    """Print the closing line; end with 1 when the target is missed."""
    pairs = " ".join(f"{key}={value}" for key, value in values.items())
    say(f"{name}: {pairs}")
    if not good:
        sys.exit(1)


def median(values):
    return statistics.median(values)


def peers_folder():
    """The addons folder of the peers, installed from their registry into the cache."""
    pins = REQUIREMENTS / "peers.txt"
    folder = cache() / "peers" / digest(pins.read_text())
    if not folder.exists():
        with locked("peers"), step("Installing the peers"):
            work = folder.with_name(folder.name + ".part")
            shutil.rmtree(work, ignore_errors=True)
            run(
                [uv(), "pip", "install", "--no-deps", "--target", work, "-r", pins],
                what="Installing the peers",
                env=uv_environment(),
            )
            work.rename(folder)
    return folder / "odoo" / "addons"


def prepared(modules=(), peers=False, with_addon=True):
    """The name of a template database with these modules installed besides."""
    from .outside import workshop

    shop = workshop()
    source = (templates.with_addon if with_addon else templates.neighbours)(shop)
    if not modules:
        return source
    pins = (REQUIREMENTS / "peers.txt").read_text()
    family = f"rr_bench_{clone_folder().name}_{digest(pins, *sorted(modules))}_"
    name = f"{family}{digest(source)}"
    with locked("bench"):
        if not databases.exists(shop.server, name):
            for old in databases.names(shop.server, family):
                databases.drop(shop.server, old)
            _build(shop, source, name, modules, peers)
    return name


def _build(shop, source, name, modules, peers):
    work = f"{name}_part"
    databases.drop(shop.server, work)
    databases.copy(shop.server, source, work)
    with step(f"Installing {', '.join(modules)} in a copy of the template database"):
        shop.run_odoo(
            *("-d", work, "-i", ",".join(modules), "--stop-after-init", "--no-http"),
            what="Installing the peers",
            extra_addons=[peers_folder()] if peers else [],
        )
    databases.rename(shop.server, work, name)


@contextlib.contextmanager
def database(template, peers=False):
    """A copy of a database, dropped at the end; see tools/outside.py."""
    from .outside import Database, workshop

    name = f"{_prefix()}{os.getpid()}_{next(NUMBERS)}"
    databases.copy(workshop().server, template, name)
    try:
        yield Database(name, [peers_folder()] if peers else [])
    finally:
        databases.drop(workshop().server, name)


def _prefix():
    return f"rr_run_{clone_folder().name}_"
