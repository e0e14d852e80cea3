"""./dev test: Odoo's own test runner first, then the tests driven from outside."""

import json
import os
import re
import selectors
import shutil
import signal
import subprocess
import time

from . import database, odoo_log, python_env, templates, translations
from .machine import REPOSITORY, Problem, clone_folder, free_port, say, step
from .test_report import Report
from .workshop import INSIDE

# a test that says nothing for so long hangs
PATIENCE = 15 * 60
INSIDE_TESTS = REPOSITORY / "tests"
OUTSIDE = INSIDE_TESTS / "outside"


def run_suite(workshop, names):
    """Run everything, or what the names select; True when all is well."""
    report = Report()
    log = clone_folder() / "test.log"
    log.write_text("")
    shutil.rmtree(clone_folder() / "screenshots", ignore_errors=True)
    inside, outside = _meant(names, INSIDE_TESTS), _meant(names, OUTSIDE)
    known = {*inside, *outside, "outside", "i18n"}
    unknown = [name for name in names if _plain(name) not in known]
    if unknown:
        raise Problem(f"There is no test, file or stage {', '.join(unknown)}.")
    prefix = f"rr_test_{clone_folder().name}_"
    database.drop_abandoned(workshop.server, prefix)
    # a copy of our own: another run may drop the template when the addon changes
    template = f"{prefix}{os.getpid()}_template"
    database.copy(workshop.server, templates.with_addon(workshop), template)
    try:
        if inside or not names:
            _run_inside(workshop, report, log, template, inside)
        if outside or not names or "outside" in names:
            chosen = [] if "outside" in names else outside
            _run_outside(workshop, report, log, template, chosen)
    finally:
        database.drop(workshop.server, template)
    if not names or "i18n" in names:
        _check_translations(workshop, report)
    pictures = clone_folder() / "screenshots"
    if report.failures and pictures.exists():
        say(f"\nPictures of failed tours: {pictures}")
    return report.close(log)


def _meant(names, folder):
    """Those names that mean a test of this folder: stage, file, class or method."""
    sources = {path.stem: path.read_text() for path in folder.glob("test_*.py")}
    found = []
    for name in map(_plain, names):
        first = re.escape(name.split(".")[0])
        files = re.compile(rf"(test_)?{first}(_.*)?")
        inner = re.compile(rf"^ *(class|def) {first}\b", re.MULTILINE)
        if any(files.fullmatch(f) or inner.search(s) for f, s in sources.items()):
            found.append(name)
    return found


def _plain(name):
    return name.removeprefix("tests/").removeprefix("outside/").removesuffix(".py")


def _run_inside(workshop, report, log, template, names):
    """The tests that live in Odoo's process, on a fresh copy of the template."""
    name = template.replace("_template", "_inside")
    database.copy(workshop.server, template, name)
    command = [
        *(workshop.python, INSIDE / "run_tests.py", "-d", name, "--stop-after-init"),
        *("--test-enable", "--test-tags", "*/recurring_revenue"),
        *("--max-cron-threads=0", "--workers=0", f"--http-port={free_port()}"),
        f"--screenshots={clone_folder() / 'screenshots'}",
    ]
    try:
        with step("Tests inside Odoo"):
            _watch(
                *(workshop, report, log, command, "Odoo's test process", names),
                # the rules of electronic invoices want a Python of their own
                RR_EINVOICE_PYTHON=python_env.python_for("einvoice"),
            )
    finally:
        database.drop(workshop.server, name)


def _run_outside(workshop, report, log, template, names):
    """The tests that start, stop and kill processes of their own."""
    command = [workshop.python, "-m", "tools.outside_runner"]
    with step("Tests driven from outside"):
        _watch(
            *(workshop, report, log, command, "The outside runner"),
            names,
            RR_TEMPLATE=template,
            RR_BASE=templates.neighbours(workshop),
            RR_LOG=log,
        )


def _check_translations(workshop, report):
    """Counts as one test: i18n/ is up to date and nothing lacks French."""
    with step("Translations"):
        text, good = translations.refresh(workshop, check=True)
    if good:
        report.passed += 1
    else:
        report.fail("i18n", text)


def _watch(workshop, report, log, command, what, names, **environment):
    """Start a test process, pass its events on, judge its end and its log."""
    start_of_log = log.stat().st_size
    reading, writing = os.pipe()
    with open(log, "a") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=REPOSITORY,
            pass_fds=[writing],
            start_new_session=True,
            env=workshop.environment(
                RR_EVENTS=writing, RR_NAMES=json.dumps(names), **environment
            ),
        )
    os.close(writing)
    try:
        ended = _pass_on(report, reading, process)
        code = process.wait(timeout=60)
    except BaseException:
        _kill(process)
        raise
    finally:
        os.close(reading)
    during = f" during {report.current}" if report.current else ""
    report.finish()
    with open(log, errors="replace") as text:
        text.seek(start_of_log)
        found = odoo_log.problems(text.read())
    report.log_problems += found
    if not ended or (code and not report.failures and not found):
        report.fail(what, f"It ended with exit code {code}{during}; see {log}")


def _pass_on(report, reading, process):
    """Read events until the process has closed its end; True after its goodbye."""
    selector = selectors.DefaultSelector()
    selector.register(reading, selectors.EVENT_READ)
    rest, ended, heard = b"", False, time.monotonic()
    while True:
        if selector.select(timeout=5):
            data = os.read(reading, 65536)
            if not data:
                return ended
            heard = time.monotonic()
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                event = json.loads(line)
                ended = ended or event["event"] == "end"
                report.take(event)
        elif process.poll() is not None:
            return ended
        elif time.monotonic() - heard > PATIENCE:
            report.fail(report.current or "silence", f"silent for {PATIENCE} s: killed")
            _kill(process)
            return True


def _kill(process):
    """End the process and everything it started (browsers, workers)."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        say("  (it had ended already)")
    process.wait()
