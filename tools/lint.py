"""./dev lint: what the OCA's tools say of every file that git knows or would take."""

import os
import subprocess
from pathlib import Path

from . import python_env
from .machine import ADDON, REPOSITORY, clone_folder, run, say


def fix(names=()):
    """Let ruff mend and format the named files, or all."""
    ruff = _programs() / "ruff"
    names = list(names) or _python_files()
    _check([ruff, "format", "--quiet", *names])
    _check([ruff, "check", "--fix", "--quiet", "--no-cache", *names])


def lint():
    """Run every checker; silent and True when all is well."""
    folder, python = _programs(), _python_files()
    po_files = [name for name in _files() if name.endswith((".po", ".pot"))]
    checks = [
        [folder / "ruff", "check", "--quiet", "--no-cache", *python],
        [folder / "ruff", "format", "--check", "--quiet", "--no-cache", *python],
        [folder / "pylint", "--rcfile=.pylintrc", *python],
        [folder / "oca-checks-odoo-module", _link()],
    ]
    if po_files:
        # its format empties a translation that equals its term, and ./dev i18n could
        # no longer tell a French "Date" from a forgotten one
        pretty = "--disable=po-pretty-format"
        checks.append([folder / "oca-checks-po", pretty, *po_files])
    # all of them, so that one run shows everything
    return all([_check(command) for command in checks])


def _check(command):
    """Run a checker in the repository; print what it says when it objects."""
    result = subprocess.run(
        [str(part) for part in command],
        cwd=REPOSITORY,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env={**os.environ, "PYLINTHOME": str(clone_folder() / "pylint")},
    )
    if result.returncode:
        say(f"--- {Path(command[0]).name}\n{result.stdout.rstrip()}")
    return not result.returncode


def _programs():
    return Path(python_env.python_for("lint")).parent


def _python_files():
    return [name for name in _files() if name.endswith(".py")] + ["dev"]


def _files():
    listed = run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
    ).split("\0")
    return sorted({name for name in listed if name and (REPOSITORY / name).is_file()})


def _link():
    """The repository under the addon's own name, which the checkers want to see."""
    folder = clone_folder() / "addons"
    folder.mkdir(exist_ok=True)
    link = folder / ADDON
    if not link.is_symlink():
        link.symlink_to(REPOSITORY)
    return link
