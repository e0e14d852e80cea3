"""Run a script inside Odoo: run_script.py SCRIPT DATABASE [ARGUMENT...]

The script finds `env` (superuser) and `crash` (see crash.py) among its names and its
arguments in sys.argv. What it did is committed when it ends well; it may commit
earlier by itself. What it leaves in the name `result` is written as JSON to the file
that RR_RESULT names.
"""

import json
import os
import sys
import threading
from pathlib import Path

from crash import Crash

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
        names = {"__name__": "__main__", "__file__": script, "env": env}
        names["crash"] = Crash(env)
        exec(code, names)
    if os.environ.get("RR_RESULT"):
        text = json.dumps(names.get("result"), default=str)
        Path(os.environ["RR_RESULT"]).write_text(text)


if __name__ == "__main__":
    main(*sys.argv[1:])
