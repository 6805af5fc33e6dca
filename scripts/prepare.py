"""Bring the database up to date and make the first sign-in, in one process inside .venv.

Importing the app takes longer than all of this, so it is imported only where there is something to do.
"""

from __future__ import annotations

import sys
from pathlib import Path

from sqlalchemy import create_engine, text

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import settings
from store.database import engine_options
from store.migrate import pending

#: Each does nothing where it has been done.
COMMANDS = (["db", "upgrade"], ["setup"])
DEMO = ["demo", "shop"]


def prepared(url: str) -> bool:
    """True if the schema is the newest and somebody can sign in."""
    if pending(url):
        return False
    engine = create_engine(url, **engine_options(url))
    try:
        with engine.connect() as connection:
            return connection.execute(text("SELECT id FROM workspace LIMIT 1")).first() is not None
    finally:
        engine.dispose()


def prepare(demo: bool) -> None:
    from flask.cli import ScriptInfo

    from wsgi import app

    for arguments in (*COMMANDS, *([DEMO] if demo else ())):
        app.cli.main(args=arguments, obj=ScriptInfo(create_app=lambda: app), standalone_mode=False)


if __name__ == "__main__":
    try:
        asked = settings.load()
    except settings.BadSettings as error:
        sys.exit(str(error))
    if not prepared(asked.database_url):
        prepare(asked.demo)
