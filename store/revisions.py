"""Which schema a database has, and which one this program needs: read without Alembic, whose ten megabytes a server can spare."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, inspect, text

FOLDER = Path(__file__).resolve().parent.parent / "migrations"
NAMED = re.compile(r'^(revision|down_revision) = (?:None|"(\w+)")$', re.MULTILINE)


def behind(connection: Connection) -> bool:
    """True if the database lacks a revision of FOLDER."""
    there = current(connection)
    return there != heads(FOLDER) and there <= known(FOLDER)


def newer(connection: Connection) -> bool:
    """True if a later release than this program has upgraded the database: what we read and write is still there."""
    return not current(connection) <= known(FOLDER)


def current(connection: Connection) -> frozenset[str]:
    """The revisions of a database, none when it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return frozenset()
    return frozenset(connection.scalars(text("SELECT version_num FROM alembic_version")))


@cache
def heads(folder: Path) -> frozenset[str]:
    """The newest revisions of a folder of migrations."""
    return frozenset(_read(folder).keys() - _read(folder).values())


@cache
def known(folder: Path) -> frozenset[str]:
    """All revisions of a folder of migrations."""
    return frozenset(_read(folder))


def _read(folder: Path) -> dict[str, str]:
    """Each revision with the one before it; asked for once, for the files change with the program."""
    files = (dict(NAMED.findall(file.read_text("utf-8"))) for file in (folder / "versions").glob("*.py"))
    return {found["revision"]: found["down_revision"] for found in files}
