"""Template databases: made once, copied in a second.

The first holds Odoo with the addon's neighbours, for a French company and with French
loaded, without demo data. The second is a copy of it with the addon installed, made
again whenever a file of the addon changes that is not a test.
"""

import os
import subprocess
from pathlib import Path

from . import database, pruning
from .machine import ADDON, REPOSITORY, Problem, clone_folder, digest, locked, run, step

MODULES = (
    "account",
    "account_payment",
    "base_vat",
    "l10n_fr_account",
    "payment_demo",
    "sale_management",
    "spreadsheet_dashboard",
)
PREPARATION = Path(__file__).parent / "inside" / "prepare_neighbours.py"
# what can change without another database being needed
NOT_INSTALLED = ("tests/", "benchmarks/", "tools/", "demo/", ".ci/", "docs/", "dev")
KEEP = 2


def neighbours(workshop):
    """The database with Odoo and the neighbours: its name."""
    key = digest(workshop.odoo.version, *MODULES, PREPARATION.read_text())
    name = f"rr_base_{key}"
    if not database.exists(workshop.server, name):
        with locked("template"):
            if not database.exists(workshop.server, name):
                _build_neighbours(workshop, name)
                pruning.prune(workshop.server)
    pruning.used(workshop.server, name)
    return name


def with_addon(workshop):
    """The database with this clone's addon installed as it is now: its name."""
    source = neighbours(workshop)
    for _attempt in range(3):
        state = addon_state()
        name = f"{_clone_prefix()}{digest(source, state)}"
        with locked(f"template-{clone_folder().name}"):
            if database.exists(workshop.server, name):
                return name
            _build_addon(workshop, source, name)
        if addon_state() == state:
            _drop_old(workshop.server, name)
            pruning.prune(workshop.server)
            return name
        # somebody saved a file meanwhile: this copy is of no single state
        database.drop(workshop.server, name)
    raise Problem("The addon's files keep changing while it is being installed.")


def addon_state():
    """A short name for the content of all files that an installation reads."""
    listed = run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
    ).split("\0")
    parts = []
    for name in sorted(set(filter(None, listed))):
        path = REPOSITORY / name
        if name.startswith(NOT_INSTALLED) or name.endswith(".md"):
            continue
        if path.is_file():
            parts += [name, path.read_bytes().hex()]
    return digest(*parts)


def _build_neighbours(workshop, name):
    work = f"{name}_part"
    database.drop(workshop.server, work)
    with step("Making the template database: accounting, sales, the French chart"):
        workshop.run_odoo(
            *("-d", work, "--stop-after-init", "--no-http", "--max-cron-threads=0"),
            *("-i", ",".join(MODULES)),
            what="Installing Odoo",
        )
        run_script(workshop, PREPARATION, work)
    database.rename(workshop.server, work, name)


def _build_addon(workshop, source, name):
    work = f"{name}_part"
    database.drop(workshop.server, work)
    with step("Installing the addon in a copy of the template database"):
        database.copy(workshop.server, source, work)
        try:
            workshop.run_odoo(
                *("-d", work, "--stop-after-init", "--no-http"),
                *("--max-cron-threads=0", "-i", ADDON),
                what="Installing the addon",
                log=clone_folder() / "install.log",
            )
        except Problem:
            database.drop(workshop.server, work)
            raise
    database.rename(workshop.server, work, name)


def run_script(workshop, script, name, *arguments, **environment):
    """Run a script inside Odoo; hand back what it printed and logged."""
    return run(
        workshop.script_command(script, name, *arguments),
        what=f"{Path(script).name} on {name}",
        env=workshop.environment(**environment),
        cwd=REPOSITORY,
    )


def _clone_prefix():
    return f"rr_addon_{clone_folder().name}_"


def _drop_old(server, newest):
    """Keep the last few states: several people may share a clone."""
    recent = clone_folder() / "templates"
    known = recent.read_text().split() if recent.exists() else []
    known = [name for name in known if name != newest][-(KEEP - 1) :] + [newest]
    recent.write_text("\n".join(known) + "\n")
    for name in database.names(server, _clone_prefix()):
        if name not in known and not name.endswith("_part"):
            database.drop(server, name)


def python_version(workshop):
    """What the interpreter calls itself; for reports."""
    output = subprocess.run(
        [workshop.python, "--version"], capture_output=True, text=True, check=False
    )
    return output.stdout.strip() or os.path.basename(workshop.python)
