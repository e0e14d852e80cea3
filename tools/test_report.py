"""What the tests did: told while they run, summed up in one closing line."""

import time
from dataclasses import dataclass, field

from .machine import say


@dataclass
class Report:
    """Takes events, counts every test once, and gives the verdict."""

    passed: int = 0
    skipped: int = 0
    # test -> text of its first failures
    failures: dict = field(default_factory=dict)
    skips: dict = field(default_factory=dict)
    log_problems: list = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)
    current: str | None = None
    _class: str | None = None
    _seconds: float = 0.0
    _count: int = 0

    def take(self, event):
        """One event of a test process."""
        getattr(self, f"_on_{event['event']}")(event)

    def fail(self, test, text):
        """A failure, of a test or of the command that runs tests."""
        known = self.failures.get(test)
        self.failures[test] = f"{known}\n{text}" if known else text
        if not known:
            say(f"  FAIL {test}")

    def finish(self):
        """Nothing more comes from this process."""
        self._close_class()
        self.current = None

    def close(self, log):
        """Print failures and the closing line; True when all is well."""
        for number, problem in enumerate(self.log_problems, 1):
            self.fail(f"log problem {number}", str(problem))
        total = self.passed + len(self.failures) + self.skipped
        if not total:
            self.fail("no test", "No test was run: is the name right?")
        for test, text in self.failures.items():
            say(f"\n--- FAIL {test}\n{text.rstrip()}")
        for test, reason in self.skips.items():
            say(f"\n--- SKIPPED {test}: {reason}")
        say(f"\nLog: {log}")
        say(f"Tests took {time.monotonic() - self.started:.0f} s.")
        failed = len(self.failures)
        say(f"{self.passed} passed, {failed} failed, {self.skipped} skipped")
        return not failed and not self.skipped

    def _on_planned(self, event):
        say(f"  {event['count']} tests")

    def _on_start(self, event):
        self.current = event["test"]

    def _on_stop(self, event):
        test = event["test"]
        self.current = None
        if test not in self.failures and test not in self.skips:
            self.passed += 1
        class_name = test.rpartition(".")[0]
        if class_name != self._class:
            self._close_class()
            self._class = class_name
        self._count += 1
        self._seconds += event["seconds"]

    def _on_skip(self, event):
        self.skipped += 1
        self.skips[event["test"]] = event["text"]

    def _on_fail(self, event):
        self.fail(event["test"], event["text"])

    def _on_end(self, event):
        self.finish()

    def _close_class(self):
        if self._class:
            say(f"  {self._class}: {self._count} in {self._seconds:.1f} s")
        self._class, self._count, self._seconds = None, 0, 0.0
