"""Run a script inside Odoo: run_script.py SCRIPT DATABASE [ARGUMENT...]

The script finds `env` (superuser) among its names and its arguments in sys.argv.
What it did is committed when it ends well; it may commit earlier by itself.
"""

import os
import sys
import threading
from pathlib import Path

# this folder must not shadow anything that Odoo imports
sys.path.pop(0)

import odoo.service.server  # noqa: E402
from odoo import SUPERUSER_ID, api  # noqa: E402
from odoo.modules.registry import Registry  # noqa: E402
from odoo.tools import config  # noqa: E402


def main(script, database, *arguments):
    options = ["-d", database, "--no-http", *os.environ.get("RR_OPTIONS", "").split()]
    config.parse_config(options, setup_logging=True)
    odoo.service.server.load_server_wide_modules()
    threading.current_thread().dbname = database
    code = compile(Path(script).read_text(), script, "exec")
    sys.argv = [script, *arguments]
    with Registry(database).cursor() as cr:
        user = api.Environment(cr, SUPERUSER_ID, {})["res.users"]
        env = api.Environment(cr, SUPERUSER_ID, dict(user.context_get()))
        exec(code, {"__name__": "__main__", "__file__": script, "env": env})


if __name__ == "__main__":
    main(*sys.argv[1:])
