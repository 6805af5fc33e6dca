"""Bring the database up to date and make the first sign-in: several of the app's commands in one process.

Runs inside .venv. Importing the app takes longer than these commands do, hence once for all of them.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from flask.cli import ScriptInfo

from wsgi import app

#: Each is quick when there is nothing to do.
COMMANDS = (["db", "upgrade"], ["setup"])

if __name__ == "__main__":
    for arguments in COMMANDS:
        app.cli.main(args=arguments, obj=ScriptInfo(create_app=lambda: app), standalone_mode=False)
