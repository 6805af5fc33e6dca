"""dump: how long a dump of a database with people and their history takes, and how long until a restored copy is whole.

Everybody has lived through the benchmark's journey: eight lines of trail and one or two messages each. The dump is that of the
operator's manual (`pg_dump --format=custom`), taken while nobody works; the copy goes into an empty database of the same server,
and `verify` reads every trail of it.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg.rows import dict_row
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from bench import postgres
from bench.drawing import PHASES, START, populate
from runtime.advance import Advance
from runtime.database import Database
from runtime.routes import Routes
from runtime.verify import verify
from store.database import engine_options
from store.migrate import upgrade

PEOPLE, QUICK_PEOPLE = 500_000, 20_000
BATCH = 2_000
COUNT: LiteralString = """SELECT (SELECT count(*) FROM contact) AS contact, (SELECT count(*) FROM enrollment) AS enrollment,
  (SELECT count(*) FROM trail) AS trail, (SELECT count(*) FROM outbox) AS outbox"""
SIZE: LiteralString = "SELECT pg_database_size(current_database()) AS bytes"


class NotWhole(AssertionError):
    """What was restored is not what was dumped: no figure of this run means anything."""


def run(quick: bool) -> dict[str, Any]:
    """Figures: people, bytes of the database and of the dump, seconds to dump, to restore and to verify."""
    people = QUICK_PEOPLE if quick else PEOPLE
    with postgres.server() as server, tempfile.TemporaryDirectory() as folder:
        here, copy = (postgres.fresh(server, name) for name in ("dump_here", "dump_copy"))
        lived(here, people)
        programs, path = programs_of(server), f"{folder}/roadbook.dump"
        dumped = timed(lambda: called(f"{programs}pg_dump", "--format=custom", f"--file={path}", here))
        restored = timed(
            lambda: called(f"{programs}pg_restore", "--exit-on-error", "--no-owner", f"--dbname={copy}", path)
        )
        whole = timed(lambda: verified(copy))
        before, after = rows_of(here), rows_of(copy)
        if before != after:
            raise NotWhole(f"{before} {after}")
        return {
            "people": people,
            "trail_lines": before["trail"],
            "messages": before["outbox"],
            "database_bytes": rows_of(here, SIZE)["bytes"],
            "dump_bytes": Path(path).stat().st_size,
            "dump_seconds": round(dumped, 1),
            "restore_seconds": round(restored, 1),
            "verify_seconds": round(whole, 1),
        }


def lived(url: str, people: int) -> None:
    """Let so many people live through the journey."""
    upgrade(url)
    engine = create_engine(url, **engine_options(url))
    with engine.begin() as connection:
        populate(connection, people)
    engine.dispose()
    base = Database(url)
    for after in PHASES.values():
        worker = Advance(base, Routes(), lambda _, now=START + after: now)  # type: ignore[misc]
        while worker.run(BATCH):
            pass
        with base.transaction() as tx:
            # Tags that were put on are heard by nobody here.
            tx.cursor.execute("UPDATE inbox SET state = 'done' WHERE state = 'new'")
    base.close()


def programs_of(server: str) -> str:
    """The folder of the server's own pg_dump, with a slash; empty where those of the path are to be used."""
    with psycopg.connect(server) as connection:
        (folder,) = connection.execute("SHOW data_directory").fetchone() or ("",)
    if Path(folder, "postmaster.opts").is_file():
        return f"{postgres.programs(Path(folder))}/"
    if shutil.which("pg_dump") is None:
        raise FileNotFoundError("Install PostgreSQL's client programs: pg_dump is not there.")
    return ""


def called(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)


def timed(work: Callable[[], None]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def verified(url: str) -> None:
    """Ask the checker about the whole history."""
    engine = create_engine(url, **engine_options(url))
    with Session(engine) as session:
        found = verify(session)
    engine.dispose()
    if found:
        raise NotWhole(str(found[:3]))


def rows_of(url: str, question: LiteralString = COUNT) -> dict[str, int]:
    """How many rows the large tables have, or what else is asked."""
    with psycopg.connect(url, row_factory=dict_row) as connection:
        return connection.execute(question).fetchone() or {}
