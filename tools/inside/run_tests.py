"""Odoo's server with its test runner, telling ./dev what each test did.

RR_EVENTS is the file descriptor that events are written to, one JSON a line; RR_NAMES
a JSON list of selections: stage, file, Class or Class.method; empty for everything.
"""

# the methods of a test result return nothing
# pylint: disable=missing-return

import json
import os
import sys
import time
import unittest
from pathlib import Path

# this folder must not shadow anything that Odoo imports
FOLDER = sys.path.pop(0)

import odoo.cli  # noqa: E402
from odoo.tests import loader, result  # noqa: E402
from odoo.tests.common import BaseCase  # noqa: E402

ADDON = "recurring_revenue"
NAMES = json.loads(os.environ["RR_NAMES"])
EVENTS = os.fdopen(int(os.environ["RR_EVENTS"]), "w", buffering=1)


def tell(event, **values):
    EVENTS.write(json.dumps({"event": event, **values}) + "\n")


def name_of(test):
    """file.Class.method, of a test, of a sub-test's test, or of a failed set-up."""
    test = getattr(test, "test_case", None) or test
    method = getattr(test, "_testMethodName", None)
    if not method:
        return str(test)
    return f"{file_of(type(test))}.{type(test).__qualname__}.{method}"


def file_of(test_class):
    return test_class.__module__.rpartition(".")[2]


def is_selected(test):
    """Is the test meant by one of the names that the caller gave?"""
    file, class_name, method = name_of(test).split(".", 2)
    meant = {class_name, f"{class_name}.{method}", method}
    meant |= {f"{file}.{class_name}", f"{file}.{class_name}.{method}"}
    return not NAMES or is_file_named(file) or bool(meant.intersection(NAMES))


def is_file_named(file):
    """Is a name that the caller gave this file or its stage?"""
    return any(file == name or f"{file}_".startswith(f"test_{name}_") for name in NAMES)


def watched(suite_maker):
    """Only this addon's tests, only the selected ones; complain of silent ones."""

    def make_suite(module_names, position="at_install"):
        if position != "post_install":
            return suite_maker([], position)
        complain_of_silent_tests(suite_maker)
        suite = suite_maker([ADDON], position)
        suite._tests = [test for test in suite if is_selected(test)]
        tell("planned", count=len(suite._tests))
        return suite

    return make_suite


def complain_of_silent_tests(suite_maker):
    """A test that Odoo never runs is worse than one that fails."""
    modules = loader.get_test_modules(ADDON)
    loaded = {Path(module.__file__) for module in modules}
    folder = Path(odoo.modules.get_module_path(ADDON)) / "tests"
    for path in sorted(folder.glob("test_*.py")):
        if path.resolve() not in {other.resolve() for other in loaded}:
            never(path.stem, "is not imported by tests/__init__.py")
    for module in modules:
        for item in vars(module).values():
            if _is_plain_test_case(item, module):
                never(f"{file_of(item)}.{item.__name__}", "must derive from BaseCase")
    for test in suite_maker([ADDON], "at_install"):
        never(name_of(test), "needs @tagged('post_install', '-at_install')")


def _is_plain_test_case(item, module):
    return (
        isinstance(item, type)
        and issubclass(item, unittest.TestCase)
        and not issubclass(item, BaseCase)
        and item.__module__ == module.__name__
    )


def never(name, why):
    """Always told in a whole run, else of the files that were named."""
    file = name.split(".")[0]
    if not NAMES or is_file_named(file):
        tell("fail", test=name, text=f"{name} never runs: it {why}.")


class Telling(result.OdooTestResult):
    """Odoo's own result, that also tells what happens as it happens."""

    def startTest(self, test):
        super().startTest(test)
        self.started = time.monotonic()
        tell("start", test=name_of(test))

    def stopTest(self, test):
        super().stopTest(test)
        seconds = time.monotonic() - self.started
        tell("stop", test=name_of(test), seconds=round(seconds, 3))

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        tell("skip", test=name_of(test), text=str(reason))

    def logError(self, flavour, test, error):
        super().logError(flavour, test, error)
        if not self._soft_fail:
            text = self._exc_info_to_string(error, test)
            tell("fail", test=name_of(test), text=f"{test}\n{text}")


def main():
    loader.make_suite = watched(loader.make_suite)
    loader.OdooTestResult = Telling
    odoo.cli.main()
    tell("end")


if __name__ == "__main__":
    try:
        main()
    except SystemExit:
        tell("end")
        raise
