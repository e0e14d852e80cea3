"""./dev i18n: the template of terms and the French translation, from Odoo's export."""

import os
import subprocess
import tempfile
from pathlib import Path

from . import database, templates
from .machine import ADDON, REPOSITORY, Problem, clone_folder
from .workshop import INSIDE

LANGUAGE = "fr"


def refresh(workshop, check=False):
    """Write i18n/, or only compare; hands back what to say and whether all is well."""
    prefix = f"rr_i18n_{clone_folder().name}_"
    name = f"{prefix}{os.getpid()}"
    database.drop_abandoned(workshop.server, prefix)
    template = templates.with_addon(workshop)
    with tempfile.TemporaryDirectory() as folder:
        pot = Path(folder) / f"{ADDON}.pot"
        # a copy, for nobody may be connected to a template that others copy
        database.copy(workshop.server, template, name)
        try:
            export(workshop, name, pot)
        finally:
            database.drop(workshop.server, name)
        ours = REPOSITORY / "i18n"
        command = [
            *(workshop.python, INSIDE / "merge_po.py", pot),
            *(ours / f"{ADDON}.pot", ours / f"{LANGUAGE}.po"),
            *(["--check"] if check else []),
        ]
        result = subprocess.run(
            [str(part) for part in command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=workshop.environment(),
            text=True,
            check=False,
        )
    return result.stdout.rstrip(), not result.returncode


def export(workshop, name, pot):
    """The terms of the addon as Odoo finds them in code, data and views."""
    result = subprocess.run(
        workshop.odoo_command("i18n", "export", "-d", name, "-o", pot, ADDON),
        env=workshop.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode or not pot.exists():
        raise Problem(f"Odoo's export of terms failed:\n{result.stderr[-2000:]}")
