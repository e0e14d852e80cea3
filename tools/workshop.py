"""The set-up as a whole: an Odoo, its Python, a PostgreSQL, this clone's addons."""

import os
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from . import apt, odoo_log, odoo_package, postgres, python_env
from .machine import (
    ADDON,
    REPOSITORY,
    Problem,
    cache,
    clone_folder,
    find_program,
    is_root,
    step,
)

# program -> Debian package. Without Chromium the tours cannot run, without
# wkhtmltopdf no invoice becomes a PDF.
PROGRAMS = {
    ("chromium", "chromium-browser", "google-chrome"): "chromium",
    ("wkhtmltopdf",): "wkhtmltopdf",
    ("msgfmt",): "gettext",
}
FONT = Path("/usr/share/fonts/truetype/liberation")
INSIDE = Path(__file__).parent / "inside"
NEEDED = ("psycopg2", "lxml", "werkzeug", "websocket", "hypothesis", "odoo")


@dataclass(frozen=True)
class Workshop:
    """Everything a command needs to run Odoo on this clone's addon."""

    odoo: odoo_package.Odoo
    python: str
    server: postgres.Postgres

    @cached_property
    def addons(self):
        """A folder whose only addon is this clone."""
        folder = clone_folder() / "addons"
        folder.mkdir(exist_ok=True)
        link = folder / ADDON
        if not link.is_symlink():
            link.symlink_to(REPOSITORY)
        return folder

    def configuration(self, extra_addons=()):
        """Write Odoo's configuration file and return its path."""
        source = self.odoo.source
        own = [source / "addons"] if source and _has_addons(source / "addons") else []
        paths = [self.addons, *extra_addons, *own]
        name = "odoo-peers.conf" if extra_addons else "odoo.conf"
        path = clone_folder() / name
        options = {
            "addons_path": ",".join(str(path) for path in paths),
            "data_dir": cache() / "data",
            "db_host": self.server.host,
            "db_port": self.server.port,
            "db_user": self.server.user,
            "http_interface": "127.0.0.1",
            # other addons of the same Odoo ask the internet for things
            "publisher_warranty_url": "http://127.0.0.1:9/",
            "without_demo": "True",
        }
        lines = [f"{key} = {value}" for key, value in options.items()]
        content = "[options]\n" + "\n".join(lines) + "\n"
        if not path.exists() or path.read_text() != content:
            path.write_text(content)
        return path

    def environment(self, extra_addons=(), **more):
        """The environment of every process that imports Odoo."""
        path = [str(self.odoo.source)] if self.odoo.source else []
        inherited = os.environ.get("PYTHONPATH")
        return {
            **os.environ,
            **self.server.environment,
            "ODOO_RC": str(self.configuration(extra_addons)),
            "PYTHONPATH": os.pathsep.join(path + ([inherited] if inherited else [])),
            # a failing test must not depend on the hash seed of one process
            "PYTHONHASHSEED": "0",
            "PYTHONDONTWRITEBYTECODE": "" if self.odoo.source else "1",
            "TZ": "UTC",
            **{key: str(value) for key, value in more.items()},
        }

    def odoo_command(self, *arguments):
        return [self.python, "-m", "odoo", *map(str, arguments)]

    def script_command(self, script, database, *arguments):
        """A script that finds `env` in its names, and commits when it ends well."""
        runner = INSIDE / "run_script.py"
        return [self.python, runner, script, database, *map(str, arguments)]

    def run_odoo(self, *arguments, what, log=None, extra_addons=()):
        """Run Odoo to its end; any error in its log is a Problem."""
        log = log or clone_folder() / "odoo.log"
        with open(log, "w") as output:
            code = subprocess.run(
                self.odoo_command(*arguments),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=self.environment(extra_addons),
                cwd=REPOSITORY,
                check=False,
            ).returncode
        found = odoo_log.problems(log.read_text(errors="replace"))
        if code or found:
            text = "\n".join(str(problem) for problem in found[:5])
            raise Problem(f"{what} failed (exit {code}); log: {log}\n{text}".rstrip())


def set_up(upgrade=False):
    """Make whatever is missing and hand back a Workshop; quick when all is there."""
    _system_programs()
    odoo = odoo_package.find(upgrade)
    own = os.environ.get("RR_PYTHON") or odoo.python
    python = own or python_env.python_for("odoo")
    workshop = Workshop(odoo, python, postgres.find())
    if own:
        needed = NEEDED[:-1] if odoo.source else NEEDED
        python_env.check_own(own, needed)
    return workshop


def _system_programs():
    missing = [
        package for names, package in PROGRAMS.items() if not find_program(*names)
    ]
    if not FONT.exists() and is_root():
        missing.append("fonts-liberation")
    if missing:
        with step("Installing system packages"):
            apt.install(missing)


def _has_addons(folder):
    return next(folder.glob("*/__manifest__.py"), None) is not None
