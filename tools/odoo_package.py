"""A real Odoo 19: Debian's package, unpacked into the cache, or the user's own."""

import json
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from . import apt
from .machine import Problem, cache, digest, find_program, locked, run, say, step

PACKAGE = "odoo-19"
# what the package links to, and the suite that still has it in that place
NEIGHBOURS = (
    "fonts-roboto-unhinted/sid",
    "fonts-montserrat/sid",
    "fonts-ocr-b/sid",
    "fonts-glyphicons-halflings/sid",
    "fonts-font-awesome/bookworm",
    "fonts-inconsolata/bookworm",
    "libjs-jquery/sid",
    "libjs-jquery-form/sid",
    "libjs-underscore/sid",
)
DAY = 24 * 3600


@dataclass(frozen=True)
class Odoo:
    """Where an Odoo is: what to put on PYTHONPATH, and what it calls itself."""

    version: str
    source: Path | None
    # an interpreter that comes with it, for an Odoo that the user brought
    python: str | None = None


def find(upgrade=False):
    """The Odoo to work with; unpacks Debian's package on first use."""
    own = os.environ.get("RR_ODOO")
    if own:
        return _own(Path(own).expanduser().absolute())
    if not find_program("apt-get") or not find_program("dpkg"):
        raise Problem("Not a Debian machine: set RR_ODOO to an Odoo 19 that you have.")
    stamp = _stamp()
    if upgrade or not stamp.get("odoo") or not _prefix(stamp["odoo"]).is_dir():
        with locked("odoo"):
            stamp = _install(upgrade)
    version = stamp["odoo"]
    return Odoo(version, _prefix(version) / "usr/lib/python3/dist-packages")


def report_newer():
    """Say once a day that the suite has a newer package; never take it."""
    stamp = _stamp()
    if os.environ.get("RR_ODOO") or time.time() - stamp.get("checked", 0) < DAY:
        return
    try:
        apt.refresh()
        newest = apt.newest(PACKAGE, "sid")
    except Problem:
        newest = None  # no network today: ask tomorrow
    _record(checked=time.time())
    if newest and newest != stamp.get("odoo"):
        say(
            f"Note: {PACKAGE} {newest} is out, this set-up has {stamp.get('odoo')}. "
            "`./dev setup --upgrade` takes it."
        )


def _own(path):
    """An Odoo that the user points to: a source folder or a program."""
    folder = path if path.is_dir() else path.parent
    # two Odoos of one version may differ in their code
    name = f"own-{digest(str(path))}"
    if path.exists() and (folder / "odoo" / "release.py").exists():
        return Odoo(f"{name}-{_release(folder)}", folder)
    if not path.is_file():
        raise Problem(f"RR_ODOO={path}: neither an Odoo source folder nor a program.")
    first = path.read_text(errors="replace").splitlines()[:1]
    interpreter = first[0][2:].strip().split()[-1] if first else ""
    if "python" not in interpreter:
        raise Problem(f"RR_ODOO={path}: not a Python program; name Odoo's own script.")
    code = "import odoo.release as r; print(r.version)"
    version = run([interpreter, "-c", code], what=f"Asking {path} for its version")
    return Odoo(f"{name}-{version.strip()}", None, interpreter)


def _release(folder):
    names = {}
    exec((folder / "odoo" / "release.py").read_text(), names)  # noqa: S102
    return names["version"]


def _install(upgrade):
    """Unpack the package of the suite unless another process just did."""
    stamp = _stamp()
    if stamp.get("odoo") and _prefix(stamp["odoo"]).is_dir() and not upgrade:
        return stamp
    with step("Reading Debian's package lists"):
        apt.refresh()
        version = apt.newest(PACKAGE, "sid")
    if not version:
        raise Problem(
            f"Debian's sid has no {PACKAGE} today: set RR_ODOO to an Odoo 19 you have."
        )
    if not _prefix(version).is_dir():
        with step(f"Unpacking {PACKAGE} {version} and its fonts (about 130 MB)"):
            _unpack(version)
    _record(odoo=version, checked=time.time())
    _drop_others(keep={version, stamp.get("odoo")})
    return _stamp()


def _unpack(version):
    """Everything or nothing: the folder appears when it is complete."""
    prefix = _prefix(version)
    work = prefix.with_name(prefix.name + ".part")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    apt.unpack([f"{PACKAGE}={version}", *NEIGHBOURS], work)
    _mend(work / "usr/lib/python3/dist-packages/odoo/addons")
    broken = run(["find", work, "-xtype", "l"]).split()
    if broken:
        raise Problem(
            f"{PACKAGE} {version} links to files that no package brought "
            f"({len(broken)}, first {broken[0]}): every page would answer 500. "
            "Mend the list in tools/odoo_package.py."
        )
    work.rename(prefix)


def _mend(addons):
    """Put an empty file where Debian removed a script that pages still ask for.

    Its absence is an error in the browser's console, which fails every tour.
    """
    script = addons / "mail/static/lib/selfie_segmentation/selfie_segmentation.js"
    script.parent.mkdir(parents=True, exist_ok=True)
    script.touch()


def _drop_others(keep):
    for folder in (cache() / "odoo").glob("*"):
        if folder.is_dir() and folder.name not in keep:
            shutil.rmtree(folder, ignore_errors=True)


def _prefix(version):
    return cache() / "odoo" / version


def _stamp():
    """What the set-up was made from."""
    try:
        return json.loads((cache() / "stamp.json").read_text())
    except (OSError, ValueError):
        return {}


def _record(**values):
    path = cache() / "stamp.json"
    path.write_text(json.dumps({**_stamp(), **values}, indent=2) + "\n")
