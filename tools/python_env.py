"""Virtual environments in the cache, one for each list of pins."""

import os
import platform
import shutil
import sys
from pathlib import Path

from . import apt
from .machine import Problem, cache, digest, find_program, is_root, locked, run, step

REQUIREMENTS = Path(__file__).parent / "requirements"
# Odoo's pins have wheels for these
PYTHONS = ("3.11", "3.12")


def python_for(name):
    """The interpreter of the environment made from requirements/NAME.txt."""
    pins = REQUIREMENTS / f"{name}.txt"
    interpreter = _interpreter()
    folder = cache() / "python" / f"{name}-{digest(pins.read_text(), interpreter)}"
    python = folder / "bin" / "python"
    if not python.exists():
        with locked("python"):
            if not python.exists():
                with step(f"Making the Python environment '{name}'"):
                    _make(folder, pins, interpreter)
    # see tools/pruning.py
    (folder / "used").touch()
    return str(python)


def check_own(python, modules):
    """An interpreter that the user brought must have these modules."""
    code = (
        "import importlib.util, sys\n"
        "print(*(m for m in sys.argv[1:] if not importlib.util.find_spec(m)))"
    )
    missing = run([python, "-c", code, *modules], what=f"Asking {python}").split()
    if missing:
        raise Problem(f"{python} lacks the modules {', '.join(missing)}: install them.")


def _interpreter():
    """A Python that Odoo's pins have wheels for; `uv` may fetch one elsewhere."""
    version = platform.python_version().rpartition(".")[0]
    if version in PYTHONS:
        return sys._base_executable
    found = find_program(*(f"python{version}" for version in PYTHONS))
    return found or PYTHONS[-1]


def _make(folder, pins, interpreter):
    """Everything or nothing: an unfinished environment is thrown away."""
    shutil.rmtree(folder, ignore_errors=True)
    try:
        run([uv(), "venv", "--python", interpreter, folder], what="Making the venv")
        run(
            [uv(), "pip", "install", "--python", folder / "bin/python", "-r", pins],
            what=f"Installing {pins.name}",
            env=uv_environment(),
        )
    except Problem:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def uv():
    """The program uv: the user's, or one in the cache."""
    program = find_program("uv")
    if program:
        return program
    folder = cache() / "python" / "uv"
    if not (folder / "bin" / "uv").exists():
        _bare_venv(folder)
        run([folder / "bin/python", "-m", "pip", "install", "-q", "uv"])
    return folder / "bin" / "uv"


def uv_environment():
    """uv trusts what the machine trusts, as pip and apt do."""
    return {**os.environ, "UV_LINK_MODE": "copy", "UV_SYSTEM_CERTS": "1"}


def _bare_venv(folder):
    """Debian ships venv in a package of its own."""
    command = [sys.executable, "-m", "venv", "--clear", folder]
    try:
        run(command)
    except Problem as failure:
        if not is_root():
            raise Problem(
                "This Python cannot make virtual environments. "
                "As root: apt-get install python3-venv"
            ) from failure
        apt.install(["python3-venv"])
        run(command)
