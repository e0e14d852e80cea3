"""What went wrong in a log of Odoo."""

import re
from dataclasses import dataclass

LINE = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+ "
    r"(?P<level>[A-Z]+) (?P<database>\S+) (?P<logger>\S+): (?P<message>.*)"
)
STARTING = re.compile(r"Starting (?P<test>\S+) \.\.\.")
# Known and harmless; keep this list short and exact: (logger, start of the message)
EXEMPT = (
    # an embedded server has no contrib modules
    ("odoo.sql_db", r"bad query: .*CREATE EXTENSION IF NOT EXISTS pg_trgm"),
    # the verdict on tests, which are counted one by one
    (r"odoo\.(addons\.\w+\.tests\.\S+|tests\.suite)", r"(FAIL|ERROR): "),
    (r"odoo\.tests\.result", r"\d+ failed, \d+ error\(s\) of \d+ tests"),
)


@dataclass
class LogProblem:
    """An ERROR, a CRITICAL, or a WARNING that carries a traceback."""

    level: str
    logger: str
    text: str
    test: str | None = None

    def __str__(self):
        where = f" during {self.test}" if self.test else ""
        return f"{self.level} {self.logger}{where}: {self.text}"


def problems(text):
    """The problems of a whole log, in order."""
    return [problem for problem in _entries(text) if _counts(problem)]


def _entries(text):
    """Every log entry with its continuation lines and the test it fell into."""
    entry, test = None, None
    for line in text.splitlines():
        match = LINE.match(line)
        if not match:
            if entry:
                entry.text += f"\n{line}"
            continue
        if entry:
            yield entry
        starting = STARTING.match(match["message"])
        if starting:
            test = starting["test"]
        entry = LogProblem(match["level"], match["logger"], match["message"], test)
    if entry:
        yield entry


def _counts(entry):
    if entry.level == "WARNING":
        return "Traceback (most recent call last)" in entry.text
    if entry.level not in ("ERROR", "CRITICAL"):
        return False
    return not any(
        re.fullmatch(logger, entry.logger) and re.match(start, entry.text, re.DOTALL)
        for logger, start in EXEMPT
    )
