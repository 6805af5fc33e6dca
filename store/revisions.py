"""Which schema a database has, and which one this program needs: read without Alembic, whose ten megabytes a server can spare."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, inspect, text

FOLDER = Path(__file__).resolve().parent.parent / "migrations"
NAMED = re.compile(r'^(revision|down_revision) = (?:None|"(\w+)")$', re.MULTILINE)


def behind(connection: Connection) -> bool:
    """True if the database is not at the newest revision of FOLDER."""
    return current(connection) != heads(FOLDER)


def current(connection: Connection) -> frozenset[str]:
    """The revisions of a database, none when it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return frozenset()
    return frozenset(connection.scalars(text("SELECT version_num FROM alembic_version")))


@cache
def heads(folder: Path) -> frozenset[str]:
    """The newest revisions of a folder of migrations; read once, for the files change with the program."""
    own, before = set(), set()
    for file in (folder / "versions").glob("*.py"):
        found = dict(NAMED.findall(file.read_text("utf-8")))
        own.add(found["revision"])
        before.add(found["down_revision"])
    return frozenset(own - before)
