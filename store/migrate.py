"""Bring a database to the newest schema, or tell how far it is."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import create_engine

from store import revisions
from store.database import engine_options
from store.revisions import FOLDER

if TYPE_CHECKING:
    from alembic.config import Config

ROOT = Path(__file__).resolve().parent.parent
#: The rooms that lay down tables, each in its tables.py and in files called tables_….py.
ROOMS = ("store", "audience", "content", "journeys")


#: Parts of tables that PostgreSQL keeps by month (runtime/trail_months.py); no model speaks of them.
PARTS = re.compile(r"trail_(default|before|\d{4}_\d\d)")


def is_modelled(name: str | None, kind: str, _parents: object) -> bool:
    """False for tables that are only parts of others: what compares models and database leaves them out."""
    return kind != "table" or name is None or PARTS.fullmatch(name) is None


def load_tables() -> None:
    """Import every module that lays down tables, so that the metadata knows all of them."""
    for room in ROOMS:
        for file in sorted((ROOT / room).glob("tables*.py")):
            import_module(f"{room}.{file.stem}")


def config(url: str) -> Config:
    """Return what Alembic needs to work on the database at `url`."""
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    made.attributes["url"] = url
    return made


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database at `url` to `revision`; does nothing when it is there already."""
    from alembic import command

    command.upgrade(config(url), revision)


def pending(url: str) -> bool:
    """True if the database at `url` is not at the newest schema."""
    engine = create_engine(url, **engine_options(url))
    try:
        with engine.connect() as connection:
            return revisions.behind(connection)
    finally:
        engine.dispose()
