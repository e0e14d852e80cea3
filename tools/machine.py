"""The machine under us: where things are kept, how programs are run."""

import contextlib
import fcntl
import hashlib
import os
import shlex
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
ADDON = "recurring_revenue"


class Problem(Exception):
    """A failure with a sentence for the person at the keyboard."""


def say(text=""):
    """Write one line at once, also when the output is a file."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def is_root():
    return os.geteuid() == 0


def cache():
    """The folder that several clones share; made on first use.

    Root gets a system folder: PostgreSQL runs as another user there and could
    not walk through /root.
    """
    folder = os.environ.get("RR_CACHE")
    if not folder and is_root():
        folder = f"/var/cache/{ADDON}"
    if not folder:
        home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        folder = Path(home) / ADDON
    folder = Path(folder).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def clone_folder():
    """This clone's own folder inside the cache."""
    key = hashlib.sha256(str(REPOSITORY).encode()).hexdigest()[:10]
    folder = cache() / "clones" / key
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextlib.contextmanager
def locked(name):
    """Only one process of all clones is inside; says so when it must wait."""
    path = cache() / f"{name}.lock"
    with open(path, "w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"  waiting for another ./dev ({name})")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def step(text):
    """Announce a long step before it starts and say what it took after."""
    say(f"- {text} ...")
    start = time.monotonic()
    yield
    say(f"  done in {time.monotonic() - start:.1f} s")


def run(command, what=None, **options):
    """Run a program, hand back its output; a failure is a Problem with its words."""
    command = [str(part) for part in command]
    result = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
        **options,
    )
    if result.returncode:
        tail = "\n".join(result.stdout.strip().splitlines()[-25:])
        raise Problem(
            f"{what or shlex.join(command)} failed (exit {result.returncode}):\n{tail}"
        )
    return result.stdout


def find_program(*names):
    """The first of these programs that the machine has, or None."""
    return next((path for name in names if (path := shutil.which(name))), None)


def free_port(preferred=0):
    """A TCP port nobody listens on: the preferred one when it is free."""
    for port in (preferred, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return probe.getsockname()[1]
    raise Problem("This machine has no free TCP port.")


def digest(*texts):
    """A short name for a content."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:12]
