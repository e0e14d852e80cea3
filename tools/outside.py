"""What tests in tests/outside use: databases of their own, processes they may kill.

    from tools.outside import OutsideCase

    class TestKill(OutsideCase):
        def test_kill(self):
            database = self.database()    # a copy with the addon, dropped after
            database.run("env['res.partner'].create({'name': 'Ada'})")  # committed
            number = database.run("result = env['res.partner'].search_count([])").result
            killed = database.run("crash.before_commit(1); ...", killed=True)
            rows = database.sql("SELECT name FROM res_partner")
            one = database.start("...")              # in the background
            one.kill()

The tests run under `./dev test outside`, in the set-up's Python, outside Odoo.
"""

import contextlib
import itertools
import json
import os
import shutil
import signal
import subprocess
import tempfile
import textwrap
import time
import unittest
import urllib.request
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import psycopg2

from . import database as databases
from . import odoo_log, templates
from .machine import ADDON, REPOSITORY, clone_folder, free_port
from .workshop import set_up

NUMBERS = itertools.count(1)


@lru_cache(maxsize=1)
def workshop():
    """The set-up, made once in a process."""
    return set_up()


@dataclass
class Outcome:
    """How a process ended: what it left in `result`, printed and logged."""

    result: object
    output: str
    log: str
    code: int

    @property
    def was_killed(self):
        return self.code == -signal.SIGKILL


class OutsideCase(unittest.TestCase):
    """A test that drives Odoo from outside."""

    def database(self, with_addon=True):
        """A fresh database with the addon, or with its neighbours only."""
        # ./dev test has made the templates; alone, they are made here
        known = os.environ.get("RR_TEMPLATE" if with_addon else "RR_BASE")
        make = templates.with_addon if with_addon else templates.neighbours
        return self.copy_of(known or make(workshop()))

    def copy_of(self, template):
        """A copy of a database by name, dropped when the test ends."""
        name = f"rr_test_{clone_folder().name}_{os.getpid()}_{next(NUMBERS)}"
        databases.copy(workshop().server, template, name)
        self.addCleanup(databases.drop, workshop().server, name)
        return Database(name)


class Database:
    """One database and the processes that work on it."""

    def __init__(self, name, extra_addons=()):
        self.name = name
        self.extra_addons = extra_addons

    def run(self, code, killed=False, may_fail=False, timeout=600, **environment):
        """Run code inside Odoo, to its end; see tools/inside/run_script.py.

        It must end well, or, with `killed`, by SIGKILL. With `may_fail` any end is
        fine, and errors in its log do not count against the test run.
        """
        running = self.start(code, may_fail=may_fail or killed, **environment)
        outcome = running.wait(timeout)
        if killed:
            assert outcome.was_killed, (
                f"It was to be killed: {outcome.code}\n{outcome.log}"
            )
        elif outcome.code and not may_fail:
            raise AssertionError(f"Exit code {outcome.code}:\n{outcome.log[-6000:]}")
        return outcome

    def start(self, code, may_fail=False, **environment):
        """Start code inside Odoo and hand back the running process."""
        folder = Path(tempfile.mkdtemp(prefix="rr_"))
        script = folder / "script.py"
        script.write_text(textwrap.dedent(code))
        command = workshop().script_command(script, self.name)
        return self._running(command, folder, may_fail, environment)

    def odoo(self, *arguments, may_fail=False, timeout=900):
        """Run Odoo's own command on this database, e.g. odoo("-u", "sale")."""
        command = workshop().odoo_command(*arguments, "-d", self.name)
        folder = Path(tempfile.mkdtemp(prefix="rr_"))
        outcome = self._running(command, folder, may_fail).wait(timeout)
        if outcome.code and not may_fail:
            raise AssertionError(f"Exit code {outcome.code}:\n{outcome.log[-6000:]}")
        return outcome

    def _running(self, command, folder, may_fail=False, environment=None):
        shop = workshop()
        more = {"RR_RESULT": folder / "result", **(environment or {})}
        everything = shop.environment(self.extra_addons, **more)
        return Running(command, folder, may_fail, everything)

    def install(self, module=ADDON):
        return self.odoo("-i", module, "--stop-after-init", "--no-http")

    def update(self, module=ADDON):
        return self.odoo("-u", module, "--stop-after-init", "--no-http")

    def uninstall(self, module=ADDON):
        return self.odoo("module", "uninstall", module)

    def sql(self, query, parameters=None):
        """Run SQL in a connection of its own; rows as lists of tuples."""
        server = workshop().server
        connection = psycopg2.connect(
            dbname=self.name, host=server.host, port=server.port, user=server.user
        )
        with contextlib.closing(connection), connection, connection.cursor() as cursor:
            cursor.execute(query, parameters)
            return cursor.fetchall() if cursor.description else []

    def value(self, query, parameters=None):
        """The first value of a query's first row, or None."""
        rows = self.sql(query, parameters)
        return rows[0][0] if rows else None

    def tables(self):
        """The names of all tables, views and sequences."""
        return {name for (name,) in self.sql(
            "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
            " WHERE nspname = 'public' AND relkind IN ('r', 'v', 'm', 'S')"
        )}  # fmt: skip

    @contextlib.contextmanager
    def serving(self, *arguments):
        """Serve the database over HTTP; yields a Site; SIGKILL at the end."""
        port = free_port()
        command = workshop().odoo_command(
            *("-d", self.name, f"--db-filter=^{self.name}$", f"--http-port={port}"),
            *("--workers=0", "--max-cron-threads=0", *arguments),
        )
        running = self._running(command, Path(tempfile.mkdtemp(prefix="rr_")))
        site = Site(f"http://127.0.0.1:{port}", self.name, running)
        try:
            site.wait_until_it_answers()
            yield site
        finally:
            running.kill()
            running.wait(60)


