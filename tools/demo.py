"""./dev demo: a company with a year of history that the addon itself produced."""

import subprocess

from . import database, odoo_log, templates
from .machine import (
    ADDON,
    REPOSITORY,
    Problem,
    cache,
    clone_folder,
    digest,
    say,
    step,
)

BUILD = REPOSITORY / "demo" / "build.py"


def prepare(workshop, name, fresh=False):
    """Make the demo database, or bring the one that is there up to date."""
    known = database.exists(workshop.server, name) and _summary(name).exists()
    if fresh or not known:
        return _build(workshop, name)
    made_from, _, built_from = database.note(workshop.server, name).partition(" ")
    if built_from != _build_state():
        say("The demo's scripts have changed: `./dev demo --fresh` rebuilds it.")
    if made_from != templates.addon_state():
        with step(f"Updating the addon in {name}"):
            _update(workshop, name)
        database.set_note(
            workshop.server, name, f"{templates.addon_state()} {built_from}"
        )
    say(_summary(name).read_text().rstrip())
    return None


def _build(workshop, name):
    """Build beside the old one, so that a failure leaves that alone."""
    work = f"{name}_part"
    state = f"{templates.addon_state()} {_build_state()}"
    template = templates.with_addon(workshop)
    database.drop(workshop.server, work)
    database.copy(workshop.server, template, work)
    if BUILD.exists():
        say("- Building the demo ...")
        _run_build(workshop, work, name)
    database.drop(workshop.server, name)
    database.rename(workshop.server, work, name)
    database.set_note(workshop.server, name, state)


def _run_build(workshop, work, name):
    """Show what the script says, and keep it for the next time."""
    log_path = clone_folder() / "demo.log"
    with open(log_path, "w") as log, open(_summary(name), "w") as summary:
        process = subprocess.Popen(
            workshop.script_command(BUILD, work),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            cwd=REPOSITORY,
            env=workshop.environment(PYTHONUNBUFFERED="1"),
        )
        for line in process.stdout:
            say(line.rstrip("\n"))
            summary.write(line)
        code = process.wait()
    found = odoo_log.problems(log_path.read_text(errors="replace"))
    if code or found:
        tail = "\n".join(log_path.read_text(errors="replace").splitlines()[-15:])
        text = "\n".join(str(problem) for problem in found[:5]) or tail
        raise Problem(
            f"Building the demo failed (exit {code}); log: {log_path}\n{text}"
        )


def _update(workshop, name):
    workshop.run_odoo(
        *("-d", name, "-u", ADDON, "--stop-after-init", "--no-http"),
        what=f"Updating {name} (`./dev demo --fresh` builds it anew)",
    )


def _build_state():
    """The content of the demo's scripts."""
    paths = sorted(path for path in BUILD.parent.glob("**/*.py"))
    return digest(*(path.read_text() for path in paths))


def _summary(name):
    """What the demo said when it was built; kept beside the database, not the clone."""
    return cache() / f"{name}.txt"
