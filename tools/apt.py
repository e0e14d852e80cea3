"""Debian packages: unpacked from a private apt configuration, or installed by root.

The machine's own apt stays as it is. The private one knows the suites that carry
odoo-19 and its fonts, on the mirror that the machine's own sources name.
"""

import os
import subprocess
import time
from pathlib import Path

from .machine import Problem, cache, find_program, is_root, run, say

SUITES = ("sid", "bookworm")
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


def _mirror():
    """The address of the Debian archive that this machine uses."""
    lines = run(["apt-get", "indextargets", "--format", "$(REPO_URI) $(CODENAME)"])
    for line in lines.splitlines():
        address, _, codename = line.partition(" ")
        # security and third-party archives carry other suites
        if address.rstrip("/").endswith("/debian") and "-" not in codename:
            return address
    raise Problem(
        "No Debian archive among this machine's apt sources: odoo-19 comes from "
        "there. Add one, or set RR_ODOO to an Odoo 19 that you have."
    )


def _configuration():
    """Write the private apt configuration and return its path."""
    folder = cache() / "apt"
    for part in ("lists/partial", "archives/partial", "sources.list.d"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    signed = f"[signed-by={KEYRING}] " if KEYRING.exists() else ""
    mirror = _mirror()
    sources = [f"deb {signed}{mirror} {suite} main" for suite in SUITES]
    (folder / "sources.list").write_text("\n".join(sources) + "\n")
    configuration = folder / "apt.conf"
    configuration.write_text(
        f'Dir::State::lists "{folder}/lists";\n'
        f'Dir::Cache "{folder}";\n'
        f'Dir::Etc::sourcelist "{folder}/sources.list";\n'
        f'Dir::Etc::sourceparts "{folder}/sources.list.d";\n'
        # no pins of the machine: they may forbid sid
        'Dir::Etc::preferences "/dev/null";\n'
        'Dir::Etc::preferencesparts "/dev/null";\n'
        # the download user of apt may not reach the cache
        'APT::Sandbox::User "";\n'
        'Acquire::Languages "none";\n'
    )
    return configuration


def _private(*arguments, **options):
    environment = {**os.environ, "APT_CONFIG": str(cache() / "apt" / "apt.conf")}
    return run(arguments, env=environment, **options)


def refresh():
    """Read the suites' package lists."""
    _configuration()
    _private("apt-get", "update", what="Reading Debian's package lists")


def newest(package, suite):
    """The version of a package in a suite, as of the last refresh, or None."""
    for line in _private("apt-cache", "madison", package).splitlines():
        parts = [part.strip() for part in line.split("|")]
        if len(parts) == 3 and f" {suite}/" in parts[2]:
            return parts[1]
    return None


def unpack(packages, prefix):
    """Download `name/suite` packages and unpack them below a folder."""
    folder = cache() / "apt" / "downloads"
    folder.mkdir(parents=True, exist_ok=True)
    _private("apt-get", "download", *packages, cwd=folder, what="Downloading packages")
    for archive in sorted(folder.glob("*.deb")):
        run(["dpkg", "-x", archive, prefix])
        archive.unlink()


def install(packages):
    """As root: install system packages, reading the package lists when stale."""
    if not is_root():
        raise Problem(
            "This machine lacks " + ", ".join(packages) + ". As root: "
            f"apt-get install {' '.join(packages)}"
        )
    if not find_program("apt-get"):
        raise Problem(f"Please install {' '.join(packages)}: this is not a Debian.")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    say(f"  apt-get install {' '.join(packages)}")
    if not _lists_are_fresh() or _quiet(command, environment):
        run(["apt-get", "update"], env=environment)
        run(command, env=environment)


def _quiet(command, environment):
    return subprocess.run(
        command, env=environment, capture_output=True, check=False
    ).returncode


def _lists_are_fresh():
    """A day-old list often names package versions that the mirror has dropped."""
    newest_list = max(
        (
            path.stat().st_mtime
            for path in Path("/var/lib/apt/lists").glob("*Packages*")
        ),
        default=0,
    )
    return time.time() - newest_list < 24 * 3600