class Running:
    """A process of Odoo that a test may watch, wait for or kill."""

    def __init__(self, command, folder, may_fail, environment):
        self.folder, self.may_fail = folder, may_fail
        self.output = open(folder / "output", "w")
        self.log = open(folder / "log", "w")
        self.process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=self.output,
            stderr=self.log,
            cwd=REPOSITORY,
            start_new_session=True,
            env=environment,
        )

    def wait(self, timeout=600):
        """Wait for the end; the log then joins the test run's log."""
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            self.process.wait()
            raise
        finally:
            self.output.close()
            self.log.close()
        result = self.folder / "result"
        outcome = Outcome(
            json.loads(result.read_text()) if result.exists() else None,
            (self.folder / "output").read_text(errors="replace"),
            (self.folder / "log").read_text(errors="replace"),
            self.process.returncode,
        )
        _add_to_log(outcome.log, self.may_fail)
        shutil.rmtree(self.folder)
        return outcome

    def wait_for(self, text, timeout=120):
        """Until the process has printed or logged this text."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            for name in ("output", "log"):
                if text in (self.folder / name).read_text(errors="replace"):
                    return
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        log = (self.folder / "log").read_text(errors="replace")
        raise AssertionError(f"It never said {text!r}:\n{log[-3000:]}")

    def kill(self):
        """SIGKILL to the process and whatever it has started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


class Site:
    """A served database, called as the web client calls it."""

    def __init__(self, address, database, running):
        self.address, self.database, self.running = address, database, running

    def wait_until_it_answers(self, timeout=60):
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{self.address}/web/health", timeout=10).close()
                return
            time.sleep(0.1)
        raise AssertionError(f"{self.address} does not answer")

    def log_in(self, user="admin", password="admin"):
        """A session; call(model, method, ...) acts as that user."""
        session = Session(self.address)
        session.post(
            "/web/session/authenticate", db=self.database, login=user, password=password
        )
        return session


class Session:
    """Calls of one user who is logged in."""

    def __init__(self, address):
        self.address = address
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())

    def call(self, model, method, *arguments, **named):
        return self.post(
            f"/web/dataset/call_kw/{model}/{method}",
            model=model,
            method=method,
            args=arguments,
            kwargs=named,
        )

    def post(self, path, **parameters):
        request = urllib.request.Request(
            self.address + path,
            json.dumps({"params": parameters}).encode(),
            {"Content-Type": "application/json"},
        )
        with self.opener.open(request, timeout=300) as answer:
            content = json.load(answer)
        if "error" in content:
            raise AssertionError(content["error"]["data"]["message"])
        return content["result"]


def log_problems(outcome):
    """The errors in an outcome's log, as sentences."""
    return [str(problem) for problem in odoo_log.problems(outcome.log)]


def _add_to_log(text, expected):
    """Errors that a test provokes are set in, so that nobody takes them for news."""
    path = os.environ.get("RR_LOG")
    if not path:
        return
    if expected:
        text = textwrap.indent(text, "    ")
    with open(path, "a") as log:
        log.write(text)
