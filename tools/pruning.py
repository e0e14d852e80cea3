"""Throw away what nobody has used for a while, and what belonged to clones now gone."""

import shutil
import time
from pathlib import Path

from . import database
from .machine import REPOSITORY, cache, clone_folder

DAYS = 14
TODAY = time.strftime("%Y-%m-%d")


def used(server, name):
    """Remember that a template database was used today."""
    if database.note(server, name) != TODAY:
        database.set_note(server, name, TODAY)
    (clone_folder() / "repository").write_text(f"{REPOSITORY}\n")


def prune(server):
    """Called when something new was made, so that the cache does not grow for ever."""
    for name in database.names(server, "rr_base_"):
        note = database.note(server, name)
        if note and _days_since(note) > DAYS:
            database.drop(server, name)
    for folder in (cache() / "clones").iterdir():
        path = folder / "repository"
        if path.exists() and not Path(path.read_text().strip()).exists():
            _forget_clone(server, folder)
    for folder in (cache() / "python").glob("*-*"):
        marker = folder / "used"
        if marker.exists() and time.time() - marker.stat().st_mtime > DAYS * 86400:
            shutil.rmtree(folder, ignore_errors=True)


def _forget_clone(server, folder):
    for name in database.names(server, "rr_"):
        if f"_{folder.name}_" in name:
            database.drop(server, name)
    shutil.rmtree(folder, ignore_errors=True)


def _days_since(date):
    return (time.time() - time.mktime(time.strptime(date, "%Y-%m-%d"))) / 86400
