"""The web client of one database on a free port of this machine."""

import os
import sys

from .machine import REPOSITORY, free_port, say


def serve(workshop, name, port=8069, more=()):
    """Serve until interrupted, and never return; prints where to log in."""
    port = free_port(port)
    say(f"\n  http://127.0.0.1:{port}/odoo   login admin, password admin")
    say("  Ctrl-C ends it.\n")
    sys.stdout.flush()
    command = workshop.odoo_command(
        *("-d", name, f"--db-filter=^{name}$", "--no-database-list"),
        # with the bus in the same process, one port is enough
        *(f"--http-port={port}", "--workers=0", "--max-cron-threads=1", *more),
    )
    # become Odoo, so that who ends this command ends the server
    os.chdir(REPOSITORY)
    os.execvpe(command[0], command, workshop.environment())
