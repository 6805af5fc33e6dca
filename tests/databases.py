"""Databases for tests: a PostgreSQL server of our own, and fresh databases copied from a finished one."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from bench.postgres import server
from tests.needs import need


@contextmanager
def postgres_server() -> Iterator[str]:
    """Give the address of a PostgreSQL server: ROADBOOK_TEST_POSTGRES_URL, or one started for this run."""
    # Tests never lose power; everything else stays as a real server has it.
    with ExitStack() as stack:
        try:
            url = stack.enter_context(server({"fsync": "off"}))
        except ImportError as error:
            need(
                "postgres", False, f"{error}; install requirements-dev.txt or set ROADBOOK_TEST_POSTGRES_URL"
            )
            raise
        yield url


class Databases:
    """Hands out fresh databases of one kind, each a copy of a template built once."""

    def __init__(self, folder: Path, server: str | None = None) -> None:
        self.folder, self.server = folder, server
        self.numbers = count(1)
        self.template: str | None = None
        self.made: list[str] = []

    def bare(self) -> str:
        """Return the URL of a new database without any table."""
        return self._create(None)

    def fresh(self) -> str:
        """Return the URL of a new database with the product's empty tables."""
        if self.template is None:
            template = self._create(None)
            build_schema(template)
            self.template = template
        return self._create(self.template)

    def drop(self, url: str) -> None:
        """Remove one that was handed out, whoever may still be connected: a run makes a thousand, of 13 MB each."""
        path = make_url(url).database or ""
        if self.server:
            with psycopg.connect(self.server, autocommit=True) as connection:
                self._drop(connection, path)
        else:
            for ending in ("", "-wal", "-shm"):
                Path(path + ending).unlink(missing_ok=True)

    def drop_all(self) -> None:
        """Remove everything that was handed out, whoever may still be connected."""
        if self.server:
            with psycopg.connect(self.server, autocommit=True) as connection:
                for name in tuple(self.made):
                    self._drop(connection, name)
        self.template = None

    def _drop(self, connection: psycopg.Connection[Any], name: str) -> None:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
        self.made.remove(name)

    def _create(self, template: str | None) -> str:
        name = f"roadbook_{os.getpid()}_{next(self.numbers)}"
        if self.server is None:
            path = self.folder / f"{name}.db"
            if template:
                shutil.copyfile(make_url(template).database or "", path)
            return f"sqlite:///{path}"
        origin = make_url(template).database if template else "template0"
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(
                # Copied as files, 13 MB need not pass through the log.
                sql.SQL("create database {} template {} strategy file_copy").format(
                    sql.Identifier(name), sql.Identifier(origin or "")
                )
            )
        self.made.append(name)
        url = make_url(self.server).set(drivername="postgresql", database=name)
        return url.render_as_string(hide_password=False)


def build_schema(url: str) -> None:
    """Bring the database at `url` to the newest schema, by the migrations as an operator would."""
    from store.migrate import upgrade

    upgrade(url)
    if url.startswith("sqlite"):
        path = make_url(url).database or ""
        with sqlite3.connect(path) as connection:  # so that a copy of the one file is the whole database
            connection.execute("pragma wal_checkpoint(truncate)")
        connection.close()
