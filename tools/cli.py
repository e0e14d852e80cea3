"""./dev COMMAND: which command does what."""

import argparse
import os
import signal
import subprocess
import sys

from . import (
    bench,
    database,
    demo,
    lint,
    postgres,
    serving,
    templates,
    test_run,
    translations,
    wheel,
)
from .machine import ADDON, REPOSITORY, Problem, say
from .odoo_package import report_newer
from .workshop import set_up

COMMANDS = {}
DEMO = "rr_demo"
VARIABLES = """
Variables:
  RR_CACHE     where the set-up lives, shared by all clones
  RR_ODOO      an Odoo 19 that you have: its source folder or its program
  RR_PYTHON    a Python with that Odoo's dependencies
  RR_POSTGRES  your PostgreSQL: HOST, HOST:PORT or a socket folder; the user and the
               password as libpq has them (PGUSER, PGPASSWORD)"""


def command(name, usage, text):
    """Register a command with its line of help."""

    def register(function):
        COMMANDS[name] = (usage, text, function)
        return function

    return register


def main(arguments):
    """Run one command; hand back its exit code."""
    name, *rest = arguments or ["help"]
    if name in ("-h", "--help"):
        name = "help"
    if name not in COMMANDS:
        say(f"There is no command {name}. ./dev help lists them.")
        return 2
    # whoever ends this command ends what it has started
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        return COMMANDS[name][2](rest) or 0
    except Problem as problem:
        say(f"\n{problem}")
        return 1
    except KeyboardInterrupt:
        say("\nInterrupted.")
        return 130


@command("help", "", "this page")
def help_page(_arguments):
    say("./dev COMMAND\n")
    for name, (usage, text, _function) in COMMANDS.items():
        say(f"  {f'{name} {usage}':<38} {text}")
    say(VARIABLES)


@command("setup", "[--upgrade]", "make whatever the other commands need (they do too)")
def setup(arguments):
    workshop = set_up(upgrade="--upgrade" in arguments)
    templates.neighbours(workshop)
    say(
        f"Odoo {workshop.odoo.version}, {templates.python_version(workshop)}, "
        f"PostgreSQL at {workshop.server.host}. Ready."
    )
    report_newer()


@command(
    "demo", "[--no-serve] [--fresh] [--port N]", "a demo company, and its web client"
)
def demo_command(arguments):
    parser = argparse.ArgumentParser(prog="./dev demo")
    parser.add_argument("--no-serve", action="store_true", help="end after the summary")
    parser.add_argument("--fresh", action="store_true", help="build it anew")
    parser.add_argument("--port", type=int, default=8069)
    parser.add_argument("--database", default=DEMO)
    options = parser.parse_args(arguments)
    workshop = set_up()
    report_newer()
    demo.prepare(workshop, options.database, options.fresh)
    if not options.no_serve:
        serving.serve(workshop, options.database, options.port)


@command("test", "[NAME...]", "everything, or a stage, file, Class or Class.method")
def test(arguments):
    workshop = set_up()
    report_newer()
    return 0 if test_run.run_suite(workshop, arguments) else 1


@command("stop", "", "stop the private PostgreSQL; any command starts it again")
def stop(_arguments):
    postgres.stop()


@command(
    "lint", "[--fix [FILE...]]", "ruff, pylint-odoo, the OCA's checks; silent when good"
)
def lint_command(arguments):
    if arguments[:1] == ["--fix"]:
        lint.fix(arguments[1:])
        return 0
    return 0 if lint.lint() else 1


@command("i18n", "[--check]", "refresh i18n/: the .pot and fr.po; what lacks French")
def i18n(arguments):
    text, good = translations.refresh(set_up(), check="--check" in arguments)
    say(text)
    return 0 if good else 1


@command("bench", "NAME...", "benchmarks/NAME.py, one after the other")
def bench_command(arguments):
    return bench.run_all(set_up(), arguments)


@command("wheel", "[FOLDER]", "the wheel of the last commit, into a folder (dist)")
def wheel_command(arguments):
    say(f"{wheel.build(arguments[0] if arguments else 'dist')}")


@command("odoo", "ARGUMENT...", "Odoo's own command, on this set-up")
def odoo(arguments):
    workshop = set_up()
    _interactive(workshop, workshop.odoo_command(*arguments))


@command("psql", "[DATABASE]", "PostgreSQL's prompt, or -l for the list of databases")
def psql(arguments):
    workshop = set_up()
    server = workshop.server
    arguments = arguments or ["-l"]
    _interactive(workshop, [server.program("psql"), *server.arguments(), *arguments])


@command("shell", "[DATABASE]", "Odoo's Python prompt with `env` (default: the demo)")
def shell(arguments):
    workshop = set_up()
    name, *rest = arguments or [DEMO]
    _must_exist(workshop, name)
    options = ["shell", "-d", name, "--no-http", *rest]
    _interactive(workshop, workshop.odoo_command(*options))


@command("serve", "DATABASE [--port N]", "the web client on a database")
def serve(arguments):
    workshop = set_up()
    parser = argparse.ArgumentParser(prog="./dev serve")
    parser.add_argument("database")
    parser.add_argument("--port", type=int, default=8069)
    options, more = parser.parse_known_args(arguments)
    _must_exist(workshop, options.database)
    serving.serve(workshop, options.database, options.port, more)


@command("try", "[NAME]", "a new database with the addon as it is now (rr_try)")
def try_out(arguments):
    workshop = set_up()
    name = arguments[0] if arguments else "rr_try"
    template = templates.with_addon(workshop)
    database.drop(workshop.server, name)
    database.copy(workshop.server, template, name)
    say(f"Database {name} is ready: ./dev serve {name}, ./dev shell {name}")


@command("update", "DATABASE", "bring a database's addon to the code as it is now")
def update(arguments):
    workshop = set_up()
    (name,) = arguments or [DEMO]
    _must_exist(workshop, name)
    workshop.run_odoo(
        *("-d", name, "-u", ADDON, "--stop-after-init", "--no-http"),
        what=f"Updating {name}",
    )


@command("screenshot", "URL FILE [--help]", "log in and make a PNG of a page")
def screenshot(arguments):
    workshop = set_up()
    module = "tools.screenshot"
    return subprocess.run(
        [workshop.python, "-m", module, *arguments],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        check=False,
    ).returncode


def _must_exist(workshop, name):
    if not database.exists(workshop.server, name):
        known = database.names(workshop.server, "rr_")
        raise Problem(
            f"There is no database {name}. There are: {', '.join(known) or 'none'}. "
            "./dev demo or ./dev try makes one."
        )


def _interactive(workshop, command):
    """Become another program: the terminal and the exit code are its own."""
    sys.stdout.flush()
    os.execvpe(command[0], command, workshop.environment())
