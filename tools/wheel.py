"""./dev wheel: what `pip install` takes, from the last commit."""

import tempfile
from pathlib import Path

from .machine import ADDON, REPOSITORY, run
from .python_env import uv, uv_environment


def build(folder):
    """Build the wheel into a folder; its path.

    whool names a wheel after the folder that it builds from, so it builds from a clone
    whose folder has the addon's name, whatever this one is called.
    """
    folder = Path(folder).absolute()
    with tempfile.TemporaryDirectory() as work:
        clone = Path(work) / ADDON
        run(["git", "clone", "--quiet", REPOSITORY, clone], what="Cloning")
        run(
            [uv(), "build", "--wheel", "--out-dir", folder, clone],
            what="Building the wheel",
            env=uv_environment(),
        )
    return max(
        folder.glob(f"odoo_addon_{ADDON}-*.whl"), key=lambda p: p.stat().st_mtime
    )
