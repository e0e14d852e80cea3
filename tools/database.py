"""Databases with their file stores: copied, renamed and dropped together."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

from .machine import Problem, cache


def file_store(name):
    return cache() / "data" / "filestore" / name


def names(server, prefix):
    """The databases whose name starts so."""
    rows = server.sql("SELECT datname FROM pg_database ORDER BY 1")
    return [name for (name,) in rows if name.startswith(prefix)]


def exists(server, name):
    return bool(server.sql(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"))


def copy(server, source, target):
    """Copy a database; files are linked, for Odoo never writes into one."""
    if not exists(server, source):
        raise Problem(f"There is no database {source}.")
    server.sql(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
    _new_identity(server, target)
    store = file_store(source)
    if store.exists():
        shutil.copytree(store, file_store(target), copy_function=_link)


def rename(server, source, target):
    server.sql(f'ALTER DATABASE "{source}" RENAME TO "{target}"')
    shutil.rmtree(file_store(target), ignore_errors=True)
    with suppress(FileNotFoundError):
        file_store(source).rename(file_store(target))


def note(server, name):
    """What set_note wrote about a database; kept beside it, not in it."""
    rows = server.sql(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database"
        f" WHERE datname = '{name}'"
    )
    return rows[0][0] if rows else ""


def set_note(server, name, text):
    server.sql(f"COMMENT ON DATABASE \"{name}\" IS '{text}'")


def drop(server, name):
    """Drop a database, whoever is connected; no harm if there is none."""
    server.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    shutil.rmtree(file_store(name), ignore_errors=True)


def drop_abandoned(server, prefix):
    """Drop the databases PREFIX<pid>... of processes that are gone."""
    for name in names(server, prefix):
        pid = name[len(prefix) :].partition("_")[0]
        if pid.isdigit() and not Path(f"/proc/{pid}").exists():
            drop(server, name)


def _new_identity(server, name):
    """A copy is another database: Odoo keeps an identifier in each."""
    server.sql(
        "UPDATE ir_config_parameter SET value = gen_random_uuid()::text"
        " WHERE key = 'database.uuid'",
        name,
    )


def _link(source, target):
    """A file can vanish while we copy: Odoo's garbage collection."""
    with suppress(FileNotFoundError):
        os.link(source, target)
