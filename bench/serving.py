"""The product as an operator runs it, for a benchmark: gunicorn on wsgi.py, a workspace with a key, workers."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from bench.broker import free_port
from bench.drawing import DEFINITION, ORDINARY
from journeys.tables import Journey, Version
from store import workspaces
from store.database import dumps, engine_options
from store.migrate import upgrade
from web import keys

ROOT = Path(__file__).parents[1]
PATIENCE_SECS = 120.0


class NotServing(RuntimeError):
    """The product did not start; its last lines stand here."""


#: People c1, c2, … of a workspace, on PostgreSQL.
PEOPLE = """INSERT INTO contact (workspace_id, external_id, name, attributes, tags, created_at, updated_at)
SELECT :workspace, 'c' || n, 'Contact ' || n, CAST(:ordinary AS jsonb), CAST('["new"]' AS jsonb), :now, :now
FROM generate_series(1, CAST(:people AS bigint)) AS n"""


def furnish(url: str, people: int = 0) -> str:
    """Make a workspace with the benchmark's journey live and so many people in the empty database at `url`.

    Returns an editor's API key.
    """
    upgrade(url)
    engine = create_engine(url, **engine_options(url))
    now = datetime.now(UTC)
    with Session(engine) as session:
        room = workspaces.create_workspace(session, "Bench", "bench", now)
        secret, _ = keys.make(session, room.id, "bench", "editor", now)
        _publish(session, room.id, now)
        if people:
            given = {"workspace": room.id, "ordinary": dumps(ORDINARY), "now": now, "people": people}
            session.execute(text(PEOPLE), given)
        session.commit()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    engine.dispose()
    return secret


def _publish(session: Session, workspace_id: int, now: datetime) -> None:
    at = {"created_at": now, "updated_at": now}
    journey = Journey(
        workspace_id=workspace_id, key="bench", name="Bench", status="live", on_resume="skip", **at
    )
    session.add(journey)
    session.flush()
    version = Version(
        workspace_id=workspace_id,
        journey_id=journey.id,
        number=1,
        digest="bench",
        definition=DEFINITION,
        published_at=now,
        published_by="bench",
    )
    session.add(version)
    session.flush()
    journey.live_version_id = version.id


@contextmanager
def web(url: str, workers: int = 2) -> Iterator[tuple[int, int]]:
    """Serve the database at `url` by gunicorn with so many processes; gives the port and gunicorn's pid."""
    port = free_port()
    more = {"ROADBOOK_PORT": str(port), "WEB_CONCURRENCY": str(workers)}
    with process(["-m", "gunicorn", "-c", "gunicorn.conf.py", "wsgi:app"], url, more) as (running, said):
        deadline = time.monotonic() + PATIENCE_SECS
        while not _answers(port):
            if running.poll() is not None or time.monotonic() > deadline:
                raise NotServing(f"{NotServing.__doc__}\n{said.read_text(errors='replace')[-2000:]}")
            time.sleep(0.05)
        yield port, running.pid


@contextmanager
def process(
    command: list[str], url: str, more: Mapping[str, str] | None = None
) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """Run `python COMMAND` on the database at `url`, and end it afterwards; gives it and the file of what it says."""
    with tempfile.TemporaryDirectory(prefix="roadbook-bench-") as folder:
        said = Path(folder, "said.log")
        env = {**os.environ, "ROADBOOK_DATABASE_URL": url, "ROADBOOK_VAR": folder, **(more or {})}
        with said.open("wb") as file:
            running = subprocess.Popen(
                [sys.executable, *command], cwd=ROOT, env=env, stdout=file, stderr=file
            )
            try:
                yield running, said
            finally:
                running.send_signal(signal.SIGTERM)
                try:
                    running.wait(15)
                except subprocess.TimeoutExpired:
                    running.kill()
                    running.wait()


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
