"""Runs tests/outside with plain unittest and tells ./dev what each test did."""

# the methods of a test result return nothing
# pylint: disable=missing-return

import json
import os
import sys
import time
import unittest
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "outside"


class Telling(unittest.TestResult):
    """A result that tells what happens as it happens, as Odoo's runner does."""

    def __init__(self, stream):
        super().__init__()
        self.events = stream

    def tell(self, event, **values):
        self.events.write(json.dumps({"event": event, **values}) + "\n")

    def startTest(self, test):
        super().startTest(test)
        self.started = time.monotonic()
        # the log is read by test, as Odoo's own is
        sys.stderr.write(f"Starting {_name(test)} ...\n")
        sys.stderr.flush()
        self.tell("start", test=_name(test))

    def stopTest(self, test):
        super().stopTest(test)
        seconds = time.monotonic() - self.started
        self.tell("stop", test=_name(test), seconds=round(seconds, 3))

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.tell("skip", test=_name(test), text=reason)

    def addError(self, test, err):
        super().addError(test, err)
        self._failed(test, err)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._failed(test, err)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err:
            self._failed(test, err, f"{subtest}\n")

    def addExpectedFailure(self, test, err):
        self._failed(test, err)

    def addUnexpectedSuccess(self, test):
        self.tell("fail", test=_name(test), text="It succeeded against expectation.")

    def _failed(self, test, err, title=""):
        text = title + self._exc_info_to_string(err, test)
        self.tell("fail", test=_name(test), text=text)


def _name(test):
    return test.id() if isinstance(test, unittest.TestCase) else str(test)


def selected(suite, names):
    """The tests that the names (stage, file, Class, Class.method) mean."""
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from selected(test, names)
            continue
        parts = test.id().split(".")
        meant = {parts[0], test.id(), *parts[1:], ".".join(parts[1:])}
        meant.add(".".join(parts[:2]))
        stages = (f"test_{name}_" for name in names)
        if (
            not names
            or meant.intersection(names)
            or any(f"{parts[0]}_".startswith(stage) for stage in stages)
        ):
            yield test


def main():
    names = json.loads(os.environ["RR_NAMES"])
    events = os.fdopen(int(os.environ["RR_EVENTS"]), "w", buffering=1)
    result = Telling(events)
    suite = unittest.defaultTestLoader.discover(str(FOLDER), top_level_dir=str(FOLDER))
    chosen = unittest.TestSuite(selected(suite, names))
    result.tell("planned", count=chosen.countTestCases())
    chosen.run(result)
    result.tell("end")


if __name__ == "__main__":
    main()
